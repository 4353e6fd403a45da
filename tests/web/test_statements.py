"""A page asks the database as often for three hundred members as for thirty."""

from uuid import UUID

from coopgov.assemblies import queries
from coopgov.assemblies import service as assemblies
from coopgov.ballots.rules import Channel, Choice
from coopgov.proposals import service as proposals
from tests.conftest import TestClock
from tests.coop_world import NAMES, everything_wired
from tests.service.counting import statements
from tests.stories import sitting

FEW, MANY = 30, 300
# Above this a page is worth a look, whatever the number of members.
MOST = 25
WHO = {
    "/": ("awa", "helene", "nadia"), "/members": ("awa", "helene"), "/members?q=memb": ("awa", "helene"),
    "{assembly}": ("awa", "helene", "samir"), "{assembly}/vote": ("benoit",), "{assembly}/receipts": ("awa",),
    "{assembly}/proxy?q=memb": ("lea",), "{assembly}/quorum": ("awa",), "{assembly}/room?q=memb": ("samir",),
    "{assembly}/cancel": ("helene",), "/assemblies/": ("awa",), "/terms/": ("awa",), "/proposals/": ("awa",),
    "{proposal}": ("awa", "helene"), "/shares/": ("nadia",), "/shares/mine": ("awa",), "/treasury/to-receive": ("nadia",),
    "/treasury/": ("nadia",), "/treasury/to-call": ("nadia",), "/treasury/to-reimburse": ("nadia",), "/treasury/owed": ("nadia",),
    "/treasury/files": ("nadia",), "/treasury/prepared": ("helene",), "/treasury/simulation?leavers=2&until=2029-12-31": ("nadia",), "/treasury/closing": ("nadia",), "/treasury/interest": ("nadia",),
    "/shares/movements": ("nadia",), "/shares/requests": ("nadia",), "/shares/nominal": ("helene",), "/shares/classes": ("helene",), "/statutes": ("awa",), "/documents/": ("olivier",), "/people": ("zoe",),
    "/minutes/": ("awa",), "/compliance/": ("helene", "olivier"), "/compliance/facts": ("zoe",),
    "/registers/members": ("olivier",), "/registers/members?q=memb&known=2027-01-01": ("olivier",),
    "/registers/movements": ("olivier",), "/registers/mandates": ("olivier",), "/registers/figures": ("olivier",),
    "/registers/changes?before=2026-12-01": ("olivier",),
    "/members/mandates": ("helene",), "/members/care": ("helene",), "/members/due": ("helene",), "/members/me": ("awa",),
    "/me/data": ("awa",),
    "/compliance/draft?employed_leave=1&member=2&move=withdraw": ("olivier",),
}  # fmt: skip


def counts(coop):
    """How many statements each page takes for each of those who open it."""
    proposal, assembly = convened(coop)
    found = {}
    for path, people in WHO.items():
        address = path.format(assembly=f"/assemblies/{assembly}", proposal=f"/proposals/{proposal}")
        for who in people:
            browser = coop.person(who).client
            browser.get(address)  # the first look at a session notes that it was seen
            with statements() as sent:
                answer = browser.get(address)
            assert answer.status_code == 200, (address, who)
            found[f"{path} {who}"] = len(sent)
    return found


def convened(coop):
    """A proposal that everybody backs, before an assembly in which half of the members have voted or given a proxy."""
    awa = sitting.propose(coop)
    proposal = UUID(awa.path.rpartition("/")[2])
    crowd = [member for who, member in coop.ids.items() if who.startswith("m") and who not in NAMES]
    for member in crowd[: len(crowd) // 2]:
        with coop.act() as act:
            proposals.back(act, proposal_id=proposal, member_id=member)
    assembly = UUID(sitting.convene(coop, [sitting.PROPOSAL]).path.rpartition("/")[2])
    [item] = queries.agenda(coop.session, assembly)
    for member in [coop.ids["awa"], *crowd[: len(crowd) // 2]]:
        with coop.act() as act:
            choices = {(item.id, member): Choice.FOR}
            assemblies.cast_all(act, cast_by=member, choices=choices, channel=Channel.REMOTE)
    coop.at("2027-01-14T10:00")
    return proposal, assembly


def test_no_page_asks_more_often_when_there_are_more_members(apps, engines):
    # How often is asked does not hang on the engine; how long an answer takes is measured in bench/.
    app, found = apps("sqlite"), []
    for members in (FEW, MANY):
        engines("sqlite").refresh()
        with app.app_context():
            coop = everything_wired(app, TestClock()).found(crowd=members - len(NAMES), letters=2)
            found.append(counts(coop))
            coop.close()
    few, many = found
    assert many == few
    assert max(many.values()) <= MOST, many

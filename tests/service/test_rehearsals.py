"""A rehearsal runs the code of a real vote on the real roll, decides nothing, and leaves nothing but a line; both engines."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from coopgov import jobs
from coopgov.assemblies import queries, rehearsals
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules.papers import first_draft
from coopgov.ballots import queries as ballots
from coopgov.ballots import rehearsing, service
from coopgov.ballots.rules import Channel, Choice, Level, State
from coopgov.core import journal, outbox
from coopgov.core.db import Base
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.policy import SYSTEM
from tests.assemblies_world import FOR, wire


@pytest.fixture
def world(app, clock):
    made = wire(app, clock)
    made.found(count=6)
    return made


@pytest.fixture
def codes(world):
    """Two tellers' codes: both open a secret urn."""
    made = []
    for n in (1, 2):
        account = world.account(n)
        with world.act() as act:
            made.append(service.make_teller_key(act, account_id=account, name=f"Membre {n}"))
    return made


@pytest.fixture
def assembly(world, codes):
    """One open resolution, one secret, one secret election: convened."""
    made = world.plan(texts=2)
    world.do("set_secret", item_id=world.items(made)[1], is_secret=True)
    item = world.do("add_election_item", assembly_id=made, title="Le bureau", text="Élisons.", paper="approval")
    world.do("set_paper", item_id=item, draft=_draft())
    world.do("convene", assembly_id=made)
    return made


def _draft():
    return replace(first_draft("approval"), options=("Awa", "Malik"))


@pytest.fixture
def trial(app, world, assembly):
    """The rehearsal of that assembly, open; the clock is that of the site."""
    found = rehearsals.rehearsal_of(
        app.extensions["coopgov.config"].data_dir, app.extensions["coopgov.runtime"], assembly
    )
    world.do("note_rehearsal", assembly_id=assembly, exists=False)
    rehearsing.begin(found, world.session, SYSTEM, scrutins_of(world.session, assembly))
    yield found
    found.throw_away()


def votes_of(world, assembly, trial):
    real = [item.scrutin_id for item in queries.agenda(world.session, assembly)]
    with trial.reading() as session:
        found = rehearsing.rehearsed(session, real)
    return [found[one] for one in real]


def try_it(world, trial, vote, voter, choice):
    with trial.act(SYSTEM) as act:
        rehearsing.vote(act, choices={(vote.id, world.ids[voter]): choice}, cast_by=world.ids[voter], token=b"t" * 24)


def count(world, assembly, trial, codes):
    account = world.account(0)
    votes = votes_of(world, assembly, trial)
    with trial.act(SYSTEM) as act:
        return rehearsing.count_all(act, votes=votes, codes=codes, by=account)


def everything(world) -> str:
    """Every cell of the real database, as text."""
    session = world.session
    rows = [session.execute(text(f"SELECT * FROM {table.name}")).all() for table in Base.metadata.sorted_tables]  # noqa: S608
    return str(rows)


def test_a_rehearsal_is_a_real_vote_in_all_but_its_effect(world, assembly, trial, codes):
    before, heard = everything(world), list(world.heard)
    named, secret, election = votes_of(world, assembly, trial)
    assert all(
        one.title.startswith("Répétition") and one.state is State.ROOM_OPENED for one in (named, secret, election)
    )
    assert (named.level, secret.level, election.level) == (Level.NAMED, Level.SECRET, Level.SECRET)
    real = scrutins_of(world.session, assembly)
    assert [one.rule for one in real] == [named.rule, secret.rule, election.rule]
    for voter in range(3):
        try_it(world, trial, named, voter, FOR)
        try_it(world, trial, secret, voter, Choice.AGAINST)
    marks = {"v": 1, "scrutin": str(election.id), "chosen": ["o1"]}
    try_it(world, trial, election, 0, marks)
    # The rules are those of a real vote: a named ballot is cast once, a wrong one is refused, so are the codes.
    with pytest.raises(RuleBroken):
        try_it(world, trial, named, 0, Choice.AGAINST)
    with pytest.raises(RuleBroken):
        try_it(world, trial, election, 1, {**marks, "chosen": ["o9"]})
    with pytest.raises(RuleBroken):
        count(world, assembly, trial, codes[:1])
    results = count(world, assembly, trial, codes)
    assert [one.counts.for_ for one in results[:2]] == [3, 0]
    assert results[2].form["elected"] == ["o1"]
    with pytest.raises(RuleBroken):
        count(world, assembly, trial, codes)
    # Nothing of it is known to the real votes: no ballot, no result, nobody heard.
    assert everything(world) == before
    assert world.heard == heard
    assert ballots.turnouts(world.session, [one.id for one in real]) == {}


def test_it_can_never_be_counted_for_a_decision_nor_take_effect(world, assembly, trial, codes):
    named, *_others = votes_of(world, assembly, trial)
    try_it(world, trial, named, 0, FOR)
    count(world, assembly, trial, codes)
    for command, more in (
        ("close_room", {}), ("count", {"present_or_represented": 6}), ("proclaim", {"by": UUID(int=1)}), ("open_room", {}),
        ("cancel", {"reason": "x"}),
    ):  # fmt: skip
        with pytest.raises(NotFound), world.act() as act:
            getattr(service, command)(act, scrutin_id=named.id, **more)
    # A ballot cast for it in the real urn enters nowhere, and the real vote is not proclaimed by it.
    with pytest.raises((NotFound, RuleBroken)), world.act() as act:
        service.cast(
            act, scrutin_id=named.id, voter_id=world.ids[1], choice=FOR, channel=Channel.ROOM, cast_by=world.ids[1]
        )
    item = world.items(assembly)[0]
    with pytest.raises(Exception, match="proclaim"):
        world.do("proclaim", item_id=item)
    assert ballots.find_scrutin(world.session, named.id) is None
    # What it decides is named by a hash that no text, no proposal and no draft has.
    hashes = {one.subject_hash for one in queries.agenda(world.session, assembly)}
    assert rehearsing.subject_of(named.id) not in hashes
    assert named.subject_hash not in hashes


def test_at_its_end_only_the_journal_and_a_mail_that_says_so_are_left(app, world, assembly, trial, codes):
    mails = [mail for mail in outbox.latest(world.session, limit=100) if "RÉPÉTITION" in mail.subject]
    assert len(mails) == 6
    assert all("rien de ce que vous y votez ne compte" in mail.body for mail in mails)
    ids = [str(one.id) for one in votes_of(world, assembly, trial)]
    assert trial.exists
    with world.act() as act:
        rehearsals.end(act, assembly, trial)
    assert not trial.exists
    assert list(trial.path.parent.glob(f"{assembly}*")) == []
    told = everything(world)
    assert not any(one in told or one.replace("-", "") in told for one in ids)
    kinds = [entry.kind for entry in journal.entries_about(world.session, f"assembly:{assembly}")]
    assert {"assembly.rehearsal_begun", "assembly.rehearsal_over"} <= set(kinds)


def test_a_rehearsal_that_nobody_ended_is_thrown_away_when_the_session_begins(app, world, assembly, trial):
    jobs.end_rehearsals()
    assert trial.exists
    assert world.refused("note_rehearsal", assembly_id=assembly, exists=True) == ["rehearsal_goes_on"]
    world.at_the_hour()
    world.arrive(assembly, 0, 1, 2, 3)
    world.open(assembly)
    jobs.end_rehearsals()
    assert not trial.exists
    assert world.refused("note_rehearsal", assembly_id=assembly, exists=False) == ["no_time_to_rehearse"]


def test_a_rehearsal_that_cannot_begin_leaves_no_file(app, world, assembly):
    config, runtime = app.extensions["coopgov.config"], app.extensions["coopgov.runtime"]
    found = rehearsals.rehearsal_of(config.data_dir, runtime, assembly)
    broken = scrutins_of(world.session, assembly)
    with pytest.raises(AttributeError):
        rehearsing.begin(found, world.session, SYSTEM, [*broken, None])
    assert not found.exists

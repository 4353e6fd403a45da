"""Proxies given, declined, revoked, used: at most one ballot for each member, whatever happens."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopgov.assemblies import queries
from coopgov.ballots import queries as ballots
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.outbox import messages_about
from coopgov.members import service as members
from coopgov.members.rules import Category, NewMember, PartyKind, Person
from tests.assemblies_world import AGAINST, FOR, wire


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found(count=40)  # a SCOP of forty: two proxies for each holder
    return found


def test_a_holder_votes_for_the_giver_and_may_vote_otherwise(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    [item] = world.items(assembly_id)
    world.vote(item, 6, FOR, remote=True)
    world.vote(item, 5, AGAINST, by=6, remote=True)
    assembly = queries.get_assembly(world.session, assembly_id)
    mine = queries.my_votes(world.session, assembly, world.ids[6], "Alix")
    assert [(voter.voter_id, voter.is_self, len(voter.voted)) for voter in mine] == [
        (world.ids[6], True, 1),
        (world.ids[5], False, 1),
    ]
    assert queries.my_votes(world.session, assembly, world.ids[5]) == []


def test_whoever_votes_second_for_a_member_is_refused_with_the_reason(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    world.vote(item, 5, FOR, remote=True)
    assert _give(world, 5, 6, assembly_id) == ["proxy_after_vote"]
    world.proxy(7, 6, assembly_id)
    world.vote(item, 7, FOR, by=6, remote=True)
    with pytest.raises(RuleBroken) as refusal:
        world.vote(item, 7, AGAINST, by=6, remote=True)
    assert refusal.value.breaches[0].code == "already_voted"
    assert refusal.value.breaches[0].values["by"] == "Alix Membre06"


def test_who_gave_a_proxy_does_not_vote_remotely(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    [item] = world.items(assembly_id)
    with pytest.raises(RuleBroken) as refusal:
        world.vote(item, 5, FOR, remote=True)
    assert [breach.code for breach in refusal.value.breaches] == ["gave_proxy"]


def test_nobody_votes_for_somebody_without_a_proxy(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    with pytest.raises(RuleBroken) as refusal:
        world.vote(item, 5, FOR, by=6, remote=True)
    assert [breach.code for breach in refusal.value.breaches] == ["no_proxy"]


def test_the_limit_counts_proxies_given_and_not_yet_used(world):
    assembly_id = world.convened()
    world.proxy(5, 10, assembly_id)
    world.proxy(6, 10, assembly_id)
    assert _give(world, 7, 10, assembly_id) == ["proxy_limit"]


def test_a_stranger_of_the_roll_carries_nothing(world):
    assembly_id = world.convened()
    with world.act() as a:
        late = NewMember(
            Person(kind=PartyKind.PERSON, legal_name="Tard", given_names="Zoé"),
            joined_on=a.today,
            category=Category.EMPLOYED,
        )
        late_id = members.enrol(a, member=late)
    assert world.refused("give_proxy", assembly_id=assembly_id, grantor_id=world.ids[5], holder_id=late_id) == [
        "proxy_to_stranger"
    ]


def test_there_is_no_chain(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    assert _give(world, 7, 5, assembly_id) == ["proxy_chain_holder"]
    assert _give(world, 6, 8, assembly_id) == ["proxy_chain_grantor"]
    assert _give(world, 5, 5, assembly_id)[0] == "proxy_to_oneself"


def test_after_the_deadline_only_a_signed_paper_is_taken(world):
    assembly_id = world.convened()
    world.clock.now = queries.get_assembly(world.session, assembly_id).remote_closes_at
    assert _give(world, 5, 6, assembly_id) == ["proxy_too_late"]
    world.proxy(5, 6, assembly_id, on_paper=True)
    assert queries.active_proxy_of(world.session, assembly_id, world.ids[5]).on_paper
    told = {
        mail.to_address: mail.body
        for mail in messages_about(world.session, f"assembly:{assembly_id}", "assembly.proxy")
    }
    assert "a enregistré un pouvoir signé de votre main" in told["m5@exemple.fr"]
    assert "vous donne pouvoir" in told["m6@exemple.fr"]


def test_both_sides_are_told(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    world.do("decline_proxy", assembly_id=assembly_id, holder_id=world.ids[6], grantor_id=world.ids[5])
    world.proxy(5, 7, assembly_id)
    world.do("revoke_proxy", assembly_id=assembly_id, grantor_id=world.ids[5])
    mails = messages_about(world.session, f"assembly:{assembly_id}", "assembly.proxy")
    assert Counter(mail.to_address for mail in mails) == {"m6@exemple.fr": 1, "m5@exemple.fr": 1, "m7@exemple.fr": 2}


def test_nobody_ends_the_proxy_of_another(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    with pytest.raises(NotFound):
        world.do("decline_proxy", assembly_id=assembly_id, holder_id=world.ids[7], grantor_id=world.ids[5])


def test_a_proxy_that_was_used_is_not_revoked_in_writing(world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    [item] = world.items(assembly_id)
    world.vote(item, 5, FOR, by=6, remote=True)
    assert world.refused("revoke_proxy", assembly_id=assembly_id, grantor_id=world.ids[5]) == ["proxy_used"]


def test_turning_up_ends_a_proxy_but_not_a_ballot_already_cast(world):
    assembly_id = world.convened(texts=2)
    world.proxy(5, 6, assembly_id)
    first, second = world.items(assembly_id)
    world.vote(first, 5, FOR, by=6, remote=True)
    world.at_the_hour()
    assert world.do("arrive", assembly_id=assembly_id, member_id=world.ids[5])
    assert queries.active_proxy_of(world.session, assembly_id, world.ids[5]) is None
    world.arrive(assembly_id, *range(10, 18))
    world.open(assembly_id)
    world.do("open_vote", item_id=first)
    with pytest.raises(RuleBroken, match="already_voted"):
        world.vote(first, 5, AGAINST)
    world.do("close_vote", item_id=first)
    world.do("proclaim", item_id=first)
    world.do("open_vote", item_id=second)
    world.vote(second, 5, AGAINST)


def _give(world, giver, holder, assembly_id):
    return world.refused(
        "give_proxy", assembly_id=assembly_id, grantor_id=world.ids[giver], holder_id=world.ids[holder]
    )


people = st.integers(0, 7)
steps = st.lists(
    st.tuples(st.sampled_from(["give", "revoke", "decline", "vote", "arrive"]), people, people), max_size=25
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps)
def test_whatever_is_done_nobody_has_two_ballots_or_too_many_proxies(world, steps):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    start = world.clock.now
    for step, one, other in steps:
        _try(world, assembly_id, item, step, one, other)
    world.clock.now = start
    proxies = queries.list_proxies(world.session, assembly_id)
    held, givers = Counter(p.holder_id for p in proxies), {p.grantor_id for p in proxies}
    assert all(count <= 2 for count in held.values())
    assert not givers & set(held)
    assert len(givers) == len(proxies)
    scrutin = queries.get_item(world.session, item).scrutin_id
    assert ballots.turnout(world.session, scrutin) == len(ballots.voted_ids(world.session, [scrutin], world.ids))


def _try(world, assembly_id, item, step, one, other):
    pair = {"assembly_id": assembly_id, "grantor_id": world.ids[one]}
    commands = {
        "give": lambda: world.do("give_proxy", **pair, holder_id=world.ids[other]),
        "revoke": lambda: world.do("revoke_proxy", **pair),
        "decline": lambda: world.do("decline_proxy", **pair, holder_id=world.ids[other]),
        "vote": lambda: world.vote(item, one, FOR, by=other, remote=True),
        "arrive": lambda: world.do("arrive", assembly_id=assembly_id, member_id=world.ids[one]),
    }
    try:
        commands[step]()
    except (RuleBroken, NotFound):
        world.session.rollback()

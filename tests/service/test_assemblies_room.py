"""An assembly held: who is there, the quorum, each vote, the result, the end, the second call."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.assemblies import queries, service
from coopgov.assemblies.events import AssemblyClosed, ResolutionProclaimed
from coopgov.assemblies.rules import AssemblyKind, ItemState, Presence, State
from coopgov.ballots import queries as ballots
from coopgov.ballots.rules import Channel
from coopgov.ballots.verify import verify
from coopgov.core import journal
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.printing import archive
from tests.assemblies_world import ABSTAIN, AGAINST, BLANK, FOR, HELD_AT, wire
from tests.service.counting import count_statements


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()  # twenty members of a SCOP SA: the ordinary quorum is four
    return found


def test_presence_counts_each_head_once_at_each_instant(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    world.vote(item, 10, FOR, remote=True)
    world.proxy(11, 12, assembly_id)
    world.proxy(13, 14, assembly_id)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 10, 12)
    assert queries.presence_at(world.session, assembly_id) == Presence(present=3, represented=1, remote=0)
    before = world.clock.now
    world.forward(minutes=5)
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[12])
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[10])
    assert queries.presence_at(world.session, assembly_id) == Presence(present=1, represented=0, remote=1)
    assert queries.presence_at(world.session, assembly_id, at=before) == Presence(3, 1, 0)


def test_a_giver_whose_holder_voted_remotely_is_represented(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    world.proxy(5, 6, assembly_id)
    world.vote(item, 6, FOR, remote=True)
    assert queries.presence_at(world.session, assembly_id) == Presence(present=0, represented=1, remote=1)


def test_arrivals_are_noted_on_the_day_by_members_of_the_roll(world):
    assembly_id = world.convened()
    assert world.refused("arrive", assembly_id=assembly_id, member_id=world.ids[0]) == ["attendance_closed"]
    world.at_the_hour()
    world.arrive(assembly_id, 0)
    assert world.refused("arrive", assembly_id=assembly_id, member_id=world.ids[0]) == ["already_there"]
    assert world.refused("leave", assembly_id=assembly_id, member_id=world.ids[1]) == ["not_there"]


@pytest.mark.parametrize("statement", ["UPDATE attendance_event SET at = at", "DELETE FROM attendance_event"])
def test_attendance_is_never_rewritten(world, statement):
    assembly_id = world.convened()
    world.at_the_hour()
    world.arrive(assembly_id, 0)
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text(statement))


def test_a_session_opens_at_its_hour_with_its_quorum_and_its_bureau(world):
    assembly_id = world.convened()
    world.clock.now = HELD_AT - timedelta(minutes=30)
    world.arrive(assembly_id, 0, 1, 2)
    assert world.refused("open_assembly", assembly_id=assembly_id, **world.bureau()) == [
        "before_its_hour",
        "quorum_missing",
    ]
    world.at_the_hour()
    world.arrive(assembly_id, 3)
    alone = {**world.bureau(), "tellers": []}
    assert world.refused("open_assembly", assembly_id=assembly_id, **alone) == ["bureau_tellers"]
    world.open(assembly_id)
    assembly = queries.get_assembly(world.session, assembly_id)
    assert (assembly.state, assembly.present, assembly.opened_at) == (State.OPEN, 4, HELD_AT)
    assert [officer.office.value for officer in queries.officers(world.session, assembly_id)] == [
        "chair", "secretary", "teller", "teller",
    ]  # fmt: skip


def test_a_vote_is_decided_on_those_present_or_represented(world):
    assembly_id = world.opened(0, 1, 2, 3, 4)
    [item] = world.items(assembly_id)
    result = world.decide(item, {0: FOR, 1: FOR, 2: AGAINST, 3: BLANK})
    # A SCOP counts abstention and silence in the base: two of five do not pass half.
    assert (result.outcome.value, result.numerator, result.denominator) == ("rejected", 2, 5)
    assert result.citations
    [told] = [event for event in world.heard if isinstance(event, ResolutionProclaimed)]
    assert (told.outcome, told.item_id, told.decision) == (
        "rejected", item, "Assemblée générale ordinaire du 15 janvier 2027, résolution n°\u00a01",
    )  # fmt: skip
    assert list(verify(world.session)) == []


def test_remote_ballots_and_the_room_make_one_urn(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    for voter in range(10, 16):
        world.vote(item, voter, FOR, remote=True)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    result = world.decide(item, {0: AGAINST, 1: ABSTAIN})
    assert (result.counts.for_, result.counts.against, result.counts.abstain) == (6, 1, 1)
    assert (result.outcome.value, result.denominator) == ("adopted", 10)


def test_remote_votes_end_at_the_announced_hour(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    closes_at = queries.get_assembly(world.session, assembly_id).remote_closes_at
    world.clock.now = closes_at - timedelta(seconds=1)
    world.vote(item, 5, FOR, remote=True)
    world.clock.now = closes_at
    with pytest.raises(RuleBroken, match="remote_closed"):
        world.vote(item, 6, FOR, remote=True)


def test_one_vote_at_a_time_and_only_in_session(world):
    assembly_id = world.convened(texts=2)
    first, second = world.items(assembly_id)
    assert world.refused("open_vote", item_id=first)[0] == "not_in_session"
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    world.do("open_vote", item_id=first)
    assert world.refused("open_vote", item_id=second) == ["another_vote_open"]
    with pytest.raises(RuleBroken, match="vote_not_open"):
        world.vote(second, 0, FOR)


def test_only_who_is_in_the_room_or_represented_there_votes_there(world):
    assembly_id = world.convened()
    world.proxy(10, 11, assembly_id)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    for voter, by in ((9, 9), (10, 11)):
        with pytest.raises(RuleBroken, match="not_in_room"):
            world.vote(item, voter, FOR, by=by)
    world.arrive(assembly_id, 11)
    world.vote(item, 10, FOR, by=11)


def test_the_bureau_enters_ballots_of_those_in_the_room(world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    teller = world.actor(2)
    with world.act(teller) as a:
        service.vote(
            a, item_id=item, voter_id=world.ids[0], choice=FOR, channel=Channel.ROOM, cast_by=teller.account_id
        )  # fmt: skip
    with pytest.raises(RuleBroken, match="already_voted"):
        world.vote(item, 0, AGAINST)


def test_who_has_a_ballot_in_the_open_vote_leaves_after_it(world):
    assembly_id = world.opened(0, 1, 2, 3, 4)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    world.vote(item, 4, FOR)
    assert world.refused("leave", assembly_id=assembly_id, member_id=world.ids[4]) == ["ballot_in_open_vote"]
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[3])
    world.do("close_vote", item_id=item)
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[4])


def test_the_quorum_is_measured_again_at_each_vote(world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[3])
    assert world.refused("open_vote", item_id=item) == ["quorum_missing"]
    world.arrive(assembly_id, 3)
    world.do("open_vote", item_id=item)
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[3])
    assert world.refused("close_vote", item_id=item) == ["quorum_missing"]


def test_a_session_closes_when_all_is_done_and_prints_its_attendance(world):
    assembly_id = world.opened(0, 1, 2, 3, texts=2)
    first, second = world.items(assembly_id)
    world.decide(first, {0: FOR, 1: FOR, 2: FOR})
    assert world.refused("close_assembly", assembly_id=assembly_id) == ["item_not_done"]
    world.do("set_aside", item_id=second, reason="À revoir.")
    world.do("close_assembly", assembly_id=assembly_id)
    assert AssemblyClosed(assembly_id) in world.heard
    [incident] = queries.minutes_facts(world.session, assembly_id)["incidents"]
    assert "Résolution n°\u00a02" in incident["text"]
    assert "À revoir." in incident["text"]
    [sheet] = archive.documents_about(world.session, f"assembly:{assembly_id}", kind="attendance_sheet")
    facts = archive.get_facts(world.session, sheet.id)
    assert [row["number"] for row in facts["rows"]] == [1, 2, 3, 4]
    assert {row["mode"] for row in facts["rows"]} == {"present"}


def test_a_missing_quorum_leads_to_a_second_call_with_the_same_agenda(world):
    assembly_id = world.convened(texts=2)
    world.proxy(5, 6, assembly_id)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1)
    world.do("note_no_quorum", assembly_id=assembly_id)
    first = queries.get_assembly(world.session, assembly_id)
    assert (first.state, first.present) == (State.INQUORATE, 2)
    outcomes = [event.outcome for event in world.heard if isinstance(event, ResolutionProclaimed)]
    assert outcomes == ["no_quorum", "no_quorum"]
    assert AssemblyClosed(assembly_id) in world.heard
    soon = HELD_AT + timedelta(days=9)
    assert world.refused("prepare_second_call", assembly_id=assembly_id, held_at=soon) == ["notice_too_short"]
    second_id = world.do("prepare_second_call", assembly_id=assembly_id, held_at=HELD_AT + timedelta(days=10))
    _same_agenda(world, assembly_id, second_id)
    world.do("convene", assembly_id=second_id)
    assert queries.active_proxy_of(world.session, second_id, world.ids[5]).holder_id == world.ids[6]
    world.clock.now = HELD_AT + timedelta(days=10)
    world.arrive(second_id, 0, 1, 2, 3)
    world.open(second_id)  # no quorum is asked for at the second call of an ordinary assembly


def _same_agenda(world, first_id, second_id):
    before, after = (queries.agenda(world.session, one) for one in (first_id, second_id))
    assert [(item.title, item.text, item.subject_hash) for item in before] == [
        (item.title, item.text, item.subject_hash) for item in after
    ]
    assert world.refused("remove_item", item_id=after[0].id) == ["agenda_of_second_call"]
    assert world.refused("prepare_second_call", assembly_id=first_id, held_at=HELD_AT + timedelta(days=11)) == [
        "second_call_exists"
    ]


def test_a_missing_quorum_is_not_noted_when_it_is_met(world):
    assembly_id = world.opened(0, 1, 2, 3)
    assert world.refused("note_no_quorum", assembly_id=assembly_id) == ["quorum_is_met"]


def test_the_quorum_may_be_lost_in_the_middle(world):
    assembly_id = world.opened(0, 1, 2, 3, texts=2)
    first, _second = world.items(assembly_id)
    world.decide(first, {0: FOR, 1: FOR, 2: FOR})
    world.do("leave", assembly_id=assembly_id, member_id=world.ids[3])
    world.do("note_no_quorum", assembly_id=assembly_id)
    states = [item.state for item in queries.agenda(world.session, assembly_id)]
    assert states == [ItemState.PROCLAIMED, ItemState.NO_QUORUM]
    again = world.do("prepare_second_call", assembly_id=assembly_id, held_at=HELD_AT + timedelta(days=10))
    assert [item.title for item in queries.agenda(world.session, again)] == ["Résolution 2"]


def test_colleges_are_weighed_and_counted_in_the_room(app, clock):
    world = wire(app, clock)
    world.found("scic-sa")
    assembly_id = world.opened(*range(8))
    [item] = world.items(assembly_id)
    result = world.decide(item, dict.fromkeys(range(7), FOR) | {7: AGAINST})
    assert result.weighted
    assert result.outcome.value == "adopted"


def test_the_minutes_are_given_all_they_need(world):
    assembly_id = world.convened()
    world.proxy(10, 4, assembly_id)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3, 4)
    world.open(assembly_id)
    [item] = world.items(assembly_id)
    world.do("note_incident", assembly_id=assembly_id, text="La lumière s’est éteinte.")
    world.decide(item, {0: FOR, 1: FOR, 2: FOR, 3: FOR})
    world.do("close_assembly", assembly_id=assembly_id)
    facts = queries.minutes_facts(world.session, assembly_id)
    assert facts["presence"] | {"citation": None} == {
        "enrolled": 20, "present": 5, "represented": 1, "remote": 0, "quorum_needed": 4, "quorum_met": True, "citation": None,
    }  # fmt: skip
    assert (facts["convocation"]["by_mail"], facts["convocation"]["notice_days"]) == (20, 15)
    [resolution] = facts["resolutions"]
    assert (resolution["outcome"], resolution["for"], resolution["numerator"], resolution["denominator"]) == (
        "adopted", 4, 4, 6,
    )  # fmt: skip
    assert facts["bureau"]["chair"]["account_id"] == str(world.account(0))
    assert facts["incidents"][0]["text"] == "La lumière s’est éteinte."
    assert facts["proxies"] == [{"grantor": "Alix Membre10", "holder": "Alix Membre04"}]
    assert facts["attendance"]["represented"] == ["Alix Membre10"]


def test_an_extraordinary_assembly_asks_for_more(world):
    assembly_id = world.convened(kind=AssemblyKind.EXTRAORDINARY)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    found = queries.quorum_now(world.session, assembly_id)
    assert (found.heads_needed, found.met) == (5, False)


def test_what_is_not_there_is_not_found(world):
    for command in ("open_vote", "close_vote", "proclaim"):
        with pytest.raises(NotFound):
            world.do(command, item_id=world.ids[0])
    assert queries.find_assembly(world.session, world.ids[0]) is None


def test_the_quorum_takes_no_more_statements_for_many_than_for_few(world):
    assembly_id = world.convened()
    world.at_the_hour()
    few = count_statements(lambda: queries.quorum_now(world.session, assembly_id))
    world.arrive(assembly_id, *range(15))
    assert count_statements(lambda: queries.quorum_now(world.session, assembly_id)) == few


def test_a_ballot_writes_no_line_in_the_journal(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    before = journal.head(world.session).size
    world.vote(item, 5, FOR, remote=True)
    assert journal.head(world.session).size == before
    assert ballots.turnout(world.session, queries.get_item(world.session, item).scrutin_id) == 1

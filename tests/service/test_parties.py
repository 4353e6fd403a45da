"""Who holds and who speaks: periods, representatives, joint holders, estates, doubles, the account one is paid on."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coopgov.core import journal
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.outbox import latest
from coopgov.members import queries, service, verify
from coopgov.members.events import MemberBack, MemberLeft
from coopgov.members.rules import Category, EventKind, HeirWish, NewMember, PartyKind, Person, Reach, ReasonCode, Status
from coopgov.members.rules.doubles import Alike
from tests.service.test_members import SINCE, TODAY, admit, applied, breaches, enrolled, statutes_of

IBAN, OTHER = "FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def heard(act):
    """What members told the features above."""
    told = []
    with act() as a:
        runtime = a.runtime
    object.__setattr__(
        runtime, "handlers",
        {**runtime.handlers, **{kind: (lambda _act, event: told.append(event),) for kind in (MemberLeft, MemberBack)}},
    )  # fmt: skip
    return told


def somebody(act, family="Roux", **changes):
    person = changes.pop("person", Person(PartyKind.PERSON, family, "Odile", birth_date=date(1980, 4, 2)))
    reach = Reach(email=changes.pop("email", f"{family.lower()}@exemple.fr"), town="Die")
    with act() as a:
        return service.enrol(
            a, member=NewMember(person, changes.pop("since", SINCE), Category.EMPLOYED, reach=reach, **changes)
        )  # fmt: skip


def refusal_of(act, command, **facts):
    with pytest.raises(RuleBroken) as refusal, act() as a:
        command(a, **facts)
    return breaches(refusal)


# Periods and reasons


def test_f25_a_member_who_comes_back_keeps_her_number_and_both_periods(act, session, clock, heard):
    statutes_of(act)
    member_id = somebody(act)
    why = service.Why(ReasonCode.NEW_ACTIVITY, uuid4())
    with act() as a:
        service.resign(a, member_id=member_id, effective_on=date(2026, 3, 1), reason="Atelier à Lyon", why=why)
    with act() as a:
        service.reinstate(a, member_id=member_id, effective_on=TODAY, decision="AGO du 24 novembre")
    member, events = queries.get_member(session, member_id), queries.get_file(session, member_id).events
    periods = queries.get_party(session, member_id).periods
    assert (member.number, member.status, member.joined_on) == (1, Status.MEMBER, SINCE)
    assert [(p.joined_on, p.left_on, p.how) for p in periods] == [
        (SINCE, date(2026, 3, 1), EventKind.RESIGNED), (TODAY, None, None),
    ]  # fmt: skip
    assert [(e.reason_code, e.document_id) for e in events if e.kind is EventKind.RESIGNED] == [
        (why.code, why.document_id)
    ]
    assert heard == [MemberLeft(member_id, date(2026, 3, 1), EventKind.RESIGNED), MemberBack(member_id, TODAY)]
    assert list(verify.verify(session)) == []


def test_undoing_an_exit_or_a_return_is_told_for_what_it_is(act, session, heard):
    statutes_of(act)
    member_id = somebody(act)
    with act() as a:
        service.resign(a, member_id=member_id, effective_on=date(2026, 3, 1))
        service.reinstate(a, member_id=member_id, effective_on=TODAY, decision="AGO")
    for _ in range(2):
        last = max(e.id for e in queries.get_party(session, member_id).standing)
        with act() as a:
            service.reverse_event(a, event_id=last, reason="Erreur")
    assert heard[2:] == [
        MemberLeft(member_id, date(2026, 3, 1), EventKind.RESIGNED), MemberBack(member_id, TODAY, is_undone=True),
    ]  # fmt: skip


def test_a_reason_belongs_to_what_happened(act):
    statutes_of(act)
    facts = {"member_id": somebody(act), "effective_on": TODAY, "why": service.Why(ReasonCode.NO_ROOM)}
    assert refusal_of(act, service.resign, **facts) == ["reason_of_another_event"]


# Representatives and joint holders


def test_an_organisation_has_one_representative_at_a_time(act, session):
    statutes_of(act)
    org = Person(PartyKind.ORGANISATION, "Atelier Vert", siren="732829320", representative="Paul Un")
    member_id, person = somebody(act, person=org, email="a@exemple.fr"), somebody(act)
    seat = {"member_id": member_id, "name": "Lise Deux", "from_day": date(2026, 5, 1)}
    with act() as a:
        service.name_representative(a, **seat, office="gérante", proof="Kbis du 2 mai")
    held = queries.get_party(session, member_id).representatives
    assert [(r.name, r.from_day, r.until_day) for r in held] == [
        ("Lise Deux", date(2026, 5, 1), None), ("Paul Un", SINCE, date(2026, 4, 30)),
    ]  # fmt: skip
    assert queries.get_file(session, member_id).person.representative == "Lise Deux"
    assert refusal_of(act, service.name_representative, **seat) == ["one_representative"]
    assert refusal_of(act, service.name_representative, **{**seat, "member_id": person}) == ["speaks_for_herself"]
    with pytest.raises(IntegrityError), act() as a:
        a.session.execute(text("UPDATE party_representative SET until_day = NULL"))


def test_joint_holders_are_one_member_with_one_proxy(act, session):
    statutes_of(act)
    member_id = somebody(act, "Indivision Roux", email="ind@exemple.fr")
    facts = {"member_id": member_id, "on": TODAY, "proof": "acte du 3 mai"}
    refused = refusal_of(act, service.hold_together, **facts, names=["Odile Roux"], representative="")
    assert refused == ["too_few_holders", "no_joint_proxy"]
    with act() as a:
        service.hold_together(a, **facts, names=["Odile Roux", "Luc Roux"], representative="Luc Roux")
    party = queries.get_party(session, member_id)
    assert (party.kind, [h.name for h in party.holders]) == (PartyKind.JOINT, ["Luc Roux", "Odile Roux"])
    assert party.representatives[0].name == "Luc Roux"
    assert len(queries.voters_on(session, TODAY)) == 1


# The account one is paid on


def test_an_account_number_has_days_a_proof_and_is_never_told_in_clear(act, session):
    statutes_of(act)
    member_id = somebody(act)
    first = {"member_id": member_id, "iban": IBAN, "on": date(2026, 2, 1), "proof": "RIB du 30 janvier"}
    with act() as a:
        service.set_iban(a, **first)
    again = {**first, "iban": OTHER, "on": date(2026, 6, 1)}
    assert refusal_of(act, service.set_iban, **{**first, "iban": "FR76 1", "proof": "", "reason": "x"}) == [
        "bad_iban", "iban_without_proof",
    ]  # fmt: skip
    assert refusal_of(act, service.set_iban, **again) == ["iban_without_reason"]
    assert refusal_of(act, service.set_iban, **first, reason="la même") == ["same_iban"]
    with act() as a:
        service.set_iban(a, **again, reason="change de banque, rappelée au téléphone")
        service.change_contacts(a, member_id=member_id, reach=Reach(email="roux@exemple.fr", town="Crest"), craft="")
    clear = [queries.iban_of(session, member_id, day) for day in (SINCE, date(2026, 5, 31), date(2026, 6, 1))]
    assert clear == [None, "FR7630006000011234567890189", "DE89370400440532013000"]
    shown = [row.masked for row in queries.get_party(session, member_id).ibans]
    assert shown == ["DE89 •••• 3000", "FR76 •••• 0189"]
    assert latest(session, limit=1)[0].kind == "members.iban"
    told = session.execute(
        text("SELECT payload FROM journal_payload UNION ALL SELECT body FROM outbox_message")
    ).scalars()
    assert not [one for one in told if "30006000" in one or "37040044" in one]


# Estates


def test_the_shares_of_a_deceased_member_wait_for_her_heirs(act, session):
    statutes_of(act)
    member_id, heir_id = somebody(act), somebody(act, "Fils")
    facts = {"member_id": member_id}
    with act() as a:
        service.record_death(a, **facts, effective_on=TODAY, proof="acte de décès")
    assert queries.frozen_members(session, [member_id, heir_id]) == {member_id}
    assert refusal_of(act, service.close_estate, **facts, reason="partage") == ["no_heirs"]
    with act() as a:
        service.tell_notary(a, **facts, notary="Me Blanc, Die")
        service.name_heir(a, **facts, name="Luc Fils", wish=HeirWish.UNKNOWN, reach="luc@exemple.fr")
        service.name_heir(a, **facts, name="Zoé Roux", wish=HeirWish.REFUND)
        service.name_representative(a, **facts, name="Luc Fils", from_day=TODAY)
    assert refusal_of(act, service.close_estate, **facts, reason="partage") == ["heirs_undecided"]
    assert refusal_of(act, service.name_heir, **facts, name="X", wish=HeirWish.APPLY, number=99) == ["heir_unknown"]
    with act() as a:
        service.name_heir(a, **facts, name="luc fils", wish=HeirWish.APPLY, number=2)
        service.close_estate(a, **facts, reason="acte de partage du 3 décembre")
    estate = queries.get_party(session, member_id).estate
    assert [(h.name, h.wish, h.number) for h in estate.heirs] == [
        ("Luc Fils", HeirWish.APPLY, 2), ("Zoé Roux", HeirWish.REFUND, None),
    ]  # fmt: skip
    assert queries.frozen_members(session, [member_id]) == set()
    assert refusal_of(act, service.reinstate, **facts, effective_on=TODAY, decision="AGO") == ["back_from_death"]


def test_a_death_recorded_by_mistake_frees_the_shares(act, session):
    statutes_of(act)
    member_id = somebody(act)
    with act() as a:
        service.record_death(a, member_id=member_id, effective_on=TODAY)
    with act() as a:
        service.reverse_event(a, event_id=queries.get_party(session, member_id).standing[-1].id, reason="homonyme")
    assert queries.find_estate(session, member_id) is None
    with pytest.raises(NotFound), act() as a:
        service.name_heir(a, member_id=member_id, name="X", wish=HeirWish.UNKNOWN)


# Doubles


def test_doubles_are_found_joined_and_separated_exactly(act, session):
    statutes_of(act)
    first, double = somebody(act), somebody(act, "Röux", email="autre@exemple.fr")
    enrolled(act, 2)
    with act() as a:
        for member_id in (first, double):
            service.set_iban(a, member_id=member_id, iban=IBAN, on=TODAY, proof="RIB")
    [found] = queries.list_doubles(session)
    assert (found.first.id, found.second.id, found.alike) == (first, double, (Alike.NAME_AND_BIRTH, Alike.IBAN))
    before = (queries.get_member(session, double), queries.voters_on(session, TODAY))
    with act() as a:
        service.join_doubles(a, member_id=double, into_id=first, reason="même personne, reçue deux fois")
    assert len(queries.voters_on(session, TODAY)) == len(before[1]) - 1
    assert queries.list_doubles(session) == []
    [told] = queries.get_party(session, double).joined
    assert (told.number, told.is_kept, queries.get_party(session, first).joined[0].is_kept) == (1, True, False)
    assert queries.numbers_of_person(session, first) == [first, double]
    joined = {"member_id": first, "into_id": double, "reason": "x"}
    assert refusal_of(act, service.join_doubles, **joined) == ["joined_already"]
    assert refusal_of(act, service.reinstate, member_id=double, effective_on=TODAY, decision="AGO") == [
        "back_under_double"
    ]  # fmt: skip
    event = queries.get_party(session, double).standing[-1]
    assert refusal_of(act, service.reverse_event, event_id=event.id, reason="x") == ["separate_instead"]
    with act() as a:
        service.separate_doubles(a, member_id=double, reason="deux cousines")
    assert (queries.get_member(session, double), queries.voters_on(session, TODAY)) == before
    assert list(verify.verify(session)) == []
    assert list(journal.verify(session)) == []


def test_a_candidature_sent_twice_is_joined_and_a_vote_is_never_lost(act, session, clock):
    statutes_of(act)
    former, candidate = somebody(act), applied(act)
    with act() as a:
        service.resign(a, member_id=former, effective_on=TODAY)
        service.join_doubles(a, member_id=candidate, into_id=former, reason="ancienne associée")
    assert queries.applications(session) == []
    other = somebody(act, "Autre")
    lost = {"member_id": other, "into_id": former, "reason": "x"}
    assert refusal_of(act, service.join_doubles, **lost) == ["join_the_other_way"]
    with act() as a:
        service.separate_doubles(a, member_id=candidate, reason="autre personne")
    admit(act, candidate, on=TODAY + timedelta(days=0))
    assert queries.get_member(session, candidate).status is Status.MEMBER

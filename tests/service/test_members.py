"""The life of a membership: candidature, admission, departure, e-mail, and the voters of a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.accounts import queries as accounts
from coopgov.core import journal
from coopgov.core.errors import RuleBroken
from coopgov.core.outbox import latest
from coopgov.core.policy import Role
from coopgov.members import queries, service
from coopgov.members.rules import (
    Application,
    Category,
    DecidedBy,
    EventKind,
    NewMember,
    PartyKind,
    Person,
    Reach,
    Status,
    fold,
)
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set

TODAY = date(2026, 11, 24)
SINCE = date(2022, 5, 10)


def statutes_of(act, name="scop-sa-cae"):
    with act() as a:
        statutes.adopt_statutes(a, text=ready_set(name), in_force_from=date(2021, 1, 1), decision="AG constitutive")


def someone(given="Clémence", family="Arnaud", **changes):
    email = changes.pop("email", f"{fold(given)}.{fold(family)}@exemple.fr")
    reach = Reach(email=email, phone="06 12 34 56 78", address=("3 rue des Lilas",), postcode="26000", town="Valence")
    base = Application(
        person=Person(PartyKind.PERSON, family, given),
        reach=reach,
        craft="Céramiste",
        category=Category.EMPLOYED,
        shares_wished=4,
        has_shop=True,
        accepts_statutes=True,
    )
    return replace(base, **changes)


def applied(act, application=None):
    with act() as a:
        return service.apply(a, application=application or someone())


def enrolled(act, count, *, category=Category.EMPLOYED, since=SINCE, prefix="m", **changes):
    members = [
        NewMember(
            person=Person(PartyKind.PERSON, f"Nom{n:03}", "Prénom"),
            joined_on=since,
            category=category,
            reach=Reach(email=f"{prefix}{n}@exemple.fr", town="Romans"),
            **changes,
        )
        for n in range(count)
    ]
    with act() as a:
        return service.enrol_many(a, members)


def admit(act, member_id, *, on=TODAY, decided_by=DecidedBy.ORDINARY_ASSEMBLY):
    with act() as a:
        service.admit(a, member_id=member_id, effective_on=on, decision="AGO, résolution 3", decided_by=decided_by)


def breaches(refusal):
    return [breach.code for breach in refusal.value.breaches]


# Candidatures


def test_a_candidature_is_kept_and_acknowledged(act, session):
    statutes_of(act)
    member_id = applied(act)
    [candidate] = queries.applications(session)
    assert (candidate.id, candidate.number, candidate.shares_wished) == (member_id, 1, 4)
    [mail] = latest(session, limit=5)
    assert mail.to_address == "clemence.arnaud@exemple.fr"
    assert "4 parts" in mail.body
    assert queries.voters_on(session, TODAY) == []


def test_the_same_name_and_address_is_told_kindly(act):
    statutes_of(act)
    applied(act)
    with pytest.raises(RuleBroken) as refusal:
        applied(act, someone(given="CLEMENCE", email=" clemence.arnaud@exemple.fr"))
    assert breaches(refusal) == ["already_applied"]


def test_all_that_is_wrong_with_a_candidature_is_told_at_once(act):
    statutes_of(act)
    with pytest.raises(RuleBroken) as refusal:
        applied(act, someone(shares_wished=0, college="createurs", accepts_statutes=False))
    assert breaches(refusal) == ["too_few_shares", "no_colleges", "statutes_not_accepted"]


def test_in_a_scic_a_candidate_chooses_a_college(act, session):
    statutes_of(act, "scic-sa")
    with pytest.raises(RuleBroken) as refusal:
        applied(act)
    assert breaches(refusal) == ["college_unknown"]
    applied(act, someone(category=Category.EXTERNAL, college="createurs"))
    assert queries.applications(session)[0].college == "createurs"


def test_a_refused_candidate_may_apply_again_after_a_year(act, clock):
    statutes_of(act)
    member_id = applied(act)
    with act() as a:
        service.refuse_candidate(a, member_id=member_id, on=TODAY, decision="AGO du jour : atelier complet")
    with pytest.raises(RuleBroken) as refusal:
        applied(act)
    assert breaches(refusal) == ["applied_too_soon"]
    clock.forward(days=365)
    assert applied(act) != member_id


# Admission


def test_an_admitted_candidate_is_a_voter_with_an_account(act, session):
    statutes_of(act)
    member_id = applied(act)
    admit(act, member_id)
    [voter] = queries.voters_on(session, TODAY)
    assert (voter.id, voter.name) == (member_id, "Clémence Arnaud")
    assert queries.voters_on(session, TODAY - timedelta(days=1)) == []
    member = queries.get_member(session, member_id)
    assert member.status is Status.MEMBER
    assert member.joined_on == TODAY
    assert Role.MEMBER in accounts.roles_on(session, member.account_id, TODAY)
    assert queries.find_by_account(session, member.account_id) == member
    assert any("Bienvenue" in mail.subject for mail in latest(session, limit=2))


def test_the_board_of_a_scop_cannot_admit_alone(act, session):
    statutes_of(act)
    member_id = applied(act)
    with pytest.raises(RuleBroken) as refusal:
        admit(act, member_id, decided_by=DecidedBy.BOARD)
    [breach] = refusal.value.breaches
    assert breach.code == "wrong_admission_body"
    assert breach.citations[0].text.endswith("art. 7")
    assert queries.get_member(session, member_id).status is Status.CANDIDATE


def test_the_board_of_a_scic_admits_when_the_statutes_say_so(act, session):
    statutes_of(act, "scic-sa")
    member_id = applied(act, someone(category=Category.EXTERNAL, college="createurs"))
    admit(act, member_id, decided_by=DecidedBy.BOARD)
    assert queries.voters_on(session, TODAY)[0].college == "createurs"


def test_external_members_of_a_scop_never_pass_their_part_of_the_votes(act):
    statutes_of(act)
    enrolled(act, 13)
    enrolled(act, 6, category=Category.EXTERNAL, prefix="x")
    admit(act, applied(act, someone(category=Category.EXTERNAL)))  # 7 of 20: 35 %
    with pytest.raises(RuleBroken) as refusal:
        admit(act, applied(act, someone(given="Bob", category=Category.EXTERNAL)))
    assert breaches(refusal) == ["too_many_external_votes"]
    assert "3 bis" in refusal.value.breaches[0].citations[0].text


def test_a_sarl_has_no_hundred_and_first_member(act):
    statutes_of(act, "scop-sarl")
    enrolled(act, 100)
    with pytest.raises(RuleBroken) as refusal:
        admit(act, applied(act, someone(has_shop=False)))
    assert breaches(refusal) == ["too_many_members"]


def test_nobody_is_admitted_twice_nor_before_applying_nor_ahead(act):
    statutes_of(act)
    member_id = applied(act)
    with pytest.raises(RuleBroken) as refusal:
        admit(act, member_id, on=TODAY - timedelta(days=1))
    assert breaches(refusal) == ["admitted_before_application"]
    with pytest.raises(RuleBroken) as refusal:
        admit(act, member_id, on=TODAY + timedelta(days=1))
    assert breaches(refusal) == ["in_the_future"]
    admit(act, member_id)
    with pytest.raises(RuleBroken) as refusal:
        admit(act, member_id)
    assert breaches(refusal) == ["not_from_this_state"]


def test_two_members_cannot_share_an_address(act):
    statutes_of(act)
    admit(act, applied(act, someone(email="atelier@exemple.fr")))
    with pytest.raises(RuleBroken) as refusal:
        admit(act, applied(act, someone(given="Bob", email="Atelier@exemple.fr")))
    assert breaches(refusal) == ["email_of_another_member"]


# Leaving, and undoing


def test_a_member_who_resigns_keeps_her_past_votes(act, session, clock):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    with act() as a:
        service.resign(a, member_id=member_id, effective_on=TODAY, reason="Déménagement")
    assert len(queries.voters_on(session, TODAY - timedelta(days=1))) == 1
    assert queries.voters_on(session, TODAY) == []
    row = queries.get_member(session, member_id)
    assert row.status is Status.FORMER
    assert Role.MEMBER not in accounts.roles_on(session, row.account_id, TODAY + timedelta(days=1))


def test_an_event_recorded_by_mistake_is_undone_once_and_both_stay(act, session, clock):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    with act() as a:
        service.resign(a, member_id=member_id, effective_on=TODAY)
    before = clock.now
    clock.forward(hours=1)
    event = queries.get_file(session, member_id).events[-1]
    session.rollback()
    with act() as a:
        service.reverse_event(a, event_id=event.id, reason="Erreur de personne")
    assert [voter.id for voter in queries.voters_on(session, TODAY)] == [member_id]
    assert queries.voters_on(session, TODAY, known_at=before) == []
    kinds = [event.kind for event in queries.get_file(session, member_id).events]
    assert kinds == [EventKind.ADMITTED, EventKind.RESIGNED, EventKind.REVERSAL]
    session.rollback()
    with pytest.raises(RuleBroken), act() as a:
        service.reverse_event(a, event_id=event.id, reason="Encore")


def test_an_exclusion_needs_the_extraordinary_assembly(act, session):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    told = {"member_id": member_id, "effective_on": TODAY, "decision": "AGE, résolution 1", "reason": "Impayés"}
    with pytest.raises(RuleBroken) as refusal, act() as a:
        service.exclude(a, **told, decided_by=DecidedBy.ORDINARY_ASSEMBLY)
    assert breaches(refusal) == ["wrong_exclusion_body"]
    with act() as a:
        service.exclude(a, **told)
    assert queries.count_voters(session, TODAY) == 0


def test_the_end_of_the_contract_ends_membership_but_for_the_laws_exceptions(act, session):
    statutes_of(act)
    retired, left = enrolled(act, 2)
    with act() as a:
        service.end_contract(a, member_id=retired, effective_on=TODAY, reason="Retraite", excepted=True)
        service.end_contract(a, member_id=left, effective_on=TODAY)
    assert [voter.id for voter in queries.voters_on(session, TODAY)] == [retired]


def test_a_former_member_comes_back_under_her_number(act, session):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    with act() as a:
        service.resign(a, member_id=member_id, effective_on=TODAY - timedelta(days=30))
        service.reinstate(a, member_id=member_id, effective_on=TODAY, decision="AGO, résolution 5")
    assert queries.voters_on(session, TODAY)[0].number == 1
    assert queries.voters_on(session, TODAY - timedelta(days=1)) == []
    assert Role.MEMBER in accounts.roles_on(session, queries.get_member(session, member_id).account_id, TODAY)


@pytest.mark.parametrize("table", ["membership_event", "email_consent"])
def test_events_and_agreements_are_never_rewritten(act, table):
    statutes_of(act)
    enrolled(act, 1, consent_on=SINCE, consent_proof="Bulletin")
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names


def test_undoing_a_departure_gives_nobody_a_second_vote_on_one_account(act, session):
    statutes_of(act)
    [first] = enrolled(act, 1)
    with act() as a:
        service.resign(a, member_id=first, effective_on=TODAY)
    [_second] = enrolled(act, 1)  # with the same address
    event = queries.get_file(session, first).events[-1]
    session.rollback()
    with pytest.raises(RuleBroken) as refusal, act() as a:
        service.reverse_event(a, event_id=event.id, reason="Erreur")
    assert breaches(refusal) == ["email_of_another_member"]


def test_nobody_becomes_external_beyond_their_part_of_the_votes(act):
    statutes_of(act)
    [one, *_] = enrolled(act, 2)
    with pytest.raises(RuleBroken) as refusal, act() as a:
        service.change_college(
            a, member_id=one, effective_on=TODAY, college="", category=Category.EXTERNAL, decision="AGO"
        )
    assert breaches(refusal) == ["too_many_external_votes"]


# E-mail, contacts


def consent_of(session, *, before):
    return [row.consented for row in queries.recipients(session, TODAY, consent_before=before)]


def test_an_agreement_counts_only_when_it_is_old_enough_and_stands(act, session, clock):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    with act() as a:
        service.give_email_consent(a, member_id=member_id, on=TODAY, proof="Page « ma fiche »")
    assert consent_of(session, before=TODAY) == [True]
    assert consent_of(session, before=TODAY - timedelta(days=1)) == [False]
    session.rollback()
    clock.forward(days=2)
    with act() as a:
        service.withdraw_email_consent(a, member_id=member_id, on=TODAY + timedelta(days=2), proof="Lettre")
    assert consent_of(session, before=TODAY) == [False]


def test_one_does_not_agree_twice_nor_ahead(act):
    statutes_of(act)
    [member_id] = enrolled(act, 1, consent_on=SINCE, consent_proof="Bulletin")
    with pytest.raises(RuleBroken) as refusal, act() as a:
        service.give_email_consent(a, member_id=member_id, on=TODAY + timedelta(days=1), proof="x")
    assert breaches(refusal) == ["consent_already_given", "in_the_future"]


def test_changed_contacts_are_found_and_the_old_ones_kept(act, session):
    statutes_of(act)
    [member_id] = enrolled(act, 1)
    reach = Reach(email="neuf@exemple.fr", address=("1 place Neuve",), postcode="26100", town="Saint-Œuf")
    with act() as a:
        service.change_contacts(a, member_id=member_id, reach=reach, craft="Vannière")
    page = queries.list_members(session, text="saint oeu")
    assert [row.id for row in page.rows] == [member_id]
    assert page.rows[0].postal_address == ("1 place Neuve", "26100 Saint-Œuf")
    assert queries.list_members(session, text="romans").rows == ()


def test_sellers_are_the_members_of_the_day_with_a_shop(act, session):
    statutes_of(act)
    enrolled(act, 2, has_shop=True)
    enrolled(act, 1, prefix="sans")
    assert [seller.email for seller in queries.sellers(session, TODAY)] == ["m0@exemple.fr", "m1@exemple.fr"]


# Lists


def test_a_list_goes_forward_and_back_over_the_same_pages(act, session):
    statutes_of(act)
    enrolled(act, 7)
    first = queries.list_members(session, limit=3)
    second = queries.list_members(session, limit=3, after=first.next_key)
    third = queries.list_members(session, limit=3, after=second.next_key)
    assert [row.number for row in first.rows + second.rows + third.rows] == [1, 2, 3, 4, 5, 6, 7]
    assert (first.prev_key, third.next_key) == (None, None)
    assert queries.list_members(session, limit=3, before=third.prev_key) == second
    assert queries.list_members(session, limit=3, before=second.prev_key).rows == first.rows


def test_a_search_finds_the_beginnings_of_words_without_accents(act, session):
    statutes_of(act)
    applied(act, someone(given="Zoé", family="Müller-Œuvrard"))
    enrolled(act, 3)
    assert [row.name for row in queries.list_members(session, text="oeuv ZO").rows] == ["Zoé Müller-Œuvrard"]
    assert queries.list_members(session, text="muller", status=Status.MEMBER).rows == ()
    assert len(queries.list_members(session, text="nom", category=Category.EMPLOYED).rows) == 3
    assert len(queries.list_members(session, text="2").rows) == 1


def test_a_search_goes_on_until_its_page_is_full_and_tells_nobody_twice(act, session):
    statutes_of(act)
    # Each is found by two words, and most are not whom the filter asks for.
    many = [
        NewMember(
            person=Person(PartyKind.PERSON, f"Dupont{n:02}", "Dupuy"),
            joined_on=SINCE,
            category=Category.EXTERNAL if n % 7 == 6 else Category.EMPLOYED,
            reach=Reach(email=f"d{n}@exemple.fr", town="Duras"),
        )
        for n in range(28)
    ]
    with act() as a:
        service.enrol_many(a, many)
    asked = {"text": "du", "category": Category.EXTERNAL}
    assert [row.number for row in queries.list_members(session, **asked).rows] == [7, 14, 21, 28]
    first = queries.list_members(session, limit=2, **asked)
    second = queries.list_members(session, limit=2, after=first.next_key, **asked)
    assert [row.number for row in first.rows + second.rows] == [7, 14, 21, 28]
    assert (first.prev_key, second.next_key) == (None, None)
    assert queries.list_members(session, limit=2, before=second.prev_key, **asked).rows == first.rows
    assert [row.number for row in queries.list_members(session, text="du").rows] == list(range(1, queries.FINDS + 1))
    assert [row.number for row in queries.list_members(session, text="du dupont2").rows] == list(range(21, 29))


def test_many_are_enrolled_with_one_line_in_the_journal(act, session):
    statutes_of(act)
    before = journal.head(session).size
    session.rollback()
    enrolled(act, 50)
    assert journal.head(session).size == before + 2  # the accounts, and the members
    assert queries.counts_by_category(session, TODAY) == {Category.EMPLOYED: 50, Category.EXTERNAL: 0}
    assert queries.count_voters(session, SINCE - timedelta(days=1)) == 0

"""What compliance measures is what the registers say, whoever counts, and in as many statements for many as for few."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from coopgov.accounts import service as offices
from coopgov.compliance import queries, service
from coopgov.compliance.rules import FactKind, Verdict, Year, deadlines, is_employed, ratios
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.policy import Role
from coopgov.members import queries as members
from coopgov.members import service as membership
from coopgov.members.rules import Category, NewMember, PartyKind, Person
from coopgov.registers.verify import verify_all
from coopgov.shares import queries as shares
from coopgov.shares import service as share_book
from coopgov.statutes import queries as statutes
from coopgov.statutes import service as statutes_service
from coopgov.statutes.ready import ready_set
from tests.service.counting import statements
from tests.shares_world import FOUNDED, wire

TODAY = date(2026, 11, 24)
EMPLOYED, EXTERNAL = Category.EMPLOYED, Category.EXTERNAL


@pytest.fixture
def world(app):
    """A SCOP with both books, before anybody has joined."""
    made = wire(app)
    made.found("scop-sa-cae")
    return made


def enrol(world, *people, joined_on=FOUNDED):
    """Write down (name, category, college) members; gives their ids."""
    with world.act() as act:
        rows = [
            NewMember(Person(_kind(name), name, "" if name.startswith("Coop") else "Al", is_cooperative=name == "Coop"),
                      joined_on=joined_on, category=category, college=college)
            for name, category, college in people
        ]  # fmt: skip
        return membership.enrol_many(act, rows, with_accounts=False)


def _kind(name):
    return PartyKind.ORGANISATION if name.startswith("Coop") else PartyKind.PERSON


def subscribe(world, holdings, on):
    with world.act() as act:
        share_book.subscribe_many(act, [share_book.Subscription(member, number, on) for member, number in holdings])


def lived(world):
    """Two years: people join, subscribe, change category, leave while they hold shares, and one is undone."""
    ids = enrol(world, *((f"E{n}", EMPLOYED, "") for n in range(9)), ("X", EXTERNAL, ""), ("Coop", EXTERNAL, ""))
    subscribe(world, [(member, 4 + n) for n, member in enumerate(ids)], date(2025, 1, 15))
    [late] = enrol(world, ("Late", EXTERNAL, ""), joined_on=date(2025, 6, 2))
    subscribe(world, [(late, 3), (ids[0], 5)], date(2025, 6, 20))
    with world.act() as act:
        membership.change_college(act, member_id=late, effective_on=date(2025, 9, 1), category=EMPLOYED, college="",
                                  decision="contrat de travail")  # fmt: skip
        membership.resign(act, member_id=ids[1], effective_on=date(2026, 2, 10), reason="départ")
        membership.resign(act, member_id=ids[2], effective_on=date(2026, 3, 10), reason="erreur")
    with world.act() as act:
        event = max(one.id for one in members.events_of(act.session, ids[2]))
        membership.reverse_event(act, event_id=event, reason="erreur de saisie")
    return ids, late


def one_by_one(session, on):
    """The same figures counted member by member."""
    held = shares.holdings_on(session, on)
    present = {voter.id: voter for voter in members.voters_on(session, on)}
    employed = [member for member, voter in present.items() if voter.category is EMPLOYED]
    return {
        "employed": len(employed), "members": len(present),
        "capital": sum(holding.cents for holding in held.values()),
        "employed_capital": sum(held[member].cents for member in employed if member in held),
        "colleges": Counter(voter.college for voter in present.values()),
    }  # fmt: skip


def test_the_sums_of_the_database_are_those_of_the_members_one_by_one(world, session):
    ids, late = lived(world)
    now, by_hand = queries.situation_on(session, TODAY), one_by_one(session, TODAY)
    assert (now.employed, now.members) == (by_hand["employed"], by_hand["members"]) == (9, 11)
    assert (now.capital, now.employed_capital) == (by_hand["capital"], by_hand["employed_capital"])
    assert now.capital > now.employed_capital
    assert (now.cooperatives, now.peak) == (1, shares.peak_capital(session, TODAY))
    assert now.cents(lambda kind: kind.is_organisation) == shares.holdings_on(session, TODAY)[ids[10]].cents
    assert [holder.member_id for holder in now.holders] == [ids[10], ids[9]]
    named = queries.find_named(session, members.get_member(session, late).number, TODAY)
    assert (named.name, is_employed(named.kind), named.cents) == ("Al Late", True, 3 * now.nominal)
    assert queries.find_named(session, 9_999, TODAY) is None


def test_what_moved_is_at_each_month_what_the_registers_say_of_that_day(world, session):
    lived(world)
    points = queries.history(session, TODAY)
    assert len(points) == queries.MONTHS + 1
    assert points[-1].day == TODAY
    for point in points:
        by_hand = one_by_one(session, point.day)
        assert (point.employed, point.members) == (by_hand["employed"], by_hand["members"]), point.day
        assert (point.capital, point.employed_capital) == (by_hand["capital"], by_hand["employed_capital"]), point.day
        assert point.peak == shares.peak_capital(session, point.day)
    assert len({point.employed_capital for point in points}) > 3


def test_what_is_kept_of_the_registers_is_never_an_old_answer(world, session):
    ids, _late = lived(world)
    seen = [queries.situation_on(session, TODAY)]
    session.rollback()
    subscribe(world, [(ids[4], 2)], TODAY)
    seen.append(queries.situation_on(session, TODAY))
    session.rollback()
    with suppress(ZeroDivisionError), world.act() as act:
        membership.resign(act, member_id=ids[3], effective_on=TODAY, reason="départ")
        assert queries.situation_on(act.session, TODAY).employed == 8
        raise ZeroDivisionError
    with world.act() as act:
        membership.resign(act, member_id=ids[9], effective_on=TODAY, reason="départ")
    seen.append(queries.situation_on(session, TODAY))
    assert [(now.employed, now.external) for now in seen] == [(9, 2), (9, 2), (9, 1)]
    assert seen[1].capital - seen[0].capital == 2 * seen[0].nominal
    assert queries.history(session, TODAY)[-1].external == 1


def test_months_begin_with_the_cooperative():
    ends = queries.month_ends(TODAY, since=date(2026, 9, 30))
    assert ends == [date(2026, 9, 30), date(2026, 10, 31), TODAY]


def test_a_college_counts_its_present_members(app):
    world = wire(app)
    world.found("scic-sa")
    ids = enrol(world, ("A", EMPLOYED, "createurs"), ("B", EMPLOYED, "salaries"), ("C", EXTERNAL, "clients"))
    with world.act() as act:
        membership.resign(act, member_id=ids[2], effective_on=date(2026, 10, 1), reason="départ")
    with world.act() as act:
        now = queries.situation_on(act.session, TODAY)
        point = queries.history(act.session, TODAY)[-1]
    assert dict(now.by_college) == {"createurs": 1, "salaries": 1, "clients": 0, "soutiens": 0}
    assert {code: point.by_college.get(code, 0) for code in now.by_college} == dict(now.by_college)


def test_a_director_is_employed_by_her_membership_and_her_mandate_by_its_days(world, session):
    [alice] = [world.a_member("Alice Martin", email="alice@exemple.fr")]
    with world.act() as act:
        account = members.get_member(act.session, alice).account_id
        stranger = offices.create_account(act, email="max@exemple.fr", name="Max")
        gone = offices.create_account(act, email="nour@exemple.fr", name="Nour")
        for who in (account, stranger, gone):
            offices.grant_role(act, account_id=who, role=Role.BOARD, from_day=FOUNDED, until_day=date(2026, 12, 31))
        offices.end_role(act, account_id=gone, role=Role.BOARD, last_day=date(2026, 1, 1), decision="démission")
    now = queries.situation_on(session, TODAY)
    assert {one.name: one.is_employed for one in now.directors} == {"Alice Martin": True, "Max": False}
    dated = queries.dated_on(session, TODAY)
    assert {held.last_day for held in dated.mandates} == {date(2026, 12, 31)}


def test_what_is_told_is_kept_counts_and_is_withdrawn_by_a_new_line(world, session, tmp_path):
    with world.act() as act:
        told = service.tell(act, kind=FactKind.REVISION, day=date(2023, 5, 4), note=" rapport 12 ")
        service.tell(act, kind=FactKind.ACCOUNTS_FILED, day=date(2026, 7, 1), year_end=date(2025, 12, 31))
    dated = queries.dated_on(session, TODAY)
    assert dated.told == {FactKind.REVISION: date(2023, 5, 4), FactKind.ACCOUNTS_FILED: date(2026, 7, 1)}
    assert dated.year.filed_on == date(2026, 7, 1)
    session.rollback()
    with world.act() as act:
        service.withdraw(act, fact_id=told, reason="mauvaise année")
    assert FactKind.REVISION not in queries.dated_on(session, TODAY).told
    assert {fact.note for fact in queries.facts(session)} == {"mauvaise année", "rapport 12", ""}
    assert verify_all(session, tmp_path) == []
    session.rollback()
    with pytest.raises(RuleBroken, match="fact_withdrawn"), world.act() as act:
        service.withdraw(act, fact_id=told, reason="encore")
    with pytest.raises(RuleBroken, match="fact_not_come"), world.act() as act:
        service.tell(act, kind=FactKind.AUDITOR_NAMED, day=date(2030, 1, 1))
    with pytest.raises(NotFound), world.act() as act:
        service.withdraw(act, fact_id=uuid4(), reason="rien")


def test_a_young_cooperative_has_no_accounts_yet(app):
    world = wire(app)
    world.found("scop-sa-cae", on=date(2026, 3, 1))
    with world.act() as act:
        assert queries.dated_on(act.session, TODAY).year is None
        assert queries.year_ends(act.session, TODAY) == []
        assert queries.history(act.session, TODAY)[0].day == date(2026, 3, 31)
        assert queries.law_checks(act.session, TODAY).due == 0
        assert queries.law_checks(act.session, date(2028, 1, 1)).due > 100


def test_statutes_that_tighten_a_limit_speak_on_the_page(world, session):
    lived(world)
    figures = statutes.rulebook(session, statutes.the_law())
    measured = {one.code: one for one in ratios(queries.situation_on(session, TODAY), figures, TODAY)}
    assert measured["external_votes"].verdict is Verdict.FINE
    assert measured["employed_capital"].verdict is Verdict.FINE
    assert "Statuts" in measured["minimum_of_capital"].figures[0].citations[0].text
    found = {one.code: one for one in deadlines(queries.dated_on(session, TODAY), figures, TODAY)}
    assert found["accounts"].verdict is Verdict.RED


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_years_that_closed_before_the_first_statutes_known_here_are_counted_too(app, act):
    with act() as a:
        text = replace(ready_set("scop-sa-cae"), founded_on=date(2024, 3, 1), year_end="06-30")
        statutes_service.adopt_statutes(a, text=text, in_force_from=date(2026, 11, 2), decision="AGE de 2026")
    with act() as a:
        assert queries.year_ends(a.session, TODAY) == [date(2026, 6, 30), date(2025, 6, 30), date(2024, 6, 30)]
        year = date(2026, 6, 30)
        service.tell(a, kind=FactKind.ACCOUNTS_APPROVED, day=date(2026, 10, 1), year_end=year)
        assert queries.dated_on(a.session, TODAY).year == Year(year, date(2026, 10, 1))


def everything(session):
    """All that the page asks."""
    queries.situation_on(session, TODAY)
    queries.dated_on(session, TODAY)
    queries.history(session, TODAY)


def crowd(world, first, last):
    ids = enrol(world, *((f"N{n}", EXTERNAL if n % 4 == 0 else EMPLOYED, "") for n in range(first, last)))
    with world.act() as act:
        share_book.subscribe_many(
            act, [share_book.Subscription(member, 1 + n % 7, date(2025, 2, 1)) for n, member in enumerate(ids)]
        )


# On both engines the pages are asked in tests/web/test_statements.py; this one takes its time.
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_as_many_statements_for_two_thousand_members_as_for_two_hundred(world, session):
    sent = []
    for first, last in ((0, 200), (200, 2_000)):
        session.rollback()
        crowd(world, first, last)
        everything(session)  # what is kept of the statutes and the book is read the first time
        session.rollback()
        with statements() as asked:
            everything(session)
        sent.append(len(asked))
    assert sent[0] == sent[1] <= 20

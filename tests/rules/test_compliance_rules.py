"""What the law asks, measured: at each limit, one head or one share before it and beyond it."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.compliance.rules import (
    Dated,
    Director,
    Draft,
    Fact,
    FactKind,
    Group,
    Holder,
    Kind,
    LawChecks,
    MandateHeld,
    Minutes,
    Move,
    Named,
    Situation,
    Verdict,
    Year,
    changes,
    check_draft,
    check_fact,
    check_withdrawal,
    deadlines,
    last_days,
    merged,
    more_to_pass,
    others_gone_to_pass,
    others_to_come_back,
    pressing_first,
    ratios,
    situation_after,
    standing,
)
from coopgov.core.policy import Role
from coopgov.law.rulebook import Rulebook, StatutesVersion
from coopgov.members.rules import Category
from coopgov.statutes.queries import the_law
from coopgov.statutes.ready import ready_set

ON = date(2026, 11, 24)
NOMINAL = 50_00
EMPLOYED, EXTERNAL = Kind(True, Category.EMPLOYED), Kind(True, Category.EXTERNAL)
COOPERATIVE = Kind(True, Category.EXTERNAL, is_cooperative=True, is_organisation=True)
_BOOKS = {}


def book(name="scop-sa-cae"):
    if name not in _BOOKS:
        text = ready_set(name)
        _BOOKS[name] = Rulebook(the_law(), [StatutesVersion(date(2021, 1, 1), text.legal_form, text.figures)])
    return _BOOKS[name]


def situation(*groups, peak=None, **more):
    """A situation from (kind, heads, shares)."""
    found = merged(Group(kind, heads, shares * NOMINAL) for kind, heads, shares in groups)
    capital = sum(group.cents for group in found)
    return Situation(found, NOMINAL, capital if peak is None else peak, **more)


def measured(now, form="scop-sa-cae"):
    return {one.code: one for one in ratios(now, book(form), ON)}


def verdict(code, now, form="scop-sa-cae"):
    return measured(now, form)[code].verdict


def counts(one):
    return [margin.values["count"] for margin in one.margins]


# The votes of those who are not employed: thirty-five per cent


def test_the_seventh_external_member_of_twenty_is_kept_the_eighth_is_not():
    now = measured(situation((EMPLOYED, 13, 13), (EXTERNAL, 7, 7)))["external_votes"]
    assert (now.verdict, now.part.share, counts(now)) == (Verdict.NEAR, Fraction(35, 100), [1, 1])
    beyond = measured(situation((EMPLOYED, 13, 13), (EXTERNAL, 8, 8)))["external_votes"]
    assert (beyond.verdict, beyond.margins) == (Verdict.RED, ())
    # Eight of twenty-three are under thirty-five per cent; eight of twenty-two are not.
    assert beyond.to_do.values["count"] == 2
    assert beyond.to_do.values["weight"] == Fraction(35, 65) * 13 / 8
    assert "3 bis" in beyond.figures[0].citations[0].text


def test_far_from_the_limit_all_is_fine_and_the_margin_is_told():
    now = measured(situation((EMPLOYED, 100, 100), (EXTERNAL, 10, 10)))["external_votes"]
    assert now.verdict is Verdict.FINE
    joins, leaves = counts(now)
    assert verdict("external_votes", situation((EMPLOYED, 100, 1), (EXTERNAL, 9 + joins, 1))) is not Verdict.RED
    assert verdict("external_votes", situation((EMPLOYED, 100, 1), (EXTERNAL, 10 + joins, 1))) is Verdict.RED
    assert verdict("external_votes", situation((EMPLOYED, 101 - leaves, 1), (EXTERNAL, 10, 1))) is not Verdict.RED
    assert verdict("external_votes", situation((EMPLOYED, 100 - leaves, 1), (EXTERNAL, 10, 1))) is Verdict.RED


def test_cooperative_societies_go_up_to_forty_nine_per_cent():
    kept = measured(situation((EMPLOYED, 51, 51), (EXTERNAL, 30, 30), (COOPERATIVE, 19, 19)))
    # Five points under the limit are not within five points of it.
    assert kept["external_votes"].verdict is Verdict.FINE
    assert kept["external_votes_with_cooperatives"].verdict is Verdict.NEAR
    beyond = measured(situation((EMPLOYED, 51, 51), (EXTERNAL, 30, 30), (COOPERATIVE, 20, 20)))
    assert beyond["external_votes_with_cooperatives"].verdict is Verdict.RED
    assert "external_votes_with_cooperatives" not in measured(situation((EMPLOYED, 51, 51), (EXTERNAL, 9, 9)))


# The capital of those who are employed: fifty-one per cent


@pytest.mark.parametrize(
    ("employed", "others", "expected"),
    [(51, 49, Verdict.NEAR), (50, 50, Verdict.RED), (100, 0, Verdict.FINE), (57, 43, Verdict.FINE)],
)
def test_employed_members_hold_fifty_one_per_cent_of_the_capital(employed, others, expected):
    now = situation((EMPLOYED, 10, employed), (EXTERNAL, 1, others))
    assert verdict("employed_capital", now) is expected


def test_the_share_that_crosses_it_is_counted():
    now = measured(situation((EMPLOYED, 9, 510), (EXTERNAL, 1, 480)))["employed_capital"]
    assert counts(now) == [11]
    assert verdict("employed_capital", situation((EMPLOYED, 9, 510), (EXTERNAL, 1, 490))) is Verdict.NEAR
    beyond = measured(situation((EMPLOYED, 9, 510), (EXTERNAL, 1, 491)))["employed_capital"]
    assert (beyond.verdict, beyond.to_do.values["count"]) == (Verdict.RED, 2)


def test_what_those_who_left_still_hold_counts_with_the_others():
    former = Kind(False, Category.EMPLOYED)
    assert verdict("employed_capital", situation((EMPLOYED, 9, 50), (former, 0, 50))) is Verdict.RED


def test_nobody_and_nothing_are_judged_by_a_person():
    empty = measured(situation())
    assert {code for code, one in empty.items() if one.verdict is Verdict.TO_JUDGE} == {
        "external_votes", "employed_capital", "largest_holder", "external_mandates", "size_of_board",
    }  # fmt: skip
    assert empty["employed_at_least"].verdict is Verdict.RED
    assert empty["minimum_of_capital"].verdict is Verdict.RED
    assert empty["floor_of_capital"].verdict is Verdict.FINE
    assert measured(situation(), "scic-sa")["employees_of_scic"].verdict is Verdict.TO_JUDGE


# Largest holder, floor, minimum


@pytest.mark.parametrize(("held", "expected"), [(50, Verdict.NEAR), (51, Verdict.RED), (45, Verdict.FINE)])
def test_nobody_holds_more_than_half(held, expected):
    now = situation((EMPLOYED, 9, 100), holders=(Holder(uuid4(), "A", held * NOMINAL), Holder(uuid4(), "B", NOMINAL)))
    assert verdict("largest_holder", now) is expected


def test_the_capital_keeps_a_quarter_of_its_peak_to_the_cent():
    at = lambda cents: verdict(  # noqa: E731 - the same, three times
        "floor_of_capital", Situation((Group(EMPLOYED, 9, cents),), NOMINAL, peak=100_000_01)
    )
    assert (at(25_000_01), at(25_000_00), at(30_000_02)) == (Verdict.NEAR, Verdict.RED, Verdict.FINE)


def test_the_capital_keeps_the_minimum_of_the_statutes_and_of_the_form():
    at = lambda cents, form: verdict(  # noqa: E731 - the same, three times
        "minimum_of_capital", Situation((Group(EMPLOYED, 9, cents),), NOMINAL, peak=cents), form
    )
    assert (at(18_500_00, "scop-sa-cae"), at(18_499_99, "scop-sa-cae")) == (Verdict.NEAR, Verdict.RED)
    assert at(50_000_00, "scop-sa-cae") is Verdict.FINE


# Numbers of members, organs


@pytest.mark.parametrize(("heads", "expected"), [(6, Verdict.RED), (7, Verdict.NEAR), (8, Verdict.FINE)])
def test_a_scop_sa_has_seven_employed_members(heads, expected):
    assert verdict("employed_at_least", situation((EMPLOYED, heads, 1))) is expected


@pytest.mark.parametrize(
    ("heads", "expected"), [(89, Verdict.FINE), (90, Verdict.NEAR), (100, Verdict.NEAR), (101, Verdict.RED)]
)
def test_a_sarl_has_a_hundred_members_and_warns_at_ninety(heads, expected):
    assert verdict("members_at_most", situation((EMPLOYED, heads, 1)), "scop-sarl") is expected
    assert "members_at_most" not in measured(situation((EMPLOYED, heads, 1)))


@pytest.mark.parametrize(("external", "expected"), [(1, Verdict.FINE), (2, Verdict.NEAR), (3, Verdict.RED)])
def test_external_members_have_a_third_of_the_mandates(external, expected):
    board = tuple(Director(uuid4(), str(n), is_employed=n >= external) for n in range(6))
    assert verdict("external_mandates", situation((EMPLOYED, 9, 9), directors=board)) is expected


def test_a_board_has_three_to_eighteen_directors():
    at = lambda many: verdict(  # noqa: E731 - the same, four times
        "size_of_board",
        situation((EMPLOYED, 30, 9), directors=tuple(Director(None, "x", is_employed=True) for _ in range(many))),
    )
    assert [at(n) for n in (2, 3, 18, 19)] == [Verdict.TO_JUDGE, Verdict.FINE, Verdict.FINE, Verdict.TO_JUDGE]


def test_a_scic_keeps_three_categories_and_its_employees():
    colleges = ready_set("scic-sa").colleges
    of = lambda *codes: situation(  # noqa: E731 - the same, twice
        *((Kind(True, Category.EMPLOYED if code == "salaries" else Category.EXTERNAL, code), 1, 1) for code in codes),
        colleges=colleges,
    )
    kept = measured(of("createurs", "salaries", "clients"), "scic-sa")
    assert (kept["categories"].verdict, kept["employees_of_scic"].verdict) == (Verdict.NEAR, Verdict.NEAR)
    lost = measured(of("createurs", "clients"), "scic-sa")
    assert (lost["categories"].verdict, lost["employees_of_scic"].verdict) == (Verdict.RED, Verdict.TO_JUDGE)
    assert kept["weights_of_colleges"].verdict is Verdict.FINE
    assert "external_votes" not in kept


# Arithmetic

PARTS = st.tuples(st.integers(0, 300), st.integers(0, 300))
LIMITS = st.fractions(min_value=Fraction(1, 20), max_value=Fraction(19, 20), max_denominator=60)


@given(PARTS, LIMITS, st.integers(1, 60))
def test_the_step_that_passes_a_limit_is_the_first_one(parts, limit, step):
    part, whole = parts[0], sum(parts)
    passes = lambda k: part + k * step > limit * (whole + k * step)  # noqa: E731 - used thrice
    found = more_to_pass(part, whole, limit, step)
    assert passes(found)
    assert found == 0 or not passes(found - 1)


@given(PARTS, LIMITS, st.integers(1, 60))
def test_the_step_that_comes_back_is_the_first_one(parts, limit, step):
    part, whole = parts[0], sum(parts)
    fits = lambda k: part <= limit * (whole + k * step)  # noqa: E731 - used thrice
    found = others_to_come_back(part, whole, limit, step)
    assert fits(found)
    assert found == 0 or not fits(found - 1)


@given(PARTS, LIMITS)
def test_the_departure_that_passes_a_limit_is_the_first_one(parts, limit):
    part, whole = parts[0], sum(parts)
    passes = lambda gone: part > limit * (whole - gone)  # noqa: E731 - used thrice
    found = others_gone_to_pass(part, whole, limit)
    if found is None:
        assert part == 0 or passes(0) or not passes(whole - part)
    else:
        assert passes(found)
        assert not passes(found - 1)


def test_limits_that_cannot_be_passed_have_no_margin():
    assert more_to_pass(1, 2, Fraction(1)) is None
    assert others_to_come_back(1, 2, Fraction(0)) is None
    assert others_gone_to_pass(0, 5, Fraction(1, 3)) is None


KINDS = st.builds(Kind, st.booleans(), st.sampled_from(Category), st.sampled_from(["", "a", "b"]), st.booleans())
GROUPS = st.lists(st.builds(Group, KINDS, st.integers(0, 5), st.integers(0, 900)), max_size=12)


@given(GROUPS, st.randoms())
def test_in_whatever_order_members_are_counted_the_measures_are_the_same(groups, dice):
    shuffled = list(groups)
    dice.shuffle(shuffled)
    one, other = (Situation(merged(some), NOMINAL, peak=10_000) for some in (groups, shuffled))
    assert ratios(one, book(), ON) == ratios(other, book(), ON)


# A drafted movement


def test_a_draft_adds_and_takes_away_and_touches_nothing():
    before = situation((EMPLOYED, 13, 130), (EXTERNAL, 7, 35))
    after = situation_after(before, Draft(employed_join=2, external_join=1, shares_each=3, employed_leave=5))
    assert (after.employed, after.external) == (10, 8)
    assert after.capital == (165 + 9 - 50) * NOMINAL
    assert after.peak == 174 * NOMINAL
    assert before == situation((EMPLOYED, 13, 130), (EXTERNAL, 7, 35))


def test_those_who_leave_and_are_not_paid_back_keep_capital_without_a_vote():
    before = situation((EMPLOYED, 10, 100))
    kept = situation_after(before, Draft(employed_leave=5, is_refunded=False))
    assert (kept.members, kept.capital, kept.employed_capital) == (5, 100 * NOMINAL, 50 * NOMINAL)
    assert situation_after(before, Draft(employed_leave=5)).capital == 50 * NOMINAL


def test_a_member_by_name_subscribes_or_leaves_with_what_she_holds():
    alice, board = UUID(int=1), UUID(int=2)
    named = Named(alice, board, "Alice", EMPLOYED, 30 * NOMINAL)
    before = situation(
        (EMPLOYED, 4, 60), holders=(Holder(alice, "Alice", 30 * NOMINAL), Holder(UUID(int=3), "B", 15 * NOMINAL)),
        directors=(Director(board, "Alice", is_employed=True),),
    )  # fmt: skip
    more = situation_after(before, Draft(named=named, move=Move.SUBSCRIBE, named_shares=10))
    assert (more.members, more.largest.cents, more.capital) == (4, 40 * NOMINAL, 70 * NOMINAL)
    gone = situation_after(before, Draft(named=named, move=Move.WITHDRAW))
    assert (gone.members, gone.largest.name, gone.capital, gone.directors) == (3, "B", 30 * NOMINAL, ())
    waits = situation_after(before, Draft(named=named, move=Move.WITHDRAW, is_refunded=False))
    assert (waits.members, waits.largest.name, waits.employed_capital) == (3, "Alice", 30 * NOMINAL)


def test_the_changes_say_what_turns_red_first():
    before = situation((EMPLOYED, 13, 13), (EXTERNAL, 7, 7))
    after = situation_after(before, Draft(external_join=1))
    found = changes(ratios(before, book(), ON), ratios(after, book(), ON))
    assert [change.after.code for change in found if change.turns_red] == ["external_votes"]
    assert found[0].turns_red
    assert found[0].before.verdict is Verdict.NEAR


def test_what_cannot_be_drafted_is_told_by_its_field():
    now, former = situation((EMPLOYED, 5, 5)), Kind(False, Category.EMPLOYED)
    left = Named(UUID(int=1), None, "Léa", former, 0)
    told = lambda **draft: [b.field for b in check_draft(now, Draft(**draft))]  # noqa: E731 - the same, often
    assert told(employed_leave=5) == []
    assert told(employed_leave=6) == ["employed_leave"]
    assert told(external_join=-1) == ["external_join"]
    assert told(shares_each=1_000_001) == ["shares_each"]
    assert told(move=Move.WITHDRAW) == ["member"]
    assert told(move=Move.WITHDRAW, named=left) == ["member"]
    assert told(move=Move.SUBSCRIBE, named=left) == ["named_shares"]
    assert Draft(shares_each=4, named=left).is_empty


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 9), st.integers(0, 13), st.booleans())
def test_a_draft_never_loses_a_head_or_a_cent(join, external, shares, leave, is_refunded):
    before = situation((EMPLOYED, 9, 40), (Kind(True, Category.EMPLOYED, "a"), 4, 9), (EXTERNAL, 3, 5))
    draft = Draft(join, external, shares, "", leave, is_refunded=is_refunded)
    after = situation_after(before, draft)
    assert after.members == before.members + join + external - leave
    came = before.capital + (join + external) * shares * NOMINAL
    assert after.capital == came if not is_refunded else after.capital <= came
    assert all(group.heads >= 0 and group.cents >= 0 for group in after.groups)


# Days


def due(form="scop-sa-cae", **dated):
    return {one.code: one for one in deadlines(Dated(**dated), book(form), ON)}


def test_the_accounts_are_approved_within_six_months_and_filed_within_two():
    ended = date(2026, 5, 31)
    assert due(year=Year(ended))["accounts"].due == date(2026, 11, 30)
    assert due(year=Year(ended))["accounts"].verdict is Verdict.NEAR
    assert due(year=Year(date(2026, 5, 23)))["accounts"].verdict is Verdict.RED
    assert due(year=Year(date(2026, 5, 24)))["accounts"].verdict is Verdict.NEAR
    assert due(year=Year(date(2026, 10, 31)))["accounts"].verdict is Verdict.FINE
    assert "filing" not in due(year=Year(ended))
    assert "accounts" not in due()
    assert due(year=Year(ended, date(2026, 9, 24)))["filing"].verdict is Verdict.NEAR
    assert due(year=Year(ended, date(2026, 9, 23)))["filing"].verdict is Verdict.RED
    filed = due(year=Year(ended, date(2026, 9, 1), date(2026, 9, 20)))
    assert (filed["accounts"].verdict, filed["filing"].verdict) == (Verdict.FINE, Verdict.FINE)


def test_a_review_is_due_after_five_years_or_each_year_without_an_auditor():
    assert due()["revision"].verdict is Verdict.TO_JUDGE
    on = lambda day, form="scop-sa-cae", **more: due(form, told={FactKind.REVISION: day} | more)["revision"]  # noqa: E731
    assert on(date(2021, 11, 23)).verdict is Verdict.RED
    assert on(date(2021, 11, 24)).verdict is Verdict.NEAR
    assert on(date(2022, 5, 25)).verdict is Verdict.FINE
    assert on(date(2025, 11, 23), "scop-sarl").verdict is Verdict.RED
    named = {FactKind.REVISION: date(2025, 11, 23), FactKind.AUDITOR_NAMED: date(2025, 1, 1)}
    assert due("scop-sarl", told=named)["revision"].verdict is Verdict.FINE
    assert due("scop-sarl", told=named)["auditor"].verdict is Verdict.FINE
    assert "revision" not in due("loi47-sa")


def test_a_mandate_of_director_ends_with_the_longest_term_of_the_law():
    held = lambda from_day, last_day=None, role=Role.BOARD: due(  # noqa: E731 - the same, often
        mandates=[MandateHeld("Hélène", role, from_day, last_day)]
    )["mandates"]
    longest = book().figure("organs.max_years", on=ON).as_int()
    # Until the same day of the year, as the pre-flight of a mandate takes it.
    assert held(date(2026 - longest, 11, 23)).verdict is Verdict.RED
    assert held(date(2026 - longest, 11, 24)).verdict is Verdict.NEAR
    assert held(date(2026, 1, 1)).verdict is Verdict.FINE
    assert held(date(2026, 1, 1), date(2027, 5, 24)).verdict is Verdict.NEAR
    assert held(date(2026, 1, 1), date(2027, 5, 25)).verdict is Verdict.FINE
    assert held(date(2000, 1, 1), role=Role.TREASURER).verdict is Verdict.FINE


def test_minutes_and_the_checks_of_the_law_have_their_day():
    delay = book().figure("minutes.delay_days", on=ON).as_int()
    assert due()["minutes"].verdict is Verdict.FINE
    assert due(minutes=Minutes(1, ON - timedelta(days=delay)))["minutes"].verdict is Verdict.NEAR
    assert due(minutes=Minutes(1, ON - timedelta(days=delay + 1)))["minutes"].verdict is Verdict.RED
    assert due(law=LawChecks(9, 0, ON))["law_checks"].verdict is Verdict.FINE
    assert due(law=LawChecks(9, 1, ON))["law_checks"].verdict is Verdict.NEAR


def test_the_most_pressing_stand_first_and_the_nearest_day_among_them():
    late = Minutes(1, date(2026, 1, 1))
    found = [one.code for one in pressing_first(due(year=Year(date(2026, 3, 31)), minutes=late).values())]
    assert found[:2] == ["minutes", "accounts"]


# What people told


def fact(kind, day, *, year_end=None, withdraws=None, minute=0):
    at = datetime.fromisoformat(f"2026-11-24T09:{minute:02d}:00+00:00")
    return Fact(uuid4(), kind, day, year_end, "", withdraws, at, "system")


def test_what_is_withdrawn_no_longer_holds_and_the_last_day_does():
    first, wrong = fact(FactKind.REVISION, date(2022, 1, 5)), fact(FactKind.REVISION, date(2025, 1, 5))
    undone = fact(FactKind.REVISION, date(2025, 1, 5), withdraws=wrong.id)
    assert [one.day for one in standing([wrong, first])] == [date(2025, 1, 5), date(2022, 1, 5)]
    assert last_days([first, wrong, undone], year_end=None) == {FactKind.REVISION: date(2022, 1, 5)}
    assert [b.code for b in check_withdrawal([first, wrong, undone], wrong.id, "")] == [
        "fact_withdrawn", "no_reason_to_withdraw",
    ]  # fmt: skip
    assert check_withdrawal([first], first.id, "erreur") == []


def test_accounts_are_those_of_one_year():
    filed = fact(FactKind.ACCOUNTS_FILED, date(2026, 7, 1), year_end=date(2025, 12, 31))
    assert last_days([filed], year_end=date(2025, 12, 31)) == {FactKind.ACCOUNTS_FILED: date(2026, 7, 1)}
    assert last_days([filed], year_end=date(2024, 12, 31)) == {}


def test_what_may_be_told():
    ends = [date(2025, 12, 31)]
    told = lambda kind, day, end=None: [b.code for b in check_fact(kind, day, end, ends, today=ON)]  # noqa: E731
    assert told(FactKind.REVISION, ON) == []
    assert told(FactKind.REVISION, ON + timedelta(days=1)) == ["fact_not_come"]
    assert told(FactKind.ACCOUNTS_FILED, ON) == ["year_missing"]
    assert told(FactKind.ACCOUNTS_FILED, ON, date(2019, 12, 31)) == ["year_missing"]
    assert told(FactKind.ACCOUNTS_FILED, ends[0], ends[0]) == ["before_year_end"]
    assert told(FactKind.ACCOUNTS_FILED, date(2026, 1, 1), ends[0]) == []

"""From the day of an assembly back to each deadline, with its article and who keeps it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.assemblies.plot import line_of
from coopgov.assemblies.rules import AssemblyKind, DoneBy, Meeting, plan_deadlines
from coopgov.core.calendar import Calendar
from coopgov.core.dates import paris_day
from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion

LAW = load_law()
HELD_AT = datetime(2027, 1, 15, 17, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def book(form=LegalForm.SCOP_SA, **figures):
    own = {name.replace("__", "."): StatutesFigure(value, "art. 20") for name, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


def meeting(held_at=HELD_AT, kind=AssemblyKind.ORDINARY, *, call=1, accounts=True, alsace=False, **more):
    return Meeting(
        held_at, kind, call, accounts, more.pop("remote_vote", True), Calendar(alsace_moselle=alsace), **more
    )


def found(figures=None, about=None, now=NOW):
    return {one.code: one for one in plan_deadlines(figures or book(), about or meeting(), now=now)}


def test_every_deadline_of_a_cooperative_sa_falls_on_its_day():
    assert {code: one.due for code, one in found().items()} == {
        "email_consent": date(2026, 12, 11),
        "items": date(2026, 12, 21),
        "items_acknowledged": date(2026, 12, 26),
        "list_closed": date(2026, 12, 30),
        "notice": date(2026, 12, 31),
        "documents": date(2026, 12, 31),
        "list": date(2026, 12, 31),
        "documents_request": date(2027, 1, 10),
        "questions": date(2027, 1, 11),
        "paper_forms": date(2027, 1, 12),
        "proxies": datetime(2027, 1, 14, 14, tzinfo=UTC),
        "remote_vote": datetime(2027, 1, 14, 14, tzinfo=UTC),
        "assembly": HELD_AT,
        "second_call": date(2027, 1, 25),
        "filing_paper": date(2027, 2, 15),
        "filing_online": date(2027, 3, 15),
    }


def test_a_sarl_has_its_own_days_and_none_of_those_it_does_not_know():
    sarl = found(book(LegalForm.SCOP_SARL))
    assert sarl["email_consent"].due == date(2026, 12, 26)
    assert "sent" in sarl["documents"].sentence
    assert "read" in found()["documents"].sentence
    assert {"questions", "list", "documents_request", "paper_forms", "second_call"}.isdisjoint(sarl)
    assert sarl["proxies"].due == HELD_AT


def test_a_sas_without_figures_in_its_statutes_has_the_meeting_and_what_the_law_still_says():
    bare = found(book(LegalForm.SCOP_SAS))
    assert "notice" not in bare
    assert {"assembly", "filing_paper", "filing_online"} <= set(bare)


def test_the_notice_keeps_a_margin_that_ends_on_a_working_day():
    assert found()["notice"].values["advised"] == date(2026, 12, 30)
    after_new_year = found(about=meeting(datetime(2027, 1, 17, 9, tzinfo=UTC)))["notice"]
    assert (after_new_year.due, after_new_year.values["advised"]) == (date(2027, 1, 2), date(2026, 12, 31))


def test_questions_end_one_day_earlier_in_alsace_around_easter():
    after_easter = datetime(2027, 3, 30, 16, tzinfo=UTC)
    assert found(about=meeting(after_easter))["questions"].due == date(2027, 3, 23)
    assert found(about=meeting(after_easter, alsace=True))["questions"].due == date(2027, 3, 22)


def test_a_second_call_keeps_the_agenda_and_has_a_shorter_notice():
    second = found(about=meeting(call=2))
    assert second["notice"].due == date(2027, 1, 5)
    assert {"items", "items_acknowledged", "second_call"}.isdisjoint(second)


def test_an_extraordinary_second_call_has_a_last_day():
    window = found(about=meeting(kind=AssemblyKind.EXTRAORDINARY, accounts=False))
    assert (window["second_call"].due, window["second_call_last"].due) == (date(2027, 1, 25), date(2027, 3, 15))
    assert "second_call_last" not in found()
    assert "second_call" not in found(about=meeting(may_be_called_again=False))


def test_accounts_and_minutes_are_due_only_where_something_asks_for_them():
    assert "filing_online" not in found(about=meeting(accounts=False))
    assert "minutes" not in found()
    assert found(book(minutes__delay_days=15))["minutes"].due == date(2027, 1, 30)


def test_the_yearly_assembly_has_a_last_day_in_law():
    yearly = found(about=meeting(year_end=date(2026, 12, 31)))["annual"]
    assert (yearly.due, yearly.citations[0].text) == (date(2027, 6, 30), "Code de commerce, art. L225-100")
    assert "annual" not in found()


def test_the_line_of_time_keeps_marks_apart_and_each_side_for_its_own():
    plan = plan_deadlines(book(), meeting(), now=NOW)
    line = line_of(plan, paris_day(NOW))
    assert [mark.number for mark in line.marks] == list(range(1, len(plan) + 1))
    assert [mark.x for mark in line.marks] == sorted(mark.x for mark in line.marks)
    assert line.today_x is not None
    for mark in line.marks:
        assert {"board": mark.y < line.axis_y, "member": mark.y > line.axis_y}.get(mark.kind, mark.y == line.axis_y)
    near = [(a, b) for a in line.marks for b in line.marks if a.number < b.number and a.y == b.y]
    assert all(b.x - a.x >= 24 for a, b in near)
    assert [month.first for month in line.months] == [date(2026, m, 1) for m in (12,)] + [
        date(2027, m, 1) for m in (1, 2, 3)
    ]


@given(days=st.integers(0, 2_900_000), ago=st.integers(-400, 400))
def test_a_line_of_time_can_be_drawn_for_any_day(days, ago):
    held_at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
    plan = plan_deadlines(book(), meeting(held_at), now=NOW)
    line = line_of(plan, paris_day(held_at) - timedelta(days=max(ago, 1)))
    assert all(0 < mark.x < 640 for mark in line.marks)
    assert len(line.months) <= 9


def test_an_assembly_without_remote_votes_still_has_its_proxies():
    assert "remote_vote" not in found(about=meeting(remote_vote=False))
    closes_at = HELD_AT - timedelta(hours=2)
    assert found(about=meeting(closes_at=closes_at))["proxies"].due == closes_at


def test_each_deadline_says_its_article_and_whose_it_is():
    one = found()
    assert one["questions"].citations[0].text == "Code de commerce, art. R225-84"
    assert all(deadline.citations for code, deadline in one.items() if code != "assembly")
    assert (one["questions"].done_by, one["notice"].done_by) == (DoneBy.MEMBER, DoneBy.BOARD)
    assert {code for code, deadline in one.items() if not deadline.concerns_members} == {
        "items_acknowledged", "list_closed", "filing_paper", "filing_online",
    }  # fmt: skip


def test_the_statutes_move_a_deadline_and_are_cited():
    longer = found(book(assembly__notice_days__first=21))["notice"]
    assert (longer.due, longer.citations[0].text) == (date(2026, 12, 25), "Statuts, art. 20")


@pytest.mark.parametrize(
    ("now", "past", "days_left"),
    [
        (datetime(2027, 1, 11, 22, 59, tzinfo=UTC), False, 0),  # still 11 January in Paris
        (datetime(2027, 1, 11, 23, 0, tzinfo=UTC), True, -1),  # midnight in Paris
        (datetime(2027, 1, 10, 23, 0, tzinfo=UTC), False, 0),
    ],
)
def test_a_day_is_past_at_midnight_in_paris(now, past, days_left):
    questions = found(now=now)["questions"]
    assert (questions.past, questions.days_left) == (past, days_left)


def test_an_hour_is_past_at_that_hour():
    at_three = datetime(2027, 1, 14, 14, tzinfo=UTC)
    assert not found(now=at_three - timedelta(seconds=1))["remote_vote"].past
    assert found(now=at_three)["remote_vote"].past


def test_a_day_when_nobody_works_is_told():
    assert not found()["items_acknowledged"].is_working_day  # 26 December 2026, a Saturday
    assert found()["notice"].is_working_day


@given(days=st.integers(0, 1500), form=st.sampled_from(list(LegalForm)))
def test_deadlines_stand_in_the_order_of_time_each_once(days, form):
    about = meeting(HELD_AT + timedelta(days=days))
    plan = plan_deadlines(book(form), about, now=NOW)
    assert [one.day for one in plan] == sorted(one.day for one in plan)
    assert len({one.code for one in plan}) == len(plan)
    assert all(one.days_left == (one.day - paris_day(NOW)).days for one in plan)


def test_the_last_year_of_the_calendar_has_no_after():
    last = found(about=meeting(datetime(9999, 12, 31, 12, tzinfo=UTC)))
    assert max(one.day for one in last.values()) == date(9999, 12, 31)

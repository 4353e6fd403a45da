"""Convening keeps the days of notice, the channel each member accepted, and a clear agenda."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.assemblies.rules import (
    AgendaDraft,
    AssemblyKind,
    NoticeChannel,
    SubjectKind,
    channel_for,
    check_agenda,
    check_notice,
    check_remote_vote,
    check_second_call,
    remote_closes_at,
)
from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion

ORDINARY, EXTRAORDINARY = AssemblyKind.ORDINARY, AssemblyKind.EXTRAORDINARY
LAW = load_law()
HELD_ON = date(2027, 1, 15)


def book(form=LegalForm.SCOP_SA, **figures):
    own = {name.replace("__", "."): StatutesFigure(value, "art. 20") for name, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


def item(position=1, title="Commission sur les ventes", text="L’assemblée décide…", kind=SubjectKind.TEXT, about=None):
    return AgendaDraft(position, title, text, kind, about)


def test_a_notice_is_refused_one_day_late_with_its_figure_article_and_latest_day():
    assert check_notice(book(), call=1, held_on=HELD_ON, sent_on=date(2026, 12, 31)) == []
    [breach] = check_notice(book(), call=1, held_on=HELD_ON, sent_on=date(2027, 1, 1))
    assert breach.code == "notice_too_short"
    assert breach.values["days"] == 15
    assert breach.values["latest"] == date(2026, 12, 31)
    assert breach.values["earliest"] == date(2027, 1, 16)
    assert breach.citations[0].text == "Code de commerce, art. R225-69"


def test_the_second_call_has_its_own_days():
    assert check_notice(book(), call=2, held_on=HELD_ON, sent_on=date(2027, 1, 5)) == []
    [breach] = check_notice(book(), call=2, held_on=HELD_ON, sent_on=date(2027, 1, 6))
    assert breach.values["days"] == 10


def test_statutes_may_ask_for_more_days():
    longer = book(assembly__notice_days__first=21)
    [breach] = check_notice(longer, call=1, held_on=HELD_ON, sent_on=date(2026, 12, 31))
    assert breach.values["latest"] == date(2026, 12, 25)
    assert breach.citations[0].text == "Statuts, art. 20"


@given(sent_on=st.dates(date(2021, 1, 1), date(2090, 1, 1)), days=st.integers(0, 60))
def test_a_notice_is_in_time_exactly_from_the_earliest_day_on(sent_on, days):
    held_on = sent_on + timedelta(days=days)
    assert (check_notice(book(), call=1, held_on=held_on, sent_on=sent_on) == []) == (days >= 15)


def test_a_second_call_comes_after_the_first():
    assert check_second_call(book(), kind=ORDINARY, first_on=HELD_ON, held_on=date(2027, 1, 16)) == []
    [breach] = check_second_call(book(), kind=ORDINARY, first_on=HELD_ON, held_on=HELD_ON)
    assert breach.code == "second_call_too_early"


def test_an_extraordinary_assembly_waits_two_months_at_most():
    assert check_second_call(book(), kind=EXTRAORDINARY, first_on=HELD_ON, held_on=date(2027, 3, 15)) == []
    [breach] = check_second_call(book(), kind=EXTRAORDINARY, first_on=HELD_ON, held_on=date(2027, 3, 16))
    assert breach.values == {"months": 2, "last": date(2027, 3, 15)}


def test_remote_votes_need_a_clause_in_a_sarl():
    sarl = book(LegalForm.SCOP_SARL)
    assert check_remote_vote(sarl, remote_vote=False, on=HELD_ON) == []
    [breach] = check_remote_vote(sarl, remote_vote=True, on=HELD_ON)
    assert breach.field == "remote_vote"
    allowed = book(LegalForm.SCOP_SARL, assembly__postal_vote_allowed=True)
    assert check_remote_vote(allowed, remote_vote=True, on=HELD_ON) == []


def test_remote_votes_end_at_three_in_paris_the_day_before():
    held_at = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    closes_at, citations = remote_closes_at(book(), held_at=held_at)
    assert closes_at == datetime(2027, 1, 14, 14, 0, tzinfo=UTC)
    assert "R225-77" in citations[0].text


def test_without_a_figure_remote_votes_end_when_the_assembly_begins():
    held_at = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    assert remote_closes_at(book(LegalForm.SCOP_SARL), held_at=held_at) == (held_at, ())


@pytest.mark.parametrize(
    ("consented", "email", "without", "channel"),
    [
        (True, "zoe@example.org", "letter", NoticeChannel.EMAIL),
        (False, "zoe@example.org", "letter", NoticeChannel.LETTER),
        (True, "", "letter", NoticeChannel.LETTER),
        (False, "zoe@example.org", "registered_letter", NoticeChannel.REGISTERED_LETTER),
        (False, "zoe@example.org", "email", NoticeChannel.EMAIL),
        (False, "", "email", NoticeChannel.LETTER),
    ],
)
def test_only_who_accepted_e_mail_is_convened_by_it(consented, email, without, channel):
    assert channel_for(consented=consented, email=email, without_consent=without) is channel


def test_an_empty_agenda_is_refused():
    assert [b.code for b in check_agenda([], kind=ORDINARY)] == ["agenda_empty"]


def test_all_that_is_wrong_with_an_agenda_is_told_at_once():
    items = [item(1, title="Questions diverses"), item(2, text="  "), item(3, kind=SubjectKind.ACCOUNTS)]
    assert [b.code for b in check_agenda(items, kind=EXTRAORDINARY)] == [
        "agenda_vague", "agenda_without_text", "agenda_not_competent",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [SubjectKind.ACCOUNTS, SubjectKind.ADMISSION])
def test_accounts_and_admissions_belong_to_the_ordinary_assembly(kind):
    assert check_agenda([item(kind=kind)], kind=ORDINARY) == []
    [breach] = check_agenda([item(kind=kind)], kind=EXTRAORDINARY)
    assert breach.code == "agenda_not_competent"


@pytest.mark.parametrize(
    ("body", "ordinary", "extraordinary"),
    [("extraordinary_assembly", False, True), ("ordinary_assembly", True, False), ("board", True, True)],
)
def test_admissions_go_to_the_assembly_that_the_statutes_name(body, ordinary, extraordinary):
    admits = book(LegalForm.SCIC_SA, membership__admission_body=body).figure("membership.admission_body", on=HELD_ON)
    admission = [item(kind=SubjectKind.ADMISSION)]
    assert (check_agenda(admission, kind=ORDINARY, admits=admits) == []) is ordinary
    assert (check_agenda(admission, kind=EXTRAORDINARY, admits=admits) == []) is extraordinary


def test_one_subject_is_put_to_the_vote_once():
    about = uuid4()
    items = [item(1, kind=SubjectKind.PROPOSAL, about=about), item(2, kind=SubjectKind.PROPOSAL, about=about)]
    [breach] = check_agenda(items, kind=ORDINARY)
    assert (breach.code, breach.values["position"]) == ("agenda_twice", 2)

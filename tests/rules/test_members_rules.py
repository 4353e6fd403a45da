"""What the law asks of candidatures, admissions and departures; how names fold; what a member is on a day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.law.rulebook import Rulebook, StatutesVersion
from coopgov.members.rules import (
    TRANSITIONS,
    Candidate,
    Category,
    College,
    DecidedBy,
    Earlier,
    EventFact,
    EventKind,
    Heads,
    Status,
    board_may_admit,
    check_admission,
    check_composition,
    check_earlier,
    check_reversible,
    check_siren,
    external_share,
    fold,
    standing_of,
    words_of,
)
from coopgov.statutes.queries import the_law
from coopgov.statutes.ready import ready_set

ON = date(2026, 11, 24)
EMPLOYED, EXTERNAL = Category.EMPLOYED, Category.EXTERNAL


def book(name="scop-sa-cae"):
    text = ready_set(name)
    return Rulebook(the_law(), [StatutesVersion(date(2021, 1, 1), text.legal_form, text.figures)])


def codes(breaches):
    return [breach.code for breach in breaches]


def admission(heads, *, category=EMPLOYED, law=None, decided_by=DecidedBy.ORDINARY_ASSEMBLY, coop=False):
    candidate = Candidate(category, "", None, is_cooperative=coop)
    return check_admission(candidate, heads, (), decided_by=decided_by, on=ON, law=law or book())


# Composition


def test_the_seventh_external_member_of_twenty_is_the_last():
    assert admission(Heads(13, 6), category=EXTERNAL) == []
    [breach] = admission(Heads(13, 7), category=EXTERNAL)
    assert breach.code == "too_many_external_votes"
    assert breach.values["most"] == Fraction(35, 100)
    assert "3 bis" in breach.citations[0].text


def test_cooperatives_among_them_go_up_to_forty_nine_percent():
    assert admission(Heads(13, 7), category=EXTERNAL, coop=True) == []
    assert admission(Heads(51, 48, 20), category=EXTERNAL, coop=True) == []
    assert codes(admission(Heads(51, 49, 20), category=EXTERNAL, coop=True)) == ["too_many_external_votes"]


@given(st.integers(0, 500), st.integers(0, 500))
def test_what_is_accepted_never_passes_thirty_five_percent(employed, external):
    heads = Heads(employed, external)
    accepted = not check_composition(heads, on=ON, law=book_once())
    assert accepted == (external_share(heads) <= Fraction(35, 100))


_BOOKS = {}


def book_once():
    return _BOOKS.setdefault("one", book())


def test_an_employed_member_is_admitted_whatever_the_others_are():
    assert admission(Heads(1, 0)) == []


def test_a_sarl_stops_at_a_hundred():
    sarl = book("scop-sarl")
    assert admission(Heads(99, 0), law=sarl) == []
    assert codes(admission(Heads(100, 0), law=sarl)) == ["too_many_members"]
    assert admission(Heads(100_000, 0)) == []


def test_a_scic_has_no_ceiling_on_members_who_are_not_employed():
    scic = book("scic-sa")
    candidate = Candidate(EXTERNAL, "createurs", None)
    colleges = (College("createurs", "Créatrices et créateurs"),)
    heads = Heads(2, 100_000)
    assert check_admission(candidate, heads, colleges, decided_by=DecidedBy.BOARD, on=ON, law=scic) == []


# The body


@pytest.mark.parametrize("body", [DecidedBy.BOARD, DecidedBy.MANAGEMENT, DecidedBy.EXTRAORDINARY_ASSEMBLY])
def test_a_scop_admits_in_an_ordinary_assembly_only(body):
    assert codes(admission(Heads(7, 0), decided_by=body)) == ["wrong_admission_body"]
    assert not board_may_admit(EMPLOYED, on=ON, law=book())


def test_where_the_board_admits_an_assembly_may_too():
    scic = book("scic-sa")
    assert board_may_admit(EXTERNAL, on=ON, law=scic)
    assert "wrong_admission_body" not in codes(admission(Heads(7, 0), law=scic))


# Candidatures


def test_each_earlier_membership_has_its_answer():
    def answer(status, since=ON):
        return codes(check_earlier([Earlier(None, 12, status, since)], on=ON, law=book()))

    assert answer(Status.CANDIDATE) == ["already_applied"]
    assert answer(Status.MEMBER) == ["already_member"]
    assert answer(Status.REFUSED) == ["applied_too_soon"]
    assert answer(Status.REFUSED, ON - timedelta(days=365)) == []
    assert answer(Status.FORMER) == []


@pytest.mark.parametrize("siren", ["", "12345678", "123456789", "90321487A", "9032148720", "903.214.872"])
def test_a_wrong_siren_is_refused(siren):
    assert codes(check_siren(siren)) == ["bad_siren"]


def test_a_right_siren_is_accepted():
    assert check_siren("903214872") == []


# Standing


def fact(number, kind, day, status, *, reverses=None):
    return EventFact(number, kind, date(2026, 1, day), status, EMPLOYED, "", reverses)


ADMITTED = fact(1, EventKind.ADMITTED, 1, Status.MEMBER)
RESIGNED = fact(2, EventKind.RESIGNED, 10, Status.FORMER)
UNDONE = fact(3, EventKind.REVERSAL, 10, Status.FORMER, reverses=2)


def test_a_member_is_what_the_events_up_to_the_day_make_her():
    events = [RESIGNED, ADMITTED]
    assert standing_of(events, on=date(2025, 12, 31)) is None
    assert standing_of(events, on=date(2026, 1, 9)).status is Status.MEMBER
    after = standing_of(events, on=date(2026, 1, 10))
    assert (after.status, after.left_on) == (Status.FORMER, date(2026, 1, 10))


def test_a_reversed_event_never_was():
    standing = standing_of([ADMITTED, RESIGNED, UNDONE], on=date(2026, 2, 1))
    assert (standing.status, standing.left_on) == (Status.MEMBER, None)


def test_only_the_latest_standing_event_can_be_undone():
    assert check_reversible([ADMITTED, RESIGNED], 2) == []
    assert codes(check_reversible([ADMITTED, RESIGNED], 1)) == ["not_the_latest_event"]
    assert codes(check_reversible([ADMITTED, RESIGNED, UNDONE], 2)) == ["not_the_latest_event"]
    assert codes(check_reversible([ADMITTED], 1)) == ["not_the_latest_event"]


@given(st.permutations([ADMITTED, RESIGNED, UNDONE]))
def test_the_order_in_which_events_are_read_changes_nothing(events):
    assert standing_of(events, on=date(2026, 2, 1)).status is Status.MEMBER


def test_nobody_becomes_a_member_but_by_admission_or_return():
    ways = {kind for (_source, kind), target in TRANSITIONS.items() if target is Status.MEMBER}
    assert ways == {EventKind.ADMITTED, EventKind.REINSTATED, EventKind.COLLEGE_CHANGED}
    assert (Status.CANDIDATE, EventKind.COLLEGE_CHANGED) not in TRANSITIONS


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Œuvré-Müller", "oeuvre muller"),
        ("  D’Arcy  O'Neil ", "d arcy o neil"),
        ("ŁÓDŹ ß", "lodz ss"),
        ("Zoé 2ᵉ", "zoe 2e"),
        ("李", ""),
    ],
)
def test_names_fold_to_plain_letters(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_is_stable_and_plain(text):
    once = fold(text)
    assert fold(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


def test_words_are_told_once():
    assert words_of("Jean Jean-Marie", "Saint-Jean") == ["jean", "marie", "saint"]

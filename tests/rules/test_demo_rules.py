"""Which links of a mail are the site's own, and where the clock may go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.demo.rules import FARTHEST, category_of, check_move, pieces
from coopgov.members.rules import Category

BASE = "http://localhost:8000"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@given(st.lists(st.sampled_from(["a", " ", "\n", BASE, "/x", "https://evil.example", ".evil", "é"])).map("".join))
def test_cutting_a_mail_loses_nothing(text):
    assert "".join(piece.text for piece in pieces(text, BASE)) == text


@pytest.mark.parametrize("text", [f"{BASE}.evil.example", f"{BASE}0/x", f"{BASE}@evil.example", "https://evil.example"])
def test_no_other_address_becomes_a_link(text):
    assert [piece.href for piece in pieces(f"voir {text} !", BASE)] == [None]


def test_an_address_of_the_site_becomes_a_link_of_the_site():
    found = [(piece.text, piece.href) for piece in pieces(f"voir {BASE}/a/b?c=1\net {BASE} .", BASE)]
    assert found == [("voir ", None), (f"{BASE}/a/b?c=1", "/a/b?c=1"), ("\net ", None), (BASE, "/"), (" .", None)]


def test_a_link_never_leads_outside():
    assert not any((piece.href or "").startswith("//") for piece in pieces(f"{BASE}//evil.example", BASE))


@pytest.mark.parametrize("target", [NOW - timedelta(seconds=1), NOW, NOW + FARTHEST + timedelta(days=1)])
def test_the_clock_goes_neither_back_nor_out_of_sight(target):
    assert check_move(present=NOW, target=target, real=NOW)


@pytest.mark.parametrize(("form", "employed"), [("scop-sa", {"createurs", "salaries"}), ("scic-sa", {"salaries"})])
def test_independent_sellers_of_a_scic_are_not_told_to_be_employed(form, employed):
    groups = {"createurs", "salaries", "clients", "soutiens"}
    assert {one for one in groups if category_of(LegalForm(form), one) is Category.EMPLOYED} == employed

"""Proxies: to another member of the roll, within the limit, no chain, in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.assemblies.rules import (
    ProxyFacts,
    ProxyLimit,
    ProxyState,
    check_decline,
    check_proxy,
    check_revocation,
    proxy_limit,
)
from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion

LAW = load_law()
ON = date(2027, 1, 10)
DEADLINE = datetime(2027, 1, 14, 14, 0, tzinfo=UTC)
FINE = ProxyFacts(
    grantor="Zoé Œuvrard", holder="Bob Le Goff", is_same_person=False, grantor_on_roll=True, holder_on_roll=True,
    holder_holds=0, holder_has_given=False, grantor_holds=0, grantor_has_given=False, grantor_has_voted=False,
    grantor_is_present=False, now=DEADLINE - timedelta(seconds=1), deadline=DEADLINE,
)  # fmt: skip


def book(form=LegalForm.SCOP_SA, most=5):
    own = {"proxy.max_per_holder": StatutesFigure(most, "art. 22")} if most is not None else {}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


TWO = ProxyLimit(2)


def codes(limit=TWO, **changes):
    return [b.code for b in check_proxy(replace(FINE, **changes), limit=limit, figures=book(), on=ON)]


def test_a_proxy_to_another_member_in_time_is_fine():
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_same_person": True}, "proxy_to_oneself"),
        ({"holder_on_roll": False}, "proxy_to_stranger"),
        ({"grantor_on_roll": False}, "proxy_from_stranger"),
        ({"holder_holds": 2}, "proxy_limit"),
        ({"holder_has_given": True}, "proxy_chain_holder"),
        ({"grantor_holds": 1}, "proxy_chain_grantor"),
        ({"grantor_has_given": True}, "proxy_already_given"),
        ({"grantor_has_voted": True}, "proxy_after_vote"),
        ({"grantor_is_present": True}, "proxy_while_present"),
        ({"now": DEADLINE}, "proxy_too_late"),
    ],
)
def test_each_bar_refuses_alone(changes, code):
    assert codes(**changes) == [code]


def test_all_bars_are_told_at_once():
    assert codes(holder_on_roll=False, holder_holds=3, now=DEADLINE) == [
        "proxy_to_stranger", "proxy_limit", "proxy_too_late",
    ]  # fmt: skip


def test_a_stranger_is_refused_with_the_article():
    [breach] = check_proxy(replace(FINE, holder_on_roll=False), limit=ProxyLimit(2), figures=book(), on=ON)
    assert breach.citations[0].text.endswith("art. 14")


@pytest.mark.parametrize(("members", "limit"), [(19, 1), (20, 1), (39, 1), (40, 2), (99, 4), (100, 5), (100_000, 5)])
def test_a_scop_counts_in_twentieths_under_the_cap_of_its_statutes(members, limit):
    assert proxy_limit(book(), members=members, on=ON).limit == limit


def test_the_limit_names_law_and_statutes():
    texts = [citation.text for citation in proxy_limit(book(), members=40, on=ON).citations]
    assert "Statuts, art. 22" in texts
    assert any(text.endswith("art. 14") for text in texts)


def test_nothing_limits_proxies_in_a_scic_whose_statutes_are_silent():
    assert proxy_limit(book(LegalForm.SCIC_SA, most=None), members=40, on=ON) == ProxyLimit(None)
    assert codes(limit=ProxyLimit(None), holder_holds=1000) == []


@given(held=st.integers(0, 50), limit=st.integers(0, 50))
def test_nobody_ever_holds_more_than_the_limit(held, limit):
    assert (codes(limit=ProxyLimit(limit), holder_holds=held) == []) == (held + 1 <= limit)


@pytest.mark.parametrize(
    ("state", "has_voted", "in_session", "found"),
    [
        (ProxyState.ACTIVE, False, False, []),
        (ProxyState.ACTIVE, True, False, ["proxy_used"]),
        (ProxyState.ACTIVE, False, True, ["proxy_in_session"]),
        (ProxyState.REVOKED, False, False, ["proxy_not_active"]),
        (ProxyState.DECLINED, False, False, ["proxy_not_active"]),
    ],
)
def test_a_proxy_is_revoked_until_it_is_used_and_until_the_session(state, has_voted, in_session, found):
    breaches = check_revocation(state=state, holder="Bob", holder_has_voted_for=has_voted, in_session=in_session)
    assert [b.code for b in breaches] == found


def test_a_holder_may_decline_until_the_session():
    assert check_decline(state=ProxyState.ACTIVE, has_voted_for=False, in_session=False) == []
    for late in ({"has_voted_for": True, "in_session": False}, {"has_voted_for": False, "in_session": True}):
        assert [b.code for b in check_decline(state=ProxyState.ACTIVE, **late)] == ["proxy_used"]

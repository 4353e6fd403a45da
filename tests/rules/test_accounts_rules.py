"""What is asked of addresses, passwords, links, sessions and mandates."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.accounts import rules
from coopgov.accounts.rules import Limit, Mandate
from coopgov.core.policy import Role

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
INSTANTS = st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=2), NOW.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=UTC)
)
OUTSIDE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https://evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "vbscript:x", "mailto:x@evil.example", "ftp://evil.example", "evil.example", "evil.example/a",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\x00/evil.example", "\t//evil.example",
    " //evil.example", "\x00//evil.example", "/a\r\nLocation: https://evil.example", "/a\r\nSet-Cookie: a=b",
    "?next=//evil.example", "#//evil.example", "@evil.example", ":evil.example", ".evil.example", "..//evil.example",
    "/.//evil.example", "/..//evil.example", "/a/..//evil.example", "/a//evil.example", "/\u2028/evil.example",
    "/\u0085/evil.example", "/\\/evil.example", "/a\\b", "", "/" + "a" * 501,
]  # fmt: skip


def mandate(role=Role.BOARD, first=TODAY, last=None):
    return Mandate(UUID(int=1), UUID(int=2), role, first, last, "", NOW)


@pytest.mark.parametrize("url", OUTSIDE)
def test_next_never_leads_outside(url):
    assert rules.local_path(url) == ""


@pytest.mark.parametrize(
    "url", ["/", "/members", "/members?page=2&q=a//b", "/assemblées/été", "/a%2F%2Fb", "/?next=https://x"]
)
def test_next_leads_back_inside(url):
    assert rules.local_path(url) == url


@given(st.text())
def test_whatever_next_is_it_stays_on_this_host(url):
    kept = rules.local_path("/" + url)
    assert urlsplit(urljoin("https://coop.example/sign-in", kept)).netloc == "coop.example"


@pytest.mark.parametrize("spelling", ["Lea@Example.ORG", " lea@example.org ", "LEA@EXAMPLE.ORG", "ｌｅａ@example.org"])
def test_spellings_of_one_address_fold_together(spelling):
    assert rules.fold_email(spelling) == "lea@example.org"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "lea",
        "lea@",
        "@example.org",
        "lea@localhost",
        "a b@example.org",
        "a@b@c.fr",
        "a@x.fr\r\nBcc: b@x.fr",
        "a\0@x.fr",
        "<a@x.fr>",
        "a" * 250 + "@x.fr",
    ],
)
def test_what_is_no_address_is_refused(email):
    assert [breach.code for breach in rules.check_email(email)] == ["email_malformed"]


@given(st.lists(INSTANTS), st.integers(1, 10))
def test_one_try_more_is_allowed_exactly_while_the_limit_is_not_reached(tries, most):
    limit = Limit(most, timedelta(hours=1))
    recent = [at for at in tries if at > NOW - limit.within]
    assert (rules.wait_for(tries, limit, NOW) == timedelta(0)) == (len(recent) < most)


@given(st.lists(INSTANTS))
def test_after_the_wait_that_was_told_one_more_try_is_allowed(tries):
    wait = rules.wait_for(tries, rules.PASSWORD_PER_ACCOUNT, NOW)
    assert rules.wait_for(tries, rules.PASSWORD_PER_ACCOUNT, NOW + wait) == timedelta(0)


@given(st.lists(INSTANTS))
def test_who_is_refused_a_link_has_one_that_still_works(tries):
    refused = rules.check_link_tries(tries, [], NOW)
    assert not refused or max(tries) + rules.LINK_LIFETIME > NOW + timedelta(minutes=15)


def test_at_most_twenty_passwords_an_hour_are_looked_at():
    per_hour = timedelta(hours=1) / rules.PASSWORD_PER_ACCOUNT.within * rules.PASSWORD_PER_ACCOUNT.most
    assert per_hour <= 20


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("51.15.3.7", "51.15.3.0/24"),
        ("2001:41d0:1:2::3", "2001:41d0:1::/56"),
        ("127.0.0.1", ""),
        ("10.0.0.7", ""),
        ("", ""),
        ("x", ""),
    ],
)
def test_a_network_is_counted_only_where_it_tells_people_apart(address, prefix):
    assert rules.origin_prefix(address) == prefix


@pytest.mark.parametrize("password", ["short", "a" * 40, "xx-martine-xx"])
def test_a_password_easy_to_guess_is_refused(password):
    assert rules.check_new_password(password, email="Martine@example.org")


def test_a_long_password_needs_no_odd_characters():
    assert rules.check_new_password("quatre mots sans rapport", email="li@example.org") == []


def test_an_office_shortens_the_session():
    assert rules.lifetime([Role.MEMBER]) == timedelta(days=30)
    assert rules.lifetime([Role.MEMBER, Role.BOARD]) == timedelta(hours=12)


def test_a_mandate_holds_from_its_first_day_to_its_last():
    held = mandate(first=date(2026, 1, 1), last=date(2026, 6, 30))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [held.holds_on(day) for day in days] == [False, True, True, False]


def test_a_mandate_cannot_end_before_it_begins():
    (breach,) = rules.check_new_mandate([], role=Role.BOARD, from_day=TODAY, until_day=TODAY - timedelta(days=1))
    assert breach.field == "until_day"


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_an_office_is_never_held_twice_on_one_day(first, last, from_day, until_day):
    if until_day is not None and until_day < from_day:
        return
    held, new = mandate(first=first, last=last), mandate(first=from_day, last=until_day)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(61)]
    twice = any(held.holds_on(day) and new.holds_on(day) for day in days)
    refused = rules.check_new_mandate([held], role=Role.BOARD, from_day=from_day, until_day=until_day)
    assert bool(refused) == twice


def test_an_office_that_is_over_cannot_be_ended_again():
    held = [mandate(first=date(2025, 1, 1), last=date(2025, 12, 31))]
    assert rules.check_end(held, role=Role.BOARD, last_day=TODAY)
    assert rules.check_end(held, role=Role.BOARD, last_day=date(2025, 6, 1)) == []


def test_a_person_recognises_her_browser():
    phone = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
    assert rules.device(phone) == "Firefox · Android"
    assert rules.device("") == ""

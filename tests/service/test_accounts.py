"""Accounts, links, passwords, sessions and mandates, on both engines."""

import re
import threading
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from coopgov.accounts import queries, rules, service
from coopgov.accounts.passwords import Passwords
from coopgov.accounts.rules import How
from coopgov.core import journal, outbox
from coopgov.core.db import db
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.policy import Role

TODAY = date(2026, 11, 24)
YESTERDAY = TODAY - timedelta(days=1)
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
GOOD = "quatre mots sans rapport"


@pytest.fixture
def lea(act):
    with act() as a:
        return service.create_account(a, email="Lea@Example.org", name="Léa Petit")


@pytest.fixture
def link(act, session):
    """Ask for a link; gives the token that the mail carries."""

    def ask(email="lea@example.org", **more):
        with act() as a:
            service.request_link(a, email=email, **more)
        body = outbox.latest(session, limit=1)[0].body
        session.rollback()
        return re.search(r"/sign-in/link/(\S+)", body)[1]

    return ask


@pytest.fixture
def opened(act, lea):
    with act() as a:
        return service.open_session(a, account_id=lea, how=How.LINK)


def codes(caught):
    return [breach.code for breach in caught.value.breaches]


def signed(token, now):
    db.session().rollback()
    return queries.find_signed(db.session(), token, now)


# Accounts


def test_an_account_is_found_however_its_address_is_spelt(session, lea):
    found = queries.find_account_by_email(session, " LEA@example.ORG")
    assert (found.id, found.email, found.name, found.has_password) == (lea, "Lea@Example.org", "Léa Petit", False)


def test_one_address_has_one_account(act, lea):
    with pytest.raises(RuleBroken) as caught, act() as a:
        service.create_account(a, email="LEA@example.org", name="Autre")
    assert codes(caught) == ["email_taken"]


def test_the_name_and_address_of_an_account_are_refused_together(act):
    with pytest.raises(RuleBroken) as caught, act() as a:
        service.create_account(a, email="lea", name=" ")
    assert codes(caught) == ["email_malformed", "name_missing"]


def test_an_unknown_account_is_not_found(session, lea):
    with pytest.raises(NotFound):
        queries.get_account(session, rules.UUID(int=1))


def test_names_are_asked_for_in_one_go(session, lea):
    assert queries.names_of(session, [lea, lea, rules.UUID(int=1)]) == {lea: "Léa Petit"}


def test_people_are_listed_page_by_page_by_address(act, session):
    with act() as a:
        for name in ("b", "A", "d", "C", "ab"):
            service.create_account(a, email=f"{name}@example.org", name=name)
    pages, after = [], ""
    while after is not None:
        page = queries.list_people(session, TODAY, after=after, limit=2)
        pages.append([row.account.name for row in page.rows])
        after = page.next_key
    assert pages == [["A", "ab"], ["b", "C"], ["d"]]


def test_people_are_found_by_the_beginning_of_their_address(act, session):
    with act() as a:
        for name in ("lea", "leo", "l%a"):
            service.create_account(a, email=f"{name}@example.org", name=name)
    found = queries.list_people(session, TODAY, text="L%")
    assert [row.account.name for row in found.rows] == ["l%a"]


# Links


def test_a_link_opens_a_session_once(act, link, lea, clock):
    token = link()
    with act() as a:
        opened = service.use_link(a, token=token)
    assert signed(opened, clock.now).actor.account_id == lea
    with pytest.raises(RuleBroken) as caught, act() as a:
        service.use_link(a, token=token)
    assert codes(caught) == ["link_spent"]


def test_two_browsers_pressing_at_once_open_one_session(app, act, link, lea):
    token, results = link(), []

    def press():
        with app.app_context():
            try:
                with act() as a:
                    service.use_link(a, token=token)
                results.append("in")
            except RuleBroken:
                results.append("refused")

    threads = [threading.Thread(target=press) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["in", "refused", "refused", "refused"]


def test_a_link_is_too_old_after_half_an_hour(act, link, lea, clock):
    token = link()
    clock.forward(minutes=30)
    with pytest.raises(RuleBroken), act() as a:
        service.use_link(a, token=token)


def test_a_link_made_up_opens_nothing(act, lea):
    with pytest.raises(RuleBroken), act() as a:
        service.use_link(a, token="made up")


def test_an_unknown_address_gets_no_mail_and_no_different_answer(act, session, lea):
    with act() as a:
        service.request_link(a, email="nobody@example.org")
    assert outbox.latest(session, limit=5) == []
    assert session.scalar(text("SELECT count(*) FROM login_link")) == 1


def test_the_token_of_a_link_is_not_stored(session, link, lea):
    token = link()
    assert session.scalar(text("SELECT token_hash FROM login_link")) == queries.token_hash(token) != token


def test_a_sixth_link_within_the_hour_waits_but_the_fifth_works(act, link, lea, clock):
    for _ in range(5):
        last = link()
    with pytest.raises(RuleBroken) as caught:
        link()
    assert codes(caught) == ["too_many_links"]
    clock.forward(minutes=9)
    with act() as a:
        assert service.use_link(a, token=last)


def test_nobody_is_locked_out_of_links_for_longer_than_they_live(link, lea, clock):
    for _ in range(5):
        link()
    for _ in range(12):
        clock.forward(minutes=10)
        assert link()


def test_an_unknown_address_waits_like_a_known_one(act):
    for _ in range(5):
        with act() as a:
            service.request_link(a, email="nobody@example.org")
    with pytest.raises(RuleBroken), act() as a:
        service.request_link(a, email="NOBODY@example.org")


def test_one_network_cannot_write_to_everybody(act):
    for number in range(60):
        with act() as a:
            service.request_link(a, email=f"m{number}@example.org", origin="51.15.0.1")
    with pytest.raises(RuleBroken), act() as a:
        service.request_link(a, email="other@example.org", origin="51.15.0.2")
    with act() as a:
        service.request_link(a, email="other@example.org", origin="51.16.0.1")


# Passwords


@pytest.fixture
def secret(act, lea):
    with act() as a:
        service.set_password(a, account_id=lea, hashed=CHEAP.make(GOOD))


def enter(act, email="lea@example.org", password=GOOD):
    return service.sign_in_with_password(act, CHEAP, email=email, password=password)


def test_the_right_password_opens_a_session(act, lea, secret, clock):
    assert signed(enter(act), clock.now).session.how is How.PASSWORD


@pytest.mark.parametrize("email", ["lea@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_answer_alike(act, secret, email):
    with pytest.raises(RuleBroken) as caught:
        enter(act, email, "wrong")
    assert codes(caught) == ["password_wrong"]


def test_an_account_without_password_cannot_be_entered_by_one(act, lea):
    with pytest.raises(RuleBroken):
        enter(act, password="")


def test_after_five_wrong_passwords_even_the_right_one_waits(act, secret, clock, link):
    for _ in range(5):
        with pytest.raises(RuleBroken):
            enter(act, password="wrong")
    with pytest.raises(RuleBroken) as caught:
        enter(act)
    assert codes(caught) == ["too_many_passwords"]
    assert link(), "the owner always gets in by mail"
    clock.forward(minutes=15)
    assert enter(act)


def test_guesses_at_one_instant_are_counted_one_by_one(app, act, secret):
    refused = []

    def guess():
        with app.app_context(), pytest.raises(RuleBroken) as caught:
            enter(act, password="wrong")
        refused.extend(codes(caught))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(refused) == ["password_wrong"] * 5 + ["too_many_passwords"] * 3


def test_the_right_password_forgives_earlier_mistakes(act, secret):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(RuleBroken):
                enter(act, password="wrong")
        assert enter(act)


def test_tries_are_forgotten_after_an_hour(act, session, secret, clock):
    with pytest.raises(RuleBroken):
        enter(act, password="wrong")
    clock.forward(hours=2)
    with pytest.raises(RuleBroken):
        enter(act, email="x@example.org", password="wrong")
    assert session.scalar(text("SELECT count(*) FROM login_attempt")) == 1


def test_a_new_password_ends_the_other_sessions(act, lea, opened, clock):
    with act() as a:
        mine = service.open_session(a, account_id=lea, how=How.LINK)
        service.set_password(a, account_id=lea, hashed=CHEAP.make(GOOD), keep_token=mine)
    assert signed(opened, clock.now) is None
    assert signed(mine, clock.now) is not None


def test_a_hash_made_with_old_settings_is_made_again(act, session, lea):
    weaker = Passwords(PasswordHasher(time_cost=1, memory_cost=16, parallelism=2))
    with act() as a:
        service.set_password(a, account_id=lea, hashed=weaker.make(GOOD))
    enter(act)
    assert not CHEAP.is_outdated(queries.password_hash_of(session, lea))


# Sessions


def test_a_session_that_was_signed_out_is_refused(act, opened, clock):
    with act() as a:
        service.sign_out(a, token=opened)
    assert signed(opened, clock.now) is None


def test_signing_out_everywhere_ends_every_session(act, lea, opened, clock):
    with act() as a:
        other = service.open_session(a, account_id=lea, how=How.PASSWORD)
        service.sign_out_everywhere(a, account_id=lea)
    assert signed(opened, clock.now) is signed(other, clock.now) is None


def test_nobody_ends_the_session_of_somebody_else(act, session, lea, opened, clock):
    with act() as a:
        ana = service.create_account(a, email="ana@example.org", name="Ana")
        (row,) = queries.list_sessions(session, lea, clock.now)
        service.end_session(a, account_id=ana, session_id=row.id)
    assert signed(opened, clock.now) is not None


def test_the_session_of_a_member_lasts_thirty_days_and_of_an_office_twelve_hours(act, lea, opened, clock):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.MEMBER, from_day=TODAY)
    clock.forward(hours=13)
    assert signed(opened, clock.now) is not None
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=TODAY)
    assert signed(opened, clock.now) is None


def test_a_session_ends_after_thirty_days(opened, clock):
    assert signed(opened, clock.forward(days=29)) is not None
    assert signed(opened, clock.forward(days=1)) is None


def test_the_token_of_a_session_is_not_stored(session, opened):
    assert session.scalar(text("SELECT token_hash FROM account_session")) != opened


def test_who_signs_in_is_not_in_the_journal(session, lea, opened):
    assert [entry.kind for entry in journal.entries_about(session, f"account:{lea}")] == ["account.created"]


# Mandates


def test_the_offices_of_the_day_are_those_whose_mandate_holds(act, session, lea):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=date(2026, 1, 1), until_day=YESTERDAY)
        service.grant_role(a, account_id=lea, role=Role.SECRETARY, from_day=TODAY)
        service.grant_role(a, account_id=lea, role=Role.TREASURER, from_day=TODAY + timedelta(days=1))
    assert queries.roles_on(session, lea, TODAY) == {Role.SECRETARY}
    assert queries.roles_on(session, lea, YESTERDAY) == {Role.BOARD}


def test_a_mandate_ended_yesterday_opens_nothing_today(act, lea, opened, clock):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=date(2026, 1, 1))
        service.end_role(a, account_id=lea, role=Role.BOARD, last_day=YESTERDAY)
    assert signed(opened, clock.now).actor.roles == frozenset()


def test_ending_a_mandate_keeps_its_history(act, session, lea):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=date(2026, 1, 1), decision="AG 1")
        service.end_role(a, account_id=lea, role=Role.BOARD, last_day=TODAY)
        service.end_role(a, account_id=lea, role=Role.BOARD, last_day=YESTERDAY)
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=TODAY, decision="AG 2")
    rows = [(m.from_day, m.last_day, m.decision) for m in queries.list_mandates(session, lea)]
    assert rows == [(date(2026, 1, 1), YESTERDAY, "AG 1"), (TODAY, None, "AG 2")]
    kinds = [entry.kind for entry in journal.entries_about(session, f"account:{lea}")]
    assert kinds == ["account.created", "role.granted", "role.ended", "role.ended", "role.granted"]


def test_an_office_already_held_is_not_given_again(act, lea):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=TODAY)
    with pytest.raises(RuleBroken) as caught, act() as a:
        service.grant_role(a, account_id=lea, role=Role.BOARD, from_day=TODAY)
    assert codes(caught) == ["mandate_overlaps"]


def test_the_last_administrator_cannot_be_ended(act, lea):
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.ADMINISTRATOR, from_day=TODAY)
    with pytest.raises(RuleBroken) as caught, act() as a:
        service.end_role(a, account_id=lea, role=Role.ADMINISTRATOR, last_day=TODAY)
    assert codes(caught) == ["last_administrator"]


def test_the_holders_of_an_office_come_in_the_order_of_names(act, session):
    with act() as a:
        for name in ("zoé", "Ana"):
            found = service.create_account(a, email=f"{name[0]}@example.org", name=name)
            service.grant_role(a, account_id=found, role=Role.BOARD, from_day=TODAY)
    assert [row.name for row in queries.holders_of(session, Role.BOARD, TODAY)] == ["Ana", "zoé"]
    assert queries.holders_of(session, Role.BOARD, YESTERDAY) == []


def test_the_register_of_mandates_is_read_on_a_day_as_it_was_known(act, session, lea, clock):
    with act() as a:
        for year in (2022, 2026):
            service.grant_role(
                a, account_id=lea, role=Role.BOARD, from_day=date(year, 1, 1), until_day=date(year + 3, 12, 31)
            )  # fmt: skip
    before = clock.now
    clock.forward(days=1)
    revoked = {"account_id": lea, "role": Role.BOARD, "last_day": date(2026, 6, 30), "cause": rules.EndCause.REVOKED}
    with pytest.raises(RuleBroken) as refusal, act() as a:
        service.end_role(a, **revoked)
    assert [b.code for b in refusal.value.breaches] == ["revoked_without_decision", "revoked_without_reason"]
    with act() as a:
        service.end_role(a, **revoked, decision="AGO, 4e résolution", reason="absences")
    first, second = queries.register_of_mandates(session, date(2026, 11, 1))
    assert (first.rank, first.last_day, first.ended_on) == (1, date(2025, 12, 31), None)
    assert (second.rank, second.last_day, second.cause, second.reason) == (
        2, date(2026, 6, 30), rules.EndCause.REVOKED, "absences",
    )  # fmt: skip
    assert queries.register_of_mandates(session, date(2026, 11, 1), before)[1].last_day == date(2029, 12, 31)
    assert queries.register_of_mandates(session, date(2021, 1, 1)) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_session_s_office_is_looked_up_among_those_of_its_account(app, session, clock):
    """Without statistics SQLite would rather look through everybody who holds the office: with each ballot, then."""
    asked = text(f"EXPLAIN QUERY PLAN SELECT {queries.signed_account([Role.MEMBER])}").bindparams(*queries.SIGNED_BINDS)
    plan = session.execute(asked, queries.signed_values("token", clock.now, by_code=False)).all()
    used = [step.detail for step in plan if " r " in step.detail]
    assert len(used) == 2
    assert all("account_id=?" in one for one in used), used

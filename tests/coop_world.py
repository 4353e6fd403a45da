"""A whole cooperative, every feature wired as on the real site: its people, their browsers, its nights."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Flask

from coopgov import jobs
from coopgov.accounts import queries as accounts
from coopgov.accounts import service as account_service
from coopgov.accounts.rules import How
from coopgov.core import journal, outbox
from coopgov.core.act import Act, open_act
from coopgov.core.db import db
from coopgov.core.money import Cents
from coopgov.core.policy import SYSTEM, Actor, Role
from coopgov.members import service as members
from coopgov.members.rules import Category, NewMember, PartyKind, Reach
from coopgov.members.rules import Person as Named
from coopgov.registers.verify import verify_all
from coopgov.shares import service as shares
from coopgov.statutes import queries as statutes_queries
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.terms import service as terms
from coopgov.treasury import service as treasury
from coopgov.wiring import HANDLERS
from tests.person import Person, words

FOUNDED = date(2021, 1, 4)
FEES = {"commission.sales": 600, "listing.monthly": 500, "payment.fee": 120}
SHARES_EACH = 4
# Who holds which office; the auditor is no member.
OFFICES = {
    "helene": Role.BOARD, "malik": Role.SECRETARY, "nadia": Role.TREASURER, "samir": Role.TELLER,
    "zoe": Role.ADMINISTRATOR, "olivier": Role.AUDITOR,
}  # fmt: skip
NAMES = {
    "helene": "Hélène Garnier", "malik": "Malik Haddad", "nadia": "Nadia Perrin", "samir": "Samir Rossi",
    "zoe": "Zoé Martin", "awa": "Awa Diallo", "benoit": "Benoît Mercier", "lea": "Léa Petit", "jonas": "Jonas Weber",
    "marie": "Marie Colin",
}  # fmt: skip


@dataclass
class Coop:
    """The application with everything wired, and who is who in it."""

    app: Flask
    clock: Any
    ids: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def act(self, who: str = "") -> Iterator[Act]:
        """Open an act of somebody, or of the system."""
        with open_act(self.app.extensions["coopgov.runtime"], self.actor(who) if who else SYSTEM) as act:
            yield act

    @property
    def session(self) -> Any:
        """A session that reads what was just written."""
        db.session.rollback()
        return db.session()

    def found(self, ready: str = "scop-sa-cae", *, crowd: int = 0, letters: int = 1) -> "Coop":
        """Found it: statutes, fees, ten people with offices and shares, and a crowd; the last ones get letters."""
        with self.act() as act:
            text = ready_set(ready)
            statutes.adopt_statutes(act, text=text, in_force_from=FOUNDED, decision="Assemblée constitutive")
            terms.set_schedule(act, values=FEES, effective_from=FOUNDED, decision="Assemblée constitutive")
            people = NAMES | {f"m{n}": f"Alix Membre{n:03d}" for n in range(crowd)}
            colleges = [college.code for college in text.colleges] or [""]
            rows = [_new(key, name, colleges[n % len(colleges)]) for n, (key, name) in enumerate(people.items())]
            rows = [replace(row, consent_on=None) if len(rows) - n <= letters else row for n, row in enumerate(rows)]
            self.ids = dict(zip(people, members.enrol_many(act, rows), strict=True))
            self._give_offices(act)
        self._subscribe()
        return self

    def _give_offices(self, act: Act) -> None:
        account_service.create_account(act, email=email("olivier"), name="Olivier Roche")
        for key, role in OFFICES.items():
            account_service.grant_role(
                act, account_id=_account(act, key), role=role, from_day=FOUNDED, decision="Assemblée constitutive"
            )

    def _subscribe(self) -> None:
        nominal = statutes_queries.statutes_on(self.session, FOUNDED).share_nominal_cents
        with self.act() as act:
            rows = [shares.Subscription(member, SHARES_EACH, FOUNDED) for member in self.ids.values()]
            shares.subscribe_many(act, rows, resolution="Assemblée constitutive")
            paid = Cents(SHARES_EACH * nominal)
            treasury.pay_many(act, [treasury.Receipt(row.member_id, paid, FOUNDED, "virement") for row in rows])

    def account(self, who: str) -> UUID:
        """Somebody's account."""
        found = accounts.find_account_by_email(self.session, email(who))
        assert found is not None
        return found.id

    def actor(self, who: str) -> Actor:
        """Somebody with the offices of the day."""
        account_id = self.account(who)
        return Actor(
            NAMES.get(who, who), account_id, accounts.roles_on(self.session, account_id, self.clock.now.date())
        )

    def person(self, who: str = "") -> Person:
        """Somebody's browser, signed in; without a name, a stranger's."""
        client = self.app.test_client()
        if who:
            account_id = self.account(who)
            with self.act() as act:
                token = account_service.open_session(act, account_id=account_id, how=How.DEMONSTRATION)
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
        return Person(client)

    def at(self, written: str) -> None:
        """Let time pass until this day and hour, written as in Paris in winter."""
        self.clock.now = datetime.fromisoformat(f"{written}+01:00").astimezone(UTC)

    def night(self) -> None:
        """Let the worker pass, but for its printing: mails leave, notices are noted, what is due takes effect."""
        for sweep in (jobs.deliver_mail, jobs.note_notices, jobs.execute_due):
            sweep()

    def mail_to(self, address: str) -> outbox.Message:
        """The last mail written to somebody."""
        return next(mail for mail in outbox.latest(self.session, limit=500) if mail.to_address == address)

    def reads(self, address: str) -> str:
        """What the last mail to somebody says, in plain spaces."""
        return words(self.mail_to(address).body)

    def link_for(self, address: str) -> str:
        """The address that the last mail to somebody leads to, within the site."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.mail_to(address).body)
        assert found is not None
        return found[1]

    def close(self) -> None:
        """Let go of the database."""
        db.session.remove()
        db.engine.dispose()

    def lines(self) -> int:
        """How long the journal is."""
        return journal.head(self.session).size

    def faults(self) -> list[str]:
        """What the check of everything finds."""
        folder = self.app.extensions["coopgov.config"].documents_dir
        return [f"{fault.where}: {fault.what}" for fault in verify_all(self.session, folder)]


def email(who: str) -> str:
    """Somebody's address."""
    return f"{who}@exemple.fr"


def _account(act: Act, who: str) -> UUID:
    found = accounts.find_account_by_email(act.session, email(who))
    assert found is not None
    return found.id


def _new(key: str, name: str, college: str) -> NewMember:
    given, _, family = name.partition(" ")
    return NewMember(
        Named(PartyKind.PERSON, family, given), joined_on=FOUNDED, category=Category.EMPLOYED, college=college,
        reach=Reach(email(key), address=("4 rue des Ateliers",), postcode="26000", town="Valence"),
        craft="céramiste", has_shop=key not in OFFICES, consent_on=FOUNDED, consent_proof="formulaire signé",
    )  # fmt: skip


def everything_wired(app: Flask, clock: Any) -> Coop:
    """The cooperative of an application whose features hear each other as on the real site."""

    def tick() -> datetime:
        # As on a real clock, what comes later is later: mails and acts have an order.
        return clock.forward(milliseconds=10)

    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS, clock=tick)
    return Coop(app, clock)

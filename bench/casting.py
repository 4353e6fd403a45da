"""A cooperative convened to vote remotely: its members signed in, and the ballot of each as her browser sends it."""

import hashlib
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from bench.filling import SECRETARY, enrol
from bench.load import a_post
from bench.world import settle
from coopgov.accounts import queries as accounts
from coopgov.accounts.models import AccountSession
from coopgov.accounts.rules import How
from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import ballot_name
from coopgov.assemblies.rules import AssemblyKind
from coopgov.ballots import service as votes
from coopgov.ballots.rules import Choice
from coopgov.core import clock
from coopgov.core.act import Act, open_act
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.db import db
from coopgov.core.direct import bulk_insert
from coopgov.core.policy import SYSTEM
from coopgov.core.preflight import points_to_judge
from coopgov.demo.data import is_empty
from coopgov.demo.stage import AFTERNOON, Stage, on_stage
from coopgov.members.models import Membership
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set

FOUNDED = timedelta(days=900)
TELLERS = ("m1@exemple.fr", "m3@exemple.fr")
LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Voter:
    """A member with a browser that is signed in."""

    member_id: UUID
    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The assembly, the votes that are open, the voters, the codes of the tellers."""

    assembly_id: UUID
    named: Sequence[UUID]
    secret: Sequence[UUID]
    scrutins: Mapping[UUID, UUID]
    voters: Sequence[Voter]
    spare: UUID
    codes: Sequence[str] = ()

    def ballots(self, items: Sequence[UUID]) -> Iterator[bytes]:
        """One ballot of each voter on each of these votes, whoever comes first."""
        pairs = [(item, voter) for item in items for voter in self.voters]
        random.Random(7).shuffle(pairs)
        return (self.ballot(item, voter) for item, voter in pairs)

    def ballot(self, item: UUID, voter: Voter, choice: Choice = Choice.FOR, token: str = "") -> bytes:
        """The ballot of one voter on one vote, after she saw her choice again."""
        token = token or secrets.token_urlsafe(24)
        form = f"csrf_token={voter.csrf}&{ballot_name(item, voter.member_id)}={choice.value}&token={token}&step=cast"
        return a_post(f"/assemblies/{self.assembly_id}/vote", form, voter.cookie)


def make_meeting(app: Flask, count: int, *, named: int = 1, secret: int = 1) -> Meeting:
    """Found a cooperative of so many members and convene them to so many votes, and a spare one; sign them all in."""
    today, codes = paris_day(clock.now()), ()
    with app.app_context():
        if is_empty():
            with on_stage(app, lambda _sentence: None, today - FOUNDED) as stage:
                codes = _convene(stage, count, named + 1, secret)
            # Weeks lie between convening and voting.
            settle()
        return _meeting(app, codes)


def _convene(stage: Stage, count: int, named: int, secret: int) -> Sequence[str]:
    today = paris_day(clock.now())
    with stage.act() as act:
        statutes.adopt_statutes(
            act, text=ready_set("scop-sa-cae"), in_force_from=today - FOUNDED, decision="constitution"
        )
    enrol(stage, count, today - FOUNDED)
    stage.at(today - timedelta(days=30))
    with stage.act(SECRETARY) as act:
        codes = [_teller(act, email) for email in TELLERS]
        assembly = service.plan(
            act, kind=AssemblyKind.ORDINARY, held_at=paris_instant(today + timedelta(days=7), AFTERNOON),
            place="3 place de la Liberté, 26000 Valence", remote_vote=True,
        )  # fmt: skip
        for number in range(named + secret):
            service.add_text_item(act, assembly_id=assembly, title=f"Résolution {number}", text="L'assemblée décide.")
        for item in queries.agenda(act.session, assembly)[named:]:
            service.set_secret(act, item_id=item.id, is_secret=True)
    with stage.act(SECRETARY) as act:
        row = queries.get_assembly(act.session, assembly)
        points = points_to_judge(queries.preflight(act.session, act.rulebook, row, act.actor, on=act.today))
        service.convene(act, assembly_id=assembly, reasons={point.code: "Vérifié." for point in points})
    return codes


def _teller(act: Act, email: str) -> str:
    account = accounts.find_account_by_email(act.session, email)
    assert account is not None
    return votes.make_teller_key(act, account_id=account.id, name=account.name)


def _meeting(app: Flask, codes: Sequence[str]) -> Meeting:
    session = db.session()
    [assembly] = queries.list_assemblies(session, to_come=True).rows
    items = queries.agenda(session, assembly.id)
    spare, *named = [item.id for item in items if not item.is_secret]
    return Meeting(
        assembly.id, named, [item.id for item in items if item.is_secret],
        {item.id: item.scrutin_id for item in items if item.scrutin_id}, _sign_all_in(app), spare, codes,
    )  # fmt: skip


def _sign_all_in(app: Flask) -> list[Voter]:
    """A session of each member, and what her browser holds once it has seen the sheet."""
    found = db.session().execute(select(Membership.id, Membership.account_id).order_by(Membership.number)).all()
    tokens = [secrets.token_urlsafe(32) for _ in found]
    with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        rows = [
            {
                "token_hash": hashlib.sha256(token.encode()).hexdigest(), "id": uuid4(), "account_id": account,
                "created_at": act.now, "how": How.LINK, "device": "", "ended_at": None,
            }
            for token, (_member, account) in zip(tokens, found, strict=True)
        ]  # fmt: skip
        bulk_insert(act.session, AccountSession, rows)
    return [_voter(app, member, token) for token, (member, _account) in zip(tokens, found, strict=True)]


def _voter(app: Flask, member_id: UUID, token: str) -> Voter:
    # What Flask-WTF puts in the session and, signed, in the form; `check_csrf` compares with the page itself.
    csrf = secrets.token_hex(20)
    signed = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(csrf)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the default interface has it
    value = serializer.dumps(
        {"_user_id": token, "_fresh": True, "language": LANGUAGE, "csrf_token": csrf, "_permanent": True}
    )
    return Voter(member_id, f"{app.config['SESSION_COOKIE_NAME']}={value}", str(signed))

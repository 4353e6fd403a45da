"""A small cooperative that meets: statutes, members with accounts and offices, and the way to one of its votes."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as account_service
from coopgov.accounts.rules import How
from coopgov.assemblies import queries, service
from coopgov.assemblies.events import AssemblyClosed, ResolutionProclaimed
from coopgov.assemblies.rules import AssemblyKind
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import SYSTEM, Actor, Role
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members.rules import Category, NewMember, PartyKind, Person, Reach
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from tests import judging

FOUNDED = date(2021, 1, 4)
# The tests' clock stands on 24 November 2026, 10:00 in Paris; the assembly meets on 15 January 2027 at 18:00.
HELD_AT = datetime.fromisoformat("2027-01-15T17:00:00+00:00")
FOR, AGAINST, ABSTAIN, BLANK = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.BLANK


@dataclass
class World:
    """The application, who is a member, and what its handlers heard."""

    app: Flask
    clock: Any
    heard: list[Any] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)

    @contextmanager
    def act(self, actor: Any = SYSTEM):
        with open_act(self.app.extensions["coopgov.runtime"], actor) as opened:
            yield opened

    @property
    def session(self) -> Any:
        """A session that reads what was just written."""
        db.session.rollback()
        return db.session()

    def found(self, ready: str = "scop-sa-cae", count: int = 20, *, without_consent: int = 0) -> None:
        """Adopt ready statutes and write down so many members; the last ones did not accept e-mail."""
        with self.act() as a:
            text = ready_set(ready)
            statutes.adopt_statutes(a, text=text, in_force_from=FOUNDED, decision="Assemblée constitutive")
            colleges = [college.code for college in text.colleges] or [""]
            rows = [
                self._new(n, colleges[n % len(colleges)], consents=n < count - without_consent) for n in range(count)
            ]
            self.ids = member_service.enrol_many(a, rows)
        for role, n in ((Role.BOARD, 0), (Role.SECRETARY, 1), (Role.TELLER, 2)):
            self.grant(n, role)

    def _new(self, n: int, college: str, *, consents: bool) -> NewMember:
        return NewMember(
            Person(kind=PartyKind.PERSON, legal_name=f"Membre{n:02d}", given_names="Alix"),
            joined_on=FOUNDED, category=Category.EMPLOYED, number=n + 1, college=college,
            reach=Reach(email=f"m{n}@exemple.fr", address=(f"{n + 1} rue des Potiers",), postcode="26000", town="Valence"),
            consent_on=date(2022, 1, 3) if consents else None, consent_proof="formulaire",
        )  # fmt: skip

    def account(self, n: int) -> UUID:
        """The account of a member."""
        found = members.get_member(self.session, self.ids[n]).account_id
        assert found is not None
        return found

    def grant(self, n: int, role: Role) -> None:
        """Give a member an office."""
        account_id = self.account(n)
        with self.act() as a:
            account_service.grant_role(a, account_id=account_id, role=role, from_day=FOUNDED)

    def actor(self, n: int) -> Actor:
        """A member as an actor, with the offices of the day."""
        account_id = self.account(n)
        return Actor(f"m{n}", account_id, accounts.roles_on(self.session, account_id, self.clock.now.date()))

    def sign_in(self, client: Any, n: int) -> Any:
        """Sign a member in, as the demonstration does; gives the browser."""
        account_id = self.account(n)
        with self.act() as a:
            token = account_service.open_session(a, account_id=account_id, how=How.DEMONSTRATION)
        with client.session_transaction() as kept:
            kept["_user_id"] = token
            kept["_fresh"] = True
        return client

    def do(self, command: str, **values: Any) -> Any:
        """One command, as the system."""
        with self.act() as a:
            if command == "convene" and "reasons" not in values:
                return judging.convene(a, **values)
            return getattr(service, command)(a, **values)

    def refused(self, command: str, **values: Any) -> list[str]:
        """The codes with which a command is refused."""
        with pytest.raises(RuleBroken) as refusal:
            self.do(command, **values)
        db.session.rollback()
        return [breach.code for breach in refusal.value.breaches]

    def plan(self, *, texts: int = 1, remote_vote: bool = True, held_at: datetime = HELD_AT, **more: Any) -> UUID:
        """An assembly in preparation with so many resolutions of the board."""
        kind = more.pop("kind", AssemblyKind.ORDINARY)
        assembly_id = self.do("plan", kind=kind, held_at=held_at, place="Valence", remote_vote=remote_vote, **more)
        for n in range(texts):
            self.do("add_text_item", assembly_id=assembly_id, title=f"Résolution {n + 1}", text="L’assemblée décide.")
        return assembly_id

    def convened(self, **more: Any) -> UUID:
        """An assembly that is convened."""
        assembly_id = self.plan(**more)
        self.do("convene", assembly_id=assembly_id)
        return assembly_id

    def items(self, assembly_id: UUID) -> list[UUID]:
        """Its resolutions."""
        return [item.id for item in queries.agenda(self.session, assembly_id)]

    def at_the_hour(self) -> None:
        """Move the clock to the hour of the assembly."""
        self.clock.now = HELD_AT

    def arrive(self, assembly_id: UUID, *who: int) -> None:
        """Note arrivals."""
        for n in who:
            self.do("arrive", assembly_id=assembly_id, member_id=self.ids[n])

    def opened(self, *who: int, **more: Any) -> UUID:
        """An assembly in session with these members in the room."""
        assembly_id = self.convened(**more)
        self.at_the_hour()
        self.arrive(assembly_id, *who)
        self.open(assembly_id)
        return assembly_id

    def open(self, assembly_id: UUID) -> None:
        """Open the session: member 0 in the chair, 1 secretary, 2 and 3 tellers."""
        self.do("open_assembly", assembly_id=assembly_id, **self.bureau())

    def bureau(self) -> dict[str, Any]:
        """Member 0 in the chair, 1 secretary, 2 and 3 tellers."""
        return {"chair": self.account(0), "secretary": self.account(1), "tellers": [self.account(2), self.account(3)]}

    def vote(self, item_id: UUID, voter: int, choice: Choice, *, by: int | None = None, remote: bool = False) -> Any:
        """One ballot, cast by the voter or by another member."""
        return self.do(
            "vote", item_id=item_id, voter_id=self.ids[voter], choice=choice,
            channel=Channel.REMOTE if remote else Channel.ROOM, cast_by=self.ids[voter if by is None else by],
        )  # fmt: skip

    def proxy(self, giver: int, holder: int, assembly_id: UUID, **more: Any) -> UUID:
        """A proxy from one member to another."""
        return self.do(
            "give_proxy", assembly_id=assembly_id, grantor_id=self.ids[giver], holder_id=self.ids[holder], **more
        )

    def decide(self, item_id: UUID, choices: dict[int, Choice]) -> Any:
        """Open the vote, let these members vote, close and proclaim."""
        self.do("open_vote", item_id=item_id)
        for voter, choice in choices.items():
            self.vote(item_id, voter, choice)
        self.do("close_vote", item_id=item_id)
        return self.do("proclaim", item_id=item_id)

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(**span)


def wire(app: Flask, clock: Any) -> World:
    """The world of an application that hears what assemblies tell."""
    world = World(app, clock)
    heard = {event: [lambda _act, told: world.heard.append(told)] for event in (ResolutionProclaimed, AssemblyClosed)}
    runtime = app.extensions["coopgov.runtime"]
    app.extensions["coopgov.runtime"] = replace(runtime, handlers=heard)
    return world

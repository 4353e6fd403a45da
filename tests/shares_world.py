"""A small cooperative with statutes and members, for the tests of shares and money."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from coopgov.core import journal
from coopgov.core.act import Act, open_act
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import SYSTEM
from coopgov.members import service as member_service
from coopgov.members.events import MemberBack, MemberLeft
from coopgov.members.rules import Category, NewMember, PartyKind, Person, Reach
from coopgov.shares import service as shares
from coopgov.shares.events import (
    HoldingsOpened,
    ManySharesSubscribed,
    NominalChanged,
    ReversalWeighed,
    SharesConverted,
    SharesRedeemed,
    SharesReversed,
    SharesSubscribed,
    SharesTransferred,
)
from coopgov.shares.models import ShareTx
from coopgov.statutes import queries
from coopgov.statutes import service as statutes
from coopgov.statutes.events import StatutesAdopted
from coopgov.statutes.ready import ready_set
from coopgov.treasury import service as treasury
from coopgov.treasury.models import CapitalTx

FOUNDED = date(2021, 1, 4)
HANDLERS = {
    SharesSubscribed: [treasury.on_shares_subscribed],
    ManySharesSubscribed: [treasury.on_many_shares_subscribed],
    HoldingsOpened: [treasury.on_holdings_opened],
    ReversalWeighed: [treasury.on_reversal_weighed],
    SharesReversed: [treasury.on_shares_reversed],
    SharesRedeemed: [treasury.on_shares_redeemed],
    SharesTransferred: [treasury.on_shares_transferred],
    SharesConverted: [treasury.on_shares_converted],
    NominalChanged: [treasury.on_nominal_changed],
    MemberBack: [shares.on_member_back],
    StatutesAdopted: [shares.on_statutes_adopted],
    MemberLeft: [shares.on_member_left],
}


@dataclass
class World:
    """The application with the two books wired, and how to act in it."""

    app: Flask

    @contextmanager
    def act(self, actor: Any = SYSTEM):
        with open_act(self.app.extensions["coopgov.runtime"], actor) as opened:
            yield opened

    def found(self, ready: str = "scic-sa", *, on: date = FOUNDED) -> None:
        """Adopt ready statutes."""
        with self.act() as a:
            statutes.adopt_statutes(a, text=ready_set(ready), in_force_from=on, decision="Assemblée constitutive")

    def a_member(self, name: str = "Alice Martin", *, joined_on: date = FOUNDED, email: str = "") -> UUID:
        """Write down a member, with an account when she has an e-mail address."""
        with self.act() as a:
            return member_service.enrol(a, member=_new(name, joined_on, email, _college(a, joined_on)))

    def members(self, *names: str) -> list[UUID]:
        """Write down several members at once, without accounts."""
        with self.act() as a:
            college = _college(a, FOUNDED)
            rows = [_new(name, FOUNDED, "", college) for name in names]
            return member_service.enrol_many(a, rows, with_accounts=False)


def _college(act: Act, on: date) -> str:
    colleges = queries.statutes_on(act.session, on).colleges
    return colleges[0].code if colleges else ""


def _new(name: str, joined_on: date, email: str, college: str) -> NewMember:
    given, _, family = name.partition(" ")
    return NewMember(
        Person(PartyKind.PERSON, family, given),
        joined_on=joined_on,
        category=Category.EMPLOYED,
        college=college,
        reach=Reach(email=email, address=("3 rue des Potiers",), postcode="26000", town="Valence"),
    )


def wire(app: Flask) -> World:
    """The world of an application whose books hear each other."""
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
    return World(app)


def do(world, command, **facts):
    with world.act() as act:
        return command(act, **facts)


def refused(code, world, command, **facts):
    """It is refused by that rule, and leaves no trace."""
    before = tops(world)
    with pytest.raises(RuleBroken, match=code):
        do(world, command, **facts)
    assert tops(world) == before


def tops(world):
    """How far both books and the journal go."""
    with world.act() as act:
        numbers = [act.session.scalar(select(func.max(table.seq))) for table in (ShareTx, CapitalTx)]
        return [*numbers, journal.head(act.session)]

"""A small cooperative with a fee schedule, for the tests of terms and proposals."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from coopgov.accounts import service as accounts
from coopgov.core import outbox
from coopgov.core.act import Act
from coopgov.core.outbox import Outcome
from coopgov.core.policy import Actor, Role
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members.rules import Category, NewMember, PartyKind, Person, Reach
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.statutes.rules import StatutesText
from coopgov.terms import queries, service
from coopgov.terms.rules import FeeChange

FIRST = date(2026, 1, 1)
TODAY = date(2026, 11, 24)
VALUES = {"commission.sales": 800, "listing.monthly": 1_500, "payment.fee": 150}


def a_seller(name: str, *, email: str | None = None, has_shop: bool = True) -> NewMember:
    """Somebody who sells on the marketplace, unless told otherwise."""
    return NewMember(
        person=Person(PartyKind.PERSON, name, "Zoé"),
        joined_on=FIRST,
        category=Category.EMPLOYED,
        reach=Reach(email=f"{name.lower()}@example.org" if email is None else email),
        has_shop=has_shop,
    )


def statutes_text(**more: Any) -> StatutesText:
    """Statutes that leave the notice to the law, fifteen days, and where three members back a proposal."""
    ready = ready_set("scop-sa-cae")
    figures = {name: own for name, own in ready.figures.items() if name != "terms.notice_days"}
    return replace(ready, **{"figures": figures, "proposal_backers": 3, **more})


def found(a: Act, text: StatutesText | None = None) -> None:
    """Adopt the statutes and set the first schedule."""
    statutes.adopt_statutes(a, text=text or statutes_text(), in_force_from=FIRST, decision="AG constitutive")
    service.set_schedule(a, values=VALUES, effective_from=FIRST, decision="AG constitutive")


@dataclass(frozen=True)
class Somebody:
    """A member with her account: as an actor and as a membership."""

    id: UUID
    actor: Actor

    @property
    def account_id(self) -> UUID:
        assert self.actor.account_id
        return self.actor.account_id


def a_member(a: Act, name: str, *roles: Role) -> Somebody:
    """Enrol a member with an account and offices."""
    member_id = member_service.enrol(a, member=a_seller(name))
    account_id = members.get_member(a.session, member_id).account_id
    assert account_id
    for role in roles:
        accounts.grant_role(a, account_id=account_id, role=role, from_day=FIRST)
    return Somebody(member_id, Actor(f"Zoé {name}", account_id, frozenset({Role.MEMBER, *roles})))


def queue_change(
    a: Act, new: int = 650, key: str = "commission.sales", subject_hash: str = "a" * 64, **more: Any
) -> UUID:
    """Queue a change of one line on the schedule of the day."""
    base = queries.schedule_on(a.session, a.today).versions[key]
    return service.queue_change(
        a, changes=[FeeChange(key, base.value, new, base.id)], subject_hash=subject_hash, decided_on=a.today,
        decision="AG, résolution 1", **{"proposal_id": None, **more},
    )  # fmt: skip


def send_all(a: Act, change_id: UUID, outcome: Outcome = Outcome.SENT) -> None:
    """Let every notice of a change come to that end."""
    for message in outbox.messages_about(a.session, f"change:{change_id}", "terms.change"):
        if message.sent_at is None:
            outbox.note_delivery(a, message.id, outcome)

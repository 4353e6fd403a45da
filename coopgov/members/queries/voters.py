"""The members of a day, from what happened to memberships: never from shares."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from coopgov.members.models import (
    EmailConsent,
    Membership,
    MembershipEvent,
    Party,
)
from coopgov.members.queries.rows import RecipientRow, Seller, Voter
from coopgov.members.rules import (
    Category,
    EventKind,
    Heads,
    PartyKind,
    Status,
)


def voters_on(session: Session, on: date, *, known_at: datetime | None = None) -> list[Voter]:
    """Who has a vote on that day, by number: from what happened to memberships, never from shares."""
    standing = _standing_on(on, known_at)
    rows = session.execute(
        select(Membership.id, Membership.number, Membership.name, standing.c.college, standing.c.category)
        .join(standing, standing.c.membership_id == Membership.id)
        .where(standing.c.place == 1, standing.c.status == Status.MEMBER)
        .order_by(Membership.number)
    )
    return [Voter(*row) for row in rows]


def count_voters(session: Session, on: date) -> int:
    """How many members have a vote on that day."""
    return sum(counts_by_category(session, on).values())


def counts_by_category(session: Session, on: date) -> dict[Category, int]:
    """How many members of each category there are on that day."""
    standing = _standing_on(on, None)
    rows = session.execute(
        select(standing.c.category, func.count())
        .where(standing.c.place == 1, standing.c.status == Status.MEMBER)
        .group_by(standing.c.category)
    )
    counted: dict[Category, int] = dict(rows.all())
    return {category: counted.get(category, 0) for category in Category}


def heads_on(session: Session, on: date) -> Heads:
    """The members of a day counted as the rules of composition need them."""
    standing = _standing_on(on, None)
    rows = session.execute(
        select(standing.c.category, Party.is_cooperative, func.count())
        .join(Membership, Membership.id == standing.c.membership_id)
        .join(Party, Party.id == Membership.party_id)
        .where(standing.c.place == 1, standing.c.status == Status.MEMBER)
        .group_by(standing.c.category, Party.is_cooperative)
    ).all()
    external = [(is_cooperative, number) for category, is_cooperative, number in rows if category is Category.EXTERNAL]
    return Heads(
        employed=sum(number for category, _coop, number in rows if category is Category.EMPLOYED),
        external=sum(number for _coop, number in external),
        external_cooperatives=sum(number for is_cooperative, number in external if is_cooperative),
    )


def recipients(session: Session, on: date, *, consent_before: date) -> list[RecipientRow]:
    """The voters of a day with where their notice goes, by number.

    E-mail is good only if the last word, given by `consent_before`, is an agreement: a letter is never wrong.
    """
    standing, consent = _standing_on(on, None), _last_consent()
    rows = session.execute(
        select(
            Membership.id,
            Membership.number,
            Membership.name,
            Membership.email,
            Membership.postal_address,
            Membership.account_id,
            consent.c.given,
            consent.c.on_day,
        )
        .join(standing, standing.c.membership_id == Membership.id)
        .outerjoin(consent, and_(consent.c.membership_id == Membership.id, consent.c.place == 1))
        .where(standing.c.place == 1, standing.c.status == Status.MEMBER)
        .order_by(Membership.number)
    )
    return [_recipient(row, consent_before) for row in rows]


def sellers(session: Session, on: date) -> list[Seller]:
    """The members of a day who sell on the marketplace, by number."""
    standing = _standing_on(on, None)
    rows = session.execute(
        select(Membership.id, Membership.name, Membership.email)
        .join(standing, standing.c.membership_id == Membership.id)
        .where(standing.c.place == 1, standing.c.status == Status.MEMBER, Membership.has_shop)
        .order_by(Membership.number)
    )
    return [Seller(*row) for row in rows]


def standings_on(on: date, *, among: Any = None) -> Any:
    """What every membership is on a day, for a feature that sums over all of them (a SELECT, not its rows).

    Gives `member_id`, `status`, `category`, `college`, `is_cooperative`, `is_organisation`.
    """
    spell = spells(among=among).subquery()
    return (
        select(
            spell.c.member_id, spell.c.status, spell.c.category, spell.c.college, Party.is_cooperative,
            (Party.kind == PartyKind.ORGANISATION).label("is_organisation"),
        )
        .join(Membership, Membership.id == spell.c.member_id)
        .join(Party, Party.id == Membership.party_id)
        .where(spell.c.since <= on, or_(spell.c.until.is_(None), spell.c.until > on))
    )  # fmt: skip


def spells(*, among: Any = None) -> Any:
    """Every stretch of days in which a membership was one thing (a SELECT, not its rows), or those `among` these ids.

    Gives `member_id`, `status`, `category`, `college`, `since`, and `until`, the first day of the next one or NULL.
    The window follows the index of the events, so that nothing is sorted.
    """
    event = aliased(MembershipEvent)
    undone = select(MembershipEvent.reverses_id).where(MembershipEvent.reverses_id.is_not(None))
    until = func.lead(event.effective_on).over(
        partition_by=event.membership_id, order_by=(event.effective_on, event.id)
    )
    found = select(
        event.membership_id.label("member_id"), event.status, event.category, event.college,
        event.effective_on.label("since"), until.label("until"),
    ).where(event.kind != EventKind.REVERSAL, event.id.not_in(undone))  # fmt: skip
    return found if among is None else found.where(event.membership_id.in_(among))


def employed_accounts(session: Session, account_ids: Collection[UUID], on: date) -> set[UUID]:
    """Those of these accounts whose holder is an employed member on that day."""
    return _accounts_of(session, account_ids, on, lambda standing: standing.c.category == Category.EMPLOYED)


def member_accounts(session: Session, account_ids: Collection[UUID], on: date) -> set[UUID]:
    """Those of these accounts whose holder is a member on that day."""
    return _accounts_of(session, account_ids, on, lambda _standing: true())


def _accounts_of(
    session: Session, account_ids: Collection[UUID], on: date, also: Callable[[Any], ColumnElement[bool]]
) -> set[UUID]:
    theirs = Membership.account_id.in_(account_ids)
    standing = standings_on(on, among=select(Membership.id).where(theirs)).subquery()
    rows = session.scalars(
        select(Membership.account_id)
        .join(standing, standing.c.member_id == Membership.id)
        .where(standing.c.status == Status.MEMBER, also(standing), theirs)
    )
    return {account_id for account_id in rows if account_id is not None}


@dataclass(frozen=True, slots=True)
class EventsHead:
    """The end of the events of all memberships: what follows from them alone can be kept under it."""

    count: int
    last_id: int | None = None
    member_id: UUID | None = None


def events_head(session: Session) -> EventsHead:
    """How many events there are, and the last one: an event that is committed late changes the count."""
    count = session.scalar(select(func.count()).select_from(MembershipEvent)) or 0
    last = session.execute(
        select(MembershipEvent.id, MembershipEvent.membership_id).order_by(MembershipEvent.id.desc()).limit(1)
    ).first()
    return EventsHead(count, *last) if last is not None else EventsHead(count)


def _standing_on(on: date, known_at: datetime | None) -> Any:
    """Each membership's events up to that day, the latest with place 1; a reversed event never was."""
    event = aliased(MembershipEvent)
    undone = select(MembershipEvent.reverses_id).where(
        MembershipEvent.reverses_id.is_not(None), *_known(MembershipEvent, known_at)
    )
    place = func.row_number().over(
        partition_by=event.membership_id, order_by=(event.effective_on.desc(), event.id.desc())
    )
    return (
        select(event.membership_id, event.status, event.category, event.college, place.label("place"))
        .where(
            event.effective_on <= on,
            event.kind != EventKind.REVERSAL,
            event.id.not_in(undone),
            *_known(event, known_at),
        )
        .subquery()
    )


def _known(event: Any, known_at: datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [event.recorded_at <= known_at]


def _last_consent() -> Any:
    place = func.row_number().over(partition_by=EmailConsent.membership_id, order_by=EmailConsent.id.desc())
    return select(EmailConsent.membership_id, EmailConsent.given, EmailConsent.on_day, place.label("place")).subquery()


def _recipient(row: Any, consent_before: date) -> RecipientRow:
    in_time = bool(row.given) and row.on_day <= consent_before
    return RecipientRow(
        row.id, row.number, row.name, row.email, in_time and bool(row.email), tuple(row.postal_address.splitlines()),
        row.account_id,
    )  # fmt: skip

"""Reads of what the cooperative owes: shares to be paid back, the oldest first, and sums received in excess."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.figures import Figures
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.shares.chain import chunks
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.treasury.rules import CAPITAL, Bucket, CapitalKind, due_back_on


@dataclass(frozen=True, slots=True)
class Release:
    """What is left to pay back of shares that were redeemed together (*parts à rembourser*)."""

    member_id: UUID
    share_tx_seq: int | None
    released_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Released:
    """Shares redeemed in a year: their value, and what was paid on them."""

    member_id: UUID
    share_tx_seq: int
    value: int
    paid: int


@dataclass(frozen=True, slots=True)
class OwedBack:
    """The same for a page or a bank file: to whom, since when, until when it must be paid."""

    member_id: UUID
    name: str
    share_tx_seq: int | None
    released_on: date
    due_on: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class InSuspense:
    """What a member paid beyond what was due, and since when some of it waits."""

    member_id: UUID
    name: str
    cents: Cents
    since: date


def owed_on(session: Session, on: date, figures: Figures) -> list[OwedBack]:
    """What is to be paid back at the end of that day (*à rembourser*), the oldest first, each with its due day."""
    found: list[Release] = []
    for some in chunks(_holders(session, Bucket.REPAYABLE, on)):
        found += [one for left in releases_of(session, some, on).values() for one in left]
    found.sort(key=lambda one: (one.released_on, one.share_tx_seq or 0, one.member_id))
    people = _names(session, [one.member_id for one in found])
    return [
        OwedBack(
            one.member_id, people[one.member_id], one.share_tx_seq, one.released_on,
            due_back_on(one.released_on, figures), Cents(one.cents),
        )
        for one in found
    ]  # fmt: skip


def overdue_on(session: Session, on: date, figures: Figures) -> list[OwedBack]:
    """What should have been paid back by that day and was not, the oldest first."""
    return [one for one in owed_on(session, on, figures) if one.due_on < on]


def releases_of(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, list[Release]]:
    """What is left of each release of these members; what is paid back serves the oldest first."""
    rows = session.execute(
        select(CapitalLeg.membership_id, CapitalTx.share_tx_seq, CapitalTx.effective_on, CapitalLeg.cents)
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .where(
            CapitalLeg.membership_id.in_(member_ids), CapitalLeg.bucket == Bucket.REPAYABLE,
            CapitalLeg.effective_on <= on,
        )
        .order_by(CapitalLeg.membership_id, CapitalTx.effective_on, CapitalTx.seq)
    )  # fmt: skip
    undone = _originals(session, member_ids)
    return {
        member_id: _left(member_id, list(moves), undone)
        for member_id, moves in groupby(rows, key=lambda row: row.membership_id)
    }


def _left(member_id: UUID, moves: Sequence[Any], undone: dict[int, int]) -> list[Release]:
    releases: dict[int | None, Release] = {}
    taken = 0
    for move in moves:
        # A reversal of a release carries the number of the movement of shares that undid it.
        about = undone.get(move.share_tx_seq, move.share_tx_seq)
        if about in releases:
            releases[about] = replace(releases[about], cents=releases[about].cents + move.cents)
        elif move.cents > 0 and (about is not None or not releases):
            releases[about] = Release(member_id, about, move.effective_on, move.cents)
        else:
            taken -= move.cents
    return list(_after(releases.values(), taken))


def _after(releases: Iterable[Release], taken: int) -> Iterable[Release]:
    for release in releases:
        served = min(max(taken, 0), release.cents)
        taken -= served
        if release.cents > served:
            yield replace(release, cents=release.cents - served)


def _originals(session: Session, member_ids: Sequence[UUID]) -> dict[int, int]:
    reversal, original = CapitalTx.__table__.alias("r"), CapitalTx.__table__.alias("o")
    rows = session.execute(
        select(reversal.c.share_tx_seq, original.c.share_tx_seq)
        .join(original, original.c.seq == reversal.c.reverses_seq)
        .join(CapitalLeg, CapitalLeg.tx_seq == reversal.c.seq)
        .where(
            CapitalLeg.membership_id.in_(member_ids), CapitalLeg.bucket == Bucket.REPAYABLE,
            reversal.c.share_tx_seq.is_not(None),
        )
    )  # fmt: skip
    return {by: of for by, of in rows if of is not None}


def released_between(session: Session, first: date, last: date) -> list[Released]:
    """The redemptions that truly happened in these days and stand, oldest first."""
    undoing = aliased(CapitalTx)
    value = -func.sum(CapitalLeg.cents).filter(CapitalLeg.bucket.in_(CAPITAL))
    paid = func.sum(CapitalLeg.cents).filter(CapitalLeg.bucket == Bucket.REPAYABLE)
    rows = session.execute(
        select(CapitalLeg.membership_id, CapitalTx.share_tx_seq, value, func.coalesce(paid, 0))
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .where(
            CapitalTx.kind == CapitalKind.MAKE_REPAYABLE, undoing.seq.is_(None),
            func.coalesce(CapitalTx.late_for, CapitalTx.effective_on).between(first, last),
            CapitalLeg.membership_id.is_not(None),
        )
        .group_by(CapitalTx.seq, CapitalLeg.membership_id)
        .order_by(CapitalTx.seq)
    )  # fmt: skip
    return [
        Released(member_id, seq, int(worth), int(cents))
        for member_id, seq, worth, cents in rows
        if member_id is not None and seq is not None
    ]


def in_suspense(session: Session) -> list[InSuspense]:
    """What members paid beyond what was due and is neither used nor given back, the oldest first."""
    rows = session.execute(
        select(
            CapitalLeg.membership_id, func.sum(CapitalLeg.cents),
            func.max(CapitalLeg.effective_on).filter(CapitalLeg.cents > 0),
        )
        .where(CapitalLeg.bucket == Bucket.SUSPENSE, CapitalLeg.membership_id.is_not(None))
        .group_by(CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) > 0)
    ).all()  # fmt: skip
    known = [(member_id, int(cents), since) for member_id, cents, since in rows if member_id is not None]
    people = _names(session, [member_id for member_id, _cents, _since in known])
    found = [InSuspense(member_id, people[member_id], Cents(cents), since) for member_id, cents, since in known]
    return sorted(found, key=lambda one: (one.since, one.name))


def _holders(session: Session, bucket: Bucket, on: date) -> list[UUID]:
    rows = session.scalars(
        select(CapitalLeg.membership_id)
        .where(CapitalLeg.bucket == bucket, CapitalLeg.effective_on <= on, CapitalLeg.membership_id.is_not(None))
        .group_by(CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) > 0)
        .order_by(CapitalLeg.membership_id)
    )
    return [member_id for member_id in rows if member_id is not None]


def _names(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {
        member_id: member.name
        for some in chunks(sorted(set(ids)))
        for member_id, member in members.get_members(session, some).items()
    }

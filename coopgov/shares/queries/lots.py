"""The lots: what is left of each, and their legs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from coopgov.shares.chain import Moment, least_from
from coopgov.shares.models import ShareLeg, ShareLot, ShareTx
from coopgov.shares.rules import Account, Leg, Lot, LotLeft, TxKind, UndoStep


@dataclass(frozen=True, slots=True)
class LotHeld:
    """What is left on a day of shares acquired together."""

    first_acquired_on: date
    quantity: int
    unit_cents: int


def lots_held(session: Session, member_id: UUID, on: date) -> list[LotHeld]:
    """The lots a member holds shares of at the end of that day, the oldest first."""
    rows = session.execute(
        select(ShareLot.first_acquired_on, func.sum(ShareLeg.qty), ShareLeg.unit_cents)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(ShareLeg.membership_id == member_id, ShareLeg.effective_on <= on)
        .group_by(ShareLot.first_acquired_on, ShareLeg.unit_cents)
        .having(func.sum(ShareLeg.qty) > 0)
        .order_by(ShareLot.first_acquired_on)
    )
    return [LotHeld(since, int(quantity), unit_cents) for since, quantity, unit_cents in rows]


@dataclass(frozen=True, slots=True)
class ValueHeld:
    """How many shares of one value are held, by how many holders."""

    unit_cents: int
    quantity: int
    holders: int


def values_held(session: Session, on: date) -> list[ValueHeld]:
    """The values of the shares held on that day, the lowest first."""
    held = (
        select(ShareLeg.membership_id, ShareLeg.unit_cents, func.sum(ShareLeg.qty).label("quantity"))
        .where(ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= on)
        .group_by(ShareLeg.membership_id, ShareLeg.unit_cents)
        .having(func.sum(ShareLeg.qty) > 0)
        .subquery()
    )
    rows = session.execute(
        select(held.c.unit_cents, func.sum(held.c.quantity), func.count())
        .group_by(held.c.unit_cents)
        .order_by(held.c.unit_cents)
    )
    return [ValueHeld(unit, int(quantity), holders) for unit, quantity, holders in rows]


def legs_of(session: Session, seq: int) -> list[Leg]:
    """The legs of a transaction, in order of line."""
    rows = session.execute(
        select(ShareLeg, ShareLot)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(ShareLeg.tx_seq == seq)
        .order_by(ShareLeg.line)
    )
    return [_leg(leg, lot) for leg, lot in rows]


def lot_moments(session: Session, lot_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], list[Moment]]:
    """The timeline of each holder's shares of these lots."""
    rows = session.execute(
        select(ShareLeg.membership_id, ShareLeg.lot_id, ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.qty)
        .where(ShareLeg.lot_id.in_(lot_ids), ShareLeg.account == Account.HOLDER)
        .order_by(ShareLeg.effective_on, ShareLeg.tx_seq)
    )
    found: dict[tuple[UUID, UUID], list[Moment]] = {}
    for member_id, lot_id, on, seq, quantity in rows:
        if member_id is not None:
            found.setdefault((member_id, lot_id), []).append(Moment(on, seq, quantity))
    return found


def lots_left(session: Session, member_id: UUID, on: date, *, class_id: UUID | None = None) -> list[LotLeft]:
    """What can be taken of each lot of a member as of that day, whatever was written since; the oldest first."""
    where = [ShareLeg.membership_id == member_id, *([ShareLot.class_id == class_id] if class_id else [])]
    return _lots_left(session, where, on).get(member_id, [])


def lots_of_class(session: Session, class_id: UUID, on: date) -> dict[UUID, list[LotLeft]]:
    """What can be taken of each lot of a class as of that day, by holder."""
    return _lots_left(session, [ShareLot.class_id == class_id, ShareLeg.account == Account.HOLDER], on)


def undo_steps(session: Session, seq: int) -> list[UndoStep]:
    """What every movement that stands does to the lots this one touches, and to those that follow from them."""
    lots, known = set(session.scalars(select(ShareLeg.lot_id).where(ShareLeg.tx_seq == seq))), 0
    while len(lots) > known:
        known = len(lots)
        touching = select(ShareLeg.tx_seq).where(ShareLeg.lot_id.in_(lots))
        lots |= set(session.scalars(select(ShareLeg.lot_id).where(ShareLeg.tx_seq.in_(touching))))
    undone = select(ShareTx.reverses_seq).where(ShareTx.reverses_seq.is_not(None))
    rows = session.execute(
        select(ShareLeg.tx_seq, ShareLeg.membership_id, ShareLeg.lot_id, ShareLeg.qty)
        .join(ShareTx, ShareTx.seq == ShareLeg.tx_seq)
        .where(
            ShareLeg.lot_id.in_(lots), ShareLeg.account == Account.HOLDER, ShareTx.kind != TxKind.REVERSAL,
            ShareTx.seq.not_in(undone),
        )
        .order_by(ShareLeg.tx_seq, ShareLeg.line)
    )  # fmt: skip
    return [UndoStep(seq, member_id, lot_id, qty) for seq, member_id, lot_id, qty in rows if member_id is not None]


def _lots_left(session: Session, where: Sequence[ColumnElement[bool]], on: date) -> dict[UUID, list[LotLeft]]:
    rows = session.execute(
        select(ShareLeg.membership_id, ShareLot, ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.qty)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(*where)
        .order_by(
            ShareLeg.membership_id, ShareLot.first_acquired_on, ShareLot.id, ShareLeg.effective_on, ShareLeg.tx_seq
        )
    )
    found: dict[UUID, list[LotLeft]] = {}
    for (member_id, lot), legs in groupby(rows, key=lambda row: (row.membership_id, row.ShareLot)):
        left = least_from([Moment(row.effective_on, row.tx_seq, row.qty) for row in legs], on)
        if left > 0:
            found.setdefault(member_id, []).append(LotLeft(_lot(lot), left))
    return found


def _leg(leg: ShareLeg, lot: ShareLot) -> Leg:
    return Leg(leg.account, leg.membership_id, _lot(lot), leg.qty, leg.unit_cents)


def _lot(lot: ShareLot) -> Lot:
    return Lot(lot.id, lot.class_id, lot.first_acquired_on, lot.issue_unit_cents, lot.parent_lot_id)

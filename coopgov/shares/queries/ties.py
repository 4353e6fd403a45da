"""What the share book tells the money book: which value moved, by movement, and what each lot was worth by day."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.shares.chain import Moment
from coopgov.shares.models import ShareLeg, ShareLot
from coopgov.shares.queries.holdings import VALUE
from coopgov.shares.rules import Account


def value_changes() -> Any:
    """Every change of the value a member holds (`seq`, `member_id`, `on_day`, `cents`)."""
    return select(
        ShareLeg.tx_seq.label("seq"), ShareLeg.membership_id.label("member_id"),
        ShareLeg.effective_on.label("on_day"), VALUE.label("cents"),
    ).where(ShareLeg.account == Account.HOLDER)  # fmt: skip


def lot_values(
    session: Session, member_ids: Collection[UUID], until: date
) -> dict[UUID, dict[UUID, tuple[date, list[Moment]]]]:
    """By member and lot: the day it was first acquired, and each change of what she holds of it, in cents."""
    rows = session.execute(
        select(
            ShareLeg.membership_id, ShareLeg.lot_id, ShareLot.first_acquired_on, ShareLeg.effective_on,
            ShareLeg.tx_seq, VALUE,
        )
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(
            ShareLeg.membership_id.in_(member_ids), ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= until
        )
        .order_by(ShareLeg.effective_on, ShareLeg.tx_seq)
    )  # fmt: skip
    found: dict[UUID, dict[UUID, tuple[date, list[Moment]]]] = {member_id: {} for member_id in member_ids}
    for member_id, lot_id, since, on, seq, cents in rows:
        if member_id is not None:
            found[member_id].setdefault(lot_id, (since, []))[1].append(Moment(on, seq, cents))
    return found

"""The classes of shares there are, and what a share of each is worth on a day."""

from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.shares.models import ShareClass, ShareClassNominal
from coopgov.shares.rules import ClassTerms


def classes(session: Session) -> list[ClassTerms]:
    """Every class of shares, by code."""
    return [_terms(row) for row in session.scalars(select(ShareClass).order_by(ShareClass.code))]


def get_class(session: Session, code: str) -> ClassTerms:
    """One class by its code; raises NotFound."""
    row = session.scalar(select(ShareClass).where(ShareClass.code == code))
    if row is None:
        raise NotFound
    return _terms(row)


def nominal_on(session: Session, class_id: UUID, on: date) -> int | None:
    """What one share of a class is worth on that day, as far as this book knows."""
    return session.scalar(
        select(ShareClassNominal.cents)
        .where(ShareClassNominal.class_id == class_id, ShareClassNominal.from_date <= on)
        .order_by(ShareClassNominal.from_date.desc())
        .limit(1)
    )


def _terms(row: ShareClass) -> ClassTerms:
    part = Fraction(row.max_part_of_capital) if row.max_part_of_capital else None
    return ClassTerms(
        row.id, row.code, row.label, row.is_transferable, row.is_refundable, row.min_hold, row.max_hold, part
    )

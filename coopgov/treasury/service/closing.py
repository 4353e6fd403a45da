"""Closing a register or a year: nothing of its days is written any more, and the heads of both books are kept."""

from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.shares import queries as share_queries
from coopgov.shares.rules import CloseKind
from coopgov.shares.service import write_close
from coopgov.treasury import book, rules
from coopgov.treasury.proofs import first_untied
from coopgov.treasury.service.losses import year_of_account


def close_period(act: Act, *, kind: CloseKind, through_date: date, document_id: UUID | None = None) -> UUID:
    """Close the register through a day, or a financial year (*arrêté*); gives the close.

    Refused while shares and money do not agree on each day until then.
    """
    book.take_the_pen(act.session)
    ends_on = year_of_account(act, through_date.year).ends_on if kind is CloseKind.YEAR else through_date
    last = share_queries.last_close(act.session)
    closing = rules.Closing(
        kind, through_date, act.today, last.through_date if last else None, ends_on,
        first_untied(act.session, until=through_date), last is not None and last.kind is CloseKind.YEAR,
    )  # fmt: skip
    refuse_if(rules.check_closing(closing))
    return write_close(
        act, kind=kind, through_date=through_date, capital=book.head(act.session), document_id=document_id
    )

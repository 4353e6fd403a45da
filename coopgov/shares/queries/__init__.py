"""Reads of the share book: who holds what on a day, and as it was known at an instant."""

from coopgov.shares.queries.classes import classes, get_class, nominal_on
from coopgov.shares.queries.holdings import (
    Holding,
    capital_by_day,
    capital_on,
    holdings_of,
    holdings_on,
    peak_capital,
    shares_held,
    value_held,
)
from coopgov.shares.queries.lots import LotHeld, legs_of, lot_moments, lots_held, lots_left
from coopgov.shares.queries.periods import Close, closed_through, closes, last_close, needs_two
from coopgov.shares.queries.register import (
    Movement,
    Transaction,
    conditional_on_admission,
    find_transaction,
    get_transaction,
    movements_of,
    register_page,
    sides_of,
)
from coopgov.shares.queries.ties import lot_values, value_changes

__all__ = [
    "Close",
    "Holding",
    "LotHeld",
    "Movement",
    "Transaction",
    "capital_by_day",
    "capital_on",
    "classes",
    "closed_through",
    "closes",
    "conditional_on_admission",
    "find_transaction",
    "get_class",
    "get_transaction",
    "holdings_of",
    "holdings_on",
    "last_close",
    "legs_of",
    "lot_moments",
    "lot_values",
    "lots_held",
    "lots_left",
    "movements_of",
    "needs_two",
    "nominal_on",
    "peak_capital",
    "register_page",
    "shares_held",
    "sides_of",
    "value_changes",
    "value_held",
]

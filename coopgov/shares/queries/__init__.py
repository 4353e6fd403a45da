"""Reads of the share book: who holds what on a day, and as it was known at an instant."""

from coopgov.shares.queries.after import (
    Held,
    days_from,
    employed_capital_on,
    ever_worth_more,
    held_on_days,
    moved_after,
)
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
from coopgov.shares.queries.lots import LotHeld, legs_of, lot_moments, lots_held, lots_left, lots_of_class, undo_steps
from coopgov.shares.queries.periods import Close, closed_through, closes, last_close, needs_two
from coopgov.shares.queries.register import (
    Movement,
    Transaction,
    conditional_on_admission,
    find_transaction,
    get_transaction,
    late_since,
    movements_of,
    register_page,
    sides_of,
)
from coopgov.shares.queries.requests import RequestRow, get_request, refund_queue, requests_in, requests_of
from coopgov.shares.queries.ties import lot_values, value_changes

__all__ = [
    "Close",
    "Held",
    "Holding",
    "LotHeld",
    "Movement",
    "RequestRow",
    "Transaction",
    "capital_by_day",
    "capital_on",
    "classes",
    "closed_through",
    "closes",
    "conditional_on_admission",
    "days_from",
    "employed_capital_on",
    "ever_worth_more",
    "find_transaction",
    "get_class",
    "get_request",
    "get_transaction",
    "held_on_days",
    "holdings_of",
    "holdings_on",
    "last_close",
    "late_since",
    "legs_of",
    "lot_moments",
    "lot_values",
    "lots_held",
    "lots_left",
    "lots_of_class",
    "moved_after",
    "movements_of",
    "needs_two",
    "nominal_on",
    "peak_capital",
    "refund_queue",
    "register_page",
    "requests_in",
    "requests_of",
    "shares_held",
    "sides_of",
    "undo_steps",
    "value_changes",
    "value_held",
]

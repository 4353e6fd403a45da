"""The commands of the share book: subscribe, take over an older register, move, exchange and undo shares, papers."""

from coopgov.shares.service.changing import (
    Change,
    Conversion,
    a_new_nominal,
    a_split,
    change_nominal,
    convert,
    preflight_change,
    preflight_conversion,
    split,
)
from coopgov.shares.service.classes import new_class, nominal_of
from coopgov.shares.service.looking import Look, Seeing
from coopgov.shares.service.moving import Move, a_withdrawal, inherit, move, preflight_move, redeem, transfer
from coopgov.shares.service.opening import OpeningHolding, open_holdings
from coopgov.shares.service.papers import issue_bulletin, issue_certificate, issue_transfer_order
from coopgov.shares.service.procedure import (
    check_procedure,
    on_closes_asked,
    on_statutes_adopted,
    set_two_persons,
    two_persons_clause,
    write_close,
)
from coopgov.shares.service.requesting import (
    Wish,
    accept,
    execute,
    on_member_back,
    on_member_left,
    preflight_request,
    refuse,
    request,
    submit,
    withdraw,
    withdrawal_of,
)
from coopgov.shares.service.subscribing import Asked, Subscription, preflight, record, subscribe, subscribe_many
from coopgov.shares.service.undoing import cascade_of, draft_cascade, reverse
from coopgov.shares.service.weighing import weigh_reversal

__all__ = [
    "Asked",
    "Change",
    "Conversion",
    "Look",
    "Move",
    "OpeningHolding",
    "Seeing",
    "Subscription",
    "Wish",
    "a_new_nominal",
    "a_split",
    "a_withdrawal",
    "accept",
    "cascade_of",
    "change_nominal",
    "check_procedure",
    "convert",
    "draft_cascade",
    "execute",
    "inherit",
    "issue_bulletin",
    "issue_certificate",
    "issue_transfer_order",
    "move",
    "new_class",
    "nominal_of",
    "on_closes_asked",
    "on_member_back",
    "on_member_left",
    "on_statutes_adopted",
    "open_holdings",
    "preflight",
    "preflight_change",
    "preflight_conversion",
    "preflight_move",
    "preflight_request",
    "record",
    "redeem",
    "refuse",
    "request",
    "reverse",
    "set_two_persons",
    "split",
    "submit",
    "subscribe",
    "subscribe_many",
    "transfer",
    "two_persons_clause",
    "weigh_reversal",
    "withdraw",
    "withdrawal_of",
    "write_close",
]

"""The commands of the money book, and what movements of shares do to it."""

from coopgov.treasury import book
from coopgov.treasury.service.answers import (
    on_holdings_opened,
    on_many_shares_subscribed,
    on_nominal_changed,
    on_reversal_weighed,
    on_shares_converted,
    on_shares_redeemed,
    on_shares_reversed,
    on_shares_subscribed,
    on_shares_transferred,
    on_withdrawal_weighed,
)
from coopgov.treasury.service.certificates import certify_today, issue_certificate
from coopgov.treasury.service.closing import close_period
from coopgov.treasury.service.interest import GivenAccounts, accounts_of_year, declare_interest, pay_interest
from coopgov.treasury.service.losses import bear_loss, year_of_account
from coopgov.treasury.service.owed import give, pay_tax, prescribe, refund_overpayment, repay, set_off
from coopgov.treasury.service.payments import Receipt, call, pay, pay_many
from coopgov.treasury.service.preparing import confirm, prepare, refuse, settle, take_back, weigh_undoing
from coopgov.treasury.service.runs import standing_run, undo_run
from coopgov.treasury.service.undoing import reverse_payment
from coopgov.treasury.service.weighing import weigh_reversal, weigh_run

__all__ = [
    "GivenAccounts", "Receipt", "accounts_of_year", "bear_loss", "book", "call", "certify_today", "close_period",
    "confirm", "declare_interest", "give", "issue_certificate", "on_holdings_opened", "on_many_shares_subscribed",
    "on_nominal_changed", "on_reversal_weighed", "on_shares_converted", "on_shares_redeemed", "on_shares_reversed",
    "on_shares_subscribed", "on_shares_transferred", "on_withdrawal_weighed", "pay", "pay_interest", "pay_many",
    "pay_tax", "prepare", "prescribe", "refund_overpayment", "refuse", "repay", "reverse_payment", "set_off", "settle",
    "standing_run", "take_back", "undo_run", "weigh_reversal", "weigh_run", "weigh_undoing", "year_of_account",
]  # fmt: skip

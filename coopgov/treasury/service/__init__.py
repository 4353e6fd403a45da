"""The commands of the money book, and what movements of shares do to it."""

from coopgov.treasury import book
from coopgov.treasury.service.answers import (
    on_holdings_opened,
    on_many_shares_subscribed,
    on_shares_reversed,
    on_shares_subscribed,
)
from coopgov.treasury.service.certificates import certify_today, issue_certificate
from coopgov.treasury.service.owed import give, pay_tax, prescribe, refund_overpayment, repay, set_off
from coopgov.treasury.service.payments import Receipt, call, pay, pay_many
from coopgov.treasury.service.undoing import reverse_payment

__all__ = [
    "Receipt", "book", "call", "certify_today", "give", "issue_certificate", "on_holdings_opened",
    "on_many_shares_subscribed", "on_shares_reversed", "on_shares_subscribed", "pay", "pay_many", "pay_tax",
    "prescribe", "refund_overpayment", "repay", "reverse_payment", "set_off",
]  # fmt: skip

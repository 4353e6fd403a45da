"""The commands of the share book: subscribe, take over an older register, reverse, issue its papers."""

from coopgov.shares.service.moving import inherit, redeem, transfer
from coopgov.shares.service.opening import OpeningHolding, open_holdings
from coopgov.shares.service.papers import issue_bulletin, issue_certificate
from coopgov.shares.service.procedure import check_procedure, set_two_persons, write_close
from coopgov.shares.service.subscribing import Asked, Subscription, preflight, record, subscribe, subscribe_many
from coopgov.shares.service.undoing import reverse

__all__ = [
    "Asked",
    "OpeningHolding",
    "Subscription",
    "check_procedure",
    "inherit",
    "issue_bulletin",
    "issue_certificate",
    "open_holdings",
    "preflight",
    "record",
    "redeem",
    "reverse",
    "set_two_persons",
    "subscribe",
    "subscribe_many",
    "transfer",
    "write_close",
]

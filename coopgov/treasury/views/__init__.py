"""Pages of the treasury: accounts, what the treasurer records, the queue of refunds."""

from coopgov.treasury.views import accounts, money, queue
from coopgov.treasury.views.blueprint import bp

__all__ = ["accounts", "bp", "money", "queue"]

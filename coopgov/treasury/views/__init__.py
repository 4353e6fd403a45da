"""Pages of the treasury: the desk, accounts, what the treasurer records, the queue of refunds, payment files."""

from coopgov.treasury.views import accounts, files, lists, money, queue, settling
from coopgov.treasury.views.blueprint import bp

__all__ = ["accounts", "bp", "files", "lists", "money", "queue", "settling"]

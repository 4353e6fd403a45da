"""Pages of the treasury: the desk, accounts, what the treasurer records, the queue of refunds, payment files."""

from coopgov.treasury.views import accounts, closing, files, interest, lists, money, preparing, queue, settling
from coopgov.treasury.views.blueprint import bp

__all__ = ["accounts", "bp", "closing", "files", "interest", "lists", "money", "preparing", "queue", "settling"]

"""Pages of the treasury: accounts, what the treasurer records."""

from coopgov.treasury.views import accounts, money
from coopgov.treasury.views.blueprint import bp

__all__ = ["accounts", "bp", "money"]

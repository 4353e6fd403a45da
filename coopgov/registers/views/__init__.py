"""The pages of the registers: the three statutory ones, issued documents, integrity, verification."""

from coopgov.registers.views import documents, integrity, statutory
from coopgov.registers.views.blueprint import bp

__all__ = ["bp", "documents", "integrity", "statutory"]

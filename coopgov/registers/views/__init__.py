"""The pages of the registers: the three statutory ones, issued documents, integrity, verification."""

from coopgov.registers.views import certificates, changes, documents, figures, integrity, statutory
from coopgov.registers.views.blueprint import bp

__all__ = ["bp", "certificates", "changes", "documents", "figures", "integrity", "statutory"]

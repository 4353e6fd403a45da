"""Pages of the members: the list, the files, one's own, candidatures, imports."""

from coopgov.members.views import candidatures, care, estates, files, imports, lists, mandates, mine, parties
from coopgov.members.views.blueprint import bp

__all__ = ["bp", "candidatures", "care", "estates", "files", "imports", "lists", "mandates", "mine", "parties"]

"""Pages of the members: the list, the files, one's own, candidatures, imports."""

from coopgov.members.views import candidatures, files, imports, lists, mandates, mine
from coopgov.members.views.blueprint import bp

__all__ = ["bp", "candidatures", "files", "imports", "lists", "mandates", "mine"]

"""Pages of the assemblies: for a member, for the board that prepares, for the bureau in the room."""

from coopgov.assemblies.views import deadlines, pages, prepare, proxies, room, voting
from coopgov.assemblies.views.shared import bp

__all__ = ["bp", "deadlines", "pages", "prepare", "proxies", "room", "voting"]

"""Pages of the assemblies: for a member, for the board that prepares, for the bureau in the room, for a calendar."""

from coopgov.assemblies.views import (
    deadlines,
    feed,
    pages,
    papers,
    prepare,
    proxies,
    rehearsal,
    reminders,
    roll,
    room,
    screen,
    secret,
    suspension,
    typed,
    vote_site,
    voting,
)
from coopgov.assemblies.views.feed import calendar_bp
from coopgov.assemblies.views.shared import bp
from coopgov.assemblies.views.vote_site import vote_bp

__all__ = [
    "bp",
    "calendar_bp",
    "deadlines",
    "feed",
    "pages",
    "papers",
    "prepare",
    "proxies",
    "rehearsal",
    "reminders",
    "roll",
    "room",
    "screen",
    "secret",
    "suspension",
    "typed",
    "vote_bp",
    "vote_site",
    "voting",
]

"""The deadlines of assemblies as a calendar (iCalendar, RFC 5545), taken once or subscribed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from coopgov.assemblies.rules import Deadline
from coopgov.core.dates import PARIS

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Words:
    """How one deadline is said, in the language of whoever takes the calendar."""

    summary: str
    description: str


@dataclass(frozen=True, slots=True)
class Assembly:
    """What the calendar says of the assembly itself."""

    id: UUID
    title: str
    place: str
    url: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a calendar: a deadline of an assembly, its words, the instant since which it is so."""

    assembly: Assembly
    deadline: Deadline
    words: Words
    since: datetime


def calendar_file(name: str, lines: Sequence[Line], *, refresh: timedelta | None = None) -> bytes:
    """One event for each line: a whole day, or an hour in Paris; taking the calendar again updates them.

    `refresh` is how often a program that subscribed may ask again.
    """
    from icalendar import Calendar, vDuration  # noqa: PLC0415 - a tenth of a second that no other page need pay

    calendar = Calendar()
    calendar.add("prodid", "-//coopgov//assemblies//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    if refresh is not None:
        calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(refresh))
    for line in lines:
        calendar.add_component(_event(line))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(line: Line) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - the same

    event, assembly = Event(), line.assembly
    # The same deadline keeps its name when the day of the assembly moves.
    event.add("uid", f"{assembly.id}.{line.deadline.code}@coopgov")
    event.add("dtstamp", line.since)
    event.add("last-modified", line.since)
    event.add("summary", line.words.summary)
    event.add("description", line.words.description)
    event.add("url", assembly.url)
    event.add("status", "CANCELLED" if assembly.is_cancelled else "CONFIRMED")
    is_the_assembly = line.deadline.code == "assembly"
    event.add("transp", "OPAQUE" if is_the_assembly else "TRANSPARENT")
    if is_the_assembly:
        event.add("location", assembly.place)
    _add_time(event, line.deadline)
    return event


def _add_time(event: "Event", deadline: Deadline) -> None:
    if isinstance(deadline.due, datetime):
        event.add("dtstart", deadline.due.astimezone(PARIS))
        return
    event.add("dtstart", deadline.due)
    event.add("dtend", deadline.due + timedelta(days=1))

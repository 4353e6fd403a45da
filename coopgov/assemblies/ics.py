"""The deadlines of an assembly as a calendar file (iCalendar, RFC 5545)."""

from collections.abc import Mapping, Sequence
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
    """How one deadline is said, in the language of whoever takes the file."""

    summary: str
    description: str


@dataclass(frozen=True, slots=True)
class Assembly:
    """What the file says of the assembly itself."""

    id: UUID
    title: str
    place: str
    url: str
    is_cancelled: bool


def calendar_file(
    assembly: Assembly, deadlines: Sequence[Deadline], words: Mapping[str, Words], *, made_at: datetime
) -> bytes:
    """One event for each deadline: a whole day, or an hour in Paris; taking the file again updates them."""
    from icalendar import Calendar  # noqa: PLC0415 - a tenth of a second that no other page need pay

    calendar = Calendar()
    calendar.add("prodid", "-//coopgov//assemblies//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", assembly.title)
    for deadline in deadlines:
        calendar.add_component(_event(assembly, deadline, words[deadline.code], made_at))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(assembly: Assembly, deadline: Deadline, words: Words, made_at: datetime) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - the same

    event = Event()
    # The same deadline keeps its name when the day of the assembly moves.
    event.add("uid", f"{assembly.id}.{deadline.code}@coopgov")
    event.add("dtstamp", made_at)
    event.add("summary", words.summary)
    event.add("description", words.description)
    event.add("url", assembly.url)
    event.add("status", "CANCELLED" if assembly.is_cancelled else "CONFIRMED")
    is_the_assembly = deadline.code == "assembly"
    event.add("transp", "OPAQUE" if is_the_assembly else "TRANSPARENT")
    if is_the_assembly:
        event.add("location", assembly.place)
    _add_time(event, deadline)
    return event


def _add_time(event: "Event", deadline: Deadline) -> None:
    if isinstance(deadline.due, datetime):
        event.add("dtstart", deadline.due.astimezone(PARIS))
        return
    event.add("dtstart", deadline.due)
    event.add("dtend", deadline.due + timedelta(days=1))

"""The lives of members as an older register tells them: each event from the one before, and what is odd in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_, Word
from coopgov.members.rules import TRANSITIONS, Category, DecidedBy, EventFact, EventKind, Standing, Status, fold_all
from coopgov.past.rules.found import Found, Weight


class PastEvent(NamedTuple):
    """One line of the sheet of events, understood."""

    line: int
    day: date
    kind: EventKind
    decision: str = ""
    decided_by: DecidedBy | None = None
    reason: str = ""
    category: Category | None = None
    college: str | None = None
    status: Status | None = None
    number: str = ""
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event with what the member is from then on; a reversal names the place of what it undoes."""

    told: PastEvent
    status: Status
    category: Category
    college: str
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """All that happened to one member, in order."""

    events: tuple[LifeEvent, ...] = ()

    @property
    def standing(self) -> Standing | None:
        """What the member is in the end."""
        return fold_all(self._facts())

    @property
    def last_kind(self) -> EventKind | None:
        """What happened last and still stands."""
        undone = {event.undoes for event in self.events if event.undoes is not None}
        standing = [e for at, e in enumerate(self.events) if at not in undone and e.undoes is None]
        return standing[-1].told.kind if standing else None

    def spells(self) -> tuple[tuple[date, Status], ...]:
        """What the member was from which day on, undone events left out."""
        undone = {event.undoes for event in self.events if event.undoes is not None}
        return tuple(
            (event.told.day, event.status)
            for place, event in enumerate(self.events)
            if place not in undone and event.undoes is None
        )

    def _facts(self) -> list[EventFact]:
        return [
            EventFact(place, event.told.kind, event.told.day, event.status, event.category, event.college, event.undoes)
            for place, event in enumerate(self.events)
        ]  # fmt: skip


_EVENT_WORDS = {
    EventKind.APPLIED: N_("Applied"),
    EventKind.ADMITTED: N_("Admitted"),
    EventKind.REFUSED: N_("Application refused"),
    EventKind.RESIGNED: N_("Resigned"),
    EventKind.EXCLUDED: N_("Excluded"),
    EventKind.DECEASED: N_("Deceased"),
    EventKind.CONTRACT_ENDED: N_("Work contract ended"),
    EventKind.REINSTATED: N_("Taken back as a member"),
    EventKind.COLLEGE_CHANGED: N_("Changed college or category"),
}
_STATUS_WORDS = {
    Status.CANDIDATE: N_("Candidate for membership"),
    Status.MEMBER: N_("Present member"),
    Status.REFUSED: N_("Refused"),
    Status.FORMER: N_("Former member"),
}
# What a membership may begin with.
_FIRST = {EventKind.APPLIED: Status.CANDIDATE, EventKind.ADMITTED: Status.MEMBER}


@dataclass(slots=True)
class _Now:
    status: Status | None
    category: Category
    college: str


def live(events: Sequence[PastEvent], *, category: Category, college: str, today: date) -> tuple[Life, list[Found]]:
    """Follow one member's events, given in order of days and lines."""
    now, found = _Now(None, category, college), list[Found]()
    lived: list[LifeEvent] = []
    places: dict[str, int] = {}
    for event in events:
        step = _undo(event, lived, places, now) if event.kind is EventKind.REVERSAL else _step(event, now, today)
        if isinstance(step, Breach):
            found.append(Found(event.line, _column(step), step))
            continue
        if event.number:
            places[event.number] = len(lived)
        lived.append(step)
        found += _doubts(event)
    return Life(tuple(lived)), found


def _step(event: PastEvent, now: _Now, today: date) -> LifeEvent | Breach:
    if event.day > today:
        sentence = N_("%(day)s has not come yet. Check the day.")
        return Breach("in_the_future", sentence, {"day": event.day}, field="day")
    status = _FIRST.get(event.kind) if now.status is None else TRANSITIONS.get((now.status, event.kind))
    if status is None:
        return _impossible(event, now.status)
    now.status = event.status or status
    now.category = event.category or now.category
    now.college = now.college if event.college is None else event.college
    return LifeEvent(event, now.status, now.category, now.college)


def _impossible(event: PastEvent, status: Status | None) -> Breach:
    values: dict[str, object] = {"event": Word(_EVENT_WORDS.get(event.kind, "")), "day": event.day}
    if status is None:
        sentence = N_(
            "%(event)s on %(day)s: nothing says that this person was admitted before. Add the "
            "admission, or check the day."
        )
    else:
        sentence = N_(
            "%(event)s on %(day)s does not fit: on that day this person is already “%(status)s”. "
            "Check the day and the event."
        )
        values["status"] = Word(_STATUS_WORDS[status])
    return Breach("event_impossible", sentence, values, field="kind")


def _undo(event: PastEvent, lived: list[LifeEvent], places: Mapping[str, int], now: _Now) -> LifeEvent | Breach:
    place = places.get(event.reverses)
    undone = {other.undoes for other in lived if other.undoes is not None}
    standing = [at for at, other in enumerate(lived) if other.undoes is None and at not in undone]
    if place is None or not standing or standing[-1] != place:
        sentence = N_("This reversal must name the number of the member’s latest event. Check it.")
        return Breach("not_the_latest_event", sentence, field="reverses")
    original = lived[place]
    before = next((lived[at] for at in reversed(standing) if at != place), None)
    now.status = before.status if before else None
    if before is not None:
        now.category, now.college = before.category, before.college
    return LifeEvent(event, original.status, original.category, original.college, place)


def _doubts(event: PastEvent) -> list[Found]:
    if event.kind not in {EventKind.EXCLUDED, EventKind.ADMITTED} or event.decision.strip():
        return []
    sentence = N_(
        "An admission or an exclusion without a decision. Name the body, its day and the resolution "
        "where they are known."
    )
    return [Found(event.line, "decision", Breach("event_without_decision", sentence), Weight.DOUBT)]


def _column(breach: Breach) -> str:
    return breach.field or "kind"


def status_on(spells: Sequence[tuple[date, Status]], on: date) -> Status | None:
    """What a member was at the end of that day."""
    found = None
    for day, status in spells:
        if day > on:
            break
        found = status
    return found

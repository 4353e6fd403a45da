"""What a member is on a day, folded from the events, and what an event may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.members.rules.kinds import REASONS, Category, EventKind, ReasonCode, Status


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event as rules see it."""

    id: int
    kind: EventKind
    effective_on: date
    status: Status
    category: Category
    college: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is on a day, folded from the events."""

    status: Status
    category: Category
    college: str
    applied_on: date | None = None
    joined_on: date | None = None
    left_on: date | None = None


def standing_of(events: Iterable[EventFact], *, on: date) -> Standing | None:
    """Fold the events up to the end of that day; a reversed event never was."""
    live = [event for event in still_standing(list(events)) if event.effective_on <= on]
    if not live:
        return None
    last = live[-1]
    return Standing(
        status=last.status,
        category=last.category,
        college=last.college,
        applied_on=_last_day(live, EventKind.APPLIED),
        joined_on=_last_day(live, EventKind.ADMITTED),
        left_on=last.effective_on if last.status is Status.FORMER else None,
    )


def fold_all(events: Iterable[EventFact]) -> Standing | None:
    """Fold every event there is: none is dated ahead of the day it was written."""
    return standing_of(events, on=date.max)


def _last_day(events: Sequence[EventFact], kind: EventKind) -> date | None:
    return next((event.effective_on for event in reversed(events) if event.kind is kind), None)


def still_standing(events: Sequence[EventFact]) -> list[EventFact]:
    """The events that nobody undid, in the order in which they count."""
    undone = {event.reverses_id for event in events if event.reverses_id is not None}
    live = [event for event in events if event.kind is not EventKind.REVERSAL and event.id not in undone]
    return sorted(live, key=lambda event: (event.effective_on, event.id))


def latest_standing(events: Sequence[EventFact]) -> EventFact:
    """The event that makes the membership what it is; there is always one, the first."""
    return still_standing(events)[-1]


def check_day_order(events: Sequence[EventFact], effective_on: date) -> list[Breach]:
    """An event is dated no earlier than those it follows."""
    last = max((event.effective_on for event in events), default=None)
    if last is None or effective_on >= last:
        return []
    sentence = N_("Something is already recorded on %(last)s. Choose that day or a later one.")
    return [Breach("before_the_last_event", sentence, {"last": last}, field="effective_on")]


def check_said(text: str, *, field: str = "decision") -> list[Breach]:
    """A decision names itself, so that it can be found again."""
    if text.strip():
        return []
    sentence = N_("Say which decision this is: the body, the day, the resolution.")
    return [Breach("decision_missing", sentence, {}, field=field)]


def check_not_ahead(effective_on: date, today: date, *, field: str = "effective_on") -> list[Breach]:
    """What happens to a member is recorded on its day or after, never before."""
    if effective_on <= today:
        return []
    sentence = N_("%(day)s has not come yet. Record this on that day, or choose an earlier one.")
    return [Breach("in_the_future", sentence, {"day": effective_on}, field=field)]


def check_reversible(events: Sequence[EventFact], event_id: int) -> list[Breach]:
    """Only the latest event still standing can be undone, and a candidature is refused, not undone."""
    standing = still_standing(events)
    last = standing[-1] if standing else None
    if last is not None and last.id == event_id and last.kind is not EventKind.APPLIED and len(standing) > 1:
        return []
    sentence = N_("Only the latest event of a membership can be undone. Undo the later ones first.")
    return [Breach("not_the_latest_event", sentence)]


def check_reason(kind: EventKind, code: ReasonCode | None) -> list[Breach]:
    """A reason is one of those that such an event can have."""
    if code is None or code in REASONS.get(kind, ()):
        return []
    sentence = N_("This reason does not go with what happened. Choose another one, or none.")
    return [Breach("reason_of_another_event", sentence, {}, field="code")]


def check_comes_back(events: Sequence[EventFact]) -> list[Breach]:
    """Nobody comes back from death, nor under a number that was a mistake."""
    last = latest_standing(events).kind
    if last is EventKind.DECEASED:
        sentence = N_("A deceased member does not come back. If the death was recorded by mistake, undo it.")
        return [Breach("back_from_death", sentence)]
    if last is EventKind.MERGED:
        sentence = N_("This number was given twice to one person. Take her back under the other one.")
        return [Breach("back_under_double", sentence)]
    return []


def check_undone_alone(kind: EventKind) -> list[Breach]:
    """What joined two numbers is undone by separating them, with all that goes with it."""
    if kind is not EventKind.MERGED:
        return []
    return [Breach("separate_instead", N_("This number was joined to another. Separate the two instead."))]


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of membership (*période*): from an admission or a return to an exit, if there was one."""

    joined_on: date
    left_on: date | None = None
    how: EventKind | None = None


def periods_of(events: Sequence[EventFact]) -> list[Period]:
    """The periods in which somebody was a member under one number, oldest first."""
    periods = list[Period]()
    for event in still_standing(events):
        is_in = bool(periods) and periods[-1].left_on is None
        if event.status is Status.MEMBER and not is_in:
            periods.append(Period(event.effective_on))
        elif event.status is not Status.MEMBER and is_in:
            periods[-1] = Period(periods[-1].joined_on, event.effective_on, event.kind)
    return periods

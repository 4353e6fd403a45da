"""What may still happen to a sealed vote and its roll, and how much later it closes then: pure rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from coopgov.ballots.rules import URN_CLOSED, State, Window
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

LONGEST_REASON = 1000
LONGEST_DOCUMENT = 300


class Since(Protocol):
    """A suspension, as far as these rules look at it."""

    @property
    def since(self) -> datetime:
        """When the incident began."""


class Suspendable(Protocol):
    """A vote, as far as these rules look at it."""

    @property
    def suspended(self) -> Since | None:
        """The suspension it is under."""


@dataclass(frozen=True, slots=True)
class Running:
    """A vote at an instant: what is needed to say whether it can be suspended."""

    state: State
    window: Window | None
    is_suspended: bool
    started_at: datetime
    now: datetime

    @property
    def takes_ballots(self) -> bool:
        """Whether a ballot would be taken, but for a suspension."""
        if self.state in URN_CLOSED:
            return False
        return self.state is State.ROOM_OPENED or (self.window is not None and self.window.is_open(self.now))


def check_not_suspended(scrutin: Suspendable) -> list[Breach]:
    """A suspended vote is taken up again before it is opened in the room or closed."""
    if scrutin.suspended is None:
        return []
    sentence = N_("This vote has been suspended since %(since)s. Take it up again first.")
    return [Breach("take_up_again_first", sentence, {"since": scrutin.suspended.since})]


def check_suspension(running: Running, *, since: datetime, incident: str) -> list[Breach]:
    """List what stands against suspending: nothing takes ballots, no reason, an hour that cannot be."""
    if running.is_suspended:
        return [Breach("suspended_already", N_("This vote is suspended already."))]
    if not running.takes_ballots:
        return [Breach("nothing_to_suspend", N_("No vote takes ballots at this moment: there is nothing to suspend."))]
    return [*_check_incident(incident), *_check_since(running, since)]


def _check_incident(incident: str) -> list[Breach]:
    if incident.strip():
        return []
    sentence = N_("Say what happened: it is told to the voters and written in the minutes.")
    return [Breach("incident_missing", sentence, field="incident")]


def _check_since(running: Running, since: datetime) -> list[Breach]:
    if running.started_at <= since <= running.now:
        return []
    sentence = N_("The incident began between %(started_at)s, when the vote opened, and now. Correct the hour.")
    return [Breach("since_unsound", sentence, {"started_at": running.started_at}, field="since")]


def least_closing(window: Window | None, *, since: datetime, now: datetime) -> datetime | None:
    """The earliest end that gives all the lost time back, to the whole minute; None where no end was announced."""
    if window is None or since >= window.closes_at:
        return None
    later = window.closes_at + (now - since)
    whole = later.replace(second=0, microsecond=0)
    return whole if whole == later else whole + timedelta(minutes=1)


def check_resumption(wished: datetime | None, least: datetime | None) -> list[Breach]:
    """The end may be put off by more than the time lost, never by less."""
    if least is None or wished is None or wished >= least:
        return []
    sentence = N_("The time lost must be given back: this vote closes on %(least)s or later.")
    return [Breach("time_not_given_back", sentence, {"least": least}, field="closes_at")]


def check_strike(
    *, name: str, is_enrolled: bool, has_voted: bool, states: Collection[State], reason: str, document: str
) -> list[Breach]:
    """List what stands against striking somebody off a frozen roll: only with cause, and never once she voted."""
    who = {"name": name}
    if not is_enrolled:
        return [Breach("not_on_this_roll", N_("%(name)s is not on this roll."), who)]
    found: list[Breach] = []
    if has_voted:
        sentence = N_("%(name)s has voted already: her line stays, and so does her ballot.")
        found.append(Breach("struck_after_voting", sentence, who))
    if any(state is not State.SEALED for state in states):
        sentence = N_("The votes have begun in the room: the roll stays as it is until they are over.")
        found.append(Breach("struck_too_late", sentence))
    return [*found, *_check_cause(reason, document)]


def check_annulment(
    *, state: State, is_annulled: bool, proclaimed_on: date | None, on: date, today: date, reason: str, document: str
) -> list[Breach]:
    """List what stands against noting that a judge annulled a vote: nothing proclaimed, a wrong day, no paper."""
    if is_annulled:
        return [Breach("annulled_already", N_("It is noted already that this vote was annulled."))]
    if state is not State.PROCLAIMED or proclaimed_on is None:
        sentence = N_("Only a proclaimed result can be annulled. A vote that still runs is cancelled instead.")
        return [Breach("nothing_to_annul", sentence)]
    found = []
    if not proclaimed_on <= on <= today:
        sentence = N_("The judgment came between %(proclaimed_on)s, when the result was proclaimed, and today.")
        found.append(Breach("judgment_day_unsound", sentence, {"proclaimed_on": proclaimed_on}, field="on"))
    return [*found, *_check_judgment(reason, document)]


def _check_judgment(reason: str, document: str) -> list[Breach]:
    if not reason.strip():
        return [Breach("judgment_reason_missing", N_("Say why the judge annulled the vote."), field="reason")]
    if not document.strip():
        sentence = N_("Name the judgment: the court, the number.")
        return [Breach("judgment_missing", sentence, field="document")]
    return []


def _check_cause(reason: str, document: str) -> Sequence[Breach]:
    if not reason.strip():
        sentence = N_("A line of the roll is struck with cause only: say which error was found.")
        return [Breach("cause_missing", sentence, field="reason")]
    if not document.strip():
        sentence = N_("Name the paper that shows the error: a letter, an extract, a decision.")
        return [Breach("proof_missing", sentence, field="document")]
    return []

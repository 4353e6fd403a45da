"""The fee schedule (*grille tarifaire*), what a change of it may be, and when it takes effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from coopgov.core.canonical import digest
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figure
from coopgov.core.i18n import N_, Word
from coopgov.core.money import Cents, Euros

BASIS = 10_000
# The house's own choice, not a figure of law: a change that could not be notified in that time must be voted again.
LIFETIME = timedelta(days=180)
ROUNDING = N_("Each line is computed on the month's total and rounded to the nearest cent, half a cent upwards.")


class Unit(StrEnum):
    """What a parameter is counted in."""

    BASIS_POINTS = "basis-points"
    CENTS = "cents"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of the fee schedule: its unit, its bounds, its grain and the largest move in one decision."""

    key: str
    label: str
    unit: Unit
    minimum: int
    maximum: int
    step: int
    max_move: int

    @property
    def field(self) -> str:
        """The name of its field in a form."""
        return self.key.replace(".", "_")

    def shown(self, value: int) -> Fraction | Euros:
        """A value of this parameter, typed for a sentence."""
        return Euros(value) if self.unit is Unit.CENTS else Fraction(value, BASIS)


PARAMETERS: Mapping[str, Parameter] = {
    parameter.key: parameter
    for parameter in (
        Parameter("commission.sales", N_("Commission on sales"), Unit.BASIS_POINTS, 0, 2_000, 5, 500),
        Parameter("listing.monthly", N_("Monthly shop subscription"), Unit.CENTS, 0, 10_000, 10, 2_000),
        Parameter("payment.fee", N_("Payment fee"), Unit.BASIS_POINTS, 0, 500, 5, 100),
    )
}


@dataclass(frozen=True, slots=True)
class FeeChange:
    """One typed change: from the value of a known version to a new value, never free text."""

    key: str
    old: int
    new: int
    base_version: UUID


@dataclass(frozen=True, slots=True)
class VersionFact:
    """A value of one parameter from one day on, and the decision behind it."""

    id: UUID
    key: str
    effective_from: date
    value: int
    base_id: UUID | None
    change_id: UUID | None
    decision: str
    decided_on: date
    proposal_id: UUID | None = None
    subject_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A notified change with its day of effect (*date d'effet*), before the worker has booked it."""

    eta: date
    versions: tuple[VersionFact, ...]


class State(StrEnum):
    """Where an adopted change of terms stands."""

    QUEUED = "queued"
    NOTIFIED = "notified"
    EFFECTIVE = "effective"
    HALTED = "halted"
    EXPIRED = "expired"


class Step(StrEnum):
    """What moves an adopted change on."""

    NOTIFY = "notify"
    EXECUTE = "execute"
    HALT = "halt"
    EXPIRE = "expire"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.QUEUED, Step.NOTIFY): State.NOTIFIED,
    (State.QUEUED, Step.HALT): State.HALTED,
    (State.QUEUED, Step.EXPIRE): State.EXPIRED,
    (State.NOTIFIED, Step.EXECUTE): State.EFFECTIVE,
    (State.NOTIFIED, Step.HALT): State.HALTED,
}
PENDING = frozenset({State.QUEUED, State.NOTIFIED})


def subject_of(changes: Iterable[FeeChange]) -> dict[str, object]:
    """The change as it is hashed: sorted, so that the order it was typed in does not count."""
    return {
        "kind": "fee-change",
        "changes": [
            {"key": change.key, "old": change.old, "new": change.new, "base_version": change.base_version}
            for change in sorted(changes, key=lambda change: change.key)
        ],
    }


def change_hash(changes: Iterable[FeeChange]) -> str:
    """The SHA-256 of a change's canonical JSON."""
    return digest(subject_of(changes))


def check_value(parameter: Parameter, value: int) -> list[Breach]:
    """List what is wrong with a value whatever it replaces: bounds and grain."""
    found: list[Breach] = []
    if not parameter.minimum <= value <= parameter.maximum:
        sentence = N_("%(label)s must be between %(minimum)s and %(maximum)s. Write a value inside these bounds.")
        found.append(_breach("fee_out_of_bounds", sentence, parameter))
    if value % parameter.step:
        sentence = N_("%(label)s moves in steps of %(step)s. Write a multiple of that.")
        found.append(_breach("fee_off_step", sentence, parameter))
    return found


def check_change(change: FeeChange) -> list[Breach]:
    """List what is wrong with one change, looked at alone."""
    parameter = PARAMETERS.get(change.key)
    if parameter is None:
        return [
            Breach(
                "fee_unknown",
                N_("The fee schedule has no line “%(key)s”. Choose one of its lines."),
                {"key": change.key},
            )
        ]
    found = check_value(parameter, change.new)
    if change.new == change.old:
        sentence = N_("%(label)s is already at this value. Write another one, or leave the field empty.")
        found.append(_breach("fee_no_effect", sentence, parameter))
    if abs(change.new - change.old) > parameter.max_move:
        sentence = N_("%(label)s may move by at most %(max_move)s in one decision. Propose a smaller move.")
        found.append(_breach("fee_moves_too_far", sentence, parameter))
    return found


def check_changes(changes: Sequence[FeeChange], current: Mapping[str, VersionFact]) -> list[Breach]:
    """List all that is wrong with a batch, given the newest version of each line."""
    found = [breach for change in changes for breach in check_change(change)]
    keys = [change.key for change in changes]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        sentence = N_("This change speaks twice of the same line. Keep one value for it.")
        found.append(Breach("fee_twice", sentence, {"key": key}, field=key.replace(".", "_")))
    return found + check_base(changes, current)


def check_base(changes: Iterable[FeeChange], current: Mapping[str, VersionFact]) -> list[Breach]:
    """List the lines that have moved since the change was written."""
    return [
        _breach(
            "fee_base_moved",
            N_("%(label)s has changed since this was written. The author must open the proposal and write it again."),
            PARAMETERS[change.key],
        )
        for change in changes
        if change.key in PARAMETERS and not _stands_on(change, current.get(change.key))
    ]


def _stands_on(change: FeeChange, version: VersionFact | None) -> bool:
    return version is not None and (version.id, version.value) == (change.base_version, change.old)


def _breach(code: str, sentence: str, parameter: Parameter) -> Breach:
    values = {
        "label": Word(parameter.label),
        "minimum": parameter.shown(parameter.minimum),
        "maximum": parameter.shown(parameter.maximum),
        "step": parameter.shown(parameter.step),
        "max_move": parameter.shown(parameter.max_move),
    }
    return Breach(code, sentence, values, field=parameter.field)


def check_schedule(values: Mapping[str, int]) -> list[Breach]:
    """List what is wrong with a first schedule: every line is needed, each inside its bounds."""
    found = [
        breach for key, value in values.items() if key in PARAMETERS for breach in check_value(PARAMETERS[key], value)
    ]
    for key in sorted(PARAMETERS.keys() ^ values.keys()):
        sentence = N_("A first schedule gives every line of the schedule and no other: look at “%(key)s”.")
        found.append(Breach("schedule_incomplete", sentence, {"key": key}))
    return found


def effect_day(*, not_before: date | None, last_notice_on: date, notice_days: int) -> date:
    """The day a change takes effect: the notice counts from the last message's legal day, that day not included."""
    earliest = last_notice_on + timedelta(days=notice_days)
    return earliest if not_before is None else max(earliest, not_before)


def seconds_to_keep(most: int, now: datetime) -> int:
    """How long the fees of today may be kept by whoever asked: never into another day."""
    tomorrow = paris_instant(paris_day(now) + timedelta(days=1), time())
    return min(most, (tomorrow - now) // timedelta(seconds=1))


def expiry_day(decided_on: date, not_before: date | None) -> date:
    """The first day on which a change still without effect has to be voted again."""
    return max(decided_on, not_before or decided_on) + LIFETIME


@dataclass(frozen=True, slots=True)
class Delay:
    """What the day of effect is made of, each part to be shown."""

    decided_on: date
    not_before: date | None
    last_notice_on: date | None
    notice_days: int
    citations: tuple[Citation, ...]
    eta: date


def delay(
    *, decided_on: date, not_before: date | None, last_notice_on: date | None, notice: Figure, today: date
) -> Delay:
    """The parts of a delay; before the last notice is sent, the day of effect is the earliest one possible."""
    eta = effect_day(not_before=not_before, last_notice_on=last_notice_on or today, notice_days=notice.as_int())
    return Delay(decided_on, not_before, last_notice_on, notice.as_int(), notice.citations, eta)


class Timeline:
    """Every version of every line, with the announced ones that stand: exactly one per line and day."""

    def __init__(self, versions: Iterable[VersionFact], announced: Sequence[Announced] = ()) -> None:
        self._by_key: dict[str, list[VersionFact]] = {}
        for version in sorted(versions, key=lambda version: version.effective_from):
            self._by_key.setdefault(version.key, []).append(version)
        for change in announced:
            if self.accepts(change.versions):
                for version in change.versions:
                    self._by_key[version.key].append(version)

    def accepts(self, versions: Iterable[VersionFact]) -> bool:
        """True when every version follows the newest of its line, later than it: a batch enters whole or not at all."""
        return all(self._follows(version) for version in versions)

    def _follows(self, version: VersionFact) -> bool:
        newest = self.newest().get(version.key)
        return newest is not None and newest.id == version.base_id and newest.effective_from < version.effective_from

    def on(self, day: date) -> dict[str, VersionFact]:
        """The version of each line in force that day; empty before the first schedule."""
        found = {
            key: [version for version in versions if version.effective_from <= day]
            for key, versions in self._by_key.items()
        }
        return {key: versions[-1] for key, versions in found.items() if versions}

    def newest(self) -> dict[str, VersionFact]:
        """The last version of each line, in force or announced."""
        return {key: versions[-1] for key, versions in self._by_key.items()}

    def history(self, key: str) -> list[VersionFact]:
        """The versions of one line, oldest first."""
        return list(self._by_key.get(key, []))


@dataclass(frozen=True, slots=True)
class Charge:
    """What one line of the schedule costs a shop in a month, before and after."""

    key: str
    label: str
    before: Cents
    after: Cents

    @property
    def difference(self) -> Cents:
        return Cents(self.after - self.before)


def charge(parameter: Parameter, value: int, sales: Cents) -> Cents:
    """What one line costs for that month's sales; half a cent goes up."""
    if parameter.unit is Unit.CENTS:
        return Cents(value)
    return Cents((sales * value * 2 + BASIS) // (2 * BASIS))


def compare(before: Mapping[str, int], after: Mapping[str, int], sales: Cents) -> list[Charge]:
    """What a month with those sales costs under two schedules, line by line."""
    return [
        Charge(key, parameter.label, charge(parameter, before[key], sales), charge(parameter, after[key], sales))
        for key, parameter in PARAMETERS.items()
        if key in before and key in after
    ]

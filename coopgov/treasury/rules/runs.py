"""What is done once a year for everybody: it is written once, and done again only after it is undone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


class RunKind(StrEnum):
    """What a run does for all members at once (*traitement annuel*)."""

    INTEREST = "interest"
    INTEREST_PAYMENT = "interest_payment"
    LOSSES = "losses"


RUN_LABELS = {
    RunKind.INTEREST: N_("Interest on shares"),
    RunKind.INTEREST_PAYMENT: N_("Payment of interest"),
    RunKind.LOSSES: N_("Losses borne by leavers"),
}


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run that stands."""

    kind: RunKind
    year: int
    effective_on: date


def check_run(kind: RunKind, year: int, known: KnownRun | None) -> list[Breach]:
    """List what stands against doing the same for a year twice."""
    if known is None:
        return []
    sentence = N_("This was done for %(year)s already, on %(day)s. Undo it first to do it again.")
    return [Breach("run_already", sentence, {"kind": kind.value, "year": str(year), "day": known.effective_on})]


def check_payable(interest: KnownRun | None, *, year: int, effective_on: date) -> list[Breach]:
    """List what stands against paying interest: it is declared, and by that day."""
    if interest is None:
        sentence = N_("No interest is declared for %(year)s. Declare it first.")
        return [Breach("nothing_declared", sentence, {"year": str(year)})]
    return _check_after(interest, effective_on)


def check_not_paid(payment: KnownRun | None, *, year: int) -> list[Breach]:
    """List what stands against undoing interest: it is paid."""
    if payment is None:
        return []
    sentence = N_("The interest of %(year)s is paid. Undo the payment first.")
    return [Breach("interest_is_paid", sentence, {"year": str(year)})]


def check_undoing_of_run(known: KnownRun, *, is_undone: bool, effective_on: date) -> list[Breach]:
    """List what stands against undoing a run."""
    if is_undone:
        sentence = N_("This is undone already. There is nothing left to undo.")
        return [Breach("run_undone_already", sentence)]
    return _check_after(known, effective_on)


def _check_after(known: KnownRun, effective_on: date) -> list[Breach]:
    if effective_on >= known.effective_on:
        return []
    sentence = N_("This takes effect on %(day)s. Give that day or a later one.")
    return [Breach("before_the_run", sentence, {"day": known.effective_on}, field="effective_on")]


def check_stands(known: KnownRun | None, year: int) -> list[Breach]:
    """List why there is nothing to undo for a year."""
    if known is not None:
        return []
    sentence = N_("Nothing of that kind stands for %(year)s. Check the year.")
    return [Breach("no_such_run", sentence, {"year": str(year)}, field="year")]


def check_exempt(unknown: tuple[str, ...]) -> list[Breach]:
    """List the numbers of members that nobody has."""
    if not unknown:
        return []
    sentence = N_("No member has these numbers: %(numbers)s. Check them.")
    return [Breach("exempt_unknown", sentence, {"numbers": ", ".join(unknown)}, field="exempt")]

"""Closed periods and second persons: what the two books ask of every writer."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from coopgov.core.errors import Breach, Citation
from coopgov.core.i18n import N_


class CloseKind(StrEnum):
    """What is closed: the register on a day, or a financial year."""

    REGISTER = "register"
    YEAR = "year"


class BookName(StrEnum):
    """Which book a rule of two persons is about."""

    SHARE = "share"
    CAPITAL = "capital"


# The kinds of movement for which statutes may ask for a second person.
TWO_PERSON_KINDS: Mapping[BookName, tuple[str, ...]] = {
    BookName.SHARE: ("redeem", "transfer", "inherit", "convert", "reversal"),
    # What lets go of money, or of a claim. Calls are written with every subscription; refunds by payment file have two
    # persons of their own.
    BookName.CAPITAL: ("set_off", "repay", "prescribe", "gift", "reversal"),
}


def late_day(effective_on: date, true_on: date | None) -> date | None:
    """The true day of a late entry; none for one in time."""
    return true_on if true_on is not None and true_on != effective_on else None


def check_open(effective_on: date, true_on: date | None, closed_through: date | None) -> list[Breach]:
    """List what stands against the days of an entry once a register was closed: it is late, and says so."""
    late = late_day(effective_on, true_on)
    if closed_through is None:
        return [_not_late(late)] if late is not None else []
    first_open = closed_through + timedelta(days=1)
    values = {"closed": closed_through, "open": first_open, "day": late or effective_on}
    if late is None and effective_on <= closed_through:
        sentence = N_(
            "The register is closed through %(closed)s. Record this on %(open)s, with %(day)s as its true day: "
            "it then stands among the late entries."
        )
        return [Breach("period_closed", sentence, values, field="effective_on")]
    if late is not None and late > closed_through:
        return [_not_late(late)]
    if late is not None and effective_on != first_open:
        sentence = N_("A late entry takes effect on the first open day, %(open)s. Give that day.")
        return [Breach("late_on_other_day", sentence, values, field="effective_on")]
    return []


def check_second_person(
    *, is_needed: bool, recorded_by: str, approved_by: str | None, clause: tuple[Citation, ...] = ()
) -> list[Breach]:
    """List what stands against a movement for want of a second person; `clause` is where the statutes ask for one."""
    if approved_by is not None and approved_by == recorded_by:
        sentence = N_("Nobody approves what she records herself. Ask another person.")
        return [Breach("approved_by_oneself", sentence, citations=clause)]
    if is_needed and approved_by is None:
        sentence = N_(
            "The statutes ask for two persons here. Submit a request, or draft a payment file: another person approves "
            "it."
        )
        return [Breach("second_person_missing", sentence, citations=clause)]
    return []


def _not_late(day: date) -> Breach:
    sentence = N_("The register of %(day)s is still open: this is no late entry. Give that day itself.")
    return Breach("not_late", sentence, {"day": day}, field="true_on")

"""The statutory registers as tables: their columns with what each means, and their rows as cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from coopgov.accounts.queries import MandateLine
from coopgov.accounts.rules import CAUSE_LABELS, ROLE_LABELS
from coopgov.core.dates import paris_day
from coopgov.core.i18n import N_
from coopgov.members.labels import CATEGORY_LABELS, EVENT_LABELS, STATUS_LABELS
from coopgov.members.rules import Closed, entered_late
from coopgov.printing.sheets import Column, Kind
from coopgov.registers import queries
from coopgov.registers.queries import MemberLine, MovementLine
from coopgov.registers.rules import AsOf
from coopgov.shares.rules import KIND_LABELS
from coopgov.statutes import queries as statutes


class Register(StrEnum):
    """The registers that the law asks for: of members, of movements of shares, of mandates."""

    MEMBERS = "members"
    MOVEMENTS = "movements"
    MANDATES = "mandates"


@dataclass(frozen=True, slots=True)
class Told:
    """One column before it is put into a language: its heading, its nature, what it means, its width."""

    title: str
    kind: Kind = Kind.TEXT
    meaning: str = ""
    width: int = 14


MEMBERS = (
    Told(N_("Number"), Kind.NUMBER, N_("The member's number, given once and never again."), 9),
    Told(
        N_("Name"), Kind.TEXT, N_("Given names and surname, or name of the organisation, as they are known today."), 28
    ),
    Told(N_("Born on"), Kind.DAY, N_("Day of birth of a natural person."), 12),
    Told(N_("Born in"), Kind.TEXT, N_("Place of birth of a natural person.")),
    Told(N_("SIREN"), Kind.TEXT, N_("Registration number of an organisation."), 11),
    Told(N_("Represented by"), Kind.TEXT, N_("Who speaks for an organisation."), 20),
    Told(N_("Domicile or seat"), Kind.TEXT, N_("The declared address, as it is known today."), 36),
    Told(N_("Standing"), Kind.TEXT, N_("Present or former member on the day of the register."), 16),
    Told(N_("Category"), Kind.TEXT, N_("Employed by the cooperative or not, on that day."), 18),
    Told(N_("College"), Kind.TEXT, N_("The college in which the member votes on that day."), 18),
    Told(N_("Applied on"), Kind.DAY, N_("Day of the application, where one was made."), 12),
    Told(N_("Admitted on"), Kind.DAY, N_("Day from which the person is a member."), 12),
    Told(N_("Left on"), Kind.DAY, N_("Day on which membership was lost."), 12),
    Told(N_("Reason for leaving"), Kind.TEXT, N_("How membership was lost."), 16),
    Told(
        N_("Exit entered late"),
        Kind.DAY,
        N_("When the exit was written, where the register of its day was closed already."),
        12,
    ),
    Told(N_("Shares"), Kind.NUMBER, N_("Number of shares held at the end of that day."), 9),
    Told(N_("Nominal value"), Kind.CENTS, N_("Nominal value of these shares together."), 14),
    Told(N_("Paid up"), Kind.CENTS, N_("What is paid on these shares."), 14),
    Told(N_("Called, not paid"), Kind.CENTS, N_("What is called on these shares and not paid yet."), 14),
)
MOVEMENTS = (
    Told(N_("Line"), Kind.NUMBER, N_("Number of the line, without a gap; a line is never changed."), 9),
    Told(N_("Takes effect on"), Kind.DAY, N_("The legal day of the movement."), 12),
    Told(N_("Entered on"), Kind.INSTANT, N_("When the line was written, at Paris time."), 18),
    Told(N_("Movement"), Kind.TEXT, N_("What moved the shares."), 24),
    Told(N_("Member no."), Kind.NUMBER, N_("Number of the holder in the register of members."), 9),
    Told(N_("Holder"), Kind.TEXT, N_("Name of the holder, as it is known today."), 28),
    Told(N_("Class"), Kind.TEXT, N_("Name of the class of shares."), 12),
    Told(N_("Acquired on"), Kind.DAY, N_("First day on which these shares were acquired; a transfer keeps it."), 12),
    Told(N_("Shares"), Kind.NUMBER, N_("Shares received, or given up when negative."), 9),
    Told(N_("Price of a share"), Kind.CENTS, N_("Nominal value of one share."), 12),
    Told(N_("Nominal value"), Kind.CENTS, N_("Nominal value moved."), 14),
    Told(N_("Decision"), Kind.TEXT, N_("The decision relied upon, where one is needed."), 28),
    Told(N_("Reverses line"), Kind.NUMBER, N_("The earlier line that this one undoes."), 9),
    Told(N_("Late for"), Kind.DAY, N_("The true day, where the register of that day was closed already."), 12),
    Told(N_("Fingerprint"), Kind.TEXT, N_("SHA-256 of the line, chained to the line before."), 20),
)
MANDATES = (
    Told(N_("Name"), Kind.TEXT, N_("Who holds the office."), 28),
    Told(N_("Office"), Kind.TEXT, N_("Which office it is."), 20),
    Told(N_("From"), Kind.DAY, N_("First day of the mandate."), 12),
    Told(N_("Until"), Kind.DAY, N_("Last day, where it is known; an earlier end counts."), 12),
    Told(N_("Decision"), Kind.TEXT, N_("The decision that gave the office."), 34),
    Told(N_("Ended by"), Kind.TEXT, N_("The decision that ended it early."), 34),
    Told(N_("Entered on"), Kind.INSTANT, N_("When the mandate was written down, at Paris time."), 18),
)
COLUMNS: Mapping[Register, tuple[Told, ...]] = {
    Register.MEMBERS: MEMBERS,
    Register.MOVEMENTS: MOVEMENTS,
    Register.MANDATES: MANDATES,
}
# What a sheet of paper has room for; the files hold everything.
ON_PAPER: Mapping[Register, tuple[str, ...]] = {
    Register.MEMBERS: (
        "Number", "Name", "Domicile or seat", "Category", "College", "Admitted on", "Left on",
        "Exit entered late", "Shares", "Nominal value", "Paid up",
    ),
    Register.MOVEMENTS: (
        "Line", "Takes effect on", "Entered on", "Movement", "Member no.", "Holder", "Class", "Shares",
        "Nominal value", "Reverses line", "Late for", "Fingerprint",
    ),
    Register.MANDATES: ("Name", "Office", "From", "Until", "Decision", "Ended by", "Entered on"),
}  # fmt: skip


def columns_of(register: Register) -> list[Column]:
    """The columns of a register, in the language of the page."""
    return [Column(gettext(told.title), told.kind, gettext(told.meaning), told.width) for told in COLUMNS[register]]


def rows_of(session: Session, register: Register, asked: AsOf) -> Iterator[tuple[Any, ...]]:
    """The whole register as cells, read as it comes; words in the language of the page."""
    return _ROWS[register](session, asked)


def _members(session: Session, asked: AsOf) -> Iterator[tuple[Any, ...]]:
    colleges = college_labels(session, asked)
    # Translated once, not a hundred thousand times.
    status, category = _words(STATUS_LABELS), _words(CATEGORY_LABELS)
    events: dict[Any, str] = {None: "", **_words(EVENT_LABELS)}
    closes = queries.closed_registers(session)
    for row in queries.member_rows(session, asked):
        yield (
            row.number, row.name, row.birth_date, row.birth_place, row.siren, row.representative,
            row.postal_address.replace("\n", ", "), status[row.status], category[row.category],
            colleges.get(row.college, row.college), row.applied_on, row.joined_on, row.left_on, events[row.left_by],
            _late_day(row, closes), row.quantity, row.cents, row.paid_up, row.called_unpaid,
        )  # fmt: skip


def _late_day(row: MemberLine, closes: Sequence[Closed]) -> date | None:
    late_at = entered_late(row.left_on, row.left_recorded_at, closes)
    return paris_day(late_at) if late_at is not None else None


def _movements(session: Session, asked: AsOf) -> Iterator[tuple[Any, ...]]:
    kinds = {kind: gettext(label) for kind, label in KIND_LABELS.items()}
    for row in queries.movement_rows(session, asked):
        yield _movement(row, kinds)


def _movement(row: MovementLine, kinds: Mapping[Any, str]) -> tuple[Any, ...]:
    leg = row.leg
    return (
        leg.seq, leg.effective_on, leg.recorded_at, kinds.get(leg.kind, leg.kind.value), row.number, row.name,
        leg.class_label, leg.first_acquired_on, leg.quantity, leg.unit_cents, row.cents, leg.resolution,
        leg.reverses_seq, leg.late_for, leg.hash,
    )  # fmt: skip


def _mandates(session: Session, asked: AsOf) -> Iterator[tuple[Any, ...]]:
    for row in queries.mandate_rows(session, asked):
        yield _mandate(row)


def _mandate(row: MandateLine) -> tuple[Any, ...]:
    office = gettext(ROLE_LABELS[row.role])
    cause = gettext(CAUSE_LABELS[row.cause]) if row.cause else ""
    ended = " – ".join(filter(None, (cause, row.end_decision)))
    return (row.name, office, row.from_day, row.last_day, row.decision, ended, row.recorded_at)


def college_labels(session: Session, asked: AsOf) -> dict[str, str]:
    """The names of the colleges that the statutes knew that day."""
    found = statutes.find_statutes_on(session, asked.on)
    return {college.code: college.label for college in found.colleges} if found else {}


def words_of(session: Session, asked: AsOf) -> dict[str, dict[Any, str]]:
    """What pages call a standing, a category, an event, a movement and a college, in the language of the page."""
    return {
        "status": _words(STATUS_LABELS), "category": _words(CATEGORY_LABELS), "event": _words(EVENT_LABELS),
        "kind": {kind: gettext(label) for kind, label in KIND_LABELS.items()},
        "college": college_labels(session, asked),
    }  # fmt: skip


def _words(labels: Mapping[Any, Any]) -> dict[Any, str]:
    return {one: str(label) for one, label in labels.items()}


_ROWS: Mapping[Register, Callable[[Session, AsOf], Iterator[tuple[Any, ...]]]] = {
    Register.MEMBERS: _members,
    Register.MOVEMENTS: _movements,
    Register.MANDATES: _mandates,
}

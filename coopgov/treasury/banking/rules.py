"""What a payment file may hold, who may release it, and why not: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.treasury.rules.checks import in_another_file

# What the format of the banks allows in a name and in an account's holder.
LONGEST_NAME = 70
# As many payments as one file takes: more is split in two by the treasurer.
MOST_LINES = 1_000


class FileState(StrEnum):
    """Where a payment file (*fichier de virements*) stands."""

    DRAFTED = "drafted"
    RELEASED = "released"
    EXECUTED = "executed"
    DROPPED = "dropped"


STATE_LABELS = {
    FileState.DRAFTED: N_("to be released by a second person"),
    FileState.RELEASED: N_("released, to be sent to the bank"),
    FileState.EXECUTED: N_("executed"),
    FileState.DROPPED: N_("dropped"),
}
OPEN = (FileState.DRAFTED, FileState.RELEASED)


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody to be paid back: what is due by the day of payment, where to, and what is known of earlier payments."""

    member_id: UUID
    name: str
    cents: Cents
    iban: str | None
    open_file: str | None = None
    repaid_on: date | None = None
    has_paid: bool = True
    # Her death file is open: nobody knows yet whom to pay.
    is_frozen: bool = False


def check_file(
    payees: Sequence[Payee], *, has_account: bool, pay_on: date, today: date, is_known: bool = True
) -> list[Breach]:
    """List all that stands against a payment file, each person by name: nobody is left out in silence."""
    breaches = []
    if not has_account:
        sentence = N_("The cooperative's own bank account is not written down. Give its IBAN first.")
        breaches.append(Breach("no_own_account", sentence))
    if pay_on < today:
        sentence = N_("%(day)s is over: a bank pays today or later. Give another day.")
        breaches.append(Breach("pay_day_over", sentence, {"day": pay_on}, field="pay_on"))
    if not payees or not is_known:
        breaches.append(Breach("nobody_to_pay", N_("Choose at least one person to pay back."), field="payees"))
    if len(payees) > MOST_LINES:
        sentence = N_("A file holds %(most)s payments at most. Choose fewer people, and draft a second file.")
        breaches.append(Breach("too_many_payments", sentence, {"most": MOST_LINES}, field="payees"))
    return breaches + [breach for payee in payees for breach in check_payee(payee, pay_on)]


def check_payee(payee: Payee, pay_on: date) -> list[Breach]:
    """List what stands against paying this person now."""
    values = {"name": payee.name, "day": pay_on, "repaid": payee.repaid_on or pay_on}
    if payee.open_file is not None:
        return [in_another_file(payee.name, payee.open_file, "payees")]
    if payee.cents <= 0:
        return [Breach(*_why_nothing(payee), values, field="payees")]
    if payee.is_frozen:
        sentence = N_("The death file of %(name)s is open: whom to pay is not settled. Close that file first.")
        return [Breach("estate_open", sentence, values, field="payees")]
    if payee.iban is None:
        sentence = N_("%(name)s has no IBAN on %(day)s. Ask for it and write it in her file, or leave her out.")
        return [Breach("no_iban", sentence, values, field="payees")]
    return []


def _why_nothing(payee: Payee) -> tuple[str, str]:
    if payee.repaid_on is not None:
        sentence = N_("%(name)s was paid back already, on %(repaid)s: nothing is owed any more. Leave her out.")
        return "repaid_already", sentence
    if not payee.has_paid:
        sentence = N_("%(name)s has never paid anything on shares: there is nothing to pay back. Leave her out.")
        return "never_paid", sentence
    return "nothing_due", N_("Nothing is due to %(name)s on %(day)s. Leave her out, or choose a later day.")


def check_release(state: FileState, *, is_drafter: bool) -> list[Breach]:
    """List what stands against releasing a file: a second person does it, once."""
    breaches = check_state(state, FileState.DRAFTED)
    if is_drafter:
        sentence = N_(
            "Whoever drafted a payment file does not release it. A second person of the board or treasury does."
        )
        breaches.append(Breach("same_person", sentence))
    return breaches


def check_state(state: FileState, *wanted: FileState) -> list[Breach]:
    """List why a file in this state cannot be taken further in that way."""
    if state in wanted:
        return []
    sentence = N_("This payment file is in another state by now. Look at it again before you go on.")
    return [Breach("file_state", sentence)]


def check_drop_reason(reason: str) -> list[Breach]:
    """List what stands against giving a file up for that reason."""
    if reason.strip():
        return []
    return [
        Breach("no_reason_to_drop", N_("Say why this file is given up, for those who read it later."), field="reason")
    ]


def check_same(found: str, kept: str) -> list[Breach]:
    """List why a file is not given out: its bytes are not those that were drafted."""
    if found == kept:
        return []
    sentence = N_("The file kept here is not the one that was drafted. Drop it, draft another, and tell the auditor.")
    return [Breach("file_altered", sentence)]


def check_drift(lines: Iterable[tuple[str, Cents, Cents]]) -> list[Breach]:
    """List those whose line is more than what is owed to them by now, by name."""
    sentence = N_(
        "The file holds %(amount)s for %(name)s and %(owed)s is owed by now. Mark the payment as not executed, "
        "or correct the books first."
    )
    return [
        Breach("owed_less", sentence, {"name": name, "amount": Euros(cents), "owed": Euros(owed)})
        for name, cents, owed in lines
        if cents > owed
    ]


def message_id(day: date, token: str) -> str:
    """The identifier of a file, unique for ever: the day and what chance gives."""
    return f"RP{day:%Y%m%d}-{token}"


def end_to_end_id(message: str, line: int) -> str:
    """The identifier of one payment, as the bank statements will show it."""
    return f"{message}-{line:04}"

"""Calls and payments: in parts, early, by somebody else, too much, or a hundred thousand at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.shares.chain import chunks
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import BOOK_NAME, Entry, line_name
from coopgov.treasury.rules import CapitalKind, Due, Payment
from coopgov.treasury.service.telling import Details, Told

MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """One of many payments received."""

    member_id: UUID
    cents: Cents
    effective_on: date
    reference: str = ""


def pay(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    reference: str = "",
    payer: str = "",
    may_exceed: bool = True,
    **more: Unpack[Details],
) -> int:
    """Record a payment received (*versement*): what is called first, then the rest early; gives its number.

    What is more than all she owes waits in suspense (*trop-perçu*), to be used or given back; with
    `may_exceed=False` it is refused. `payer` names who paid when it is not the member, and what they are to her.
    """
    book.take_the_pen(act.session)
    told = Told(effective_on, _note(reference, payer), **more)
    payment = _payment(act, member_id, cents, effective_on)
    excess = [] if may_exceed else rules.check_within_due(payment)
    refuse_if(told.check(act, CapitalKind.PAY) + rules.check_payment(payment) + excess)
    within = Cents(min(cents, payment.due.total))
    seqs = book.write(act, _entries(told, member_id, payment.due, within, Cents(cents - within)))
    facts = {"member": member_id, "cents": cents, "beyond": cents - within, "last": seqs[-1]}
    act.record("treasury.paid", line_name(seqs[0]), facts)
    return seqs[0]


def _entries(told: Told, member_id: UUID, due: Due, within: Cents, beyond: Cents) -> list[Entry]:
    paid = [told.entry(CapitalKind.PAY, rules.payment_legs(member_id, within, due))] if within else []
    kept = [told.entry(CapitalKind.OVERPAY, rules.overpayment_legs(member_id, beyond))] if beyond else []
    return paid + kept


def _payment(act: Act, member_id: UUID, cents: Cents, on: date) -> Payment:
    name = members.get_member(act.session, member_id).name
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], on)
    return Payment(name, cents, on, due)


def pay_many(act: Act, rows: Sequence[Receipt]) -> list[int]:
    """Write many payments at once, at most one per member."""
    book.take_the_pen(act.session)
    dues = _dues(act, rows)
    days = sorted({row.effective_on for row in rows})
    # Between the first and the last day nothing is closed, or yet to come, that they are not.
    procedure = [breach for day in {*days[:1], *days[-1:]} for breach in Told(day).check(act, CapitalKind.PAY)]
    refuse_if((procedure + _check_receipts(act, rows, dues))[:MOST_REFUSALS])
    entries = [
        Entry(
            CapitalKind.PAY, row.effective_on, rules.payment_legs(row.member_id, row.cents, due), note=row.reference
        )
        for row, due in zip(rows, dues, strict=True)
    ]  # fmt: skip
    seqs = book.write(act, entries)
    act.record("treasury.paid_many", BOOK_NAME, {"number": len(seqs), "last": seqs[-1] if seqs else 0})
    return seqs


def call(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    **more: Unpack[Details],
) -> int:
    """Call a part of what a member has subscribed and does not owe yet (*appel du solde*); gives its number."""
    book.take_the_pen(act.session)
    told = Told(effective_on, **more)
    payment = _payment(act, member_id, cents, effective_on)
    refuse_if(told.check(act, CapitalKind.CALL) + rules.check_call(payment))
    [seq] = book.write(act, [told.entry(CapitalKind.CALL, rules.further_call_legs(member_id, cents))])
    act.record("treasury.called", line_name(seq), {"member": member_id, "cents": cents, "last": seq})
    return seq


def _note(reference: str, payer: str) -> str:
    return " · ".join(part for part in (reference.strip(), payer.strip()) if part)


def _dues(act: Act, rows: Sequence[Receipt]) -> list[Due]:
    found: list[Due] = []
    for some in chunks(rows):
        moments = queries.moments_of(act.session, [row.member_id for row in some])
        found += [rules.due_from(moments[row.member_id], row.effective_on) for row in some]
    return found


def _check_receipts(act: Act, rows: Sequence[Receipt], dues: Sequence[Due]) -> list[Breach]:
    breaches: list[Breach] = []
    seen: set[UUID] = set()
    for row, due in zip(rows, dues, strict=True):
        # Names are looked up only for a refusal: most of a hundred thousand payments are right.
        payment = Payment("", row.cents, row.effective_on, due)
        found = rules.check_payment(payment) + rules.check_within_due(payment)
        if found or row.member_id in seen:
            name = members.get_member(act.session, row.member_id).name
            breaches += rules.check_receipt(
                Payment(name, row.cents, row.effective_on, due), is_second=row.member_id in seen
            )
        seen.add(row.member_id)
        if len(breaches) > MOST_REFUSALS:
            break
    return breaches

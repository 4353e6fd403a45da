"""Calls and payments: in parts, early, by somebody else, too much, or a hundred thousand at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.shares.chain import chunks
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import BOOK_NAME, Entry, Told, line_name
from coopgov.treasury.rules import CapitalKind, Due, Payment

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
    true_on: date | None = None,
    approved_by: str | None = None,
) -> int:
    """Record a payment received (*versement*): what is called first, then the rest early; gives its number.

    What is more than all she owes waits in suspense (*trop-perçu*), to be used or given back. `payer` names who
    paid when it is not the member, and what they are to her.
    """
    book.take_the_pen(act.session)
    member = members.get_member(act.session, member_id)
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], effective_on)
    refuse_if(rules.check_payment(Payment(member.name, cents, effective_on, act.today, due)))
    within = min(cents, due.total)
    told = Told(effective_on, _note(reference, payer), true_on, approved_by)
    entries = [
        told.entry(kind, legs)
        for kind, legs in (
            (CapitalKind.PAY, rules.payment_legs(member_id, within, due) if within else []),
            (CapitalKind.OVERPAY, rules.overpayment_legs(member_id, cents - within) if cents > within else []),
        )
        if legs
    ]
    seqs = book.write(act, entries)
    facts = {"member": member_id, "cents": cents, "beyond": cents - within, "last": seqs[-1]}
    act.record("treasury.paid", line_name(seqs[0]), facts)
    return seqs[0]


def pay_many(act: Act, rows: Sequence[Receipt]) -> list[int]:
    """Write many payments at once, at most one per member."""
    book.take_the_pen(act.session)
    dues = _dues(act, rows)
    refuse_if(_check_receipts(act, rows, dues)[:MOST_REFUSALS])
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
    resolution: str = "",
    true_on: date | None = None,
    approved_by: str | None = None,
) -> int:
    """Call a part of what a member has subscribed and does not owe yet (*appel du solde*); gives its number."""
    book.take_the_pen(act.session)
    member = members.get_member(act.session, member_id)
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], effective_on)
    refuse_if(rules.check_call(member.name, cents, effective_on, act.today, due))
    told = Told(effective_on, "", true_on, approved_by)
    [seq] = book.write(act, [told.entry(CapitalKind.CALL, rules.further_call_legs(member_id, cents), resolution)])
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
        payment = Payment("", row.cents, row.effective_on, act.today, due)
        found = rules.check_payment(payment) + rules.check_within_due(payment)
        if found or row.member_id in seen:
            name = members.get_member(act.session, row.member_id).name
            breaches += rules.check_receipt(
                Payment(name, row.cents, row.effective_on, act.today, due), is_second=row.member_id in seen
            )
        seen.add(row.member_id)
        if len(breaches) > MOST_REFUSALS:
            break
    return breaches

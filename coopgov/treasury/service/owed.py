"""What the cooperative owes a member: paid back, set off, given, or kept when nobody claims it any more."""

from collections.abc import Sequence
from datetime import date
from typing import Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.shares.chain import least_from
from coopgov.treasury import book, queries, rules
from coopgov.treasury.banking.queries import open_files_of
from coopgov.treasury.book import line_name
from coopgov.treasury.rules import Bucket, CapitalKind, Leg, SetOff, Taking
from coopgov.treasury.service.telling import Details, Told


def repay(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    reference: str = "",
    **more: Unpack[Details],
) -> int:
    """Record that shares were paid back (*remboursement*); gives its number."""
    told = Told(effective_on, reference, **more)
    return _take(act, CapitalKind.REPAY, member_id, cents, Bucket.REPAYABLE, told)


def refund_overpayment(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    reference: str = "",
    **more: Unpack[Details],
) -> int:
    """Record that what was received in excess was given back; gives its number."""
    told = Told(effective_on, reference, **more)
    return _take(act, CapitalKind.REPAY, member_id, cents, Bucket.SUSPENSE, told)


def give(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    source: Bucket = Bucket.REPAYABLE,
    reference: str = "",
    **more: Unpack[Details],
) -> int:
    """Record that a member leaves the cooperative what it owes her (*abandon*, *don*); gives its number.

    She gives it up in writing: `resolution` names her letter.
    """
    told = Told(effective_on, reference, **more)
    letter = rules.check_given(told.resolution, act.rulebook, told.day)
    return _take(act, CapitalKind.GIFT, member_id, cents, source, told, letter)


def prescribe(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    reference: str = "",
    **more: Unpack[Details],
) -> int:
    """Keep what a former member never claimed in the legal time (*prescription*); gives its number."""
    book.take_the_pen(act.session)
    told = Told(effective_on, reference, **more)
    taking = _taking(act, member_id, cents, Bucket.REPAYABLE, told)
    due_on = _last_due(act, member_id, cents, told.day)
    procedure = told.check(act, CapitalKind.PRESCRIBE) + rules.check_decided(told.resolution)
    refuse_if(procedure + rules.check_prescription(taking, due_on, act.rulebook))
    legs = rules.giving_legs(member_id, cents, Bucket.REPAYABLE, Bucket.RESERVE)
    return _write(act, CapitalKind.PRESCRIBE, member_id, cents, legs, told)


def set_off(
    act: Act,
    *,
    member_id: UUID,
    cents: Cents,
    effective_on: date,
    against: Bucket = Bucket.SUSPENSE,
    reference: str = "",
    **more: Unpack[Details],
) -> int:
    """Let what the cooperative owes a member pay what she owes it (*compensation*); gives its number."""
    book.take_the_pen(act.session)
    told = Told(effective_on, reference, **more)
    taking = _taking(act, member_id, cents, against, told)
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], effective_on)
    refuse_if(told.check(act, CapitalKind.SET_OFF) + rules.check_set_off(SetOff(taking, due)))
    legs = rules.set_off_legs(member_id, cents, due, against)
    return _write(act, CapitalKind.SET_OFF, member_id, cents, legs, told)


def pay_tax(act: Act, *, cents: Cents, effective_on: date, reference: str = "", **more: Unpack[Details]) -> int:
    """Record that tax withheld on interest was paid to the State; gives its number."""
    book.take_the_pen(act.session)
    told = Told(effective_on, reference, **more)
    available = least_from(queries.moments_in(act.session, Bucket.TAX_DUE), effective_on)
    refuse_if(told.check(act, CapitalKind.TAX_PAID) + rules.check_tax(cents, available))
    legs = [Leg(Bucket.TAX_DUE, None, -cents), Leg(Bucket.BANK, None, cents)]
    [seq] = book.write(act, [told.entry(CapitalKind.TAX_PAID, legs)])
    act.record("treasury.tax_paid", line_name(seq), {"cents": cents, "last": seq})
    return seq


def _take(
    act: Act, kind: CapitalKind, member_id: UUID, cents: Cents, source: Bucket, told: Told, also: Sequence[Breach] = ()
) -> int:
    book.take_the_pen(act.session)
    taking = _taking(act, member_id, cents, source, told)
    refuse_if([*told.check(act, kind), *rules.check_repayment(taking), *also])
    to = Bucket.BANK if kind is CapitalKind.REPAY else Bucket.RESERVE
    return _write(act, kind, member_id, cents, rules.giving_legs(member_id, cents, source, to), told)


def _taking(act: Act, member_id: UUID, cents: int, source: Bucket, told: Told) -> Taking:
    name = members.get_member(act.session, member_id).name
    moments = queries.moments_of(act.session, [member_id])[member_id].get(source, [])
    is_frozen = member_id in members.frozen_members(act.session, [member_id])
    file = open_files_of(act.session, [member_id]).get(member_id) if source is Bucket.REPAYABLE else None
    return Taking(name, cents, told.day, least_from(moments, told.effective_on), is_frozen, file)


def _last_due(act: Act, member_id: UUID, cents: int, on: date) -> date:
    """The day the last of these cents was due, the oldest being served first."""
    due_on, left = on, cents
    for release in queries.releases_of(act.session, [member_id], on).get(member_id, []):
        due_on = rules.due_back_on(release.released_on, act.rulebook)
        left -= release.cents
        if left <= 0:
            break
    return due_on


def _write(act: Act, kind: CapitalKind, member_id: UUID, cents: int, legs: Sequence[Leg], told: Told) -> int:
    [seq] = book.write(act, [told.entry(kind, legs)])
    act.record(f"treasury.{_PAST[kind]}", line_name(seq), {"member": member_id, "cents": cents, "last": seq})
    return seq


_PAST = {
    CapitalKind.REPAY: "repaid",
    CapitalKind.GIFT: "given",
    CapitalKind.PRESCRIBE: "prescribed",
    CapitalKind.SET_OFF: "set_off",
}

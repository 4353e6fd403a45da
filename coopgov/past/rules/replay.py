"""Replaying the movements of an older register: what each becomes in our books, or what is wrong."""

from collections.abc import Mapping
from typing import NoReturn
from uuid import UUID

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.money import Cents, Euros
from coopgov.members.rules import Status
from coopgov.past.rules.books import (
    Books,
    Holder,
    MoneyLine,
    ShareLine,
    Written,
    check,
    check_ties,
    holder_legs,
    issuer_leg,
)
from coopgov.past.rules.marks import NOTHING, AccountMark, LotMark
from coopgov.past.rules.movement import Around, Movement
from coopgov.past.rules.pieces import (
    account_marks,
    amount_of,
    check_total,
    check_value,
    class_named,
    lot_marks,
    lots_taken,
    new_lot_name,
    quantity_of,
    refuse,
    standing_then,
    value_of,
)
from coopgov.shares.rules import (
    CONDITIONAL,
    Cause,
    Leg,
    Lot,
    Taken,
    TxKind,
    issue_legs,
    negated,
    transfer_legs,
    withdrawal_legs,
)
from coopgov.treasury import rules as treasury
from coopgov.treasury.rules import NEEDS_DECISION, Bucket, CapitalKind, Due, Parts, has_form
from coopgov.treasury.rules import Leg as MoneyLeg

_NEEDS_DECISION = frozenset(
    {TxKind.TRANSFER, TxKind.REDEEM, TxKind.INHERIT, TxKind.CONVERT, TxKind.SPLIT, TxKind.NOMINAL_CHANGE}
)  # fmt: skip
# What the money of a movement of shares is called.
MONEY_OF = {
    TxKind.SUBSCRIBE: CapitalKind.CALL,
    TxKind.OPENING: CapitalKind.OPENING,
    TxKind.REDEEM: CapitalKind.MAKE_REPAYABLE,
    TxKind.TRANSFER: CapitalKind.TRANSFER,
    TxKind.INHERIT: CapitalKind.TRANSFER,
    TxKind.CONVERT: CapitalKind.REMAINDER,
    TxKind.REVERSAL: CapitalKind.REVERSAL,
}
# Which accounts a movement of money goes through, where a spreadsheet says no more: whose, which, which way.
_SIMPLE: Mapping[CapitalKind, tuple[tuple[str, Bucket, int], ...]] = {
    CapitalKind.OVERPAY: (("", Bucket.SUSPENSE, 1), ("~", Bucket.BANK, -1)),
    CapitalKind.SET_OFF: (
        ("", Bucket.PAID_UP, 1), ("", Bucket.CALLED_UNPAID, -1), ("", Bucket.CLAIM, 1), ("", Bucket.REPAYABLE, -1),
    ),
    CapitalKind.LOSS: (("", Bucket.LOSS_BORNE, 1), ("", Bucket.REPAYABLE, -1)),
    CapitalKind.REPAY: (("~", Bucket.BANK, 1), ("", Bucket.REPAYABLE, -1)),
    CapitalKind.PRESCRIBE: (("~", Bucket.RESERVE, 1), ("", Bucket.REPAYABLE, -1)),
    CapitalKind.GIFT: (("~", Bucket.RESERVE, 1), ("", Bucket.REPAYABLE, -1)),
    CapitalKind.INTEREST_DECLARED: (("", Bucket.INTEREST_DUE, 1), ("~", Bucket.RESERVE, -1)),
    CapitalKind.INTEREST_WITHHELD: (("~", Bucket.TAX_DUE, 1), ("", Bucket.INTEREST_DUE, -1)),
    CapitalKind.INTEREST_PAID: (("~", Bucket.BANK, 1), ("", Bucket.INTEREST_DUE, -1)),
}  # fmt: skip


def take(books: Books, around: Around, movement: Movement) -> Written:
    """What a line becomes, its legs added to the books; raises RuleBroken, and then the books are as before."""
    breaches = _check_line(books, around, movement)
    if breaches:
        raise RuleBroken(breaches)
    holder = books.holders[movement.member]
    written = _write(books, around, movement, holder)
    books.apply(written)
    breaches = check(books, written)
    if not movement.beside and movement.accounts != NOTHING:
        breaches += check_ties(books, written)
    if breaches:
        books.take_back(written)
        raise RuleBroken(breaches)
    if written.name in around.wanted:
        around.kept[written.name] = written
    return written


def _check_line(books: Books, around: Around, movement: Movement) -> list[Breach]:
    breaches = []
    for key, number in (("member", movement.member), ("other", movement.other)):
        if number is not None and number not in books.holders:
            sentence = N_(
                "Member number %(number)s is in no list. Add this person to the members, or check the number."
            )
            breaches.append(Breach("unknown_member", sentence, {"number": str(number)}, field=key))
    if movement.day > around.today:
        sentence = N_("%(day)s has not come yet. Check the day.")
        breaches.append(Breach("day_not_come", sentence, {"day": movement.day}, field="day"))
    if around.after is not None and movement.day <= around.after:
        sentence = N_("The books are closed up to %(day)s: nothing can be dated before. Check the day.")
        breaches.append(Breach("period_closed", sentence, {"day": around.after}, field="day"))
    return breaches


def _write(books: Books, around: Around, movement: Movement, holder: Holder) -> Written:
    match movement.shares:
        case TxKind.SUBSCRIBE | TxKind.OPENING:
            return _issue(books, around, movement, holder)
        case TxKind.TRANSFER | TxKind.INHERIT:
            return _hand_over(books, around, movement, holder)
        case TxKind.REDEEM:
            return _redeem(books, around, movement, holder)
        case TxKind.REVERSAL:
            return _reverse(around, movement)
        case None:
            return Written(movement.name, None, _money_alone(books, around, movement, holder))
        case _:
            return _exchange(books, around, movement, holder)


def _issue(books: Books, around: Around, movement: Movement, holder: Holder) -> Written:
    quantity, unit = quantity_of(movement), movement.unit or around.nominal_on(movement.day)
    total = quantity * unit
    check_total(movement, quantity, unit)
    is_opening = movement.shares is TxKind.OPENING
    status = standing_then(movement, holder, (Status.MEMBER,) if is_opening else (Status.MEMBER, Status.CANDIDATE))
    part = total if movement.part is None else movement.part
    if part > total:
        sentence = N_("These shares cost %(total)s in all: %(part)s is more. Check the amount.")
        refuse("part_too_high", sentence, "part", total=Euros(Cents(total)), part=Euros(Cents(part)))
    if movement.acquired is not None and movement.acquired > movement.day:
        sentence = N_("These shares would be acquired after the day they are taken over. Check both days.")
        refuse("acquired_later", sentence, "acquired")
    lot = Lot(new_id(), class_named(around, movement.share_class), movement.acquired or movement.day, unit)
    name = new_lot_name(books, around, movement.lots, lot)
    deduced = (
        treasury.opening_legs(holder.member_id, total, part)
        if is_opening
        else treasury.call_legs(holder.member_id, total, part)
    )
    reason = movement.cause or (
        "opening" if is_opening else CONDITIONAL if status is Status.CANDIDATE else "subscription"
    )  # fmt: skip
    shares = ShareLine(
        movement.shares or TxKind.SUBSCRIBE, movement.day, issue_legs(holder.member_id, lot, quantity, unit),
        new_lots=((lot, name),), reason_code=reason[:40], decision=movement.decision, note=movement.reference,
        payable_now=None if is_opening else Cents(part),
    )  # fmt: skip
    return _with_money(books, movement, shares, deduced)


def _hand_over(books: Books, around: Around, movement: Movement, giver: Holder) -> Written:
    if movement.other is None or movement.other == movement.member:
        refuse("no_other", N_("Say who receives: the number of another member."), "other")
    receiver = books.holders[movement.other]
    taken = lots_taken(around, movement, giver)
    check_value(movement, taken)
    standing_then(movement, receiver, (Status.MEMBER,))
    legs = list(transfer_legs(giver.member_id, receiver.member_id, [Taken(lot, quantity) for lot, quantity in taken]))
    shares = _share_line(around, movement, legs, cause="")
    parts = treasury.to_transfer(value_of(taken), _free(giver))
    return _with_money(books, movement, shares, treasury.transfer_legs(giver.member_id, receiver.member_id, parts))


def _free(holder: Holder) -> Parts:
    """What there is of each part of a member's capital."""
    return Parts(
        *(holder.in_bucket(bucket) for bucket in (Bucket.PAID_UP, Bucket.CALLED_UNPAID, Bucket.SUBSCRIBED_UNCALLED))
    )


def _redeem(books: Books, around: Around, movement: Movement, holder: Holder) -> Written:
    taken = lots_taken(around, movement, holder)
    check_value(movement, taken)
    status = standing_then(movement, holder, (Status.MEMBER, Status.FORMER))
    legs = list(withdrawal_legs(holder.member_id, [Taken(lot, quantity) for lot, quantity in taken]))
    shares = _share_line(around, movement, legs, cause=Cause.EXIT if status is Status.FORMER else Cause.REDUCTION)
    parts = treasury.to_redeem(value_of(taken), _free(holder))
    return _with_money(books, movement, shares, treasury.redemption_legs(holder.member_id, parts))


def _exchange(books: Books, around: Around, movement: Movement, holder: Holder) -> Written:
    """A conversion, a split or another nominal: our own export tells the lots."""
    marks = lot_marks(movement)
    if not marks:
        sentence = N_(
            "A conversion, a split or a change of the nominal cannot be told in a spreadsheet line. Take over the "
            "holdings as they were after it (“reprise”), or record it here once the past is in."
        )
        refuse("cannot_be_told", sentence, "kind")
    legs, new_lots = list[Leg](), list[tuple[Lot, str]]()
    for mark in marks:
        lot, is_new = _exchanged_lot(around, movement, mark)
        if is_new:
            new_lots.append((lot, mark.name))
        quantity = mark.quantity or 0
        legs += [*holder_legs([(holder.member_id, lot, quantity)]), issuer_leg(lot, -quantity)]
    shares = _share_line(around, movement, legs, cause="")
    line = ShareLine(
        shares.kind, shares.day, shares.legs, tuple(new_lots), shares.reason_code, shares.decision, shares.note
    )  # fmt: skip
    return _with_money(books, movement, line, [])


def _exchanged_lot(around: Around, movement: Movement, mark: LotMark) -> tuple[Lot, bool]:
    known = around.named_lots.get(mark.name)
    if known is not None:
        return known, False
    parent = around.named_lots.get(mark.parent)
    if mark.unit_cents is None or parent is None:
        refuse("unknown_lot", N_("Lot %(lot)s is in no line before. Check the lots."), "lots", lot=mark.name)
    made = Lot(new_id(), class_named(around, mark.share_class), parent.first_acquired_on, mark.unit_cents, parent.id)
    around.named_lots[mark.name] = made
    return made, True


def _reverse(around: Around, movement: Movement) -> Written:
    original = around.kept.get(movement.reverses)
    # Beside the reversal of the shares stands that of their money, on a line of its own where it must.
    shares = original.shares if original and not movement.beside else None
    money = original.money if original and movement.accounts != NOTHING else None
    undone = {(movement.reverses, book) for book, line in (("shares", shares), ("money", money)) if line is not None}
    if not undone or undone & around.undone:
        sentence = N_("A reversal names the number of an earlier movement that is not undone yet. Check “%(number)s”.")
        refuse("nothing_to_undo", sentence, "reverses", number=movement.reverses)
    around.undone |= undone
    return Written(movement.name, _undone_shares(movement, shares), _undone_money(movement, shares, money))


def _undone_shares(movement: Movement, original: ShareLine | None) -> ShareLine | None:
    return original and ShareLine(
        TxKind.REVERSAL, movement.day, negated(original.legs), reason_code="reversal",
        decision=movement.decision, note=movement.reference, reverses=movement.reverses,
    )  # fmt: skip


def _undone_money(movement: Movement, shares: ShareLine | None, original: MoneyLine | None) -> MoneyLine | None:
    return original and MoneyLine(
        CapitalKind.REVERSAL, movement.day, tuple(treasury.negated(original.legs)), movement.decision,
        note=movement.reference, reverses=movement.reverses, beside=movement.name if shares else movement.beside,
    )  # fmt: skip


def _money_alone(books: Books, around: Around, movement: Movement, holder: Holder) -> MoneyLine:
    kind = movement.money or CapitalKind.PAY
    marks = account_marks(movement)
    if marks:
        legs = _marked_legs(books, movement, holder, marks)
    else:
        cents = amount_of(movement)
        legs = _deduced_legs(movement, holder, kind, cents)
    decision = movement.decision or (around.no_decision if kind in NEEDS_DECISION else "")
    line = MoneyLine(kind, movement.day, tuple(legs), decision, movement.reference, movement.beside)
    _check_form(line)
    return line


def decision_beside(kind: CapitalKind, decision: str) -> str:
    """The decision that the money of a movement of shares bears."""
    return "" if kind in {CapitalKind.CALL, CapitalKind.OPENING} else decision


def _check_form(line: MoneyLine) -> None:
    if not all(has_form(line.kind, leg.bucket, leg.cents) for leg in line.legs):
        sentence = N_(
            "This kind of movement does not go through these accounts. Check the kind, or leave the accounts empty."
        )
        refuse("wrong_accounts", sentence, "accounts")


def _deduced_legs(movement: Movement, holder: Holder, kind: CapitalKind, cents: int) -> list[MoneyLeg]:
    values = {"name": holder.name, "day": movement.day, "amount": Euros(Cents(cents))}
    if kind is CapitalKind.PAY:
        due = Due(Cents(holder.in_bucket(Bucket.CALLED_UNPAID)), Cents(holder.in_bucket(Bucket.SUBSCRIBED_UNCALLED)))
        if cents > due.total:
            _refuse_payment(movement, holder, values, due)
        return treasury.payment_legs(holder.member_id, cents, due)
    if kind is CapitalKind.CALL:
        uncalled = holder.in_bucket(Bucket.SUBSCRIBED_UNCALLED)
        if cents > uncalled:
            sentence = N_(
                "%(name)s: %(uncalled)s can still be called on %(day)s, and %(amount)s is more. "
                "Check the amount, the day and the subscriptions before."
            )
            refuse("call_out_of_range", sentence, "amount", **values, uncalled=Euros(Cents(uncalled)))
        return treasury.further_call_legs(holder.member_id, cents)
    parts = _SIMPLE.get(kind)
    if parts is None:
        refuse(
            "cannot_be_told",
            N_("This kind of movement cannot stand alone in a spreadsheet line. Check the kind."),
            "kind",
        )
    source = next((bucket for whose, bucket, way in parts if not whose and way < 0), None)
    if source is not None and cents > holder.in_bucket(source):
        there = Euros(Cents(holder.in_bucket(source)))
        sentence = N_(
            "%(name)s: there is %(there)s to take it from on %(day)s, and %(amount)s is more. Check "
            "the amount, the day and the lines before."
        )
        refuse("more_than_there_is", sentence, "amount", **values, there=there)
    return [MoneyLeg(bucket, None if whose else holder.member_id, way * cents) for whose, bucket, way in parts]


def _refuse_payment(movement: Movement, holder: Holder, values: Mapping[str, object], due: Due) -> NoReturn:
    if not due.total and not holder.lots:
        sentence = N_(
            "%(name)s owes nothing on %(day)s: no subscription stands before this payment. Add it, "
            "or check the member and the day."
        )
        refuse("nothing_due", sentence, "amount", **values)
    sentence = N_(
        "%(name)s owes %(due)s on %(day)s, and %(amount)s is more. Check the amount and the "
        "subscriptions before; what was "
        "really paid too much is a line of its own, “trop-perçu”."
    )
    refuse("overpaid", sentence, "amount", **values, due=Euros(due.total))


def _with_money(books: Books, movement: Movement, shares: ShareLine, deduced: list[MoneyLeg]) -> Written:
    if movement.accounts == NOTHING:
        return Written(movement.name, shares, None)
    marks = account_marks(movement)
    legs = _marked_legs(books, movement, books.holders[movement.member], marks) if marks else deduced
    if not legs:
        return Written(movement.name, shares, None)
    kind = movement.money or MONEY_OF.get(shares.kind, CapitalKind.CALL)
    money = MoneyLine(kind, movement.day, tuple(legs), decision_beside(kind, shares.decision), beside=movement.name)
    _check_form(money)
    return Written(movement.name, shares, money)


def _marked_legs(books: Books, movement: Movement, holder: Holder, marks: list[AccountMark]) -> list[MoneyLeg]:
    if sum(mark.cents for mark in marks):
        sentence = N_("The accounts of this line do not add up to zero. Leave the cell empty, or export again.")
        refuse("unbalanced", sentence, "accounts")
    return [MoneyLeg(mark.bucket, _owner(books, movement, holder, mark.whose), mark.cents) for mark in marks]


def _owner(books: Books, movement: Movement, holder: Holder, whose: str) -> UUID | None:
    if whose == "~":
        return None
    if not whose:
        return holder.member_id
    number = movement.other if whose == ">" else int(whose.rstrip("!"))
    other = books.holders.get(number) if number is not None else None
    if other is None:
        sentence = N_("Member number %(number)s is in no list. Add this person to the members, or check the number.")
        refuse("unknown_member", sentence, "accounts", number=str(number or ""))
    return other.member_id


def _share_line(around: Around, movement: Movement, legs: list[Leg], *, cause: str) -> ShareLine:
    kind = movement.shares or TxKind.REDEEM
    decision = movement.decision or (around.no_decision if kind in _NEEDS_DECISION else "")
    return ShareLine(
        kind, movement.day, tuple(legs), reason_code=cause, decision=decision,
        note=movement.reference,
    )  # fmt: skip

"""What each kind of movement asks of its line: the number, the amount, the lots, the standing; or why it is refused."""

from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.members.rules import Status
from coopgov.past.rules.books import Books, Holder
from coopgov.past.rules.marks import AccountMark, LotMark, read_accounts, read_lots
from coopgov.past.rules.movement import Around, Movement
from coopgov.past.rules.values import swapped
from coopgov.shares.rules import MOST_SHARES, ORDINARY, Lot


def lots_taken(around: Around, movement: Movement, holder: Holder) -> list[tuple[Lot, int]]:
    """Which lots go: those that are named, or the oldest first."""
    quantity, held = quantity_of(movement), holder.shares
    if quantity > held:
        sentence = N_(
            "%(name)s holds this many shares on %(day)s: %(held)s. %(quantity)s cannot go. Check the "
            "number, the day, or a subscription that is missing before."
        )
        refuse("more_than_held", sentence, "quantity", name=holder.name, day=movement.day, held=held, quantity=quantity)
    if marks := lot_marks(movement):
        return [(known_lot(around, mark), abs(mark.quantity or 0)) for mark in marks]
    taken = []
    for lot in holder.oldest():
        part = min(quantity, lot.quantity)
        quantity -= part
        if part:
            taken.append((lot.lot, part))
    return taken


def known_lot(around: Around, mark: LotMark) -> Lot:
    """A lot that a line before has opened."""
    lot = around.named_lots.get(mark.name)
    if lot is None:
        refuse("unknown_lot", N_("Lot %(lot)s is in no line before. Check the lots."), "lots", lot=mark.name)
    return lot


def new_lot_name(books: Books, around: Around, text: str, lot: Lot) -> str:
    """What a new lot is called by later lines."""
    books.lots += 1
    if not text:
        return f"L{books.lots}"
    around.named_lots[text] = lot
    return text


def standing_then(movement: Movement, holder: Holder, allowed: tuple[Status, ...]) -> Status:
    """What somebody was on the day of a movement; refused when it does not fit."""
    status = holder.status_on(movement.day)
    if status not in allowed:
        _refuse_standing(movement, holder, allowed)
    return status


def _refuse_standing(movement: Movement, holder: Holder, allowed: tuple[Status, ...]) -> NoReturn:
    values = {"name": holder.name, "day": movement.day}
    other = swapped(movement.day)
    if other is not None and holder.status_on(other) in allowed:
        sentence = N_(
            "%(name)s is no member on %(day)s. Are day and month swapped? On %(other)s it would be "
            "right. Otherwise check the day and the admission."
        )
        refuse("not_a_member_then", sentence, "day", **values, other=other)
    since = next((day for day, spell in holder.spells if spell in allowed), None)
    if since is not None and since > movement.day:
        sentence = N_(
            "%(name)s is no member on %(day)s, but since %(since)s. Check the day; where shares were "
            "subscribed before the admission, add the day of the application."
        )
        refuse("not_a_member_then", sentence, "day", **values, since=since)
    sentence = N_("%(name)s is no member on %(day)s. Check the day, the admission and the departure.")
    refuse("not_a_member_then", sentence, "day", **values)


def quantity_of(movement: Movement) -> int:
    """The number of shares of a line."""
    quantity = movement.quantity
    if quantity is None or not 1 <= quantity < MOST_SHARES:
        refuse("no_quantity", N_("A movement of shares needs their number, 1 or more."), "quantity")
    return quantity


def amount_of(movement: Movement) -> int:
    """The amount of a line, in cents."""
    if not movement.amount:
        refuse("no_amount", N_("A movement of money needs its amount, more than nothing."), "amount")
    return movement.amount


def check_total(movement: Movement, quantity: int, unit: int) -> None:
    """Refuse a line whose amount is not its number of shares times their price."""
    if movement.amount is not None and movement.amount != quantity * unit:
        sentence = N_(
            "%(quantity)s shares at %(unit)s make %(total)s, and the line says %(amount)s. Check the "
            "number, the price and the amount."
        )
        refuse(
            "wrong_total", sentence, "amount", quantity=quantity, unit=Euros(Cents(unit)),
            total=Euros(Cents(quantity * unit)), amount=Euros(Cents(movement.amount)),
        )  # fmt: skip


def check_value(movement: Movement, taken: list[tuple[Lot, int]]) -> None:
    """Refuse a line whose amount is not what the lots taken are worth."""
    value = value_of(taken)
    if movement.amount is not None and movement.amount != value:
        sentence = N_(
            "These shares are worth %(total)s, and the line says %(amount)s. Check the number and the amount."
        )
        refuse("wrong_total", sentence, "amount", total=Euros(Cents(value)), amount=Euros(Cents(movement.amount)))


def value_of(taken: list[tuple[Lot, int]]) -> int:
    """What these lots are worth, in cents."""
    return sum(lot.issue_unit_cents * quantity for lot, quantity in taken)


def class_named(around: Around, code: str) -> UUID:
    """The class of shares of that code."""
    found = around.classes.get(code or ORDINARY)
    if found is None:
        sentence = N_("There is no class of shares “%(code)s”. Create it first, or leave the cell empty.")
        refuse("unknown_class", sentence, "class", code=code)
    return found


def lot_marks(movement: Movement) -> list[LotMark]:
    """The lots that a line names."""
    found = read_lots(movement.lots)
    if isinstance(found, Breach):
        raise RuleBroken([about(found, "lots")])
    return found


def account_marks(movement: Movement) -> list[AccountMark]:
    """The accounts that a line names."""
    found = read_accounts(movement.accounts)
    if isinstance(found, Breach):
        raise RuleBroken([about(found, "accounts")])
    return found


def about(breach: Breach, key: str) -> Breach:
    """The same refusal, about that column."""
    return replace(breach, field=key)


def refuse(code: str, sentence: str, key: str, /, **values: object) -> NoReturn:
    """Refuse a line, for what stands in one of its columns."""
    raise RuleBroken([Breach(code, sentence, values, field=key)])

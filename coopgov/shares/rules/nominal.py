"""What the value of a share may become, and what shares may be exchanged for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.shares.rules.kinds import MOST_SHARES, Account, Leg, Lot
from coopgov.shares.rules.moving import LotLeft, Taken, value_of
from coopgov.shares.rules.subscribing import not_a_number_of_shares

HIGHEST_FACTOR = 1000


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shares of an old lot for shares of the new one that carries its first day on."""

    old: Taken
    new: Lot
    quantity: int


def exchange_legs(member_id: UUID, exchanges: Sequence[Exchange]) -> tuple[Leg, ...]:
    """The legs of an exchange: the old shares back to the issuer, the new ones out of it."""
    old = [(swap.old.lot, swap.old.quantity) for swap in exchanges]
    new = [(swap.new, swap.quantity) for swap in exchanges if swap.quantity]
    return (
        *(Leg(Account.HOLDER, member_id, lot, -quantity, lot.issue_unit_cents) for lot, quantity in old),
        *(Leg(Account.HOLDER, member_id, lot, quantity, lot.issue_unit_cents) for lot, quantity in new),
        *(Leg(Account.ISSUER, None, lot, quantity, lot.issue_unit_cents) for lot, quantity in old),
        *(Leg(Account.ISSUER, None, lot, -quantity, lot.issue_unit_cents) for lot, quantity in new),
    )


def quantities_for(taken: Sequence[Taken], unit_cents: int) -> tuple[int, ...]:
    """How many new shares of that value each old lot gives: whole in all, the rest is money.

    A new share made of what two lots leave takes the younger one's day.
    """
    totals = [total // unit_cents for total in accumulate(part.cents for part in taken)]
    return tuple(total - before for total, before in zip(totals, (0, *totals), strict=False))


def remainder_of(taken: Sequence[Taken], unit_cents: int) -> int:
    """What the old shares are worth beyond whole new ones: less than one of these."""
    return value_of(taken) % unit_cents


def check_conversion(taken: Sequence[Taken], unit_cents: int, *, is_other: bool) -> list[Breach]:
    """List what stands against exchanging these shares for shares of another class."""
    if not is_other:
        return [
            Breach("same_class", N_("These shares are of that class already. Choose another one."), field="to_class")
        ]
    if (gained := value_of(taken) // unit_cents) >= MOST_SHARES:
        return [not_a_number_of_shares(gained)]
    if gained:
        return []
    values = {"value": Euros(Cents(value_of(taken))), "unit": Euros(Cents(unit_cents))}
    sentence = N_("These shares are worth %(value)s, less than one of that class, %(unit)s. Convert more of them.")
    return [Breach("worth_less_than_one", sentence, values, field="quantity")]


def check_split(lots: Sequence[LotLeft], factor: int) -> list[Breach]:
    """List what stands against making so many shares of each one."""
    if not 2 <= factor <= HIGHEST_FACTOR:
        sentence = N_("A share is divided into 2 to %(most)s new ones. Give such a number.")
        return [Breach("bad_factor", sentence, {"most": HIGHEST_FACTOR}, field="factor")]
    if len({left.lot.issue_unit_cents for left in lots}) > 1:
        sentence = N_("Shares of several values are held. Give them one value first, then divide them.")
        return [Breach("several_values", sentence, field="factor")]
    most = max((left.quantity for left in lots), default=0) * factor
    if most >= MOST_SHARES:
        return [replace(not_a_number_of_shares(most), field="factor")]
    uneven = next((left.lot.issue_unit_cents for left in lots if left.lot.issue_unit_cents % factor), None)
    if uneven is None:
        return []
    sentence = N_("%(unit)s cannot be divided by %(factor)s to the cent. Give another number.")
    return [Breach("uneven_split", sentence, {"unit": Euros(Cents(uneven)), "factor": factor}, field="factor")]


def check_new_nominal(lots: Sequence[LotLeft], cents: int, figures: Figures, on: date) -> list[Breach]:
    """List what stands against giving all shares held this value: up only out of reserves, where the law allows it."""
    if cents < 1:
        return [Breach("bad_nominal", N_("A share has a nominal value above zero."), {}, field="cents")]
    lowest = min((left.lot.issue_unit_cents for left in lots), default=cents)
    return check_raised(Cents(lowest), Cents(cents), figures, on)


def check_raised(before: Cents, after: Cents, figures: Figures, on: date) -> list[Breach]:
    """List what stands against raising the value of shares that are held."""
    if after <= before:
        return []
    allowed = figures.find_figure("share.reserves_into_capital_allowed", on=on)
    if allowed is not None and allowed.as_bool():
        return []
    sentence = N_(
        "Shares of %(before)s are held and would become shares of %(after)s: that turns reserves into capital, "
        "which is not allowed here. Keep the value, or lower it."
    )
    values = {"before": Euros(before), "after": Euros(after)}
    articles = allowed.citations if allowed is not None else ()
    return [Breach("nominal_of_held_shares", sentence, values, articles, field="share_nominal_cents")]


def check_nominal_follows(before: Cents, after: Cents, *, capital: Cents, figures: Figures, on: date) -> list[Breach]:
    """List why statutes cannot change the value of a share: shares of the old one are held and cannot follow."""
    return [] if capital == 0 else check_raised(before, after, figures, on)


def check_statutes_say(cents: int, by_statutes: int, on: date) -> list[Breach]:
    """List what stands against a value that the statutes of that day do not give."""
    if cents == by_statutes:
        return []
    values = {"given": Euros(Cents(cents)), "value": Euros(Cents(by_statutes)), "day": on}
    sentence = N_(
        "On %(day)s the statutes give a share the value of %(value)s, not %(given)s. "
        "Amend the statutes first, or give that value."
    )
    return [Breach("statutes_say_otherwise", sentence, values, field="cents")]


def check_all_move(later: int | None, held: int, on: date) -> list[Breach]:
    """List what stands against changing all the shares of a class on a day: none held, or a movement after it."""
    if not held:
        sentence = N_("On %(day)s no share of this class has another value. There is nothing to change.")
        return [Breach("nothing_to_change", sentence, {"day": on}, field="effective_on")]
    if later is None:
        return []
    sentence = N_("Movement %(seq)s of this class takes effect after %(day)s. Give its day or a later one.")
    return [Breach("moved_since", sentence, {"seq": later, "day": on}, field="effective_on")]

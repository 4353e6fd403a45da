"""What may leave a holder's account: to another member, to heirs, back to the cooperative; lot by lot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.shares.rules.kinds import Account, Holder, Leg, Lot, TxKind
from coopgov.shares.rules.requests import Cause


@dataclass(frozen=True, slots=True)
class LotLeft:
    """A lot of a holder, and how many of its shares can be taken as of a day."""

    lot: Lot
    quantity: int


@dataclass(frozen=True, slots=True)
class Taken:
    """So many shares taken of one lot."""

    lot: Lot
    quantity: int

    @property
    def cents(self) -> int:
        """What they are worth."""
        return self.quantity * self.lot.issue_unit_cents


def take(lots: Sequence[LotLeft], quantity: int) -> tuple[Taken, ...]:
    """So many shares, the oldest lots first (*premier entré, premier sorti*); fewer when there are not enough."""
    taken, wanted = [], quantity
    for left in sorted(lots, key=lambda left: (left.lot.first_acquired_on, str(left.lot.id))):
        part = min(left.quantity, wanted)
        if part > 0:
            taken.append(Taken(left.lot, part))
            wanted -= part
    return tuple(taken)


def take_chosen(lots: Sequence[LotLeft], chosen: Mapping[UUID, int]) -> tuple[Taken, ...]:
    """The shares chosen lot by lot, as far as they are there."""
    return tuple(
        Taken(left.lot, min(left.quantity, chosen[left.lot.id])) for left in lots if chosen.get(left.lot.id, 0) > 0
    )


def value_of(taken: Sequence[Taken]) -> int:
    """What the shares taken are worth, in cents."""
    return sum(part.cents for part in taken)


def withdrawal_legs(member_id: UUID, taken: Sequence[Taken]) -> tuple[Leg, ...]:
    """The legs of a withdrawal: out of the holder's account, back into the issuer's, the same lots."""
    return (
        *(Leg(Account.HOLDER, member_id, part.lot, -part.quantity, part.lot.issue_unit_cents) for part in taken),
        *(Leg(Account.ISSUER, None, part.lot, part.quantity, part.lot.issue_unit_cents) for part in taken),
    )


def transfer_legs(from_id: UUID, to_id: UUID, taken: Sequence[Taken]) -> tuple[Leg, ...]:
    """The legs of a transfer: out of one holder's account, into another's, the same lots."""
    return (
        *(Leg(Account.HOLDER, from_id, part.lot, -part.quantity, part.lot.issue_unit_cents) for part in taken),
        *(Leg(Account.HOLDER, to_id, part.lot, part.quantity, part.lot.issue_unit_cents) for part in taken),
    )


def check_taken(name: str, quantity: int, lots: Sequence[LotLeft], taken: Sequence[Taken], on: date) -> list[Breach]:
    """List what stands against taking so many shares from a holder as of that day."""
    if quantity < 1:
        sentence = N_("At least one share moves. Give 1 or more.")
        return [Breach("not_a_number_of_shares", sentence, {"quantity": quantity}, field="quantity")]
    if sum(part.quantity for part in taken) == quantity:
        return []
    values = {"name": name, "day": on, "most": sum(left.quantity for left in lots), "quantity": quantity}
    sentence = N_(
        "Shares of %(name)s that can leave on %(day)s: %(most)s; asked for: %(quantity)s. Give that number at most."
    )
    return [Breach("too_few_shares", sentence, values, field="quantity")]


def check_decided(decision: str) -> list[Breach]:
    """List what stands against the decision of a movement that needs one."""
    if decision.strip():
        return []
    sentence = N_("This movement needs a decision. Write which one: who decided, on which day.")
    return [Breach("no_decision", sentence, field="resolution")]


def check_leaves(holder: Holder, cause: str, on: date) -> list[Breach]:
    """List what stands against withdrawing shares of this holder on that day."""
    if cause == Cause.REDUCTION:
        if holder.is_member:
            return []
        sentence = N_("%(name)s is no member on %(day)s: nothing is reduced. Record the withdrawal after the exit.")
        return [Breach("not_a_member", sentence, {"name": holder.name, "day": on})]
    if holder.is_frozen:
        return [_frozen(holder)]
    if holder.is_former:
        return []
    sentence = N_("%(name)s has not left on %(day)s. Record the exit first, or withdraw a part of the shares only.")
    return [Breach("has_not_left", sentence, {"name": holder.name, "day": on}, field="cause")]


def check_parties(giver: Holder, taker: Holder, kind: TxKind, on: date) -> list[Breach]:
    """List what stands against shares going from one to the other on that day."""
    values = {"name": taker.name, "giver": giver.name, "day": on}
    breaches = []
    if giver.member_id == taker.member_id:
        breaches.append(Breach("same_holder", N_("Shares go to somebody else. Choose another member."), field="to"))
    if not taker.is_member:
        sentence = N_("%(name)s is no member on %(day)s and cannot hold shares. Admit this person first.")
        breaches.append(Breach("taker_not_a_member", sentence, values, field="to"))
    if kind is TxKind.INHERIT and not giver.is_dead:
        sentence = N_("%(giver)s is not recorded as deceased on %(day)s. Record the death, or record a transfer.")
        breaches.append(Breach("not_deceased", sentence, values))
    if kind is TxKind.TRANSFER and giver.is_dead:
        sentence = N_("%(giver)s has died: shares pass to heirs. Record an inheritance.")
        breaches.append(Breach("deceased", sentence, values))
    return breaches


def check_not_frozen(holder: Holder) -> list[Breach]:
    """List what stands against touching the shares of an estate that is not settled."""
    return [_frozen(holder)] if holder.is_frozen else []


def _frozen(holder: Holder) -> Breach:
    sentence = N_("The estate of %(name)s is not settled. Close the file of the death first, or record an inheritance.")
    return Breach("estate_not_settled", sentence, {"name": holder.name})

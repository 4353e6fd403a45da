"""Shares exchanged for others: of another class, divided, of another nominal value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.money import Cents, Euros
from coopgov.core.preflight import Check, check_preflight, checked, green, red
from coopgov.members import queries as members
from coopgov.shares import book, queries, rules
from coopgov.shares.book import BOOK_NAME, Entry, line_name
from coopgov.shares.events import NewNominal, NominalChanged, SharesConverted
from coopgov.shares.rules import ORDINARY, BookName, ClassTerms, Exchange, Lot, LotLeft, Taken, TxKind, late_day
from coopgov.shares.service.classes import nominal_of, set_nominal
from coopgov.shares.service.limits import Gain, check_taker
from coopgov.shares.service.looking import Seeing
from coopgov.shares.service.moving import Details
from coopgov.shares.service.people import holder_on
from coopgov.shares.service.procedure import check_procedure
from coopgov.statutes import queries as statutes


@dataclass(frozen=True, slots=True)
class Conversion:
    """Shares about to be exchanged for shares of another class, and what is found of them."""

    member_id: UUID
    name: str
    quantity: int
    old: ClassTerms
    new: ClassTerms
    unit: int
    left: Sequence[LotLeft]
    taken: Sequence[Taken]

    @property
    def gained(self) -> int:
        """How many shares of the new class they make."""
        return sum(rules.quantities_for(self.taken, self.unit))

    @property
    def remainder(self) -> int:
        """What they are worth beyond these."""
        return rules.remainder_of(self.taken, self.unit)


def convert(
    act: Act,
    *,
    member_id: UUID,
    quantity: int,
    from_class: str,
    to_class: str,
    effective_on: date,
    decision: str,
    **more: Unpack[Details],
) -> int:
    """Exchange shares of one class for shares of another (*conversion*); gives its number.

    The value stays, but for a remainder of less than one new share, which is told for the money book.
    """
    book.take_the_pen(act.session)
    asked = _conversion(act, member_id, quantity, from_class, to_class, effective_on, more.get("lots"))
    checks = _check_conversion(act, asked, effective_on, decision, more)
    refuse_if(check_preflight(checks, {}))
    exchanges = _exchanges(asked.taken, asked.new, asked.unit)
    entry = Entry(
        TxKind.CONVERT, effective_on, rules.exchange_legs(member_id, exchanges),
        opens=tuple(swap.new for swap in exchanges if swap.quantity), resolution=decision.strip()[:200],
        request_id=more.get("request_id"), approved_by=more.get("approved_by"),
        late_for=late_day(effective_on, more.get("true_on")),
    )  # fmt: skip
    [seq] = book.write(act, [entry])
    facts = {"member": member_id, "quantity": quantity, "into": to_class, "gained": asked.gained, "last": seq}
    act.record("shares.converted", line_name(seq), facts | {"remainder": asked.remainder, "decision": decision})
    act.publish(SharesConverted(seq, member_id, asked.remainder, effective_on))
    return seq


def preflight_conversion(
    look: Seeing,
    *,
    member_id: UUID,
    quantity: int,
    from_class: str,
    to_class: str,
    effective_on: date,
    decision: str,
    **more: Unpack[Details],
) -> list[Check]:
    """What an exchange for another class would be checked for now; writes nothing."""
    asked = _conversion(look, member_id, quantity, from_class, to_class, effective_on, more.get("lots"))
    return _check_conversion(look, asked, effective_on, decision, more)


def _conversion(
    look: Seeing,
    member_id: UUID,
    quantity: int,
    from_class: str,
    to_class: str,
    on: date,
    chosen: Mapping[UUID, int] | None,
) -> Conversion:
    old, new = queries.get_class(look.session, from_class), queries.get_class(look.session, to_class)
    left = queries.lots_left(look.session, member_id, on, class_id=old.id)
    taken = rules.take(left, quantity) if chosen is None else rules.take_chosen(left, chosen)
    name = members.get_member(look.session, member_id).name
    return Conversion(member_id, name, quantity, old, new, nominal_of(look, to_class, on), left, taken)


def _check_conversion(look: Seeing, asked: Conversion, on: date, decision: str, more: Details) -> list[Check]:
    holder = holder_on(look, asked.member_id, more.get("true_on") or on)
    taken = rules.check_taken(asked.name, asked.quantity, asked.left, asked.taken, on)
    worth = taken or rules.check_conversion(asked.taken, asked.unit, is_other=asked.old.id != asked.new.id)
    gain = Gain(asked.gained * asked.unit, -asked.remainder, -asked.remainder)
    limits = check_taker(look, asked.new, asked.member_id, on, quantity=asked.gained, gained=gain)
    values = {
        "count": asked.quantity, "gained": asked.gained, "label": asked.new.label,
        "remainder": Euros(Cents(asked.remainder)),
    }  # fmt: skip
    sentence = N_("%(count)s shares become %(gained)s of the class “%(label)s”; %(remainder)s is to be paid back.")
    return [
        *checked(
            _check_procedure(look, TxKind.CONVERT, on, more),
            green("day", N_("The register of %(day)s is open."), {"day": on}),
        ),
        *checked(
            rules.check_decided(decision), green("decision", N_("Decided: %(decision)s."), {"decision": decision})
        ),
        *map(red, rules.check_not_frozen(holder)),
        *checked(worth, green("lots", sentence, values)),
        *map(red, limits),
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of all the shares of a class on a day: what is held, and what each share becomes."""

    kind: TxKind
    terms: ClassTerms
    effective_on: date
    decision: str
    held: Mapping[UUID, Sequence[LotLeft]]
    # The new value of a share, and how many new ones an old one gives.
    cents: int
    factor: int = 1

    @property
    def lots(self) -> list[LotLeft]:
        """Every lot it changes."""
        return [left for lots in self.held.values() for left in lots]

    def unit_of(self, lot: Lot) -> int:
        """What a share of this lot is worth then."""
        return lot.issue_unit_cents // self.factor if self.kind is TxKind.SPLIT else self.cents


def split(act: Act, *, class_code: str = ORDINARY, factor: int, effective_on: date, decision: str) -> list[int]:
    """Divide every share of a class into so many (*division*), of all holders on one day; gives their numbers."""
    book.take_the_pen(act.session)
    return _change_all(act, a_split(act, class_code=class_code, factor=factor, on=effective_on, decision=decision))


def change_nominal(act: Act, *, class_code: str = ORDINARY, cents: int, effective_on: date, decision: str) -> list[int]:
    """Give every share of a class another value (*modification de la valeur nominale*); gives their numbers."""
    book.take_the_pen(act.session)
    change = a_new_nominal(act, class_code=class_code, cents=cents, on=effective_on, decision=decision)
    seqs = _change_all(act, change)
    differences = [
        NewNominal(seq, member_id, sum(left.quantity * (cents - left.lot.issue_unit_cents) for left in lots))
        for seq, (member_id, lots) in zip(seqs, change.held.items(), strict=True)
    ]
    act.publish(NominalChanged(tuple(differences), effective_on, decision.strip()))
    return seqs


def a_split(look: Seeing, *, class_code: str, factor: int, on: date, decision: str) -> Change:
    """The division of every share of a class, as it would be."""
    terms = queries.get_class(look.session, class_code)
    held = queries.lots_of_class(look.session, terms.id, on)
    units = {left.lot.issue_unit_cents for lots in held.values() for left in lots}
    return Change(TxKind.SPLIT, terms, on, decision, held, max(units, default=0) // max(factor, 1), factor)


def a_new_nominal(look: Seeing, *, class_code: str, cents: int, on: date, decision: str) -> Change:
    """Another value of every share of a class, as it would be: those that have it already stay as they are."""
    terms = queries.get_class(look.session, class_code)
    found = {
        member_id: [left for left in lots if left.lot.issue_unit_cents != cents]
        for member_id, lots in queries.lots_of_class(look.session, terms.id, on).items()
    }
    held = {member_id: lots for member_id, lots in found.items() if lots}
    return Change(TxKind.NOMINAL_CHANGE, terms, on, decision, held, cents)


def preflight_change(look: Seeing, change: Change) -> list[Check]:
    """What a change of all the shares of a class would be checked for now; writes nothing."""
    terms, on = change.terms, change.effective_on
    by_statutes = statutes.statutes_on(look.session, on).share_nominal_cents
    is_split = change.kind is TxKind.SPLIT
    breaches = [
        *(
            rules.check_split(change.lots, change.factor)
            if is_split
            else rules.check_new_nominal(change.lots, change.cents, look.rulebook, on)
        ),
        *rules.check_all_move(queries.moved_after(look.session, terms.id, on), len(change.held), on),
    ]
    said = rules.check_statutes_say(change.cents, by_statutes, on) if terms.code == ORDINARY else []
    before = sum(left.quantity * left.lot.issue_unit_cents for left in change.lots)
    after = sum(left.quantity * change.factor * change.unit_of(left.lot) for left in change.lots if not breaches)
    values = {"holders": len(change.held), "before": Euros(Cents(before)), "after": Euros(Cents(after))}
    sentence = N_("Holders whose shares change: %(holders)s. What they hold goes from %(before)s to %(after)s.")
    decided = green("decision", N_("Decided: %(decision)s."), {"decision": change.decision})
    return [
        *checked(
            _check_procedure(look, change.kind, on, {}),
            green("day", N_("The register of %(day)s is open."), {"day": on}),
        ),
        *checked(rules.check_decided(change.decision), decided),
        *checked(said, green("statutes", N_("The statutes give a share that value."))),
        *checked(breaches, green("holders", sentence, values)),
    ]


def _change_all(act: Act, change: Change) -> list[int]:
    refuse_if(check_preflight(preflight_change(act, change), {}))
    terms, on = change.terms, change.effective_on
    set_nominal(act, terms.id, on, change.cents, change.decision)
    seqs = book.write(act, [_entry(change, member_id, lots) for member_id, lots in change.held.items()])
    facts = {"class": terms.code, "from": on, "cents": change.cents, "decision": change.decision}
    act.record(f"shares.{change.kind.value}", BOOK_NAME, facts | {"number": len(seqs), "last": seqs[-1]})
    return seqs


def _entry(change: Change, member_id: UUID, lots: Sequence[LotLeft]) -> Entry:
    exchanges = [
        Exchange(
            Taken(left.lot, left.quantity), _follows(left.lot, change.terms.id, change.unit_of(left.lot)),
            left.quantity * change.factor,
        )
        for left in lots
    ]  # fmt: skip
    legs = rules.exchange_legs(member_id, exchanges)
    return Entry(
        change.kind, change.effective_on, legs, opens=tuple(swap.new for swap in exchanges),
        resolution=change.decision.strip()[:200],
    )  # fmt: skip


def _exchanges(taken: Sequence[Taken], terms: ClassTerms, unit: int) -> list[Exchange]:
    quantities = rules.quantities_for(taken, unit)
    return [
        Exchange(part, _follows(part.lot, terms.id, unit), quantity)
        for part, quantity in zip(taken, quantities, strict=True)
    ]


def _follows(lot: Lot, class_id: UUID, unit: int) -> Lot:
    return Lot(new_id(), class_id, lot.first_acquired_on, unit, parent_id=lot.id)


def _check_procedure(act: Seeing, kind: TxKind, effective_on: date, more: Details) -> list[Breach]:
    return check_procedure(
        act, BookName.SHARE, kind, effective_on=effective_on, true_on=more.get("true_on"),
        approved_by=more.get("approved_by"),
    )  # fmt: skip

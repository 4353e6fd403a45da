"""Shares exchanged for others: of another class, divided, of another nominal value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.ids import new_id
from coopgov.members import queries as members
from coopgov.shares import book, queries, rules
from coopgov.shares.book import BOOK_NAME, Entry, line_name
from coopgov.shares.events import NewNominal, NominalChanged, SharesConverted
from coopgov.shares.rules import ORDINARY, BookName, ClassTerms, Exchange, Lot, LotLeft, Taken, TxKind, late_day
from coopgov.shares.service.classes import nominal_of, set_nominal
from coopgov.shares.service.limits import Gain, check_taker
from coopgov.shares.service.moving import Details
from coopgov.shares.service.procedure import check_procedure
from coopgov.statutes import queries as statutes


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
    old, new = queries.get_class(act.session, from_class), queries.get_class(act.session, to_class)
    unit = nominal_of(act, to_class, effective_on)
    left = queries.lots_left(act.session, member_id, effective_on, class_id=old.id)
    chosen = more.get("lots")
    taken = rules.take(left, quantity) if chosen is None else rules.take_chosen(left, chosen)
    name, true_on = members.get_member(act.session, member_id).name, more.get("true_on")
    gained, remainder = sum(rules.quantities_for(taken, unit)), rules.remainder_of(taken, unit)
    refuse_if(
        [
            *_check_procedure(act, TxKind.CONVERT, effective_on, more),
            *rules.check_decided(decision),
            *(
                rules.check_taken(name, quantity, left, taken, effective_on)
                or rules.check_conversion(taken, unit, is_other=old.id != new.id)
            ),
            *check_taker(
                act, new, member_id, effective_on, quantity=gained,
                gained=Gain(gained * unit, -remainder, -remainder),
            ),
        ]
    )  # fmt: skip
    exchanges = _exchanges(taken, new, unit)
    entry = Entry(
        TxKind.CONVERT, effective_on, rules.exchange_legs(member_id, exchanges),
        opens=tuple(swap.new for swap in exchanges if swap.quantity), resolution=decision.strip()[:200],
        request_id=more.get("request_id"), approved_by=more.get("approved_by"),
        late_for=late_day(effective_on, true_on),
    )  # fmt: skip
    [seq] = book.write(act, [entry])
    facts = {"member": member_id, "quantity": quantity, "into": to_class, "gained": gained, "last": seq}
    act.record("shares.converted", line_name(seq), facts | {"remainder": remainder, "decision": decision})
    act.publish(SharesConverted(seq, member_id, remainder, effective_on))
    return seq


@dataclass(frozen=True, slots=True)
class Change:
    """A change of all the shares of a class on a day: what it is, what a share of old becomes."""

    kind: TxKind
    terms: ClassTerms
    effective_on: date
    decision: str
    # The new value of a share, and how many new ones an old one gives.
    unit_of: Callable[[int], int]
    factor: int = 1


def split(act: Act, *, class_code: str = ORDINARY, factor: int, effective_on: date, decision: str) -> list[int]:
    """Divide every share of a class into so many (*division*), of all holders on one day; gives their numbers."""
    book.take_the_pen(act.session)
    terms = queries.get_class(act.session, class_code)
    held = _held(act, terms, effective_on)
    every = [left for lots in held.values() for left in lots]
    units = {left.lot.issue_unit_cents for left in every}
    refuse_if(rules.check_split(every, factor))
    new = max(units) // factor if units else 0
    change = Change(TxKind.SPLIT, terms, effective_on, decision, lambda unit: unit // factor, factor)
    return _change_all(act, change, held, new)


def change_nominal(act: Act, *, class_code: str = ORDINARY, cents: int, effective_on: date, decision: str) -> list[int]:
    """Give every share of a class another value (*modification de la valeur nominale*); gives their numbers."""
    book.take_the_pen(act.session)
    terms = queries.get_class(act.session, class_code)
    held = {
        member_id: others
        for member_id, lots in _held(act, terms, effective_on).items()
        if (others := [left for left in lots if left.lot.issue_unit_cents != cents])
    }
    every = [left for lots in held.values() for left in lots]
    refuse_if(rules.check_new_nominal(every, cents, act.rulebook, effective_on))
    change = Change(TxKind.NOMINAL_CHANGE, terms, effective_on, decision, lambda _unit: cents)
    seqs = _change_all(act, change, held, cents)
    differences = [
        NewNominal(seq, member_id, sum(left.quantity * (cents - left.lot.issue_unit_cents) for left in lots))
        for seq, (member_id, lots) in zip(seqs, held.items(), strict=True)
    ]
    act.publish(NominalChanged(tuple(differences), effective_on, decision.strip()))
    return seqs


def _held(act: Act, terms: ClassTerms, on: date) -> dict[UUID, list[LotLeft]]:
    return queries.lots_of_class(act.session, terms.id, on)


def _change_all(act: Act, change: Change, held: Mapping[UUID, Sequence[LotLeft]], cents: int) -> list[int]:
    terms, on = change.terms, change.effective_on
    by_statutes = statutes.statutes_on(act.session, on).share_nominal_cents
    refuse_if(
        [
            *_check_procedure(act, change.kind, on, {}),
            *rules.check_decided(change.decision),
            *rules.check_all_move(queries.moved_after(act.session, terms.id, on), len(held), on),
            *(rules.check_statutes_say(cents, by_statutes, on) if terms.code == ORDINARY else []),
        ]
    )
    set_nominal(act, terms.id, on, cents, change.decision)
    seqs = book.write(act, [_entry(change, member_id, lots) for member_id, lots in held.items()])
    facts = {"class": terms.code, "from": on, "cents": cents, "decision": change.decision}
    act.record(f"shares.{change.kind.value}", BOOK_NAME, facts | {"number": len(seqs), "last": seqs[-1]})
    return seqs


def _entry(change: Change, member_id: UUID, lots: Sequence[LotLeft]) -> Entry:
    exchanges = [
        Exchange(
            Taken(left.lot, left.quantity),
            _follows(left.lot, change.terms.id, change.unit_of(left.lot.issue_unit_cents)),
            left.quantity * change.factor,
        )
        for left in lots
    ]
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


def _check_procedure(act: Act, kind: TxKind, effective_on: date, more: Details) -> list[Breach]:
    return check_procedure(
        act, BookName.SHARE, kind, effective_on=effective_on, true_on=more.get("true_on"),
        approved_by=more.get("approved_by"),
    )  # fmt: skip

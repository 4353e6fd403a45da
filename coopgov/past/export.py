"""The whole past as the three sheets that can be read again: what is imported from them is the same to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.members.queries import past as member_past
from coopgov.members.queries.past import HistoryEvent, HistoryMember
from coopgov.members.rules import Category, EventKind, PartyKind
from coopgov.past.columns import COLUMNS
from coopgov.past.rules.kinds import SheetKind, word_of
from coopgov.past.rules.marks import NOTHING, AccountMark, LotMark
from coopgov.past.rules.replay import MONEY_OF, decision_beside
from coopgov.printing.sheets import Column, Kind
from coopgov.shares import past as share_past
from coopgov.shares import queries as share_queries
from coopgov.shares.past import HistoryLeg
from coopgov.shares.past import HistoryTx as ShareTx
from coopgov.shares.rules import ORDINARY, Account, TxKind
from coopgov.treasury import past as money_past
from coopgov.treasury.past import HistoryTx as MoneyTx
from coopgov.treasury.rules import Bucket, CapitalKind, Leg

FILE_NAMES = {
    SheetKind.MEMBERS: "associes", SheetKind.EVENTS: "evenements", SheetKind.MOVEMENTS: "mouvements",
}  # fmt: skip
_KINDS = {
    **dict.fromkeys(("quantity", "held"), Kind.NUMBER),
    **dict.fromkeys(("unit", "amount", "part", "paid", "repayable"), Kind.CENTS),
    **dict.fromkeys(("day", "acquired", "joined_on", "applied_on", "left_on", "consent_on", "birth_date"), Kind.DAY),
}
_CATEGORY_WORDS = {Category.EMPLOYED: "salarié", Category.EXTERNAL: "extérieur"}


def columns_of(kind: SheetKind) -> list[Column]:
    """The columns of one sheet, in the words of the model file."""
    return [Column(column.title, _KINDS.get(column.key, Kind.TEXT), column.meaning) for column in COLUMNS[kind]]


def rows_of(session: Session, kind: SheetKind) -> Iterator[list[Any]]:
    """The lines of one sheet."""
    rows = {SheetKind.MEMBERS: _members, SheetKind.EVENTS: _events, SheetKind.MOVEMENTS: _movements}[kind]
    keys = [column.key for column in COLUMNS[kind]]
    return ([row.get(key) for key in keys] for row in rows(session))


def _members(session: Session) -> Iterator[dict[str, Any]]:
    held, money = share_queries.holdings_on(session, date.max), money_past.balances(session)
    for member in member_past.all_members(session):
        yield _member(member) | {
            "held": held[member.id].quantity if member.id in held else 0,
            "paid": money.get((member.id, Bucket.PAID_UP), 0),
            "repayable": money.get((member.id, Bucket.REPAYABLE), 0),
        }


def _member(member: HistoryMember) -> dict[str, Any]:
    *street, last = member.address.splitlines() or [""]
    postcode, _, town = last.partition(" ")
    return {
        "number": member.number,
        "legal_name": member.legal_name,
        "given_names": member.given_names,
        "siren": member.siren if member.kind is PartyKind.ORGANISATION else "",
        "representative": member.representative,
        "email": member.email,
        "phone": member.phone,
        "address": ", ".join(street),
        "postcode": postcode,
        "town": town,
        "craft": member.craft,
        "category": _CATEGORY_WORDS[member.category],
        "college": member.college,
        "joined_on": member.joined_on,
        "consent": "oui" if member.consent_on else "non",
        "consent_on": member.consent_on,
        "has_shop": "oui" if member.has_shop else "non",
        "birth_date": member.birth_date,
        "birth_place": member.birth_place,
    }


def _events(session: Session) -> Iterator[dict[str, Any]]:
    for number, group in groupby(member_past.all_events(session), key=lambda event: event.member_number):
        ordered = _in_place(list(group))
        places = {event.id: place for place, event in enumerate(ordered, start=1)}
        for event in ordered:
            yield {
                "member": number, "kind": word_of(event.kind), "day": event.effective_on, "decision": event.decision,
                "decided_by": event.decided_by.value if event.decided_by else "", "reason": event.reason,
                "category": _CATEGORY_WORDS[event.category], "college": event.college, "status": event.status.value,
                "number": places[event.id], "reverses": places.get(event.reverses_id or 0, ""),
            }  # fmt: skip


def _in_place(events: list[HistoryEvent]) -> list[HistoryEvent]:
    """Each reversal right behind what it undoes, so that the events can be followed one from the other."""
    undoing = {event.reverses_id: event for event in events if event.reverses_id is not None}
    first_hand = [event for event in events if event.kind is not EventKind.REVERSAL]
    return [each for event in first_hand for each in (event, undoing.get(event.id)) if each is not None]


# Movements ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Telling:
    """What the lines told so far have used up: their numbers, those of transactions, the names of lots."""

    numbers: dict[UUID, int]
    line: int = 0
    shares: dict[int, int] = field(default_factory=dict)
    money: dict[int, int] = field(default_factory=dict)
    lots: dict[UUID, str] = field(default_factory=dict)

    def next(self) -> int:
        """The number of the next line."""
        self.line += 1
        return self.line

    def number(self, member_id: UUID | None) -> int | str:
        """A member's number."""
        return self.numbers[member_id] if member_id is not None else ""


def _movements(session: Session) -> Iterator[dict[str, Any]]:
    telling = _Telling({member.id: member.number for member in member_past.all_members(session)})
    for shares, money in _days(share_past.history(session), money_past.history(session)):
        yield from _day(telling, shares, money)


def _days(
    shares: Iterator[ShareTx], money: Iterator[MoneyTx]
) -> Iterator[tuple[list[ShareTx], list[MoneyTx]]]:  # fmt: skip
    """What both books wrote of each day, one day after the other."""
    share, cash = next(shares, None), next(money, None)
    while share is not None or cash is not None:
        on = min(tx.effective_on for tx in (share, cash) if tx is not None)
        mine: list[ShareTx] = []
        theirs: list[MoneyTx] = []
        while share is not None and share.effective_on == on:
            mine.append(share)
            share = next(shares, None)
        while cash is not None and cash.effective_on == on:
            theirs.append(cash)
            cash = next(money, None)
        yield mine, theirs


def _day(telling: _Telling, shares: list[ShareTx], money: list[MoneyTx]) -> Iterator[dict[str, Any]]:
    """The lines of one day, in the order of both books; money stands in the line of its shares where it can."""
    waiting = {tx.seq: tx for tx in shares}
    for cash in money:
        if cash.share_tx_seq not in waiting:
            yield _money_line(telling, cash)
            continue
        for seq in [seq for seq in waiting if seq <= (cash.share_tx_seq or 0)]:
            tx = waiting.pop(seq)
            together = seq == cash.share_tx_seq and _fit(tx, cash)
            yield _share_line(telling, tx, cash if together else None)
            if seq == cash.share_tx_seq and not together:
                yield _money_line(telling, cash)
    for tx in waiting.values():
        yield _share_line(telling, tx, None)


def _fit(tx: ShareTx, cash: MoneyTx) -> bool:
    """Whether one line can tell both."""
    if cash.kind is not MONEY_OF.get(tx.kind) or cash.resolution != decision_beside(cash.kind, tx.resolution):
        return False
    if tx.kind is TxKind.REVERSAL:
        return cash.note == tx.note
    return not cash.note


def _share_line(telling: _Telling, tx: ShareTx, cash: MoneyTx | None) -> dict[str, Any]:
    number = telling.next()
    telling.shares[tx.seq] = number
    if cash is not None:
        telling.money[cash.seq] = number
    mine, other = _parties(tx)
    moved = sum(leg.quantity for leg in tx.legs if leg.account is Account.HOLDER and leg.member_id == mine)
    value = sum(leg.quantity * leg.unit_cents for leg in tx.legs if leg.member_id == mine and mine is not None)
    line: dict[str, Any] = {
        "day": tx.effective_on, "kind": word_of(tx.kind), "member": telling.number(mine), "reference": tx.note,
        "decision": tx.resolution, "cause": tx.reason_code, "number": number,
        "reverses": telling.shares.get(tx.reverses_seq or 0, ""), "other": telling.number(other),
        "accounts": NOTHING if cash is None else _accounts(telling, cash.legs, mine, other),
    }  # fmt: skip
    if tx.kind is TxKind.REVERSAL:
        return line | {"accounts": NOTHING if cash is None else ""}
    line |= {"quantity": abs(moved), "amount": abs(value), "lots": _lots(telling, tx)}
    if tx.kind in {TxKind.SUBSCRIBE, TxKind.OPENING}:
        first = tx.legs[0]
        line |= {
            "unit": first.unit_cents, "part": tx.payable_now, "class": _class(first),
            "acquired": first.first_acquired_on if first.first_acquired_on != tx.effective_on else None,
        }  # fmt: skip
    return line


def _parties(tx: ShareTx) -> tuple[UUID | None, UUID | None]:
    """Whose line it is, and who stands on the other side of a transfer."""
    holders = [leg for leg in tx.legs if leg.account is Account.HOLDER]
    if tx.kind in {TxKind.TRANSFER, TxKind.INHERIT}:
        giver = next(leg.member_id for leg in holders if leg.quantity < 0)
        return giver, next(leg.member_id for leg in holders if leg.quantity > 0)
    return holders[0].member_id, None


def _class(leg: HistoryLeg) -> str:
    return "" if leg.class_code == ORDINARY else leg.class_code


def _lots(telling: _Telling, tx: ShareTx) -> str:
    if tx.kind in {TxKind.SUBSCRIBE, TxKind.OPENING}:
        return _lot_name(telling, tx.legs[0].lot_id)
    given = [leg for leg in tx.legs if leg.account is Account.HOLDER and leg.quantity < 0]
    if tx.kind in {TxKind.TRANSFER, TxKind.INHERIT, TxKind.REDEEM}:
        return " ".join(str(LotMark(_lot_name(telling, leg.lot_id), -leg.quantity)) for leg in given)
    marks = [_exchange_mark(telling, leg) for leg in tx.legs if leg.account is Account.HOLDER]
    return " ".join(map(str, marks))


def _exchange_mark(telling: _Telling, leg: HistoryLeg) -> LotMark:
    is_new = leg.lot_id not in telling.lots and leg.parent_lot_id is not None
    name = _lot_name(telling, leg.lot_id)
    if not is_new or leg.parent_lot_id is None:
        return LotMark(name, leg.quantity)
    return LotMark(name, leg.quantity, leg.unit_cents, _class(leg), _lot_name(telling, leg.parent_lot_id))


def _lot_name(telling: _Telling, lot_id: UUID) -> str:
    return telling.lots.setdefault(lot_id, f"L{len(telling.lots) + 1}")


def _money_line(telling: _Telling, cash: MoneyTx) -> dict[str, Any]:
    number = telling.next()
    telling.money[cash.seq] = number
    people = list(dict.fromkeys(leg.member_id for leg in cash.legs if leg.member_id is not None))
    mine = people[0] if people else None
    other = people[1] if len(people) == 2 else None
    is_reversal = cash.kind is CapitalKind.REVERSAL
    return {
        "day": cash.effective_on,
        "kind": word_of(TxKind.REVERSAL) if is_reversal else word_of(cash.kind),
        "reference": cash.note,
        "decision": cash.resolution,
        "member": telling.number(mine) if mine is not None else min(telling.numbers.values(), default=""),
        "other": telling.number(other) if other is not None else "",
        "number": number,
        "amount": max(abs(leg.cents) for leg in cash.legs),
        "beside": telling.shares.get(cash.share_tx_seq or 0, ""),
        "reverses": telling.money.get(cash.reverses_seq or 0, ""),
        "accounts": "" if is_reversal else _accounts(telling, cash.legs, mine, other),
    }


def _accounts(telling: _Telling, legs: Sequence[Leg], mine: UUID | None, other: UUID | None) -> str:
    return " ".join(str(AccountMark(_whose(telling, leg, mine, other), leg.bucket, leg.cents)) for leg in legs)


def _whose(telling: _Telling, leg: Leg, mine: UUID | None, other: UUID | None) -> str:
    if leg.member_id is None:
        return "~"
    if leg.member_id == mine:
        return ""
    return ">" if leg.member_id == other else f"{telling.number(leg.member_id)}!"

"""What must hold in the books, in plain words, and what to do where it does not: pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from coopgov.core.i18n import N_
from coopgov.core.journal import Fault


class Store(StrEnum):
    """What is checked, one thing after the other."""

    JOURNAL = "journal"
    OFFICES = "offices"
    STATUTES = "statutes"
    MEMBERS = "members"
    SHARES = "shares"
    CAPITAL = "capital"
    FEES = "fees"
    ASSEMBLIES = "assemblies"
    BALLOTS = "ballots"
    MINUTES = "minutes"
    COMPLIANCE = "compliance"
    DOCUMENTS = "documents"
    REGISTERS = "registers"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that always holds: in which stores, and the words by which a fault of theirs concerns it.

    Without words, it takes every fault of its stores that no other takes.
    """

    code: str
    sentence: str
    stores: tuple[Store, ...]
    words: tuple[str, ...] = ()


_BOOKS = (Store.SHARES, Store.CAPITAL)
INVARIANTS = (
    Invariant(
        "zero_shares",
        N_("In each movement, the shares that leave one account arrive in another: nothing is lost."),
        (Store.SHARES,),
        ("do not add up", "legs instead of", "legs are not those"),
    ),
    Invariant(
        "zero_money",
        N_("In each entry of money, what leaves one account arrives in another, to the cent."),
        (Store.CAPITAL,),
        ("do not add up", "legs instead of", "does not move"),
    ),
    Invariant(
        "never_below_zero",
        N_("Nobody holds fewer than no shares, on any day and of any lot; no sum due or paid is below zero."),
        _BOOKS,
        ("below zero",),
    ),
    Invariant(
        "exact_reversal",
        N_("A mistake is undone exactly, once, and the mistake stays readable."),
        _BOOKS,
        ("exact reversal",),
    ),
    Invariant(
        "lots",
        N_("Shares keep their first day and their price through every transfer."),
        (Store.SHARES,),
        ("price of its lot", "lost its first day"),
    ),
    Invariant(
        "closed",
        N_("Nothing is dated in a register that is closed; what comes late says so."),
        _BOOKS,
        ("register that was closed", "closed on", "after the close"),
    ),
    Invariant(
        "standing",
        N_("Whoever takes shares is a member on that day; whoever gives them all back has left."),
        (Store.SHARES,),
        ("not one on that day",),
    ),
    Invariant("decision", N_("A movement that needs a decision names it."), _BOOKS, ("needs a decision",)),
    Invariant(
        "two_persons",
        N_("Where two persons are asked for, two different persons acted."),
        _BOOKS,
        ("another person", "approved by whoever"),
    ),
    Invariant("runs", N_("Interest of a year is declared once."), (Store.CAPITAL,), ("capital_run",)),
    Invariant(
        "tie",
        N_("For each member and each day, the shares held are worth what is called, paid and still to call, together."),
        (Store.CAPITAL,),
        ("shares and money differ", "not the claim"),
    ),
    Invariant(
        "chain",
        N_("Each line of the two books is chained to the one before; none was changed, and none is missing."),
        _BOOKS,
    ),
    Invariant(
        "votes",
        N_("Who votes follows from the events of memberships alone, never from the number of shares."),
        (Store.MEMBERS,),
    ),
    Invariant(
        "journal", N_("Every act left its line in the journal, and no line was changed since."), (Store.JOURNAL,)
    ),
    Invariant("papers", N_("Every issued paper is the one that was issued, byte for byte."), (Store.DOCUMENTS,)),
    Invariant(
        "rest",
        N_("Offices, statutes, fees, assemblies, ballots, minutes and codes are what was written."),
        (
            Store.OFFICES, Store.STATUTES, Store.FEES, Store.ASSEMBLIES, Store.BALLOTS, Store.MINUTES,
            Store.COMPLIANCE, Store.REGISTERS,
        ),
    ),
)  # fmt: skip


class Repair(StrEnum):
    """What can be done about an anomaly: undo a movement, look at an account, or bring back what was there."""

    REVERSE = "reverse"
    COMPARE = "compare"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One fault, what it breaks and what is proposed: `seq` is the movement to undo, `member` whose account it is."""

    store: Store
    fault: Fault
    invariant: Invariant
    repair: Repair
    seq: int | None = None
    member: str | None = None


# Of a fault that follows from what people wrote: a reversal repairs it. Everything else was written by nobody.
_REVERSIBLE = ("below zero", "needs a decision", "another person", "register that was closed", "price of its lot")
_LINE = re.compile(r"share_tx (\d+)", re.ASCII)
_MEMBER = re.compile(r"member ([0-9a-f-]{36})", re.ASCII)


def anomaly_of(store: Store, fault: Fault) -> Anomaly:
    """Name what a fault breaks, and propose what to do."""
    found, line = _broken(store, fault), _LINE.fullmatch(fault.where)
    member = _MEMBER.fullmatch(fault.where)
    if line is not None and any(word in fault.what for word in _REVERSIBLE):
        return Anomaly(store, fault, found, Repair.REVERSE, seq=int(line[1]))
    if member is not None:
        return Anomaly(store, fault, found, Repair.COMPARE, member=member[1])
    return Anomaly(store, fault, found, Repair.RESTORE)


def _broken(store: Store, fault: Fault) -> Invariant:
    mine = [one for one in INVARIANTS if store in one.stores]
    named = [one for one in mine if any(word in f"{fault.where} {fault.what}" for word in one.words)]
    return next(iter(named or [one for one in mine if not one.words]))


def broken(anomalies: Sequence[Anomaly]) -> dict[str, list[Anomaly]]:
    """The anomalies by the invariant they break."""
    found: dict[str, list[Anomaly]] = {one.code: [] for one in INVARIANTS}
    for anomaly in anomalies:
        found[anomaly.invariant.code].append(anomaly)
    return found

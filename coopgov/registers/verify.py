"""Recompute everything that must not change: journal, offices, statutes, members, ledgers, fees, votes, papers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from sqlalchemy.orm import Session

from coopgov.accounts import verify as accounts
from coopgov.assemblies import verify as assemblies
from coopgov.ballots import verify as ballots
from coopgov.compliance import verify as compliance
from coopgov.core import journal, judgements
from coopgov.core.journal import Fault, Head
from coopgov.members import verify as members
from coopgov.minutes import verify as minutes
from coopgov.past import verify as past
from coopgov.printing import archive
from coopgov.registers.beside import THERE, proved_beside
from coopgov.registers.invariants import Store
from coopgov.registers.models import IntegrityProof, ShareCertificate
from coopgov.shares import asof as shares_asof
from coopgov.shares import verify as shares
from coopgov.statutes import verify as statutes
from coopgov.terms import verify as terms
from coopgov.treasury import asof as money_asof
from coopgov.treasury import verify as treasury


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one store found."""

    store: Store
    faults: tuple[Fault, ...]


def reports(session: Session, folder: Path, *, most: int | None = None) -> list[Report]:
    """Check every store; tell at most so many faults of each (all of them without a limit)."""
    checks = _checks(session, folder)
    with proved_beside(session, most) as ask:
        later = () if ask is None else THERE
        here = {store: _report(session, store, checks[store], most) for store in checks if store not in later}
        there = {} if ask is None else ask()
    here |= {store: Report(store, faults) for store, faults in there.items()}
    return [here.get(store) or _report(session, store, check, most) for store, check in checks.items()]


def _checks(session: Session, folder: Path) -> dict[Store, Callable[[], Iterator[Fault]]]:
    return {
        Store.JOURNAL: lambda: chain(journal.verify(session), judgements.verify(session)),
        Store.OFFICES: lambda: accounts.verify(session),
        Store.STATUTES: lambda: statutes.verify(session),
        Store.MEMBERS: lambda: members.verify(session),
        Store.SHARES: lambda: shares.verify(session),
        Store.CAPITAL: lambda: treasury.verify(session),
        Store.FEES: lambda: terms.verify(session),
        Store.ASSEMBLIES: lambda: assemblies.verify(session),
        Store.BALLOTS: lambda: ballots.verify(session),
        Store.MINUTES: lambda: minutes.verify(session),
        Store.COMPLIANCE: lambda: compliance.verify(session),
        Store.DOCUMENTS: lambda: archive.verify(session, folder),
        Store.REGISTERS: lambda: chain(
            journal.check_kept(session, ShareCertificate, IntegrityProof), past.verify(session)
        ),
    }


def _report(session: Session, store: Store, check: Callable[[], Iterator[Fault]], most: int | None) -> Report:
    found = Report(store, tuple(islice(check(), most)))
    # A reader who stays holds back every writer of SQLite: each store is looked at by itself.
    session.rollback()
    return found


def read_heads(written: str) -> dict[str, Head]:
    """The heads that a paper bears, by chain; a head alone is the journal's. Raises ValueError."""
    parts = [part.rpartition("=") for part in written.split(",")]
    found = {name.strip() or "journal": journal.read_head(told) for name, _equals, told in parts}
    if unknown := found.keys() - {"journal", *_BOOKS}:
        raise ValueError(", ".join(sorted(unknown)))
    return found


def check_held(session: Session, held: Mapping[str, Head]) -> list[Fault]:
    """Tell whether the chains still go through the heads that somebody kept elsewhere: a cut tail shows here."""
    found: list[Fault] = []
    for chained, head in held.items():
        if chained == "journal":
            found += journal.check_head(session, head)
        else:
            found += _check_book(session, chained, head)
    return found


def _check_book(session: Session, name: str, held: Head) -> Iterator[Fault]:
    table, hash_of_line = _BOOKS[name]
    there = hash_of_line(session, held.size) if held.size else held.hash
    if there is None:
        yield Fault(f"{table} {held.size}", "the book is shorter than the head you hold")
    elif there != held.hash:
        yield Fault(f"{table} {held.size}", "its hash is not that of the head you hold")


# As the papers name them: the table of each book, and where its hashes are read.
_BOOKS: Mapping[str, tuple[str, Callable[[Session, int], str | None]]] = {
    "parts": ("share_tx", shares_asof.hash_of_line),
    "argent": ("capital_tx", money_asof.hash_of_line),
}


def verify_all(session: Session, folder: Path) -> list[Fault]:
    """Every fault of every store; an empty list when what is stored is what was written."""
    return [fault for report in reports(session, folder) for fault in report.faults]


__all__ = ["Report", "Store", "reports", "verify_all"]

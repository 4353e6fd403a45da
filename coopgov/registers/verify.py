"""Recompute everything that must not change: journal, offices, statutes, members, ledgers, fees, votes, papers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from sqlalchemy.orm import Session

from coopgov.accounts import verify as accounts
from coopgov.assemblies import verify as assemblies
from coopgov.ballots import verify as ballots
from coopgov.compliance import verify as compliance
from coopgov.core import journal, judgements
from coopgov.core.journal import Fault
from coopgov.members import verify as members
from coopgov.minutes import verify as minutes
from coopgov.printing import archive
from coopgov.registers.invariants import Store
from coopgov.registers.models import IntegrityProof, ShareCertificate
from coopgov.shares import verify as shares
from coopgov.statutes import verify as statutes
from coopgov.terms import verify as terms
from coopgov.treasury import verify as treasury


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one store found."""

    store: Store
    faults: tuple[Fault, ...]


def reports(session: Session, folder: Path, *, most: int | None = None) -> list[Report]:
    """Check every store; tell at most so many faults of each (all of them without a limit)."""
    checks: dict[Store, Callable[[], Iterator[Fault]]] = {
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
        Store.REGISTERS: lambda: journal.check_kept(session, ShareCertificate, IntegrityProof),
    }
    return [_report(session, store, check, most) for store, check in checks.items()]


def _report(session: Session, store: Store, check: Callable[[], Iterator[Fault]], most: int | None) -> Report:
    found = Report(store, tuple(islice(check(), most)))
    # A reader who stays holds back every writer of SQLite: each store is looked at by itself.
    session.rollback()
    return found


def verify_all(session: Session, folder: Path) -> list[Fault]:
    """Every fault of every store; an empty list when what is stored is what was written."""
    return [fault for report in reports(session, folder) for fault in report.faults]


__all__ = ["Report", "Store", "reports", "verify_all"]

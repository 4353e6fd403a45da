"""Reads of the bank: the account in use, payment files, who may be paid and where to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import ngettext
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.treasury.banking.models import BankAccount, TransferFile, TransferLine
from coopgov.treasury.banking.rules import OPEN, STATE_LABELS, FileState
from coopgov.treasury.banking.sepa import OwnAccount
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.treasury.rules import Bucket, CapitalKind

PAGE = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """A payment file as lists show it."""

    id: UUID
    message_id: str
    state: FileState
    pay_on: date
    iban: str
    total_cents: Cents
    lines: int
    sha256: str
    drafted_at: datetime
    drafted_by: str
    released_at: datetime | None
    released_by: str | None
    executed_on: date | None

    @property
    def label(self) -> str:
        """Where it stands, to be translated."""
        return STATE_LABELS[self.state]

    @property
    def is_open(self) -> bool:
        """True while it may still be executed."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class LineRow:
    """One payment of a file."""

    line: int
    member_id: UUID
    name: str
    iban: str
    cents: Cents
    end_to_end_id: str
    repaid_seq: int | None


def find_account(session: Session) -> OwnAccount | None:
    """The cooperative's account in use, or None before one is written down."""
    row = session.scalars(select(BankAccount).order_by(BankAccount.id.desc()).limit(1)).first()
    return OwnAccount(row.holder, row.iban, row.bic) if row else None


def list_files(session: Session, *, after: str | None = None) -> tuple[list[FileRow], str | None]:
    """One page of payment files, the newest first, and the key of the next."""
    query = select(TransferFile).order_by(TransferFile.drafted_at.desc(), TransferFile.id.desc()).limit(PAGE + 1)
    if after is not None:
        query = query.where(tuple_(TransferFile.drafted_at, TransferFile.id) < tuple_(*_key(after)))
    rows = [_file(row) for row in session.scalars(query)]
    shown = rows[:PAGE]
    return shown, f"{shown[-1].drafted_at.isoformat()}_{shown[-1].id}" if len(rows) > PAGE else None


def count_open(session: Session, state: FileState) -> int:
    """How many files stand in this state."""
    query = select(func.count()).select_from(TransferFile).where(TransferFile.state == state)
    return session.scalar(query) or 0


def waiting_for(session: Session, actor: Actor, _now: datetime) -> list[Waiting]:
    """Payment files to release, for whoever may and did not draft them."""
    if not actor.may(Permission.PAYMENTS_RELEASE) or actor.account_id is None:
        return []
    query = select(TransferFile.id).where(
        TransferFile.state == FileState.DRAFTED, TransferFile.drafted_by != actor.pseudonym
    )
    drafted = session.scalars(query.order_by(TransferFile.drafted_at).limit(PAGE)).all()
    if not drafted:
        return []
    number = len(drafted)
    title = ngettext("%(num)s payment file to release", "%(num)s payment files to release", number)
    if number == 1:
        return [Waiting(title, "treasury.file", {"file_id": drafted[0]}, icon="coin")]
    return [Waiting(title, "treasury.files", icon="coin")]


def get_file(session: Session, file_id: UUID) -> FileRow:
    """One payment file; raises NotFound."""
    row = session.get(TransferFile, file_id)
    if row is None:
        raise NotFound
    return _file(row)


def lines_of(session: Session, file_id: UUID) -> list[LineRow]:
    """The payments of a file, in order."""
    return [
        LineRow(
            row.line, row.membership_id, row.name, row.iban, Cents(row.cents), row.end_to_end_id, row.repaid_seq
        )
        for row in session.scalars(select_lines(file_id))
    ]  # fmt: skip


def select_lines(file_id: UUID) -> Select[TransferLine]:
    """The lines of a file, in order (a SELECT, not its rows)."""
    return select(TransferLine).where(TransferLine.file_id == file_id).order_by(TransferLine.line)


def open_files_of(session: Session, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    """For those who stand in a file that may still be executed: its identifier."""
    rows = session.execute(
        select(TransferLine.membership_id, TransferFile.message_id)
        .join(TransferFile, TransferFile.id == TransferLine.file_id)
        .where(TransferLine.is_open, TransferLine.membership_id.in_(member_ids))
    )
    return dict(rows.all())


def last_repaid(session: Session, member_ids: Sequence[UUID]) -> dict[UUID, date]:
    """For those who were paid back: when for the last time."""
    undoing = aliased(CapitalTx)
    rows = session.execute(
        select(CapitalLeg.membership_id, func.max(CapitalTx.effective_on))
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .where(
            CapitalLeg.membership_id.in_(member_ids), CapitalLeg.bucket == Bucket.REPAYABLE,
            CapitalTx.kind == CapitalKind.REPAY, undoing.seq.is_(None),
        )
        .group_by(CapitalLeg.membership_id)
    )  # fmt: skip
    return {member_id: on for member_id, on in rows if member_id is not None}


def who_paid(session: Session, member_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these who ever paid something on shares."""
    rows = session.scalars(
        select(CapitalLeg.membership_id)
        .where(
            CapitalLeg.membership_id.in_(member_ids), CapitalLeg.bucket == Bucket.PAID_UP, CapitalLeg.cents > 0
        )
        .distinct()
    )  # fmt: skip
    return {member_id for member_id in rows if member_id is not None}


def _file(row: TransferFile) -> FileRow:
    return FileRow(
        row.id, row.message_id, row.state, row.pay_on, row.iban, Cents(row.total_cents), row.lines, row.sha256,
        row.drafted_at, row.drafted_by, row.released_at, row.released_by, row.executed_on,
    )  # fmt: skip


def _key(after: str) -> tuple[datetime, UUID]:
    at, _, file_id = after.partition("_")
    try:
        found = datetime.fromisoformat(at), UUID(file_id)
    except ValueError:
        raise NotFound from None
    if found[0].tzinfo is None:
        raise NotFound
    return found

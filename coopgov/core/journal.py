"""The tamper-evident journal: one hash-chained line per command, personal data outside the chain."""

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Table, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopgov.core.canonical import canonical_json, plain
from coopgov.core.db import Base, Instant, Model, append_only, table_of
from coopgov.core.direct import (
    FIRST,
    Asked,
    Batch,
    Question,
    ask_ahead,
    insert_together,
    keep_if_new,
    known_ahead,
    sent_together,
)
from coopgov.core.ids import new_id
from coopgov.core.policy import Actor

VERSION = 1
FIRST_PREV = "0" * 64
MAX_DISORDER = timedelta(seconds=60)
# Any constant will do; it only has to be the same for every writer of the journal.
_ADVISORY_LOCK = 0x636F6F70
# Under this name a payload holds the marks of the rows its act wrote, by store.
MARKS = "marks"
# Under this name a payload holds the identifiers of the payloads that its act erased.
ERASED = "erased"
# Ninety-six bits: enough to know a row again, short enough for a hundred thousand of them.
_MARK_LENGTH = 24
_HEAD = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})", re.ASCII)


class JournalPayload(Model):
    """What a line commits to, with its salt; erasing both leaves the line verifiable and meaningless."""

    __tablename__ = "journal_payload"

    salt_id: Mapped[UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[str] = mapped_column(Text)


class JournalLine(Model):
    """One line of the journal (*journal*): canonical JSON whose `prev` is the hash of the line before."""

    __tablename__ = "journal_line"
    __table_args__ = (Index("ix_journal_line_about", "about", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    about: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)
    # No foreign key: the payload may be erased, the line stays.
    salt_id: Mapped[UUID]
    line: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


append_only(JournalLine.__table__)
append_only(JournalPayload.__table__, verbs=("UPDATE",))


@dataclass(frozen=True, slots=True)
class Note:
    """What a command asks to be written: the kind of act, what it is about, and its data."""

    kind: str
    about: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it is read back, with its payload unless that was erased."""

    seq: int
    at: datetime
    kind: str
    about: str
    actor: str
    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many lines, and the hash of the last."""

    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Indicate the first place where what is stored is not what was written."""

    where: str
    what: str


class ClockWentBack(Exception):
    """Indicate that the clock is behind the journal's last line; nothing is written."""


def write(session: Session, actor: Actor, now: datetime, notes: Sequence[Note]) -> None:
    """Add the lines of one act; raises ClockWentBack when `now` is over a minute before the last line.

    Where the last line was asked ahead, they are made after that one and kept with the whole act, unless another act
    was faster: then, and otherwise, they are made under the key.
    """
    if not notes:
        return
    session.flush()
    known = known_ahead(session, _LAST) if len(notes) == 1 else None
    if known and keep_if_new(session, _ADVISORY_LOCK, *_made_after(_Last(*known[0]), actor, now, notes)):
        return
    # The last lock of every act: whoever took it earlier and then waited for anything else could wait for ever.
    ask_ahead(session, (_LAST, {}), keys=(_ADVISORY_LOCK,))
    with sent_together(session):
        insert_together(session, *_made_after(_last(session), actor, now, notes))


def asked() -> Asked:
    """What `write` asks first, to be asked ahead: where nobody else is likely to write a line meanwhile."""
    return _LAST, {}


def _made_after(last: "_Last | None", actor: Actor, now: datetime, notes: Sequence[Note]) -> tuple[Batch, Batch]:
    now = (_never_earlier(now, last) if last else now).astimezone(UTC)
    seq, prev = (last.seq, last.hash) if last else (0, FIRST_PREV)
    lines, payloads = [], []
    for note in notes:
        seq += 1
        line, payload = _line(actor, now, note, seq, prev)
        lines.append(line)
        payloads.append(payload)
        prev = line["hash"]
    return (JournalPayload, payloads), (JournalLine, lines)


def head(session: Session) -> Head:
    """The size and last hash of the journal."""
    last = _last(session)
    return Head(last.seq, last.hash) if last else Head(0, FIRST_PREV)


def entries_about(session: Session, about: str) -> list[Entry]:
    """The lines about one thing, oldest first."""
    rows = session.execute(
        select(JournalLine, JournalPayload.payload)
        .outerjoin(JournalPayload, JournalPayload.salt_id == JournalLine.salt_id)
        .where(JournalLine.about == about)
        .order_by(JournalLine.seq)
    )
    return [_entry(line, payload) for line, payload in rows]


def last_about(session: Session, things: Sequence[str]) -> dict[str, datetime]:
    """When each of these things was last acted upon; one that never was is left out."""
    last = select(JournalLine.about, func.max(JournalLine.at)).where(JournalLine.about.in_(things))
    return dict(session.execute(last.group_by(JournalLine.about)).all())


def last_beside(session: Session, thing: str) -> str:
    """The hash of the last line about anything but this kind of thing: nothing else was done since."""
    last = select(JournalLine.hash).where(~JournalLine.about.startswith(f"{thing}:", autoescape=True))
    return session.scalar(last.order_by(JournalLine.seq.desc()).limit(1)) or ""


def mark(row: Mapping[str, Any]) -> str:
    """The beginning of a row's hash, by which the journal knows it again.

    Plain sorted JSON, not the canonical one: a hundred thousand rows may be marked in one act, and only we read marks.
    """
    told = json.dumps(dict(row), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return hashlib.sha256(told.encode()).hexdigest()[:_MARK_LENGTH]


def _as_text(value: object) -> str:
    # The same instant may come back from a database in another zone.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def row_facts(row: Base) -> dict[str, Any]:
    """A row as its mark takes it: every column but a number that the database gives.

    A column that came after the first version (`info={"since": "0002"}`) says nothing while it is empty, so that the
    marks of rows older than the column still hold.
    """
    columns = row.__table__.columns
    told = ((column, getattr(row, column.key)) for column in columns if not _is_given(column))
    return {column.name: value for column, value in told if value is not None or "since" not in column.info}


def _is_given(column: Any) -> bool:
    return column is column.table.autoincrement_column


def check_kept(session: Session, *models: type[Base]) -> Iterator[Fault]:
    """Tell the rows of these tables that no act kept, and whether kept ones are gone."""
    for model in models:
        table = table_of(model)
        told, is_whole = _marks_of(session, table.name)
        columns = [(at, column) for at, column in enumerate(table.columns) if not _is_given(column)]
        whole = [(at, column.name, "since" in column.info) for at, column in columns]
        # Rows rather than objects, which cost three times as much.
        for row in session.execute(select(table).execution_options(yield_per=1000)):
            facts = {name: row[at] for at, name, is_later in whole if not is_later or row[at] is not None}
            if not _take(told, facts) and is_whole:
                yield Fault(_name(table, row), "it is not what the journal tells")
        yield from _check_gone(table.name, told, is_whole=is_whole)


def _name(table: Table, row: Any) -> str:
    return f"{table} {', '.join(str(row[table.columns.values().index(key)]) for key in table.primary_key)}"


Named = tuple[str, Mapping[str, Any]]


def check_marks(session: Session, store: str, rows: Iterable[Named]) -> Iterator[Fault]:
    """Tell the rows of a store (each with its name) that no act marked, and whether marked ones are gone."""
    told, is_whole = _marks_of(session, store)
    for where, row in rows:
        if not _take(told, row) and is_whole:
            yield Fault(where, "it is not what the journal tells")
    yield from _check_gone(store, told, is_whole=is_whole)


class Heads:
    """What the journal tells of a chain: each act marks the end it left, and the last end of all is one of them."""

    def __init__(self, session: Session, store: str) -> None:
        self._store = store
        self._told, self._is_whole = _marks_of(session, store)
        self._last = ""

    def pass_by(self, seq: int, hash_: str) -> None:
        """Go by one line of the chain, in order."""
        self._last = mark_of_head(seq, hash_)
        if self._last in self._told:
            self._told[self._last] -= 1

    def faults(self, last: str) -> Iterator[Fault]:
        """What is not as told, once all lines are gone by; `last` names the last of them."""
        if self._last and self._last not in self._told and self._is_whole:
            yield Fault(last, "it is not what the journal tells")
        left = +self._told
        yield from _check_gone(self._store, left, is_whole=self._is_whole)


def mark_of_head(seq: int, hash_: str) -> str:
    """The mark of `{"seq": seq, "hash": hash_}`, made at once: a proof makes one for each line of a book."""
    return hashlib.sha256(f'{{"hash":"{hash_}","seq":{seq}}}'.encode()).hexdigest()[:_MARK_LENGTH]


def _take(told: Counter[str], row: Mapping[str, Any]) -> bool:
    made = mark(row)
    if told[made] <= 0:
        return False
    told[made] -= 1
    return True


def _check_gone(store: str, told: Counter[str], *, is_whole: bool) -> Iterator[Fault]:
    if is_whole and told.total():
        yield Fault(store, "rows that the journal tells of are missing or changed")


def _marks_of(session: Session, store: str) -> tuple[Counter[str], bool]:
    """The marks of a store, and whether they are all there: with an erased payload its marks are gone too."""
    found: Counter[str] = Counter()
    rows = select(JournalPayload.payload).where(JournalPayload.payload.contains(f'"{store}":'))
    for payload in session.scalars(rows.execution_options(yield_per=100)):
        found.update(_read(payload).get(MARKS, {}).get(store, ()))
    gone = _erased(session)
    return found, not gone or gone <= _told_erased(session)


def _erased(session: Session) -> set[UUID]:
    lines = select(JournalLine.salt_id).outerjoin(JournalPayload, JournalPayload.salt_id == JournalLine.salt_id)
    return set(session.scalars(lines.where(JournalPayload.salt_id.is_(None))))


def _told_erased(session: Session) -> set[UUID]:
    """The payloads that were erased by an act, which took over their marks."""
    rows = session.scalars(select(JournalPayload.payload).where(JournalPayload.payload.contains(f'"{ERASED}":')))
    return {UUID(salt_id) for payload in rows for salt_id in _read(payload).get(ERASED, ())}


@dataclass(frozen=True, slots=True)
class Erased:
    """The payloads that an act has erased, and the marks of rows that it must take over."""

    salt_ids: tuple[UUID, ...]
    marks: Mapping[str, list[str]]


def erase(session: Session, things: Sequence[str]) -> Erased:
    """Erase what the lines about these things tell: the chain still verifies, its lines say nothing any more.

    The act that erases names the payloads under `ERASED` and takes over their marks. What it told of an earlier
    erasure stays: without it the journal would no longer be whole.
    """
    rows = session.execute(
        select(JournalPayload.salt_id, JournalPayload.payload)
        .join(JournalLine, JournalLine.salt_id == JournalPayload.salt_id)
        .where(JournalLine.about.in_(things))
    ).all()
    told = {row.salt_id: json.loads(row.payload) for row in rows}
    gone = {salt_id: payload for salt_id, payload in told.items() if ERASED not in payload}
    marks: dict[str, list[str]] = {}
    for payload in gone.values():
        for store, some in payload.get(MARKS, {}).items():
            marks.setdefault(store, []).extend(some)
    session.execute(
        delete(JournalPayload).where(JournalPayload.salt_id.in_(gone)).execution_options(synchronize_session=False)
    )
    return Erased(tuple(gone), marks)


def verify(session: Session, expected: Head | None = None) -> Iterator[Fault]:
    """Recompute the whole chain, up to the head somebody holds too; tell the lines that do not hold, in order.

    Alone it cannot see that the last lines were cut off: that takes a head kept elsewhere.
    """
    yield from _check_chain(session)
    if expected is not None:
        yield from check_head(session, expected)


def check_head(session: Session, held: Head) -> Iterator[Fault]:
    """Tell whether the journal still goes through a head that was kept elsewhere."""
    if head(session).size < held.size:
        yield Fault("journal", "the journal is shorter than the head you hold")
        return
    there = session.scalar(select(JournalLine.hash).where(JournalLine.seq == held.size))
    if (there or FIRST_PREV) != held.hash:
        yield Fault(f"journal_line {held.size}", "its hash is not that of the head you hold")


def read_head(written: str) -> Head:
    """The head that somebody wrote down as SIZE:HASH; raises ValueError."""
    found = _HEAD.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    return Head(int(found[1]), found[2].lower())


def _check_chain(session: Session) -> Iterator[Fault]:
    rows = session.execute(
        select(JournalLine, JournalPayload.salt, JournalPayload.payload)
        .outerjoin(JournalPayload, JournalPayload.salt_id == JournalLine.salt_id)
        .order_by(JournalLine.seq)
        .execution_options(yield_per=1000)
    )
    try:
        yield from _check_rows(rows)
    except (ValueError, TypeError):
        # SQLite keeps whatever was written by hand into a column of instants or identifiers.
        yield Fault("journal", "a row of it can no longer be read")


def _check_rows(rows: Iterable[Any]) -> Iterator[Fault]:
    prev, expected = FIRST_PREV, 0
    for line, salt, payload in rows:
        expected += 1
        fault = _check_line(line, expected, prev) or _check_payload(line, salt, payload)
        if fault:
            yield Fault(f"journal_line {line.seq}", fault)
            expected = line.seq
        prev = line.hash


def _check_line(line: JournalLine, expected: int, prev: str) -> str | None:
    told = _told(line)
    if line.seq != expected or told.get("seq") != line.seq:
        return f"line {expected} is missing or out of place"
    if told.get("prev") != prev:
        return "its prev is not the hash of the line before"
    if hashlib.sha256(line.line.encode()).hexdigest() != line.hash:
        return "its text does not give its hash"
    if [told.get(part) for part in ("kind", "object", "salt_id", "at")] != _columns(line):
        return "its columns do not say what its text says"
    return None


def _told(line: JournalLine) -> dict[str, Any]:
    return _read(line.line)


def _read(written: str) -> dict[str, Any]:
    # What somebody changed by hand may be no JSON any more: its hash tells, a proof goes on.
    try:
        told = json.loads(written)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _columns(line: JournalLine) -> list[str]:
    return [line.kind, line.about, str(line.salt_id), line.at.isoformat()]


def _check_payload(line: JournalLine, salt: bytes | None, payload: str | None) -> str | None:
    if salt is None or payload is None:
        return None  # erased on purpose; the line keeps its place
    if _commitment(salt, payload.encode()) != _told(line).get("data_hash"):
        return "its payload is not what it committed to"
    return None


def _never_earlier(now: datetime, last: "_Last") -> datetime:
    # Acts read the clock before they queue for the pen, so a small disorder is normal on PostgreSQL.
    if last.at - now > MAX_DISORDER:
        raise ClockWentBack(f"now {now.isoformat()} is before line {last.seq} of {last.at.isoformat()}")
    return max(now, last.at)


class _Last(NamedTuple):
    seq: int
    hash: str
    at: datetime


_LAST = Question(
    select(JournalLine.seq, JournalLine.hash, JournalLine.at).order_by(JournalLine.seq.desc()).limit(FIRST)
)


def _last(session: Session) -> _Last | None:
    row = _LAST.first(session)
    return _Last(*row) if row else None


def _line(actor: Actor, now: datetime, note: Note, seq: int, prev: str) -> tuple[dict[str, Any], dict[str, Any]]:
    salt_id, salt = new_id(), secrets.token_bytes(32)
    payload = canonical_json(note.payload)
    line = canonical_json(
        {
            "seq": seq, "prev": prev, "at": now, "actor": actor.pseudonym,
            "role": ",".join(sorted(actor.roles)) or ("system" if actor.is_system else ""),
            "kind": note.kind, "object": note.about, "data_hash": _commitment(salt, payload),
            "salt_id": salt_id, "v": VERSION,
        }
    ).decode()  # fmt: skip
    hashed = hashlib.sha256(line.encode()).hexdigest()
    told = {"seq": seq, "about": note.about, "kind": note.kind, "at": now, "salt_id": salt_id, "line": line}
    return told | {"hash": hashed}, {"salt_id": salt_id, "salt": salt, "payload": payload.decode()}


def _commitment(salt: bytes, payload: bytes) -> str:
    return hashlib.sha256(salt + payload).hexdigest()


def _entry(line: JournalLine, payload: str | None) -> Entry:
    return Entry(
        seq=line.seq,
        at=line.at,
        kind=line.kind,
        about=line.about,
        actor=json.loads(line.line)["actor"],
        payload=None if payload is None else plain(json.loads(payload)),
    )

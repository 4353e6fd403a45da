"""A dry run on the real roll (*répétition*): the commands of a real vote, in a database that is thrown away.

Nothing of it stands beside real votes: another file, other identifiers, nobody who hears what it decides. So it cannot
be counted for a decision, and no guard that keeps real ballots had to learn an exception.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, create_engine, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from coopgov.ballots import queries, service
from coopgov.ballots.after_seal import RollStrike
from coopgov.ballots.models import Roll, RollEntry, Scrutin, ScrutinKeyPart, TellerKey
from coopgov.ballots.queries import Result, ScrutinRow
from coopgov.ballots.rules import Channel, Level, State
from coopgov.core.act import Act, Runtime, open_act
from coopgov.core.canonical import digest
from coopgov.core.db import WRITES, Base, table_of
from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.journal import JournalLine, JournalPayload
from coopgov.core.policy import Actor

MARK: Final = "Répétition – "
AT_ONCE = 5000
_ITS_OWN: Final = ("coopgov.ballots.",)


def _tables() -> list[Table]:
    """The tables of votes, and the journal that every act writes."""
    ours = [one.local_table for one in Base.registry.mappers if one.class_.__module__.startswith(_ITS_OWN)]
    return [*(one for one in ours if isinstance(one, Table)), table_of(JournalLine), table_of(JournalPayload)]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One dry run, by its file."""

    path: Path
    runtime: Runtime

    @property
    def exists(self) -> bool:
        """Whether it goes on."""
        return self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads it."""
        with _engine(self.path) as engine, Session(engine) as session:
            yield session

    @contextmanager
    def act(self, actor: Actor) -> Iterator[Act]:
        """An act on it: its own journal, and nobody hears it."""
        unheard = replace(self.runtime, handlers={})
        with (
            _engine(self.path) as engine,
            Session(engine, expire_on_commit=False) as session,
            open_act(unheard, actor, session) as act,
        ):
            yield act

    def throw_away(self) -> None:
        """Leave nothing of it."""
        for name in (self.path.name, *(f"{self.path.name}-{end}" for end in ("wal", "shm", "journal"))):
            (self.path.parent / name).unlink(missing_ok=True)


@contextmanager
def _engine(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def begin(rehearsal: Rehearsal, source: Session, actor: Actor, votes: Sequence[ScrutinRow]) -> None:
    """Seal and open a rehearsal of each of these votes, on a copy of their roll, for the tellers of the real ones."""
    rehearsal.path.parent.mkdir(parents=True, exist_ok=True)
    keys = source.execute(_keys_of([one.id for one in votes])).mappings().all()
    tellers = sorted({row["account_id"] for row in keys})
    try:
        with _writing(rehearsal.path) as connection:
            Base.metadata.create_all(connection, tables=_tables())
            if keys:
                connection.execute(insert(table_of(TellerKey)), [dict(row) for row in keys])
            _copy_roll(source, connection, votes[0].roll_id)
        with rehearsal.act(actor) as act:
            for one in votes:
                _rehearse(act, one, tellers)
    except BaseException:
        rehearsal.throw_away()
        raise


@contextmanager
def _writing(path: Path) -> Iterator[Connection]:
    with (
        _engine(path) as engine,
        engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


def _keys_of(scrutins: Sequence[UUID]) -> Any:
    """The very keys that the real votes are sealed for: a code made since opens neither."""
    held = select(ScrutinKeyPart.teller_key_id).where(ScrutinKeyPart.scrutin_id.in_(scrutins))
    return select(table_of(TellerKey)).where(TellerKey.id.in_(held))


def _copy_roll(source: Session, connection: Connection, roll_id: UUID) -> None:
    for model, mine in ((Roll, Roll.id), (RollEntry, RollEntry.roll_id), (RollStrike, RollStrike.roll_id)):
        table = table_of(model)
        for batch in source.execute(select(table).where(mine == roll_id)).mappings().partitions(AT_ONCE):
            connection.execute(insert(table), [dict(row) for row in batch])


def _rehearse(act: Act, vote: ScrutinRow, tellers: Sequence[UUID]) -> None:
    made = service.seal_scrutin(
        act, roll_id=vote.roll_id, subject_hash=subject_of(vote.id), title=f"{MARK}{vote.title}"[:300], rule=vote.rule,
        college_weights=vote.college_weights, level=vote.level, form=vote.form,
        tellers=tellers if vote.level is Level.SECRET else (),
    )  # fmt: skip
    service.open_room(act, scrutin_id=made)


def subject_of(scrutin_id: UUID) -> str:
    """The hash that stands for what a rehearsal decides: no text, no change, nothing that could take effect."""
    return digest({"rehearsal_of": scrutin_id})


def rehearsed(session: Session, votes: Sequence[UUID]) -> dict[UUID, ScrutinRow]:
    """The rehearsals of these votes, by the real vote."""
    wanted = {subject_of(one): one for one in votes}
    ids = session.scalars(select(Scrutin.id).where(Scrutin.subject_hash.in_(wanted))).all()
    return {wanted[row.subject_hash]: row for row in queries.get_scrutins(session, ids).values()}


def vote(act: Act, *, choices: Mapping[tuple[UUID, UUID], Any], cast_by: UUID, token: bytes) -> int:
    """Cast trial ballots: by rehearsed vote and voter, what each says; the statement is that of every ballot."""
    for (scrutin_id, voter_id), choice in choices.items():
        service.cast(
            act, scrutin_id=scrutin_id, voter_id=voter_id, choice=choice, channel=Channel.ROOM, cast_by=cast_by,
            token=token,
        )  # fmt: skip
    return len(choices)


def count_all(act: Act, *, votes: Sequence[ScrutinRow], codes: Sequence[str], by: UUID) -> list[Result]:
    """Close, open with the tellers' codes, count twice and proclaim, as on the day; everybody is taken as present."""
    going = [one for one in votes if one.state is State.ROOM_OPENED]
    if not going:
        sentence = N_("This rehearsal is counted already. Throw it away, and begin another one if you wish.")
        raise RuleBroken([Breach("rehearsal_counted", sentence)])
    return [result for one in going if (result := _count(act, one, codes, by)) is not None]


def _count(act: Act, one: ScrutinRow, codes: Sequence[str], by: UUID) -> Result | None:
    roll = queries.get_roll(act.session, one.roll_id)
    service.close_room(act, scrutin_id=one.id)
    service.count(
        act, scrutin_id=one.id, present_or_represented=roll.voters,
        present_by_college=roll.voters_by_college if one.college_weights is not None else None,
        codes=codes if one.level is Level.SECRET else (),
    )  # fmt: skip
    try:
        with act.attempt():
            return service.proclaim(act, scrutin_id=one.id, by=by)
    except RuleBroken:
        return None  # equal votes that the chair settles: counted is enough for a rehearsal

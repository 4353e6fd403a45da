"""Commands of secret votes: a teller's code, the key of a vote, the paper ballots of the room, opening the urn."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from coopgov.ballots import sealing
from coopgov.ballots.bundle import check_reason
from coopgov.ballots.models import (
    Envelope,
    PaperCount,
    Participation,
    RollEntry,
    ScrutinKey,
    ScrutinKeyPart,
    SealedPart,
    TellerKey,
    UrnBallot,
    UrnMarked,
)
from coopgov.ballots.proof import opened_hash, opened_marked_hash
from coopgov.ballots.queries import (
    ScrutinRow,
    counted_colleges,
    get_scrutin,
    paper_readers,
    paper_readings,
    papers_by_college,
)
from coopgov.ballots.rules import Channel, Choice, Tally
from coopgov.ballots.sealing import BadCode, BadEnvelope, Part
from coopgov.ballots.secret_rules import (
    check_enough_codes,
    check_paper,
    check_reading_open,
    check_tellers,
    choice_on,
    needed_tellers,
)
from coopgov.ballots.typed import agreed_papers, throw_typed_away
from coopgov.core.act import Act
from coopgov.core.bulk import bulk_insert
from coopgov.core.db import WRITES
from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id

Opened = list[tuple[UUID, str, Choice]]


def make_teller_key(act: Act, *, account_id: UUID, name: str) -> str:
    """Make a teller's code (*code de scrutateur*) and give it, once: only what seals for it is kept."""
    secret = sealing.new_secret()
    act.keep(
        TellerKey(id=new_id(), account_id=account_id, name=name, public=sealing.public_of(secret), made_at=act.now)
    )
    act.record("ballots.teller_key_made", f"account:{account_id}")
    return sealing.code_of(secret)


def share_key(act: Act, scrutin_id: UUID, tellers: Sequence[TellerKey]) -> None:
    """Make the key of a secret vote and seal one part of it for each teller; the key itself is never kept."""
    refuse_if(check_tellers(len(tellers)))
    key = sealing.split_key(len(tellers), needed_tellers(len(tellers)))
    act.keep(
        ScrutinKey(
            scrutin_id=scrutin_id, public=key.public, needed=needed_tellers(len(tellers)), tellers=len(tellers)
        )
    )  # fmt: skip
    act.keep(*(_part(scrutin_id, part, teller) for part, teller in zip(key.parts, tellers, strict=True)))
    sealed = [
        {"scrutin_id": scrutin_id, "number": part.number, "sealed": sealing.seal_to(teller.public, part.secret)}
        for part, teller in zip(key.parts, tellers, strict=True)
    ]
    act.session.execute(insert(SealedPart), sealed)


def _part(scrutin_id: UUID, part: Part, teller: TellerKey) -> ScrutinKeyPart:
    return ScrutinKeyPart(
        scrutin_id=scrutin_id, number=part.number, teller_key_id=teller.id, commitment=part.commitment
    )  # fmt: skip


def read_paper(act: Act, *, scrutin_id: UUID, by: UUID, tallies: Mapping[str, Tally], reason: str = "") -> None:
    """Keep what one teller read on the paper ballots of the room; she may correct it until the urn is opened.

    Once both readings are there and compared, a correction says its reason.
    """
    scrutin = get_scrutin(act.session, scrutin_id)
    readers = paper_readers(act.session, scrutin_id)
    corrects = by in readers and len(readers) > 1
    refuse_if([*check_reading_open(scrutin.state), *check_reason(reason, corrects=corrects)])
    mine = (PaperCount.scrutin_id == scrutin_id) & (PaperCount.by == by)
    act.session.execute(delete(PaperCount).where(mine))
    rows = [
        {"scrutin_id": scrutin_id, "by": by, "college": college, "choice": choice, "ballots": number}
        for college, tally in tallies.items()
        for choice, number in tally.by_choice.items()
    ]
    act.session.execute(insert(PaperCount), rows)
    act.record("ballots.paper_read", f"scrutin:{scrutin_id}", {"by": by, "reason": reason.strip()[:1000]})


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that tellers typed, read; the secrets are never written down."""

    secrets: tuple[bytes, ...]

    @classmethod
    def read(cls, typed: Iterable[str]) -> "Codes":
        """Read what was typed; raises RuleBroken naming each code that is none."""
        secrets, breaches = [], []
        for number, code in enumerate(filter(str.strip, typed), start=1):
            try:
                secrets.append(sealing.secret_of(code))
            except BadCode:
                breaches.append(_no_code(number))
        refuse_if(breaches)
        return cls(tuple(dict.fromkeys(secrets)))


def _no_code(number: int) -> Breach:
    sentence = N_("Code %(number)s is not a teller’s code: a letter is missing or wrong. Read it again from the paper.")
    return Breach("code_unreadable", sentence, {"number": number}, field="codes")


def open_urn(act: Act, scrutin: ScrutinRow, codes: Codes) -> dict[str, Any]:
    """Open the envelopes of a closed vote, mix their ballots with those on paper, and write them as nobody's.

    The caller notes the count first: the database gives up envelopes only then. Gives the facts for the journal.
    """
    secret = _key_of(act.session, scrutin, codes)
    rows = act.session.execute(select(Envelope).where(Envelope.scrutin_id == scrutin.id)).scalars().all()
    write = _write_answers if scrutin.form is None else _write_marked
    opened = write(act, scrutin, secret, rows)
    bulk_insert(act.session, Participation, [_took_part(row) for row in rows])
    return {"opened": opened, "envelopes": len(rows), "tellers": _tellers(act.session, scrutin, codes)}


def _write_answers(act: Act, scrutin: ScrutinRow, secret: bytes, rows: Sequence[Envelope]) -> str:
    """Write the answers to a resolution in random order; gives the hash of the open urn."""
    opened = [*_electronic(act.session, scrutin, secret, rows), *_on_paper(act.session, scrutin)]
    random.SystemRandom().shuffle(opened)
    bulk_insert(
        act.session, UrnBallot,
        [{"id": n, "scrutin_id": scrutin.id, "college": college, "choice": choice} for n, college, choice in opened],
    )  # fmt: skip
    return opened_hash(opened)


def _write_marked(act: Act, scrutin: ScrutinRow, secret: bytes, rows: Sequence[Envelope]) -> str:
    """The same of ballots on another paper: what one of them says is checked at the count."""
    assert scrutin.form is not None  # noqa: S101 - that is why we are here
    sealed = [row.sealed for row in rows if row.channel is not Channel.PAPER]
    try:
        found = sealing.open_papers(secret, scrutin.id, sealed, size=scrutin.form.size)
    except BadEnvelope:
        raise RuleBroken([_foreign_envelope()]) from None
    opened = [(new_id(), content) for content in [*found, *agreed_papers(act.session, scrutin)]]
    random.SystemRandom().shuffle(opened)
    bulk_insert(
        act.session, UrnMarked, [{"id": n, "scrutin_id": scrutin.id, "content": content} for n, content in opened]
    )  # fmt: skip
    return opened_marked_hash(opened)


def destroy(act: Act, scrutin_id: UUID) -> None:
    """Throw away what could still tie a voter to a ballot: the envelopes and the parts of the key."""
    act.session.execute(delete(Envelope).where(Envelope.scrutin_id == scrutin_id))
    act.session.execute(delete(SealedPart).where(SealedPart.scrutin_id == scrutin_id))
    act.session.execute(delete(PaperCount).where(PaperCount.scrutin_id == scrutin_id))
    throw_typed_away(act, scrutin_id)
    act.session.expire_all()
    act.after_commit(lambda: scrub(act.session))


def scrub(session: Session) -> None:
    """Leave no trace of what was destroyed in the files of the database, once the act is kept.

    SQLite overwrites what is deleted (`secure_delete`), but for its log; PostgreSQL keeps old rows until it rewrites.
    """
    engine = session.get_bind()
    assert isinstance(engine, Engine)  # noqa: S101 - sessions of the site are bound to an engine
    if engine.dialect.name == "sqlite":
        _scrub_log(engine)
        return
    options = {"isolation_level": "AUTOCOMMIT", "postgresql_readonly": False, WRITES: True}
    with engine.connect().execution_options(**options) as connection:
        for statement in _SCRUBS:
            connection.exec_driver_sql(statement)


def _scrub_log(engine: Engine) -> None:
    # On the driver's own: within a transaction, which every connection of ours begins with, it is refused.
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.execute("PRAGMA query_only=OFF")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_SCRUBS = ("VACUUM FULL envelope", "VACUUM FULL sealed_part", "VACUUM FULL paper_typed")


def _key_of(session: Session, scrutin: ScrutinRow, codes: Codes) -> bytes:
    key = session.get_one(ScrutinKey, scrutin.id)
    parts = [part for part in (_part_of(session, scrutin.id, secret) for secret in codes.secrets) if part is not None]
    strangers = len(codes.secrets) - len(parts)
    sentence = N_("Codes that open nothing here: %(count)s. They belong to tellers of another vote, or were replaced.")
    foreign = [Breach("code_of_another_vote", sentence, {"count": strangers}, field="codes")] if strangers else []
    refuse_if([*foreign, *check_enough_codes(len(parts), key.needed)])
    try:
        return sealing.joined_key(parts[: key.needed], key.public)
    except BadEnvelope:
        raise RuleBroken([_damaged()]) from None


def _part_of(session: Session, scrutin_id: UUID, secret: bytes) -> Part | None:
    row = session.execute(
        select(ScrutinKeyPart.number, ScrutinKeyPart.commitment, SealedPart.sealed)
        .join(TellerKey, TellerKey.id == ScrutinKeyPart.teller_key_id)
        .join(
            SealedPart,
            (SealedPart.scrutin_id == ScrutinKeyPart.scrutin_id) & (SealedPart.number == ScrutinKeyPart.number),
        )
        .where(ScrutinKeyPart.scrutin_id == scrutin_id, TellerKey.public == sealing.public_of(secret))
    ).first()
    if row is None:
        return None
    part = _opened_part(secret, row.number, row.sealed)
    if part.commitment != row.commitment:
        raise RuleBroken([_damaged()])
    return part


def _opened_part(secret: bytes, number: int, sealed: bytes) -> Part:
    try:
        return Part(number, sealing.open_with(secret, sealed))
    except BadEnvelope:
        raise RuleBroken([_damaged()]) from None


def _damaged() -> Breach:
    sentence = N_(
        "The key of this vote is not the one that was sealed: its record was changed. Count nothing, and tell the "
        "administrator."
    )
    return Breach("key_damaged", sentence)


def _electronic(session: Session, scrutin: ScrutinRow, secret: bytes, rows: Sequence[Envelope]) -> Opened:
    sealed = [row for row in rows if row.channel is not Channel.PAPER]
    colleges = _colleges(session, scrutin, sealed)
    try:
        papers = sealing.open_papers(secret, scrutin.id, [row.sealed for row in sealed])
    except BadEnvelope:
        raise RuleBroken([_foreign_envelope()]) from None
    return [(new_id(), colleges[row.voter_id], _answer(paper)) for row, paper in zip(sealed, papers, strict=True)]


def _answer(paper: bytes) -> Choice:
    # The same reading as at the border: what the server sealed there was an answer that was offered.
    choice = choice_on(paper)
    if choice is None:
        raise RuleBroken([_foreign_envelope()])
    return choice


def _foreign_envelope() -> Breach:
    sentence = N_(
        "An envelope of this vote was not sealed here, or was changed. Nothing is counted: note the incident, and vote "
        "again."
    )
    return Breach("envelope_damaged", sentence)


def _colleges(session: Session, scrutin: ScrutinRow, rows: Sequence[Envelope]) -> dict[UUID, str]:
    if scrutin.college_weights is None:
        return dict.fromkeys((row.voter_id for row in rows), "")
    found = session.execute(
        select(RollEntry.voter_id, RollEntry.college).where(RollEntry.roll_id == scrutin.roll_id)
    )  # fmt: skip
    return {voter_id: college for voter_id, college in found}  # noqa: C416 - dict() loses the row's types


def _on_paper(session: Session, scrutin: ScrutinRow) -> Opened:
    readings = paper_readings(session, scrutin.id, counted_colleges(session, scrutin))
    refuse_if(check_paper(readings, papers_by_college(session, scrutin)))
    tallies = readings[0].tallies if readings else {}
    return [
        (new_id(), college, choice)
        for college, tally in tallies.items()
        for choice, number in tally.by_choice.items()
        for _ in range(number)
    ]


def _took_part(row: Envelope) -> dict[str, Any]:
    return {
        "scrutin_id": row.scrutin_id, "voter_id": row.voter_id, "channel": row.channel, "cast_by": row.cast_by,
        "receipt": row.receipt,
    }  # fmt: skip


def _tellers(session: Session, scrutin: ScrutinRow, codes: Codes) -> list[str]:
    """Whose codes opened the urn, by their accounts."""
    publics = [sealing.public_of(secret) for secret in codes.secrets]
    found = session.scalars(select(TellerKey.account_id).where(TellerKey.public.in_(publics)))
    return sorted(Counter(str(account_id) for account_id in found))

"""Who opens the urns, and what was read on paper."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.ballots.models import (
    Envelope,
    PaperCount,
    RollEntry,
    ScrutinKey,
    ScrutinKeyPart,
    TellerKey,
)
from coopgov.ballots.queries.scrutins import ScrutinRow
from coopgov.ballots.queries.tallies import tally_of_choices
from coopgov.ballots.rules import Channel, Choice
from coopgov.ballots.secret_rules import PaperReading


def paper_readings(session: Session, scrutin_id: UUID, colleges: Collection[str]) -> list[PaperReading]:
    """What each teller read on the paper ballots, in the order of their names: that of the key, else of the account."""
    rows = session.execute(
        select(PaperCount.by, PaperCount.college, PaperCount.choice, PaperCount.ballots)
        .where(PaperCount.scrutin_id == scrutin_id)
        .order_by(PaperCount.by)
    )
    read: dict[UUID, dict[str, dict[Choice, int]]] = {}
    for by, college, choice, number in rows:
        read.setdefault(by, {college: {} for college in colleges})[college][choice] = number
    names = {**accounts.names_of(session, read), **teller_names(session, read)}
    found = [
        PaperReading(names.get(by, ""), {college: tally_of_choices(said) for college, said in told.items()})
        for by, told in read.items()
    ]
    return sorted(found, key=lambda one: one.teller)


def paper_readers(session: Session, scrutin_id: UUID) -> set[UUID]:
    """The accounts of those who read the paper ballots."""
    return set(session.scalars(select(PaperCount.by).where(PaperCount.scrutin_id == scrutin_id)))


def papers_by_college(session: Session, scrutin: ScrutinRow) -> dict[str, int]:
    """How many people voted on paper in the room, by the colleges that are counted apart."""
    weighed = scrutin.college_weights is not None
    rows = session.execute(
        select(RollEntry.college if weighed else literal(""), func.count())
        .select_from(Envelope)
        .join(RollEntry, (RollEntry.voter_id == Envelope.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(Envelope.scrutin_id == scrutin.id, Envelope.channel == Channel.PAPER)
        .group_by(RollEntry.college if weighed else literal(""))
    )
    return {college: number for college, number in rows}  # noqa: C416 - dict() loses the row's types


def teller_keys(session: Session, account_ids: Collection[UUID]) -> list[TellerKey]:
    """The latest key of each of these people who has one, by name."""
    rows = session.scalars(
        select(TellerKey).where(TellerKey.account_id.in_(account_ids)).order_by(TellerKey.made_at, TellerKey.id)
    )
    latest_of = {row.account_id: row for row in rows}
    return sorted(latest_of.values(), key=lambda row: (row.name, row.id))


def teller_names(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names that tellers' keys bear."""
    return {row.account_id: row.name for row in teller_keys(session, account_ids)}


@dataclass(frozen=True, slots=True)
class TellersOf:
    """Who opens the urn of a secret vote: how many of whom."""

    needed: int
    names: tuple[str, ...]


def tellers_of(session: Session, scrutin_id: UUID) -> TellersOf | None:
    """Who opens the urn of this vote; None when it is not secret."""
    key = session.get(ScrutinKey, scrutin_id)
    if key is None:
        return None
    names = session.scalars(
        select(TellerKey.name)
        .join(ScrutinKeyPart, ScrutinKeyPart.teller_key_id == TellerKey.id)
        .where(ScrutinKeyPart.scrutin_id == scrutin_id)
        .order_by(ScrutinKeyPart.number)
    )
    return TellersOf(key.needed, tuple(names))

"""The roll as each person reads it: her line and its reason, the disputes and their answers."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import RollAnswer, RollDispute, RollOpening
from coopgov.assemblies.queries.meetings import AssemblyRow
from coopgov.assemblies.rules.roll import RollLine, line_of
from coopgov.ballots import queries as ballots
from coopgov.core.errors import NotFound
from coopgov.core.i18n import N_
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules.standing import standing_of


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """What somebody said against the roll, and the answer."""

    id: UUID
    assembly_id: UUID
    member_id: UUID
    name: str
    line: dict[str, Any]
    text: str
    at: datetime
    is_corrected: bool | None
    answer: str
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it has no answer yet."""
        return self.answered_at is None


def roll_opened_at(session: Session, assembly_id: UUID) -> datetime | None:
    """Since when the members see the roll in preparation."""
    found = session.get(RollOpening, assembly_id)
    return None if found is None else found.at


def my_line(session: Session, assembly: AssemblyRow, member: MemberRow, today: date) -> RollLine:
    """How this person stands to the roll: as it was frozen, or as it would be today."""
    roll = None if assembly.roll_id is None else ballots.get_roll(session, assembly.roll_id)
    on = today if roll is None else roll.reference_on
    told = line_of(member.number, member.name, standing_of(members.events_of(session, member.id), on=on), on=on)
    if roll is None:
        return told
    return _frozen_line(session, roll.id, told, member.id)


def _frozen_line(session: Session, roll_id: UUID, told: RollLine, member_id: UUID) -> RollLine:
    entry = ballots.find_roll_voter(session, roll_id, member_id)
    struck = next((one for one in ballots.strikes(session, roll_id) if one.voter_id == member_id), None)
    if struck is not None:
        reason = N_("Your line was struck off on %(at)s: %(reason)s (%(document)s).")
        values = {"at": struck.at, "reason": struck.reason, "document": struck.document}
        return RollLine(False, told.number, struck.name, "", reason, values)
    if entry is None:
        return RollLine(False, told.number, told.name, "", _not_there(told), told.values)
    reason = told.sentence if told.is_on else N_("The register of members of %(on)s held you as a member.")
    return RollLine(True, entry.number, entry.name, entry.college, reason, told.values)


def _not_there(told: RollLine) -> str:
    if not told.is_on:
        return told.sentence
    # Admitted after the notice left, with effect before: the roll holds what was known.
    return N_("When the roll was frozen, the register of %(on)s did not hold you as a member yet.")


def disputes(session: Session, assembly_id: UUID) -> list[DisputeRow]:
    """The disputes of an assembly's roll: those without an answer first, then in the order of time."""
    query = _disputes().where(RollDispute.assembly_id == assembly_id).order_by(RollDispute.at, RollDispute.id)
    found = [_dispute(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: not one.waits)


def get_dispute(session: Session, dispute_id: UUID) -> DisputeRow:
    """One dispute; raises NotFound."""
    row = session.execute(_disputes().where(RollDispute.id == dispute_id)).first()
    if row is None:
        raise NotFound
    return _dispute(*row)


def count_waiting(session: Session, assembly_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many disputes of each roll have no answer yet."""
    rows = session.execute(
        select(RollDispute.assembly_id, func.count())
        .outerjoin(RollAnswer, RollAnswer.dispute_id == RollDispute.id)
        .where(RollDispute.assembly_id.in_(assembly_ids), RollAnswer.dispute_id.is_(None))
        .group_by(RollDispute.assembly_id)
    )
    return {assembly_id: count for assembly_id, count in rows}  # noqa: C416 - dict() loses the row's types


def rolls_open(session: Session, assembly_ids: Sequence[UUID]) -> set[UUID]:
    """The assemblies among these whose roll in preparation is shown to the members."""
    return set(session.scalars(select(RollOpening.assembly_id).where(RollOpening.assembly_id.in_(assembly_ids))))


def _disputes() -> Any:
    return select(RollDispute, RollAnswer).outerjoin(RollAnswer, RollAnswer.dispute_id == RollDispute.id)


def _dispute(row: RollDispute, answer: RollAnswer | None) -> DisputeRow:
    return DisputeRow(
        row.id, row.assembly_id, row.member_id, row.name, json.loads(row.line), row.text, row.at,
        None if answer is None else answer.is_corrected, "" if answer is None else answer.text,
        None if answer is None else answer.at,
    )  # fmt: skip

"""Reading votes: what was sealed, and where each stands."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.ballots.deciding import Form, form_from_facts
from coopgov.ballots.models import (
    Scrutin,
    ScrutinForm,
    ScrutinKey,
    ScrutinStep,
)
from coopgov.ballots.proof import Seal, rule_from_facts, weights_from_text
from coopgov.ballots.queries.rolls import RollRow
from coopgov.ballots.rules import (
    URN_CLOSED,
    Level,
    State,
    Window,
    latest,
)
from coopgov.core.errors import NotFound
from coopgov.law.arithmetic import DecisionRule


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a vote."""

    step: State
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ScrutinRow:
    """A sealed vote and where it stands."""

    id: UUID
    roll_id: UUID
    level: Level
    subject_hash: str
    title: str
    rule: DecisionRule
    window: Window | None
    college_weights: dict[str, Fraction] | None
    seal: str
    state: State
    steps: tuple[Step, ...]
    form: Form | None = None
    """What its ballots are, unless they answer a resolution."""

    def at(self, state: State) -> datetime | None:
        """When that step was taken, if it was."""
        return next((step.at for step in self.steps if step.step is state), None)

    def takes_remote(self, now: datetime) -> bool:
        """Whether a remote ballot would be taken at that instant."""
        return self.state not in URN_CLOSED and self.window is not None and self.window.is_open(now)

    @property
    def takes_in_room(self) -> bool:
        """Whether a ballot would be taken in the room."""
        return self.state is State.ROOM_OPENED


def find_scrutin(session: Session, scrutin_id: UUID) -> ScrutinRow | None:
    """One vote, if it was sealed."""
    return next(iter(get_scrutins(session, [scrutin_id]).values()), None)


def get_scrutin(session: Session, scrutin_id: UUID) -> ScrutinRow:
    """One vote; raises NotFound."""
    found = find_scrutin(session, scrutin_id)
    if found is None:
        raise NotFound
    return found


def get_scrutins(session: Session, scrutin_ids: Collection[UUID]) -> dict[UUID, ScrutinRow]:
    """Several votes at once, by identifier."""
    scrutins = session.execute(
        select(Scrutin, ScrutinForm)
        .outerjoin(ScrutinForm, ScrutinForm.scrutin_id == Scrutin.id)
        .where(Scrutin.id.in_(scrutin_ids))
    ).all()
    steps: dict[UUID, list[Step]] = {}
    for row in session.scalars(
        select(ScrutinStep).where(ScrutinStep.scrutin_id.in_(scrutin_ids)).order_by(ScrutinStep.at)
    ):
        steps.setdefault(row.scrutin_id, []).append(Step(row.step, row.at, row.by))
    return {scrutin.id: _scrutin(scrutin, form, steps[scrutin.id]) for scrutin, form in scrutins}


def state_of(session: Session, scrutin_id: UUID) -> State:
    """Where a vote stands; raises NotFound."""
    return get_scrutin(session, scrutin_id).state


# A public key never changes once its vote is sealed, and a whole room asks for it.
_public_keys: dict[UUID, bytes | None] = {}


def find_public_key(session: Session, scrutin_id: UUID) -> bytes | None:
    """What ballots of a secret vote are sealed to; None for a named vote, or one that was never sealed."""
    if scrutin_id not in _public_keys:
        row = session.execute(
            select(Scrutin.id, ScrutinKey.public)
            .outerjoin(ScrutinKey, ScrutinKey.scrutin_id == Scrutin.id)
            .where(Scrutin.id == scrutin_id)
        ).first()
        if row is None:
            return None
        if len(_public_keys) >= MOST_KEYS:
            _public_keys.clear()
        _public_keys[scrutin_id] = row.public
    return _public_keys[scrutin_id]


MOST_KEYS = 1000


# Nor does the form of its ballots.
_forms: dict[UUID, Form | None] = {}


def find_form(session: Session, scrutin_id: UUID) -> Form | None:
    """What a ballot of that vote is; None where it answers a resolution, or where nothing was sealed."""
    if scrutin_id not in _forms:
        scrutin = find_scrutin(session, scrutin_id)
        if scrutin is None:
            return None
        if len(_forms) >= MOST_KEYS:
            _forms.clear()
        _forms[scrutin_id] = scrutin.form
    return _forms[scrutin_id]


def _scrutin(row: Scrutin, form: ScrutinForm | None, steps: Sequence[Step]) -> ScrutinRow:
    return ScrutinRow(
        id=row.id, roll_id=row.roll_id, level=row.level, subject_hash=row.subject_hash, title=row.title,
        rule=rule_from_facts(json.loads(row.rule)), window=_window(row),
        college_weights=weights_from_text(row.college_weights), seal=row.seal,
        state=latest(step.step for step in steps), steps=tuple(steps), form=None if form is None else _form(form),
    )  # fmt: skip


def _form(row: ScrutinForm) -> Form:
    return form_from_facts({"form": json.loads(row.form), "ties": json.loads(row.ties)})


def _window(row: Scrutin) -> Window | None:
    if row.remote_opens_at is None or row.remote_closes_at is None:
        return None
    return Window(row.remote_opens_at, row.remote_closes_at)


def seal_of(scrutin: ScrutinRow, roll: RollRow) -> Seal:
    """The facts a vote's seal was taken of."""
    return Seal(
        scrutin.id, scrutin.level, scrutin.subject_hash, scrutin.title, roll.hash, scrutin.rule, scrutin.window,
        scrutin.college_weights, scrutin.form,
    )  # fmt: skip

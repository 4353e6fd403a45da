"""Reading votes: what was sealed, and where each stands."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from coopgov.ballots.after_seal import ScrutinAnnulment, ScrutinResumption, ScrutinSuspension
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
class Suspension:
    """A stretch of time in which a vote took no ballot, and the end it got instead of the one it had."""

    id: UUID
    since: datetime
    at: datetime
    incident: str
    resumed_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Annulment:
    """The judgment that took a proclaimed vote away."""

    on: date
    reason: str
    document: str
    at: datetime


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
    suspensions: tuple[Suspension, ...] = ()
    annulled: Annulment | None = None

    @property
    def suspended(self) -> Suspension | None:
        """The suspension it is under, if it is."""
        return next((one for one in self.suspensions if one.resumed_at is None), None)

    @property
    def window_now(self) -> Window | None:
        """When remote ballots are taken: as it was sealed, but for the time that suspensions gave back."""
        later = [one.closes_at for one in self.suspensions if one.closes_at is not None]
        return self.window and Window(self.window.opens_at, max([self.window.closes_at, *later]))

    def at(self, state: State) -> datetime | None:
        """When that step was taken, if it was."""
        return next((step.at for step in self.steps if step.step is state), None)

    def happened(self, roll: RollRow) -> dict[str, Any]:
        """What happened to a vote since it was sealed, for its result and its archive; nothing where nothing did."""
        halts = [
            {"since": one.since, "noted_at": one.at, "resumed_at": one.resumed_at, "closes_at": one.closes_at,
             "incident": one.incident}
            for one in self.suspensions
        ]  # fmt: skip
        struck = roll.size - roll.voters
        told: dict[str, Any] = {"suspensions": halts} if halts else {}
        return told | ({"struck": struck, "frozen_hash": roll.hash} if struck else {})

    def takes_remote(self, now: datetime) -> bool:
        """Whether a remote ballot would be taken at that instant."""
        window = self.window_now
        return self.state not in URN_CLOSED and self.suspended is None and window is not None and window.is_open(now)

    @property
    def takes_in_room(self) -> bool:
        """Whether a ballot would be taken in the room."""
        return self.state is State.ROOM_OPENED and self.suspended is None


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
        select(Scrutin, ScrutinForm, ScrutinAnnulment)
        .outerjoin(ScrutinForm, ScrutinForm.scrutin_id == Scrutin.id)
        .outerjoin(ScrutinAnnulment, ScrutinAnnulment.scrutin_id == Scrutin.id)
        .where(Scrutin.id.in_(scrutin_ids))
    ).all()
    steps: dict[UUID, list[Step]] = {}
    for row in session.scalars(
        select(ScrutinStep).where(ScrutinStep.scrutin_id.in_(scrutin_ids)).order_by(ScrutinStep.at)
    ):
        steps.setdefault(row.scrutin_id, []).append(Step(row.step, row.at, row.by))
    halts = _suspensions(session, scrutin_ids)
    return {
        scrutin.id: replace(
            _scrutin(scrutin, form, steps[scrutin.id], halts[scrutin.id]), annulled=_annulment(annulled)
        )
        for scrutin, form, annulled in scrutins
    }  # fmt: skip


def _annulment(row: ScrutinAnnulment | None) -> Annulment | None:
    return None if row is None else Annulment(row.on, row.reason, row.document, row.at)


def _suspensions(session: Session, scrutin_ids: Collection[UUID]) -> defaultdict[UUID, list[Suspension]]:
    found: defaultdict[UUID, list[Suspension]] = defaultdict(list)
    rows: Any = session.execute(
        select(ScrutinSuspension, ScrutinResumption)
        .outerjoin(ScrutinResumption, ScrutinResumption.suspension_id == ScrutinSuspension.id)
        .where(ScrutinSuspension.scrutin_id.in_(scrutin_ids))
        .order_by(ScrutinSuspension.at, ScrutinSuspension.id)
    )
    for one, end in rows:
        ended, closes_at = (None, None) if end is None else (end.at, end.closes_at)
        found[one.scrutin_id].append(Suspension(one.id, one.since, one.at, one.incident, ended, closes_at))
    return found


def suspension_among(session: Session, scrutins: Select[UUID | None]) -> Suspension | None:
    """The earliest suspension that any of these votes is under, asked in one statement; None where all go on."""
    row = session.scalars(
        select(ScrutinSuspension)
        .outerjoin(ScrutinResumption, ScrutinResumption.suspension_id == ScrutinSuspension.id)
        .where(ScrutinSuspension.scrutin_id.in_(scrutins), ScrutinResumption.suspension_id.is_(None))
        .order_by(ScrutinSuspension.since, ScrutinSuspension.id)
        .limit(1)
    ).first()
    return None if row is None else Suspension(row.id, row.since, row.at, row.incident)


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


def _scrutin(row: Scrutin, form: ScrutinForm | None, steps: Sequence[Step], halts: Sequence[Suspension]) -> ScrutinRow:
    return ScrutinRow(
        id=row.id, roll_id=row.roll_id, level=row.level, subject_hash=row.subject_hash, title=row.title,
        rule=rule_from_facts(json.loads(row.rule)), window=_window(row),
        college_weights=weights_from_text(row.college_weights), seal=row.seal,
        state=latest(step.step for step in steps), steps=tuple(steps), form=None if form is None else _form(form),
        suspensions=tuple(halts),
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

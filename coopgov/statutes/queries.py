"""Reads of the statutes: what is in force on a day, every version there was, the drafts of the next one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from uuid import UUID

from babel.numbers import format_currency
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.canonical import digest
from coopgov.core.direct import Asked, Question
from coopgov.core.errors import Breach, NotFound
from coopgov.core.figures import LegalForm
from coopgov.core.i18n import N_
from coopgov.core.reading import is_writing, once
from coopgov.law.loader import Law, load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.values import value_from_text
from coopgov.statutes.changes import Change, changes
from coopgov.statutes.drafting import (
    SHOWN,
    DraftState,
    DraftWords,
    FrozenStatutes,
    check_base,
    check_differs,
    check_draft,
    from_json,
    subject_of,
)
from coopgov.statutes.models import StatutesCollegeRow, StatutesDraft, StatutesFigureRow, StatutesFrozen, StatutesRow
from coopgov.statutes.rules import FORM_LABELS, College, StatutesText

# Where the statutes do not give the assembly that power, its vote on fees binds nobody.
NO_POWER = "CONSULTATIVE"


@dataclass(frozen=True, slots=True)
class Statutes:
    """One version of the statutes (*statuts*), whole."""

    id: UUID
    in_force_from: date
    name: str
    legal_form: LegalForm
    is_cae: bool
    object_text: str
    seat: str
    siren: str
    rcs_city: str
    share_nominal_cents: int
    statutory_minimum_cents: int
    year_end: str
    colleges: tuple[College, ...]
    figures: Mapping[str, StatutesFigure] = field(hash=False)
    admission_body: str
    proposal_backers: int
    fee_decision: str
    decision: str
    recorded_at: datetime
    founded_on: date | None = None

    @property
    def text(self) -> StatutesText:
        """The version as it was submitted."""
        return StatutesText(**{one.name: getattr(self, one.name) for one in fields(StatutesText)})


# The versions as last read, by their ids: what is written once can be kept.
_kept: dict[tuple[UUID, ...], tuple[Statutes, ...]] = {}


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Statutes being written (*projet de statuts*), whole."""

    id: UUID
    base_id: UUID | None
    title: str
    reasons: str
    text: StatutesText = field(hash=False)
    wished_on: date | None
    state: DraftState
    author: str
    created_at: datetime
    changed_at: datetime
    subject_hash: str
    decision: str
    decided_on: date | None
    statutes_id: UUID | None

    @property
    def is_shown(self) -> bool:
        """Whether members may read it: it is, or was, before an assembly."""
        return self.state in SHOWN and self.base_id is not None

    @property
    def words(self) -> DraftWords:
        """All that it says."""
        return DraftWords(self.id, self.base_id, self.title, self.reasons, self.text, self.wished_on)


@cache
def the_law() -> Law:
    """The texts of law, read once in the life of the process."""
    return load_law()


def find_statutes_on(session: Session, on: date) -> Statutes | None:
    """The statutes in force on that day, or None before the first ones."""
    return next((version for version in _versions(session) if version.in_force_from <= on), None)


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of every page says of the cooperative."""

    name: str
    legal_form_label: str


def find_header(session: Session, on: date) -> Header | None:
    """The name and form of the cooperative on that day; None before the first statutes."""
    found = find_statutes_on(session, on)
    return Header(found.name, form_label(found.legal_form)) if found is not None else None


def statutes_on(session: Session, on: date) -> Statutes:
    """The statutes in force on that day; raises NotFound before the first ones."""
    found = find_statutes_on(session, on)
    if found is None:
        raise NotFound
    return found


def employs_sellers(session: Session, on: date) -> bool:
    """Whether those who sell are employed entrepreneurs: in a CAE only (loi 47-1775, art. 26-41)."""
    found = find_statutes_on(session, on)
    return found is not None and found.is_cae


def find_latest(session: Session) -> Statutes | None:
    """The last version adopted, in force already or not, or None."""
    return next(iter(_versions(session)), None)


def get_statutes(session: Session, statutes_id: UUID) -> Statutes:
    """One version by its id; raises NotFound."""
    found = next((version for version in _versions(session) if version.id == statutes_id), None)
    if found is None:
        raise NotFound
    return found


def history(session: Session) -> list[Statutes]:
    """Every version, the latest first."""
    return list(_versions(session))


def find_draft(session: Session, draft_id: UUID) -> DraftRow | None:
    """One draft by its id, or None."""
    row = session.get(StatutesDraft, draft_id)
    return _draft(row) if row is not None else None


def get_draft(session: Session, draft_id: UUID) -> DraftRow:
    """One draft by its id; raises NotFound."""
    found = find_draft(session, draft_id)
    if found is None:
        raise NotFound
    return found


def list_drafts(session: Session) -> list[DraftRow]:
    """Every draft, the one last changed first."""
    rows = session.scalars(select(StatutesDraft).order_by(StatutesDraft.changed_at.desc(), StatutesDraft.id))
    return [_draft(row) for row in rows]


def drafts_to_vote(session: Session) -> list[DraftRow]:
    """The drafts that an assembly may be asked to vote, the one last changed first."""
    latest = find_latest(session)
    return [
        row
        for row in list_drafts(session)
        if latest is not None and row.state is DraftState.DRAFT and row.base_id == latest.id
    ]


def stands_against(session: Session, draft: DraftRow, on: date) -> list[Breach]:
    """List what stands against a draft that would take force on that day, as far as the statutes themselves know."""
    base = get_statutes(session, draft.base_id) if draft.base_id is not None else None
    latest, before = find_latest(session), base.text if base else None
    return [
        *check_base(is_latest=draft.base_id == (latest.id if latest else None)),
        *check_differs(draft.text, before),
        *check_draft(
            draft.text, before=before, before_from=base.in_force_from if base else None, on=on, law=the_law()
        ),
    ]  # fmt: skip


def waits_behind(session: Session, draft: DraftRow) -> list[Breach]:
    """List why a draft waits: another one on the same version is before an assembly, and only one can be adopted."""
    sentence = N_(
        "The draft “%(title)s” changes the same version and is before an assembly: only one of the two can be adopted. "
        "Take one off the agenda, or wait for its vote."
    )
    return [
        Breach("another_draft_frozen", sentence, {"title": other.title})
        for other in list_drafts(session)
        if other.id != draft.id and other.base_id == draft.base_id and other.state is DraftState.FROZEN
    ]


def find_frozen(session: Session, subject_hash: str) -> FrozenStatutes | None:
    """The draft and the resolution as they were put to a vote, or None."""
    row = session.get(StatutesFrozen, subject_hash)
    if row is None:
        return None
    resolution = json.loads(row.facts)["resolution"]
    return FrozenStatutes(row.draft_id, resolution["title"], resolution["text"], row.subject_hash)


def hash_of_frozen(session: Session, draft: DraftRow) -> str:
    """The hash that a frozen draft gives now: another one than its own where a word of it was changed since."""
    found = find_frozen(session, draft.subject_hash)
    return digest(subject_of(draft.words, title=found.title, text=found.text)) if found is not None else ""


def is_frozen_text(session: Session, draft_id: UUID, hashed: str, title: str, text: str) -> bool:
    """Whether these words are the resolution of a draft whose subject gives that hash."""
    row, found = session.get(StatutesFrozen, hashed), find_frozen(session, hashed)
    if row is None or digest(json.loads(row.facts)) != hashed:
        return False
    return found == FrozenStatutes(draft_id, title, text, hashed)


def changes_of(session: Session, draft: DraftRow) -> list[Change]:
    """What a draft changes in the version it amends; nothing for the first statutes."""
    if draft.base_id is None:
        return []
    return changes(get_statutes(session, draft.base_id).text, draft.text, the_law())


def _draft(row: StatutesDraft) -> DraftRow:
    return DraftRow(
        id=row.id, base_id=row.base_id, title=row.title, reasons=row.reasons,
        text=from_json(json.loads(row.text), the_law()), wished_on=row.wished_on, state=row.state, author=row.author,
        created_at=row.created_at, changed_at=row.changed_at, subject_hash=row.subject_hash, decision=row.decision,
        decided_on=row.decided_on, statutes_id=row.statutes_id,
    )  # fmt: skip


def rulebook(session: Session, law: Law) -> Rulebook:
    """The law and all versions of the statutes in one book; raises NotFound before there are any."""
    versions = _versions(session)
    if not versions:
        raise NotFound
    return _book(law, versions)


@lru_cache(maxsize=8)
def _book(law: Law, versions: tuple[Statutes, ...]) -> Rulebook:
    # Pure: a version is never rewritten, so the same versions always make the same book.
    return Rulebook(law, [StatutesVersion(one.in_force_from, one.legal_form, one.figures) for one in versions])


def form_label(form: LegalForm) -> str:
    """The name of a legal form in the language of the page."""
    return str(gettext(FORM_LABELS[form]))


# How papers name the company (loi 78-763, art. 4; loi 47-1775, art. 22; code de commerce, art. L231-2).
_KIND = {
    "fr": {
        "scop": "société coopérative et participative (SCOP)",
        "scic": "société coopérative d’intérêt collectif (SCIC)",
        "loi47": "société coopérative",
    },
    "en": {
        "scop": "workers’ cooperative (SCOP)",
        "scic": "collective-interest cooperative (SCIC)",
        "loi47": "cooperative",
    },
}
_COMPANY = {
    "fr": {
        "sarl": "société à responsabilité limitée",
        "sas": "société par actions simplifiée",
        "sa": "société anonyme",
    },
    "en": {
        "sarl": "limited liability company (SARL)",
        "sas": "simplified joint-stock company (SAS)",
        "sa": "public limited company (SA)",
    },
}
_CAE = {"fr": "coopérative d’activité et d’emploi, ", "en": "business and employment cooperative, "}
_VARIABLE = {"fr": "à capital variable", "en": "with variable capital"}


def mentions(statutes: Statutes, capital_cents: int, language: str = "fr") -> dict[str, str]:
    """The mandatory mentions at the head of every paper (*mentions obligatoires*), ready to print."""
    tongue = "en" if language == "en" else "fr"
    kind, company = statutes.legal_form.value.rsplit("-", 1)
    cae = _CAE[tongue] if statutes.is_cae else ""
    siren = f"{statutes.siren[:3]} {statutes.siren[3:6]} {statutes.siren[6:]}".replace(" ", "\u00a0")
    return {
        "name": statutes.name,
        "form": f"{_KIND[tongue][kind]}, {cae}{_COMPANY[tongue][company]} {_VARIABLE[tongue]}",
        "capital": format_currency(Decimal(capital_cents) / 100, "EUR", locale=tongue),
        "siren": siren,
        "rcs": f"RCS {statutes.rcs_city} {siren}",
        "seat": statutes.seat,
    }


_IDS = Question(select(StatutesRow.id).order_by(StatutesRow.in_force_from.desc()))


def asked() -> Asked:
    """What every reading of the statutes asks first, to be asked ahead."""
    return _IDS, {}


@once
def _versions(session: Session) -> tuple[Statutes, ...]:
    """Every version, the latest first: one statement for those this process has read already."""
    ids = tuple(row[0] for row in _IDS.rows(session))
    found = _kept.get(ids)
    if found is None:
        found = _read(session)
        # Inside an act a version may be half written. A process serves one database: what was kept is out of date.
        if not is_writing(session):
            _kept.clear()
            _kept[ids] = found
    return found


def _read(session: Session) -> tuple[Statutes, ...]:
    rows = session.scalars(select(StatutesRow).order_by(StatutesRow.in_force_from.desc())).all()
    return tuple(_statutes(session, rows))


def _statutes(session: Session, rows: Sequence[StatutesRow]) -> list[Statutes]:
    ids = [row.id for row in rows]
    figures, colleges = _figures(session, ids), _colleges(session, ids)
    return [_one(row, figures[row.id], colleges[row.id]) for row in rows]


def _one(row: StatutesRow, figures: dict[str, StatutesFigure], colleges: list[College]) -> Statutes:
    return Statutes(
        id=row.id, in_force_from=row.in_force_from, name=row.name, legal_form=row.legal_form, is_cae=row.is_cae,
        object_text=row.object_text, seat=row.seat, siren=row.siren, rcs_city=row.rcs_city,
        share_nominal_cents=row.share_nominal_cents, statutory_minimum_cents=row.statutory_minimum_cents,
        year_end=row.year_end, colleges=tuple(colleges), figures=figures,
        admission_body=_word("membership.admission_body", row, figures),
        proposal_backers=row.proposal_backers,
        fee_decision=_word("terms.decision_power", row, figures) or NO_POWER,
        decision=row.decision, recorded_at=row.recorded_at, founded_on=row.founded_on,
    )  # fmt: skip


def _word(name: str, row: StatutesRow, figures: dict[str, StatutesFigure]) -> str:
    """The word that is in force for this version: its own, or that of the law."""
    version = StatutesVersion(row.in_force_from, row.legal_form, figures)
    figure = Rulebook(the_law(), [version]).find_figure(name, on=row.in_force_from)
    return figure.as_text() if figure is not None else ""


def _figures(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, StatutesFigure]]:
    rows = session.scalars(
        select(StatutesFigureRow).where(StatutesFigureRow.statutes_id.in_(ids)).order_by(StatutesFigureRow.name)
    )
    found: dict[UUID, dict[str, StatutesFigure]] = {statutes_id: {} for statutes_id in ids}
    for row in rows:
        unit = the_law().entry(row.name).unit
        found[row.statutes_id][row.name] = StatutesFigure(value_from_text(unit, row.value), row.clause)
    return found


def _colleges(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[College]]:
    rows = session.scalars(
        select(StatutesCollegeRow)
        .where(StatutesCollegeRow.statutes_id.in_(ids))
        .order_by(StatutesCollegeRow.statutes_id, StatutesCollegeRow.position)
    )
    found: dict[UUID, list[College]] = {statutes_id: [] for statutes_id in ids}
    for row in rows:
        found[row.statutes_id].append(College(row.code, row.label, Fraction(row.weight)))
    return found

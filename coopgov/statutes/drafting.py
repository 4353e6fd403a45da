"""Statutes being written (*projet de statuts*): their states, their text as JSON, what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import LegalForm
from coopgov.core.i18n import N_
from coopgov.core.policy import Actor, Permission, Role
from coopgov.law.book import Law
from coopgov.law.rulebook import StatutesFigure
from coopgov.law.values import value_from_text, value_to_text
from coopgov.statutes.rules import College, StatutesText, check_statutes

# The house's own limits: those of a resolution; how long statutes may wait to take force.
TITLE_LENGTH, REASONS_LENGTH = 200, 5_000
MOST_YEARS_AHEAD: Final = 5
MINIMUM: Final = "capital.statutory_minimum_cents"


class DraftState(StrEnum):
    """Where a draft of the statutes stands."""

    DRAFT = "being written"
    FROZEN = "before the assembly"
    NO_QUORUM = "left without quorum"
    ADOPTED = "voted"
    REJECTED = "voted down"
    WITHDRAWN = "given up"


class DraftStep(StrEnum):
    """What moves a draft on."""

    FREEZE = "put before the assembly"
    RELEASE = "take up again"
    MISS_QUORUM = "leave without quorum"
    REOPEN = "put before the second call"
    ADOPT = "adopt"
    REJECT = "reject"
    WITHDRAW = "give up"


TRANSITIONS: Final[Mapping[tuple[DraftState, DraftStep], DraftState]] = {
    (DraftState.DRAFT, DraftStep.FREEZE): DraftState.FROZEN,
    (DraftState.DRAFT, DraftStep.ADOPT): DraftState.ADOPTED,
    (DraftState.DRAFT, DraftStep.WITHDRAW): DraftState.WITHDRAWN,
    (DraftState.FROZEN, DraftStep.RELEASE): DraftState.DRAFT,
    (DraftState.FROZEN, DraftStep.MISS_QUORUM): DraftState.NO_QUORUM,
    (DraftState.FROZEN, DraftStep.ADOPT): DraftState.ADOPTED,
    (DraftState.FROZEN, DraftStep.REJECT): DraftState.REJECTED,
    (DraftState.NO_QUORUM, DraftStep.REOPEN): DraftState.FROZEN,
    (DraftState.NO_QUORUM, DraftStep.RELEASE): DraftState.DRAFT,
    (DraftState.NO_QUORUM, DraftStep.WITHDRAW): DraftState.WITHDRAWN,
}
# What members may read: what is or was before them.
SHOWN: Final = frozenset({DraftState.FROZEN, DraftState.NO_QUORUM, DraftState.ADOPTED, DraftState.REJECTED})
# The words of a proclaimed result, from the ballots and from the assembly that could not vote.
STEP_OF_OUTCOME: Final[Mapping[str, DraftStep]] = {
    "adopted": DraftStep.ADOPT,
    "rejected": DraftStep.REJECT,
    "no_decision": DraftStep.REJECT,
    "no_quorum": DraftStep.MISS_QUORUM,
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What one section of the editor says: its facts, its figures (None where the law speaks), its colleges."""

    facts: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[str, StatutesFigure | None] = field(default_factory=dict)
    colleges: tuple[College, ...] | None = None

    def concerns(self, name: str | None) -> bool:
        """Whether a refusal of that field belongs to this section."""
        return name in self.facts or name in self.figures or (name == "colleges" and self.colleges is not None)


@dataclass(frozen=True, slots=True)
class FrozenStatutes:
    """What is put to the vote and can no longer move: its hash is the vote's own subject."""

    draft_id: UUID
    title: str
    text: str
    subject_hash: str


def apply_edit(text: StatutesText, edit: Edit) -> StatutesText:
    """The text with what the section says; all the rest stays."""
    figures = {name: figure for name, figure in text.figures.items() if name not in edit.figures}
    figures |= {name: figure for name, figure in edit.figures.items() if figure is not None}
    colleges = text.colleges if edit.colleges is None else edit.colleges
    changed: dict[str, Any] = {**edit.facts, "figures": figures, "colleges": colleges}
    minimum = edit.figures.get(MINIMUM)
    if minimum is not None and isinstance(minimum.value, int):
        changed["statutory_minimum_cents"] = minimum.value
    return with_minimum_as_figure(replace(text, **changed))


def with_minimum_as_figure(text: StatutesText) -> StatutesText:
    """The capital's minimum is asked of the rule book like any figure; its clause is kept where one is given."""
    clause = text.figures[MINIMUM].clause if MINIMUM in text.figures else "capital social"
    return replace(text, figures={**text.figures, MINIMUM: StatutesFigure(text.statutory_minimum_cents, clause)})


def rebase(text: StatutesText, *, before: StatutesText, onto: StatutesText) -> StatutesText:
    """The same changes made to a later version: what the draft left as it was follows the version in place."""
    kept = {
        one.name: getattr(text, one.name)
        for one in fields(text)
        if getattr(text, one.name) != getattr(before, one.name)
    }
    names = {*text.figures, *onto.figures}
    figures = {name: text if text.figures.get(name) != before.figures.get(name) else onto for name in names}
    chosen = {name: source.figures[name] for name, source in figures.items() if name in source.figures}
    return replace(onto, **{**kept, "figures": chosen})


def as_json(text: StatutesText) -> dict[str, Any]:
    """The whole text as JSON's own types."""
    plain = {one.name: getattr(text, one.name) for one in fields(text)}
    return plain | {
        "legal_form": text.legal_form.value,
        "founded_on": text.founded_on.isoformat() if text.founded_on else None,
        "colleges": [{"code": one.code, "label": one.label, "weight": str(one.weight)} for one in text.colleges],
        "figures": {
            name: {"value": value_to_text(one.value), "clause": one.clause}
            for name, one in sorted(text.figures.items())
        },
    }


def from_json(facts: Mapping[str, Any], law: Law) -> StatutesText:
    """The text that `as_json` wrote."""
    founded = facts.get("founded_on")
    return StatutesText(
        **{
            **facts,
            "legal_form": LegalForm(facts["legal_form"]),
            "founded_on": date.fromisoformat(founded) if founded else None,
            "colleges": tuple(College(one["code"], one["label"], Fraction(one["weight"])) for one in facts["colleges"]),
            "figures": {
                name: StatutesFigure(value_from_text(law.entry(name).unit, one["value"]), one["clause"])
                for name, one in facts["figures"].items()
            },
        }
    )


@dataclass(frozen=True, slots=True)
class DraftWords:
    """All that a draft says: what a vote on it is about, beside the resolution's own words."""

    draft_id: UUID
    base_id: UUID | None
    title: str
    reasons: str
    text: StatutesText = field(hash=False)
    wished_on: date | None


def subject_of(words: DraftWords, *, title: str, text: str) -> dict[str, object]:
    """All that a vote is about (*objet du vote*): the draft, and the resolution that tells its changes."""
    return {
        "kind": "statutes", "draft": words.draft_id, "base": words.base_id, "title": words.title,
        "reasons": words.reasons, "text": as_json(words.text), "not_before": words.wished_on,
        "resolution": {"title": title, "text": text},
    }  # fmt: skip


def effect_day(wished_on: date | None, decided_on: date) -> date:
    """The day on which the new statutes take force: never that of the assembly that adopts them."""
    following = decided_on + timedelta(days=1)
    return following if wished_on is None else max(wished_on, following)


def may_write(actor: Actor, *, is_first: bool) -> bool:
    """Whoever installs the site may found the cooperative; later statutes belong to the board and the secretary."""
    is_office = actor.is_system or actor.has(Role.BOARD, Role.SECRETARY)
    return actor.may(Permission.STATUTES_DRAFT) and (is_first or is_office)


def check_words(title: str, reasons: str) -> list[Breach]:
    """List what is wrong with the words of a draft."""
    breaches = []
    if not title.strip():
        breaches.append(Breach("draft_without_title", N_("Give the draft a title."), field="title"))
    if not reasons.strip():
        breaches.append(Breach("draft_without_reasons", N_("Say why the statutes would change."), field="reasons"))
    return breaches


def check_wished_day(wished_on: date | None, today: date) -> list[Breach]:
    """List what stands against a wished day while the draft is written: it is past, or a slip of the finger."""
    if wished_on is None:
        return []
    if wished_on > today:
        return check_not_far(wished_on, today, field="wished_on")
    return [Breach("wished_day_past", N_("Choose a day to come, or leave it empty."), field="wished_on")]


def check_not_far(day: date, today: date, *, field: str) -> list[Breach]:
    """List why statutes do not wait so long: until they are in force no later version can be."""
    latest = add_years(today, MOST_YEARS_AHEAD)
    if day <= latest:
        return []
    sentence = N_("Statutes cannot change again before this day. Check its year: the last day possible is %(latest)s.")
    return [Breach("statutes_too_far_ahead", sentence, {"latest": latest}, field=field)]


def check_wish(wished_on: date | None, held_on: date) -> list[Breach]:
    """List what stands against the wished day: the assembly itself is held under the statutes it finds."""
    if wished_on is None or wished_on > held_on:
        return []
    sentence = N_(
        "The assembly of %(held_on)s is held under the statutes it finds: the new ones take force after that day. "
        "Choose a later day, or leave it empty."
    )
    return [Breach("statutes_effect_too_early", sentence, {"held_on": held_on}, field="wished_on")]


def check_draft(
    text: StatutesText, *, before: StatutesText | None, before_from: date | None, on: date, law: Law
) -> list[Breach]:
    """List all that stands against a draft that would take force on that day, each with its article."""
    found = [
        *check_statutes(text, in_force_from=on, previous_from=before_from, law=law),
        *check_amendment(text, before, law=law, on=on),
        *_check_backers(text),
    ]
    # The minimum of the capital is typed as the figure it is.
    return [replace(one, field=MINIMUM) if one.field == "statutory_minimum_cents" else one for one in found]


def _check_backers(text: StatutesText) -> list[Breach]:
    if text.proposal_backers > 0:
        return []
    sentence = N_("A proposal needs at least one backer. Write one or more.")
    return [Breach("no_backers", sentence, {}, field="proposal_backers")]


def check_amendment(text: StatutesText, before: StatutesText | None, *, law: Law, on: date) -> list[Breach]:
    """List what a change of the statutes cannot do: become another form, change the day of the founding."""
    if before is None:
        return []
    breaches = []
    if text.legal_form is not before.legal_form:
        sentence = N_(
            "A company that changes its legal form is transformed, by another procedure than a change of its statutes. "
            "Keep the form here."
        )
        articles = articles_of(law, "statutes.transformation_is_apart", before.legal_form, on)
        breaches.append(Breach("form_is_transformed", sentence, {}, articles, field="legal_form"))
    if before.founded_on is not None and text.founded_on != before.founded_on:
        sentence = N_("The company was registered on %(founded_on)s: that day never changes.")
        breaches.append(Breach("founded_on_changed", sentence, {"founded_on": before.founded_on}, field="founded_on"))
    return breaches


def check_being_written(title: str, *, is_written: bool) -> list[Breach]:
    """List why a draft cannot be put on an agenda: it is on another one already, or decided, or given up."""
    if is_written:
        return []
    sentence = N_("The draft “%(title)s” is not being written any more: it cannot be put to the vote. Choose another.")
    return [Breach("draft_not_written", sentence, {"title": title}, field="draft_id")]


def check_only_draft(other: str | None) -> list[Breach]:
    """List why a draft cannot stand on an agenda beside another one on the same version."""
    if other is None:
        return []
    sentence = N_(
        "“%(title)s”, on this agenda too, changes the same version of the statutes: only one can be adopted. "
        "Write both changes in one draft, or take one off."
    )
    return [Breach("two_drafts_on_agenda", sentence, {"title": other}, field="agenda")]


def check_differs(text: StatutesText, before: StatutesText | None) -> list[Breach]:
    """List why there is nothing to vote: the draft is the version in place, word for word."""
    if before is None or with_minimum_as_figure(text) != with_minimum_as_figure(before):
        return []
    return [
        Breach("draft_changes_nothing", N_("This draft changes nothing yet. Change something in one of its sections."))
    ]


def check_base(*, is_latest: bool) -> list[Breach]:
    """List why a draft cannot go on: the statutes it amends have changed since."""
    if is_latest:
        return []
    sentence = N_(
        "The statutes have changed since this draft was begun. Take its changes over to the version in place first."
    )
    return [Breach("draft_on_old_base", sentence)]


def check_subject(stored: str, told: str) -> list[Breach]:
    """List why a result cannot be taken: it is about another text than the frozen one."""
    if stored and stored == told:
        return []
    sentence = N_("This result is about another text than the frozen statutes: its fingerprint is %(told)s.")
    return [Breach("other_statutes_voted", sentence, {"told": told[:8]})]


def articles_of(law: Law, name: str, form: LegalForm, on: date) -> tuple[Citation, ...]:
    """The articles a figure rests on for that form."""
    found = law.find_figure(name, form=form, on=on)
    return found.citations if found is not None else ()

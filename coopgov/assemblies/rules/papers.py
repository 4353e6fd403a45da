"""How the board writes the ballot paper of an election, or of a choice among texts, before the seal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from coopgov.ballots.counting.papers import (
    PAPERS,
    Choices,
    Grades,
    Lists,
    Missing,
    Option,
    Paper,
    Ranking,
    Rivals,
    Seated,
    Sharing,
)
from coopgov.ballots.counting.ties import TieRule, Ties
from coopgov.ballots.deciding import Form, form_from_facts
from coopgov.core.canonical import canonical_json

# What the board may choose; a sheet of resolutions is the agenda itself.
OFFERED: Final = tuple(kind for kind in PAPERS if kind != "resolutions")
GRADES: Final = ("À rejeter", "Insuffisant", "Passable", "Assez bien", "Bien", "Très bien")


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A ballot paper as the board writes it: options and grades line by line."""

    kind: str
    options: Sequence[str] = ()
    seats: int = 1
    least: int = 1
    most: int = 1
    grades: Sequence[str] = GRADES
    missing_is_worst: bool = False
    last_is_status_quo: bool = True
    sharing: Sharing = Sharing.HIGHEST_AVERAGE
    threshold: Fraction = Fraction(0)
    shuffled: bool = False
    tie: TieRule = TieRule.CHAIR
    seed: str = ""


def form_of_draft(draft: PaperDraft, item_id: UUID) -> Form:
    """The form that was written; its paper bears the resolution until its vote is sealed."""
    options = tuple(_option(f"o{n}", line, draft.kind) for n, line in enumerate(draft.options, start=1))
    kept = {name: value for name, value in _details(draft, options).items() if name in _own(draft.kind)}
    paper = PAPERS[draft.kind](scrutin=item_id, options=options, shuffled=draft.shuffled, **kept)
    return Form(paper, Ties(draft.tie, draft.seed if draft.tie is TieRule.SEED else ""))


def _details(draft: PaperDraft, options: Sequence[Option]) -> dict[str, Any]:
    return {
        "seats": draft.seats, "least": draft.least, "most": draft.most, "sharing": draft.sharing,
        "threshold": draft.threshold, "missing": Missing.WORST if draft.missing_is_worst else Missing.REFUSED,
        "grades": tuple(Option(f"g{n}", line) for n, line in enumerate(draft.grades, start=1)),
        "status_quo": options[-1].id if options and draft.last_is_status_quo else None,
    }  # fmt: skip


def _own(kind: str) -> frozenset[str]:
    return frozenset(PAPERS[kind].__dataclass_fields__)


def _option(key: str, line: str, kind: str) -> Option:
    """A line as an option; a list is its title, a colon and its names in order."""
    if kind != Lists.kind:
        return Option(key, line)
    label, _colon, names = line.partition(":")
    return Option(key, label.strip(), tuple(name.strip() for name in names.split(",") if name.strip()))


def draft_of_form(form: Form) -> PaperDraft:
    """What was written, from the form."""
    paper = form.paper
    told = PaperDraft(
        paper.kind, [_line(option) for option in paper.options], shuffled=paper.shuffled, tie=form.ties.rule,
        seed=form.ties.seed,
    )  # fmt: skip
    return _with_details(told, paper)


def _with_details(draft: PaperDraft, paper: Paper) -> PaperDraft:
    more: dict[str, Any] = {"seats": paper.seats} if isinstance(paper, Seated) else {}
    match paper:
        case Choices():
            more |= {"least": paper.least, "most": paper.most}
        case Grades():
            more |= {"grades": [grade.label for grade in paper.grades]}
            more |= {"missing_is_worst": paper.missing is Missing.WORST}
        case Rivals():
            more |= {"last_is_status_quo": not paper.options or paper.status_quo is not None}
        case Lists():
            more |= {"sharing": paper.sharing, "threshold": paper.threshold}
    return PaperDraft(**{**_values(draft), **more})


def _values(draft: PaperDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in PaperDraft.__dataclass_fields__}


def _line(option: Option) -> str:
    return f"{option.label}: {', '.join(option.names)}" if option.names else option.label


def first_draft(kind: str) -> PaperDraft:
    """What a paper is before anything is written on it: a rule on equal votes that suits it."""
    tie = TieRule.STATUS_QUO if kind == Rivals.kind else TieRule.CHAIR
    return PaperDraft(kind, tie=tie)


def ties_offered(kind: str) -> list[TieRule]:
    """The rules on equal votes that suit a paper, the simplest first."""
    if kind == Rivals.kind:
        return [TieRule.STATUS_QUO, TieRule.CHAIR, TieRule.SEED, TieRule.REVOTE]
    return [TieRule.CHAIR, TieRule.SEED, *([] if kind == Ranking.kind else [TieRule.REVOTE])]


def write_form(form: Form) -> str:
    """A form as the agenda keeps it."""
    return canonical_json(form.facts()).decode()


def read_form(text: str | None) -> Form | None:
    """The form the agenda keeps; None for a resolution."""
    if text is None:
        return None
    facts: Mapping[str, Any] = json.loads(text)
    return form_from_facts(facts)

"""The forms of a ballot paper (*bulletin*): what is offered, how it is answered, what would make no sense."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Final
from uuid import UUID

from coopgov.core.canonical import canonical_json
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

VERSION: Final = 1
# One byte for each option, and the ranks of a paper stay below 128: see `schulze`.
MOST_OPTIONS: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class Answer(StrEnum):
    """What a resolution is answered."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    BLANK = "blank"


class Missing(StrEnum):
    """What an option without a grade is: refused at the border, or given the worst grade."""

    REFUSED = "refused"
    WORST = "worst"


class Sharing(StrEnum):
    """How lists share seats: highest average (*plus forte moyenne*) or largest remainder (*plus fort reste*)."""

    HIGHEST_AVERAGE = "highest_average"
    LARGEST_REMAINDER = "largest_remainder"


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen: its identifier never changes, wherever it is shown; a list has its names in order."""

    id: str
    label: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What all ballot papers have: the vote they belong to and what they offer; a blank ballot is always offered."""

    kind: ClassVar[str]
    scrutin: UUID
    options: tuple[Option, ...]
    # Each voter sees the options in an order of her own.
    shuffled: bool = False

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The identifiers of the options in the order they were declared."""
        return tuple(option.id for option in self.options)

    @cached_property
    def ids_set(self) -> frozenset[str]:
        """The same, to look one up."""
        return frozenset(self.ids)

    def label(self, option_id: str) -> str:
        """What people read for that option."""
        return next(option.label for option in self.options if option.id == option_id)

    def facts(self) -> dict[str, Any]:
        """The form as plain facts: its hash is sealed before the first ballot."""
        return {
            "v": VERSION, "kind": self.kind, "scrutin": str(self.scrutin), "shuffled": self.shuffled,
            "options": [{"id": o.id, "label": o.label, "names": list(o.names)} for o in self.options],
            **self._own_facts(),
        }  # fmt: skip

    def _own_facts(self) -> dict[str, Any]:
        return {}

    @cached_property
    def tag(self) -> bytes:
        """Eight bytes that stand at the head of every ballot on this form, and of no other form's."""
        return hashlib.sha256(canonical_json(self.facts())).digest()[:8]


@dataclass(frozen=True, kw_only=True)
class Resolutions(Paper):
    """One or several resolutions on one sheet, each answered for, against, abstain or blank."""

    kind = "resolutions"


@dataclass(frozen=True, kw_only=True)
class Seated(Paper):
    """A paper that fills seats."""

    seats: int = 1

    def _own_facts(self) -> dict[str, Any]:
        return {"seats": self.seats}


@dataclass(frozen=True, kw_only=True)
class Choices(Seated):
    """Choose at least and at most so many (*scrutin plurinominal*)."""

    kind = "choices"
    least: int = 1
    most: int = 1

    def _own_facts(self) -> dict[str, Any]:
        return {"seats": self.seats, "least": self.least, "most": self.most}


@dataclass(frozen=True, kw_only=True)
class Approval(Seated):
    """Choose all that one could live with (*vote par assentiment*)."""

    kind = "approval"


@dataclass(frozen=True, kw_only=True)
class Grades(Seated):
    """Grade every option (*jugement majoritaire*); the grades go from the worst to the best."""

    kind = "grades"
    grades: tuple[Option, ...]
    missing: Missing = Missing.REFUSED

    def _own_facts(self) -> dict[str, Any]:
        grades = [{"id": grade.id, "label": grade.label} for grade in self.grades]
        return {"seats": self.seats, "grades": grades, "missing": self.missing.value}


@dataclass(frozen=True, kw_only=True)
class Ranking(Seated):
    """Rank candidates, without ties, as far as one likes (*vote unique transférable*)."""

    kind = "ranking"


@dataclass(frozen=True, kw_only=True)
class Rivals(Paper):
    """Rank texts that exclude one another (*méthode de Schulze*), ties allowed; `status_quo` changes nothing."""

    kind = "rivals"
    status_quo: str | None = None

    def _own_facts(self) -> dict[str, Any]:
        return {"status_quo": self.status_quo}


@dataclass(frozen=True, kw_only=True)
class Lists(Seated):
    """Choose one list; the lists share the seats (*scrutin de liste*)."""

    kind = "lists"
    sharing: Sharing = Sharing.HIGHEST_AVERAGE
    # The share of valid votes below which a list gets nothing.
    threshold: Fraction = Fraction(0)

    def _own_facts(self) -> dict[str, Any]:
        return {"seats": self.seats, "sharing": self.sharing.value, "threshold": str(self.threshold)}


PAPERS: Final[Mapping[str, type[Paper]]] = {
    paper.kind: paper for paper in (Resolutions, Choices, Approval, Grades, Ranking, Rivals, Lists)
}


def paper_from_facts(facts: Mapping[str, Any]) -> Paper:
    """The form those facts were taken from; raises ValueError for a version or a kind that is not known."""
    if facts["v"] != VERSION or facts["kind"] not in PAPERS:
        raise ValueError(f"no such ballot paper: {facts['kind']!r}, version {facts['v']!r}")
    own = {name: facts[name] for name in facts if name not in {"v", "kind", "scrutin", "options", "shuffled"}}
    typed: dict[str, Any] = {"missing": Missing, "sharing": Sharing, "threshold": Fraction, "grades": _options}
    return PAPERS[facts["kind"]](
        scrutin=UUID(facts["scrutin"]), options=_options(facts["options"]), shuffled=facts["shuffled"],
        **{name: typed.get(name, lambda value: value)(value) for name, value in own.items()},
    )  # fmt: skip


def _options(facts: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(option["id"], option["label"], tuple(option.get("names", ()))) for option in facts)


def check_form(paper: Paper) -> list[Breach]:
    """List what would make no sense on a ballot paper, before it is sealed."""
    return [*_check_options(paper), *_check_seats(paper), *_check_own(paper)]


def _check_options(paper: Paper) -> list[Breach]:
    options, breaches = paper.options, []
    least = 2 if isinstance(paper, Rivals) else 1
    if not least <= len(options) <= MOST_OPTIONS:
        sentence = N_(
            "A ballot paper of this kind offers from %(least)s to %(most)s options, and this one has %(count)s. "
            "Change their number."
        )
        values = {"count": len(options), "least": least, "most": MOST_OPTIONS}
        breaches.append(Breach("options_count", sentence, values))
    if len({option.id for option in options}) < len(options):
        breaches.append(Breach("options_same_id", N_("Two options bear the same identifier. Give each its own.")))
    if len({option.label.strip().casefold() for option in options}) < len(options):
        breaches.append(Breach("options_same_label", N_("Two options read the same. Tell them apart.")))
    sentence = N_("The option “%(option)s” has no sound identifier or no wording. Write it again.")
    wrong = [option for option in options if not _ID.fullmatch(option.id) or not option.label.strip()]
    return breaches + [Breach("option_unsound", sentence, {"option": option.label}) for option in wrong]


def _check_seats(paper: Paper) -> list[Breach]:
    if not isinstance(paper, Seated) or 1 <= paper.seats <= (
        MOST_OPTIONS if isinstance(paper, Lists) else len(paper.ids)
    ):
        return []
    sentence = N_("%(seats)s seats cannot be filled from %(count)s options. Change one or the other.")
    return [Breach("seats_count", sentence, {"seats": paper.seats, "count": len(paper.ids)}, field="seats")]


def _check_own(paper: Paper) -> list[Breach]:
    match paper:
        case Choices(least=least, most=most) if not 1 <= least <= most <= len(paper.ids):
            sentence = N_("One cannot choose from %(least)s to %(most)s of %(count)s options. Change these numbers.")
            return [Breach("choices_bounds", sentence, {"least": least, "most": most, "count": len(paper.ids)})]
        case Grades():
            return _check_grades(paper.grades)
        case Rivals(status_quo=status_quo) if status_quo is not None and status_quo not in paper.ids:
            return [Breach("status_quo_unknown", N_("What changes nothing must be one of the options. Add it."))]
        case Lists():
            return _check_lists(paper)
    return []


def _check_grades(grades: Sequence[Option]) -> list[Breach]:
    ids, labels = {grade.id for grade in grades}, {grade.label.strip().casefold() for grade in grades}
    if 2 <= len(grades) <= 10 and len(ids) == len(labels) == len(grades) and "" not in labels:
        return []
    return [
        Breach("grades_unsound", N_("Give from 2 to 10 grades, each with its own wording, from the worst to the best."))
    ]


def _check_lists(paper: Lists) -> list[Breach]:
    breaches = []
    if not 0 <= paper.threshold < 1:
        breaches.append(
            Breach("threshold_unsound", N_("A threshold is a share below 1. Change it."), field="threshold")
        )
    sentence = N_(
        "The list “%(list)s” has %(names)s names for %(seats)s seats. A list has at least as many names as seats."
    )
    return breaches + [
        Breach("list_too_short", sentence, {"list": o.label, "names": len(o.names), "seats": paper.seats})
        for o in paper.options
        if len(o.names) < paper.seats
    ]

"""The shape of ballot papers: what the board writes of one, what a voter marks on it, how the chair settles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from coopgov.assemblies.forms import ItemForm
from coopgov.assemblies.rules import SubjectKind
from coopgov.assemblies.rules.papers import OFFERED, PaperDraft, ties_offered
from coopgov.ballots.counting.marks import check_ballot
from coopgov.ballots.counting.papers import Choices, Grades, Lists, Option, Paper, Sharing
from coopgov.ballots.counting.ties import TieRule, shown
from coopgov.ballots.deciding import Form
from coopgov.core.errors import Breach
from coopgov.web.forms import BaseForm, RateField, WholeNumberField, required

PAPER_LABELS: Final[Mapping[str, Any]] = {
    "choices": _l("Choose some of the options"),
    "approval": _l("Choose all that suit (approval)"),
    "grades": _l("Give each option a grade (majority judgment)"),
    "ranking": _l("Rank persons for several seats (single transferable vote)"),
    "rivals": _l("Rank texts that exclude one another (Schulze)"),
    "lists": _l("Choose a list (shared seats)"),
}
TIE_LABELS: Final[Mapping[TieRule, Any]] = {
    TieRule.STATUS_QUO: _l("Nothing changes"),
    TieRule.CHAIR: _l("The chair decides"),
    TieRule.SEED: _l("A lot is drawn by a seed published in the notice"),
    TieRule.REVOTE: _l("The seat stays open for a new vote"),
}
SHARING_LABELS: Final[Mapping[Sharing, Any]] = {
    Sharing.HIGHEST_AVERAGE: _l("Highest average"),
    Sharing.LARGEST_REMAINDER: _l("Largest remainder"),
}
SUBJECT_LABELS: Final[Mapping[SubjectKind, Any]] = {
    SubjectKind.ELECTION: _l("Persons: by secret ballot, unless you say otherwise"),
    SubjectKind.CHOICE: _l("One of several texts: openly, unless you say otherwise"),
}
# No identifier of an option begins so.
BLANK: Final = "*blank"
_MOST_SEATS, _LONGEST = 100, 20_000
_RANK: Final = re.compile(r"-?\d{1,4}", re.ASCII)


class ElectionItemForm(ItemForm):
    """An election or a choice to put on the agenda; its ballot paper is written on the next page."""

    subject = RadioField(
        _l("What is chosen"), [InputRequired(_l("Choose one."))],
        choices=lambda: {kind.value: str(label) for kind, label in SUBJECT_LABELS.items()},
    )  # fmt: skip
    paper = RadioField(
        _l("How members answer"), [InputRequired(_l("Choose one."))],
        choices=lambda: {kind: str(PAPER_LABELS[kind]) for kind in OFFERED},
    )  # fmt: skip


class PaperDraftForm(BaseForm):
    """What every ballot paper needs; `paper_draft_form` adds what one kind needs."""

    paper_kind = ""
    options = TextAreaField(
        _l("Options, one on each line"), [InputRequired(_l("Write the options.")), Length(max=_LONGEST)]
    )
    shuffled = BooleanField(_l("Each voter sees the options in an order of her own, drawn by lot"))
    seed = StringField(
        _l("Seed of the lot"), [Optional(), Length(max=100)],
        description=_l("Left empty, it is drawn now. It is printed in the notice, before anybody votes."),
    )  # fmt: skip

    @property
    def draft(self) -> PaperDraft:
        """What was written."""
        told: dict[str, Any] = {"options": _lines(self.options.data), "tie": TieRule(self["tie"].data)}
        told |= {"seed": self.seed.data or "", "shuffled": bool(self.shuffled.data)}
        told |= {name: self[name].data for name in ("seats", "least", "most") if name in self}
        told |= {name: bool(self[name].data) for name in ("missing_is_worst", "last_is_status_quo") if name in self}
        if "grades" in self:
            told["grades"] = _lines(self["grades"].data)
        if "sharing" in self:
            threshold = Fraction(self["threshold"].data or 0, 10_000)
            told |= {"sharing": Sharing(self["sharing"].data), "threshold": threshold}
        return PaperDraft(self.paper_kind, **told)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def paper_draft_form(draft: PaperDraft) -> PaperDraftForm:
    """The form of a ballot paper as it stands, with the fields of its kind."""
    ties = {tie.value: TIE_LABELS[tie] for tie in ties_offered(draft.kind)}
    tie = RadioField(
        _l("Equal votes"), [InputRequired(_l("Choose one."))],
        choices=lambda: {value: str(label) for value, label in ties.items()},
    )  # fmt: skip
    made = type("PaperOfItem", (PaperDraftForm,), {"paper_kind": draft.kind, "tie": tie, **_own_fields(draft.kind)})
    form = made(
        options="\n".join(draft.options), shuffled=draft.shuffled, seed=draft.seed, tie=draft.tie.value,
        seats=draft.seats, least=draft.least, most=draft.most, grades="\n".join(draft.grades),
        missing_is_worst=draft.missing_is_worst, last_is_status_quo=draft.last_is_status_quo,
        sharing=draft.sharing.value, threshold=int(draft.threshold * 10_000),
    )  # fmt: skip
    assert isinstance(form, PaperDraftForm)  # noqa: S101 - made from it just above
    return form


def _number(label: Any) -> WholeNumberField:
    return WholeNumberField(label, [required, NumberRange(min=1, max=_MOST_SEATS)])


def _own_fields(kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {} if kind == "rivals" else {"seats": _number(_l("Seats"))}
    more: dict[str, dict[str, Any]] = {
        "choices": {"least": _number(_l("Choose at least")), "most": _number(_l("Choose at most"))},
        "grades": {
            "grades": TextAreaField(
                _l("Grades, one on each line, from the worst to the best"),
                [InputRequired(_l("Write the grades.")), Length(max=2_000)],
            ),
            "missing_is_worst": BooleanField(_l("An option left without a grade gets the worst one")),
        },
        "rivals": {"last_is_status_quo": BooleanField(_l("The last option changes nothing: it is the present state"))},
        "lists": {
            "sharing": RadioField(
                _l("How lists share the seats"), [InputRequired(_l("Choose one."))],
                choices=lambda: {rule.value: str(label) for rule, label in SHARING_LABELS.items()},
            ),
            "threshold": RateField(_l("Share of valid ballots below which a list takes no seat"), [Optional()]),
        },
    }  # fmt: skip
    return fields | more.get(kind, {})


@dataclass(frozen=True, slots=True)
class Marked:
    """One voter's ballot on such a paper, as fields of the voting page; nothing is ticked beforehand."""

    name: str
    paper: Paper
    sent: MultiDict[str, str]
    voter_id: UUID

    @property
    def options(self) -> tuple[Option, ...]:
        """The options in the order this voter sees them."""
        return shown(self.paper, f"{self.paper.scrutin}:{self.voter_id}")

    @property
    def is_radio(self) -> bool:
        """Whether exactly one option is chosen."""
        return isinstance(self.paper, Lists) or (isinstance(self.paper, Choices) and self.paper.most == 1)

    def field(self, option_id: str) -> str:
        """The name of the field of one option, where each has its own."""
        return f"{self.name}_{option_id}"

    def value(self, option_id: str) -> str:
        """What was written for one option."""
        return self.sent.get(self.field(option_id), "")

    def is_ticked(self, value: str) -> bool:
        """Whether that was ticked when the page was sent."""
        return value in self.sent.getlist(self.name)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """All that was marked, to be sent again."""
        return [(key, value) for key, value in self.sent.items(multi=True) if value and self._is_mine(key)]

    def _is_mine(self, key: str) -> bool:
        return key == self.name or key.startswith(f"{self.name}_")

    @property
    def told(self) -> dict[str, Any] | None:
        """The ballot as data; None where nothing was marked: it is left for later."""
        chosen = self.sent.getlist(self.name)
        field, marks = self._marks([one for one in chosen if one != BLANK])
        if not marks and BLANK not in chosen:
            return None
        told: dict[str, Any] = {"v": 1, "scrutin": str(self.paper.scrutin)}
        return told | ({"blank": True} if BLANK in chosen else {}) | ({field: marks} if marks else {})

    def _marks(self, chosen: list[str]) -> tuple[str, Any]:
        given = {one: self.value(one).strip() for one in self.paper.ids if self.value(one).strip()}
        if isinstance(self.paper, Grades):
            return "grades", given
        if self.paper.kind in {"ranking", "rivals"}:
            return "ranks", {one: int(text) if _RANK.fullmatch(text) else text for one, text in given.items()}
        return "chosen", chosen

    @property
    def breaches(self) -> Sequence[Breach]:
        """What is wrong with it, by the same function as at the count."""
        told = self.told
        return [] if told is None else check_ballot(self.paper, told)


class ChairForm(BaseForm):
    """The order that the chair gives to options with equal votes."""

    tied: Sequence[str] = ()

    @property
    def ranks(self) -> dict[str, int | None]:
        """What was written, by option."""
        return {one: self[f"rank_{one}"].data for one in self.tied}


def chair_form(form: Form, tied: Sequence[str]) -> ChairForm:
    """One number for each option whose votes are equal."""
    fields: dict[str, Any] = {f"rank_{one}": _number(form.paper.label(one)) for one in tied}
    made = type("ChairOrder", (ChairForm,), {**fields, "tied": tuple(tied)})
    found = made()
    assert isinstance(found, ChairForm)  # noqa: S101 - made from it just above
    return found

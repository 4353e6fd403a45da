"""The shape of what is typed about assemblies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import AssemblyKind
from coopgov.ballots.rules import Choice, Tally
from coopgov.core.dates import paris_instant, paris_time
from coopgov.web.forms import BaseForm, WholeNumberField, required

KIND_LABELS: Mapping[AssemblyKind, Any] = {
    AssemblyKind.ORDINARY: _l("Ordinary general assembly"),
    AssemblyKind.EXTRAORDINARY: _l("Extraordinary general assembly"),
}
CHOICE_LABELS: Mapping[Choice, Any] = {
    Choice.FOR: _l("For"),
    Choice.AGAINST: _l("Against"),
    Choice.ABSTAIN: _l("I abstain"),
    Choice.BLANK: _l("Blank ballot"),
}


LONGEST_TEXT = 20_000


def choice_labels() -> dict[str, str]:
    """The answers of a ballot, in the language of the page."""
    return {choice.value: str(label) for choice, label in CHOICE_LABELS.items()}


class _WhenForm(BaseForm):
    held_on = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    held_time = TimeField(_l("Hour (Paris time)"), [InputRequired(_l("Choose the hour."))])

    @property
    def held_at(self) -> datetime:
        """The instant that the day and the hour name in Paris."""
        assert self.held_on.data is not None  # noqa: S101 - asked after validation
        assert self.held_time.data is not None  # noqa: S101 - asked after validation
        return paris_instant(self.held_on.data, self.held_time.data)


class ReviseForm(_WhenForm):
    """The day, the place and the channels of an assembly."""

    title = StringField(
        _l("Title"), [Optional(), Length(max=200)], description=_l("Left empty, it names the assembly and its day.")
    )
    place = StringField(
        _l("Place"),
        # Without a place it would be no assembly: the rules refuse it, with the article.
        [Length(max=300)],
        description=_l("The whole address, with the name of the room."),
        render_kw={"required": True},
    )
    remote_vote = BooleanField(_l("Members may vote remotely before the assembly"))


class PlanForm(ReviseForm):
    """A new assembly."""

    kind = RadioField(
        _l("Kind"),
        [InputRequired(_l("Choose the kind of assembly."))],
        choices=lambda: {kind.value: str(label) for kind, label in KIND_LABELS.items()},
    )


def revise_form(assembly: AssemblyRow) -> ReviseForm:
    """The form of an assembly as it stands."""
    at = paris_time(assembly.held_at)
    return ReviseForm(
        held_on=at.date(), held_time=at.time(), title=assembly.title, place=assembly.place,
        remote_vote=assembly.remote_vote,
    )  # fmt: skip


class SecondCallForm(_WhenForm):
    """The day of a second call."""


class ItemForm(BaseForm):
    """A resolution's words."""

    title = StringField(_l("Title of the resolution"), [InputRequired(_l("Give it a title.")), Length(max=300)])
    text = TextAreaField(
        _l("Text put to the vote"),
        [InputRequired(_l("Write what is put to the vote.")), Length(max=LONGEST_TEXT)],
        description=_l("For example: “The assembly decides…”"),
    )


class AccountsForm(BaseForm):
    """Which accounts are to be approved."""

    year_end = DateField(_l("End of the financial year"), [InputRequired(_l("Choose the day."))])


class ProposalItemForm(BaseForm):
    """A proposal that is ready."""

    proposal_id = SelectField(_l("Proposal"), coerce=UUID)


class AdmissionItemForm(BaseForm):
    """A candidate who awaits a decision."""

    candidate_id = SelectField(_l("Candidate"), coerce=UUID)


class StatutesItemForm(BaseForm):
    """A draft of the statutes."""

    draft_id = SelectField(_l("Draft of the statutes"), coerce=UUID)


class ActionForm(BaseForm):
    """A button: only the proof that it was pressed here."""


class ReasonForm(BaseForm):
    """A reason to give."""

    # Told in the minutes behind a few words of ours; an incident there holds 1,000 characters.
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=900)])


class IncidentForm(BaseForm):
    """What disturbed the session."""

    text = TextAreaField(_l("What happened"), [InputRequired(_l("Write what happened.")), Length(max=1000)])


class HolderForm(BaseForm):
    """Who receives a proxy."""

    holder = HiddenField(_l("Member"), [InputRequired(_l("Choose a member."))])

    @property
    def holder_id(self) -> UUID:
        """The member chosen."""
        return UUID(str(self.holder.data))

    def validate_holder(self, field: Any) -> None:
        """Refuse what is no identifier."""
        _read_id(field.data)


def _read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError(str(_l("Choose a member."))) from None


class PaperProxyForm(BaseForm):
    """A signed paper handed to the bureau: whose, and for whom, by their numbers."""

    grantor = WholeNumberField(_l("Number of the member who gives"), [required])
    holder = WholeNumberField(_l("Number of the member who carries it"), [required])


class BureauForm(BaseForm):
    """The bureau of the session."""

    chair = SelectField(_l("Chair"), [InputRequired(_l("Choose the chair."))])
    secretary = SelectField(_l("Secretary of the session"), [InputRequired(_l("Choose the secretary."))])
    tellers = SelectMultipleField(
        _l("Tellers"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )


class SheetForm(BaseForm):
    """A sheet of ballots: one question for each resolution and voter, none answered beforehand."""

    rest = SelectField(
        _l("All the others of this page"),
        choices=lambda: {"": gettext("nothing"), **choice_labels()},
        validate_choice=False,
    )

    def validate_rest(self, field: Any) -> None:
        """Refuse an answer that does not exist."""
        _one_of_the_choices(self, field)

    def answers(self, names: Mapping[str, tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Choice]:
        """What was chosen, by resolution and voter; what was left empty is not cast."""
        return {pair: Choice(self[name].data) for name, pair in names.items() if self[name].data}


def ballot_name(item_id: UUID, voter_id: UUID) -> str:
    """The field of one ballot."""
    return f"b_{item_id.hex}_{voter_id.hex}"


def ballot_names(items: Iterable[ItemRow], voter_ids: Sequence[UUID]) -> dict[str, tuple[UUID, UUID]]:
    """The fields of a sheet, with the resolution and the voter of each."""
    return {ballot_name(item.id, voter_id): (item.id, voter_id) for item in items for voter_id in voter_ids}


def sheet_form(names: Iterable[str]) -> SheetForm:
    """The form that holds these ballots."""
    fields = {name: _ballot_field() for name in names}
    made = type("BallotSheet", (SheetForm,), fields)
    form = made()
    assert isinstance(form, SheetForm)  # noqa: S101 - made from it just above
    return form


class PaperForm(BaseForm):
    """What a teller read on the papers of the urn: how many of each answer, by college where they are weighed."""

    colleges: Sequence[str] = ()
    reason = TextAreaField(_l("Reason"), [Length(max=1000)])

    @property
    def tallies(self) -> dict[str, Tally]:
        """What was read, by college."""
        return {
            college: Tally(*(self[_paper_name(at, choice)].data for choice in Choice))
            for at, college in enumerate(self.colleges)
        }


def _paper_name(at: int, choice: Choice) -> str:
    return f"papers_{at}_{choice.value}"


def _paper_label(answer: Any, college: str) -> Any:
    return _l("%(answer)s (%(college)s)", answer=answer, college=college) if college else answer


def paper_form(colleges: Sequence[str]) -> PaperForm:
    """The form for these colleges; one without a name stands for all."""
    fields: dict[str, Any] = {
        _paper_name(at, choice): WholeNumberField(_paper_label(label, college), [required, NumberRange(min=0)])
        for at, college in enumerate(colleges)
        for choice, label in CHOICE_LABELS.items()
    }
    made = type("PaperReading", (PaperForm,), {**fields, "colleges": tuple(colleges)})
    form = made()
    assert isinstance(form, PaperForm)  # noqa: S101 - made from it just above
    return form


class CodesForm(BaseForm):
    """The codes of the tellers who open the urns."""

    numbers: Sequence[str] = ()

    @property
    def typed(self) -> list[str]:
        """What each of them typed."""
        return [str(self[name].data or "") for name in self.numbers]


def codes_form(needed: int) -> CodesForm:
    """A form with as many codes as are needed."""
    fields = {
        f"code_{number}": StringField(
            _l("Code of teller %(number)s", number=number), [InputRequired(_l("Type the code.")), Length(max=200)]
        )
        for number in range(1, needed + 1)
    }
    made = type("Codes", (CodesForm,), {**fields, "numbers": tuple(fields)})
    form = made()
    assert isinstance(form, CodesForm)  # noqa: S101 - made from it just above
    return form


def _ballot_field() -> RadioField:
    return RadioField(
        _l("Vote"), [_one_of_the_choices], choices=choice_labels,
        validate_choice=False,
    )  # fmt: skip


def _one_of_the_choices(_form: BaseForm, field: Any) -> None:
    if field.data and field.data not in set(Choice):
        raise ValidationError(str(_l("Choose one of the answers.")))

"""The shape of what is typed about members."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from coopgov.accounts.rules import LONGEST_EMAIL, check_email, fold_email
from coopgov.core.typed import fits_one_line
from coopgov.members.labels import (
    BODY_LABELS,
    CATEGORY_LABELS,
    EVENT_LABELS,
    REASON_LABELS,
    STATUS_LABELS,
    WISH_LABELS,
)
from coopgov.members.queries import MemberFile
from coopgov.members.rules import (
    REASONS,
    Application,
    Category,
    College,
    ContactKind,
    EventKind,
    PartyKind,
    Person,
    Reach,
    ReasonCode,
    Status,
)
from coopgov.printing.archive import Document
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm, WholeNumberField, required


def address(_form: BaseForm, field: Field) -> None:
    """Refuse what no mail can be sent to."""
    breaches = check_email(field.data or "")
    if breaches or len(fold_email(field.data or "")) > LONGEST_EMAIL:
        raise ValidationError(sentence(breaches[0]) if breaches else gettext("This address is too long."))


def one_line(_form: BaseForm, field: Field) -> None:
    """Refuse what cannot stand on one line."""
    if not fits_one_line(field.data or ""):
        raise ValidationError(gettext("Write this on one line, with ordinary characters."))


def some_lines(_form: BaseForm, field: Field) -> None:
    """Refuse invisible characters in a text of several lines."""
    if not all(fits_one_line(line) for line in (field.data or "").splitlines()):
        raise ValidationError(gettext("Write this with ordinary characters."))


def first_name(form: BaseForm, field: Field) -> None:
    """A person has a first name; an organisation, which has a SIREN, does not."""
    if not (field.data or "").strip() and not (form["siren"].data or "").strip():
        raise ValidationError(gettext("This field is needed."))


NEEDED = InputRequired(_l("This field is needed."))
LINE = [Length(max=120), one_line]
_EMAIL = [Length(max=LONGEST_EMAIL), address]
_STREET = _l("Number and street, and what else an envelope needs.")
_DAY = InputRequired(_l("Choose a day."))
_ALL = ("", _l("All"))


class SearchForm(BaseForm):
    """What to look for in the list of members."""

    q = SearchField(_l("Name, town or number"), [Length(max=100)])
    status = SelectField(_l("Status"))
    category = SelectField(_l("Category"))
    college = SelectField(_l("College"))

    class Meta(BaseForm.Meta):
        csrf = False

    def __init__(self, colleges: Sequence[College], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status.choices = [*((one.value, label) for one, label in STATUS_LABELS.items()), _ALL]
        self.category.choices = [_ALL, *((one.value, label) for one, label in CATEGORY_LABELS.items())]
        self.college.choices = [_ALL, *((college.code, college.label) for college in colleges)]


class ContactsForm(BaseForm):
    """Where a member is reached."""

    email = StringField(_l("E-mail address"), [Optional(), *_EMAIL])
    phone = StringField(_l("Telephone"), [Optional(), Length(max=40), one_line])
    street = TextAreaField(
        _l("Address"),
        [Optional(), Length(max=300), some_lines],
        description=_STREET,
    )
    postcode = StringField(_l("Postcode"), [Optional(), Length(max=20), one_line])
    town = StringField(_l("Town"), [Optional(), *LINE])
    craft = StringField(_l("Craft"), [Optional(), *LINE])

    @property
    def reach(self) -> Reach:
        """What was typed, as the service takes it."""
        return Reach(
            email=_text(self.email), phone=_text(self.phone), address=_lines(self.street),
            postcode=_text(self.postcode), town=_text(self.town),
        )  # fmt: skip


def contacts_form_of(file: MemberFile) -> ContactsForm:
    """The form filled in with what is known; what is being sent takes its place."""
    lines = list(file.member.postal_address)
    postcode = ""
    if lines and lines[-1].endswith(file.member.town):
        postcode = lines.pop().removesuffix(file.member.town).strip()
    return ContactsForm(
        email=file.member.email, phone=file.contact(ContactKind.PHONE), street="\n".join(lines), postcode=postcode,
        town=file.member.town, craft=file.member.craft,
    )  # fmt: skip


class ApplicationForm(ContactsForm):
    """A candidature, as anybody may send it."""

    given_names = StringField(_l("First name"), [first_name, *LINE])
    legal_name = StringField(_l("Family name"), [NEEDED, *LINE])
    email = StringField(_l("E-mail address"), [InputRequired(_l("Write your e-mail address.")), *_EMAIL])
    street = TextAreaField(_l("Address"), [NEEDED, Length(max=300), some_lines], description=_STREET)
    postcode = StringField(_l("Postcode"), [NEEDED, Length(max=20), one_line])
    town = StringField(_l("Town"), [NEEDED, *LINE])
    craft = StringField(_l("Craft"), [NEEDED, *LINE], description=_l("What you make: ceramics, baskets, bread…"))
    siren = StringField(
        _l("SIREN"),
        [Optional(), Length(max=14)],
        description=_l("Nine figures. Then the family name above is the name of the organisation."),
    )
    representative = StringField(_l("Name of its representative"), [Optional(), *LINE])
    is_cooperative = BooleanField(_l("It is a cooperative itself"))
    category = RadioField(
        _l("What you are, or would be, to the cooperative"), [InputRequired(_l("Choose one of the two."))]
    )
    college = RadioField(_l("College"), [Optional()], validate_choice=False)
    shares_wished = WholeNumberField(_l("Number of shares you wish to subscribe"), [required])
    has_shop = BooleanField(_l("I sell on the marketplace, or will"))
    consents_to_email = BooleanField(_l("I agree to be convened to assemblies by e-mail"))
    accepts_statutes = BooleanField(_l("I have read what the statutes say and I will keep them"))

    def __init__(self, colleges: Sequence[College], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            (Category.EMPLOYED.value, gettext("Employed by the cooperative (employee, or employed entrepreneur)")),
            (Category.EXTERNAL.value, gettext("Not employed: independent seller, customer, supporter, organisation")),
        ]
        self.college.choices = [(college.code, college.label) for college in colleges]
        if not colleges:
            del self.college

    @property
    def application(self) -> Application:
        """What was typed, as the service takes it."""
        return Application(
            person=self._person(), reach=self.reach, craft=_text(self.craft), category=Category(self.category.data),
            college=self.college.data or "" if "college" in self else "", shares_wished=self.shares_wished.data,
            has_shop=self.has_shop.data, consents_to_email=self.consents_to_email.data,
            accepts_statutes=self.accepts_statutes.data, language="en" if str(get_locale()) == "en" else "fr",
        )  # fmt: skip

    def _person(self) -> Person:
        siren = "".join((self.siren.data or "").split())
        return Person(
            kind=PartyKind.ORGANISATION if siren else PartyKind.PERSON, legal_name=_text(self.legal_name),
            given_names="" if siren else _text(self.given_names), siren=siren,
            representative=_text(self.representative) if siren else "",
            is_cooperative=bool(siren) and self.is_cooperative.data,
        )  # fmt: skip


class AdmitForm(BaseForm):
    """The board's decision to admit, where the statutes let it."""

    effective_on = DateField(_l("Day of admission"), [_DAY])
    decision = StringField(
        _l("Decision"), [NEEDED, Length(max=300), one_line], description=_l("For example: board of 12 June, point 3.")
    )  # fmt: skip


class RefuseForm(BaseForm):
    """The decision to refuse a candidate, as it will be told."""

    on = DateField(_l("Day of the decision"), [_DAY])
    decision = StringField(
        _l("Decision and its reason"), [NEEDED, Length(max=300), one_line],
        description=_l("The candidate will read it."),
    )  # fmt: skip
    code = SelectField(_l("Reason, for the record"), [Optional()])
    document_id = SelectField(_l("Document of the archive"), [Optional()])

    def __init__(self, documents: Sequence[Document], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = _reasons(REASONS[EventKind.REFUSED])
        self.document_id.choices = _papers(documents)


# The departures that a page records; the others come from assemblies.
DEPARTURES = (EventKind.RESIGNED, EventKind.CONTRACT_ENDED, EventKind.EXCLUDED, EventKind.DECEASED)


class DepartureForm(BaseForm):
    """How a member leaves."""

    kind = RadioField(_l("What happened"), [InputRequired(_l("Choose what happened."))])
    effective_on = DateField(_l("Day on which it counts"), [_DAY])
    excepted = BooleanField(_l("Retirement, economic dismissal or unfitness: the member stays a member"))
    decision = StringField(
        _l("Decision"), [Optional(), Length(max=300), one_line],
        description=_l("Needed for an exclusion: the extraordinary assembly and its resolution."),
    )  # fmt: skip
    code = SelectField(_l("Reason, for the record"), [Optional()])
    reason = StringField(_l("Reason"), [Optional(), Length(max=500), one_line])
    document_id = SelectField(_l("Document of the archive"), [Optional()])

    def __init__(self, documents: Sequence[Document], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, EVENT_LABELS[kind]) for kind in DEPARTURES]
        told = {code for kind in DEPARTURES for code in REASONS.get(kind, ())}
        self.code.choices = _reasons([code for code in ReasonCode if code in told])
        self.document_id.choices = _papers(documents)


class MoveForm(BaseForm):
    """Where a member votes from a day on: her category, and her college where the statutes have some."""

    category = RadioField(_l("Category"), [InputRequired(_l("Choose one of the two."))])
    college = RadioField(_l("College"), [InputRequired(_l("Choose a college."))])
    effective_on = DateField(_l("Day on which it counts"), [_DAY])
    decision = StringField(_l("Decision"), [Optional(), Length(max=300), one_line])

    def __init__(self, colleges: Sequence[College], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [(one.value, label) for one, label in CATEGORY_LABELS.items()]
        self.college.choices = [(college.code, college.label) for college in colleges]
        if not colleges:
            del self.college


class ReinstateForm(BaseForm):
    """The decision to take a former member back."""

    effective_on = DateField(_l("Day on which it counts"), [_DAY])
    decided_by = RadioField(_l("Who decided"), [InputRequired(_l("Choose who decided."))])
    decision = StringField(_l("Decision"), [NEEDED, Length(max=300), one_line])
    document_id = SelectField(_l("Document of the archive"), [Optional()])

    def __init__(self, documents: Sequence[Document], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided_by.choices = [(body.value, label) for body, label in BODY_LABELS.items()]
        self.document_id.choices = _papers(documents)


class RepresentativeForm(BaseForm):
    """Who speaks for a party from a day on."""

    name = StringField(_l("First and last name"), [NEEDED, Length(max=200), one_line])
    office = StringField(_l("In what capacity"), [Optional(), *LINE], description=_l("For example: manager, heir."))
    from_day = DateField(_l("First day"), [_DAY])
    proof = StringField(
        _l("Proof"), [NEEDED, Length(max=300), one_line],
        description=_l("For example: registry extract of 2 May, power signed by all."),
    )  # fmt: skip


class HoldersForm(BaseForm):
    """Who holds together, and through whom they vote."""

    names = TextAreaField(
        _l("Joint holders"), [NEEDED, Length(max=2000), some_lines], description=_l("One name a line.")
    )  # fmt: skip
    representative = StringField(_l("Who votes for all of them"), [Optional(), Length(max=200), one_line])
    on = DateField(_l("Day on which it counts"), [_DAY])
    proof = StringField(_l("Proof"), [NEEDED, Length(max=300), one_line])

    @property
    def holders(self) -> list[str]:
        """The names, each on its line, as the service takes them."""
        return list(_lines(self.names))


class IbanForm(BaseForm):
    """The account a member is paid on."""

    iban = StringField(
        _l("Account number (IBAN)"), [NEEDED, Length(max=42), one_line],
        description=_l("As it stands on the bank's paper, spaces or not."), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    on = DateField(_l("In use from"), [_DAY])
    proof = StringField(
        _l("Proof"), [NEEDED, Length(max=300), one_line], description=_l("For example: bank paper of 30 January.")
    )  # fmt: skip
    reason = StringField(
        _l("Why it changes"), [Optional(), Length(max=300), one_line],
        description=_l("Needed when an account is known already: say too how it was checked with the person."),
    )  # fmt: skip


class NotaryForm(BaseForm):
    """Who settles an estate."""

    notary = StringField(_l("Who settles the estate"), [NEEDED, Length(max=300), one_line])
    proof = StringField(_l("Proof of the death"), [Optional(), Length(max=300), one_line])


class HeirForm(BaseForm):
    """An heir and what is wished."""

    name = StringField(_l("First and last name"), [NEEDED, Length(max=200), one_line])
    reach = StringField(_l("Where the heir is reached"), [Optional(), Length(max=300), one_line])
    wish = RadioField(_l("What the heir wishes"), [InputRequired(_l("Choose one of the three."))])
    number = WholeNumberField(
        _l("Number in the list of members"), [Optional()],
        description=_l("Once the heir has applied: the shares go to that number."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wish.choices = [(wish.value, label) for wish, label in WISH_LABELS.items()]


class AsKnownForm(BaseForm):
    """A day, and the day on which it is known so."""

    on = DateField(_l("On the day of"), [Optional()])
    known = DateField(_l("As known on"), [Optional()])

    class Meta(BaseForm.Meta):
        csrf = False


class UndoForm(BaseForm):
    """Why an event is undone."""

    reason = StringField(_l("Reason"), [NEEDED, Length(max=500), one_line])


class ConsentForm(BaseForm):
    """An agreement to e-mail, or its withdrawal, in the member's own words or another's."""

    given = HiddenField()


class PaperConsentForm(BaseForm):
    """An agreement to e-mail, or its withdrawal, that came on paper."""

    given = HiddenField()
    on = DateField(_l("Day it was given"), [_DAY])
    proof = StringField(
        _l("Proof"), [NEEDED, Length(max=300), one_line], description=_l("For example: signed letter of 12 June.")
    )  # fmt: skip


class UploadForm(BaseForm):
    """A file of members."""

    file = FileField(_l("File (CSV or XLSX)"), [FileRequired(_l("Choose a file."))])


class ConfirmForm(BaseForm):
    """A button: nothing but the proof that the page sent it."""


def status_asked(form: SearchForm) -> Status | None:
    """The status to look among: members when nothing is asked, everybody when all are."""
    raw = form.status.raw_data
    if not raw:
        form.status.data = Status.MEMBER.value
        return Status.MEMBER
    return Status(raw[0]) if raw[0] in set(Status) else None


def default_day(form: BaseForm, name: str, on: date) -> None:
    """Fill in a day that nothing was typed for."""
    if form[name].data is None and not form[name].raw_data:
        form[name].data = on


def day_of(field: Field) -> date:
    """The day of a field whose validator has just made sure that there is one."""
    assert isinstance(field.data, date)  # noqa: S101 - narrows WTForms' optional data
    return field.data


def document_of(field: Field) -> UUID | None:
    """The document chosen, if any."""
    return UUID(field.data) if field.data else None


def code_of(field: Field) -> ReasonCode | None:
    """The reason chosen, if any."""
    return ReasonCode(field.data) if field.data else None


def _reasons(codes: Sequence[ReasonCode]) -> list[tuple[str, Any]]:
    return [("", _l("Not said")), *((code.value, REASON_LABELS[code]) for code in codes)]


def _papers(documents: Sequence[Document]) -> list[tuple[str, Any]]:
    named = ((str(one.id), f"{one.title} (n°\u00a0{one.number})") for one in documents)
    return [("", _l("None")), *named]


def _text(field: Field) -> str:
    return " ".join((field.data or "").split())


def _lines(field: Field) -> tuple[str, ...]:
    return tuple(line for line in (" ".join(line.split()) for line in (field.data or "").splitlines()) if line)

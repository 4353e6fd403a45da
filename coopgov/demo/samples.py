"""Sample data for the living page of components, `templates/demo/components.html`."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Confidence, Figure, Speaker
from coopgov.core.i18n import N_
from coopgov.core.money import Cents

ARTICLE = Citation("Loi n°\u00a047-1775, art. 13", "https://www.legifrance.gouv.fr/loda/id/LEGITEXT000006068133")
STATUTE = Citation("Statuts, art. 21")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a timeline."""

    label: str
    state: str
    when: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a plot."""

    label: str
    value: int
    text: str


class SampleForm(Form):
    """A form with one field of each kind."""

    title = StringField(_l("Title of the proposal"), [InputRequired(_l("Give the proposal a title."))])
    amount = StringField(_l("Amount per share"), description=_l("In euros, as on a receipt."))
    day = DateField(_l("Day of the meeting"))
    college = SelectField(_l("College"), choices=lambda: [("creators", _("Creators")), ("staff", _("Staff"))])
    text = TextAreaField(_l("What would change"))
    channel = RadioField(
        _l("How to be convened"), choices=lambda: [("email", _("By e-mail")), ("letter", _("By letter"))]
    )
    agree = BooleanField(_l("I have read the statutes"))

    breaches: tuple[Breach, ...] = ()


def samples() -> dict[str, Any]:
    """Gather what the living page shows, one entry per component."""
    return {
        "form": _refused_form(),
        "steps": _steps(),
        "points": _points(),
        "rows": _rows(),
        "citations": (ARTICLE, STATUTE),
        "figure": Figure("quorum", Fraction(1, 2), "ratio", (ARTICLE, STATUTE), Confidence.VERIFIED, Speaker.STATUTES),
        "share": Fraction(31, 50),
        "threshold": Fraction(1, 2),
        "low": Fraction(9, 50),
        "cents": Cents(1_234_50),
        "day": date(2026, 11, 24),
        "redline": _redline(),
    }


def _refused_form() -> SampleForm:
    form = SampleForm(data={"channel": "email", "college": "creators", "amount": "12,505"})
    form.validate()
    form.breaches = (
        Breach(
            "notice_too_short",
            N_("The meeting is on %(day)s: the notice must leave at least %(days)s days. Choose a later day."),
            {"day": date(2026, 12, 4), "days": 15},
            (ARTICLE, STATUTE),
            field="day",
        ),
    )
    return form


def _steps() -> list[Step]:
    return [
        Step(_("Proposal handed in"), "done", _("on 2 November")),
        Step(_("Debate closed"), "done", _("until 16 November"), _("Two amendments were taken up.")),
        Step(_("Ballot open"), "current", _("until 30 November at 18:00")),
        Step(_("Change takes effect"), "todo", _("on 1 January, if it is adopted")),
    ]


def _points() -> list[Point]:
    values = [("2021", 12, "12 400 €"), ("2022", 18, "18 100 €"), ("2023", 17, "17 300 €"), ("2024", 26, "26 000 €")]
    return [Point(label, value, text) for label, value, text in [*values, ("2025", 34, "34 250 €")]]


def _rows() -> list[dict[str, Any]]:
    return [
        {"name": "Alice Martin", "since": date(2021, 3, 1), "shares": 40, "cents": Cents(800_00), "late": False},
        {"name": "Bob Le Goff", "since": date(2022, 9, 12), "shares": 12, "cents": Cents(240_00), "late": True},
        {"name": "Zoé Œuvrard", "since": date(2026, 1, 5), "shares": 1, "cents": Cents(20_00), "late": False},
    ]


def _redline() -> list[tuple[str, str]]:
    return [
        ("equal", "Art. 21. – L’assemblée est convoquée "),
        ("delete", "quinze"),
        ("insert", "vingt et un"),
        ("equal", " jours au moins avant la réunion"),
        ("insert", ", par courrier électronique pour les associés qui y ont consenti"),
        ("equal", "."),
    ]

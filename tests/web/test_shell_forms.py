"""What is typed is understood as people type it, and shown again as it was typed when it is not."""

import pytest
from flask_babel import force_locale
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.core.errors import Breach, RuleBroken
from coopgov.web.forms import BaseForm, CentsField, RateField, WholeNumberField, refusals_on, required


class Numbers(BaseForm):
    """One of each."""

    amount = CentsField("Amount", [required])
    rate = RateField("Rate")
    count = WholeNumberField("Count")
    name = StringField("Name", [InputRequired(), Length(max=5)])
    on = DateField("On", [InputRequired()])
    late = DateField("Late", [Optional()])


@pytest.fixture
def typed(apps):
    """The form as it comes from a browser with this typed in it."""
    app = apps("sqlite")
    contexts = []

    def make(**fields):
        contexts.append(app.test_request_context("/", method="POST", data=fields))
        contexts[-1].push()
        return Numbers()

    yield make
    for context in reversed(contexts):
        context.pop()


AMOUNTS = {"12,50": 1250, "12.50": 1250, "1 234,56": 123456, "1\u202f234,56": 123456, "1\u00a0234,56 €": 123456, "-1": -100,
           "0": 0, "12": 1200, "12,5": 1250, " 12,50 ": 1250, "0,07": 7, "-0,50": -50}  # fmt: skip
NOT_AMOUNTS = (
    "1e3",
    "1.234,56",
    "12,505",
    "12,",
    ",5",
    "abc",
    "--1",
    "1 23",
    "0x10",
    "١٢",
    "NaN",
    "inf",
    "12€50",
    "9" * 40,
    "9" * 5000,
)
RATES = {"4,5": 450, "4.5 %": 450, "4,55\u202f%": 455, "0": 0, "100": 10_000, "0,01": 1}
NOT_RATES = ("-1", "4,555", "1e1", "1000", "4,5 %%", "%", "abc", "٤")
NUMBERS = {"12": 12, "1 234": 1234, "1\u202f234": 1234, "-1": -1, "0": 0, "007": 7}
NOT_NUMBERS = ("12,50", "12.50", "1e3", "abc", "1234567890", "--1", "١٢", "1_000")


@pytest.mark.parametrize(
    ("name", "understood"), [("amount", AMOUNTS), ("rate", RATES), ("count", NUMBERS)], ids=["amount", "rate", "count"]
)
def test_a_number_is_read_as_people_type_it(typed, name, understood):
    for text, value in understood.items():
        form = typed(**{name: text})
        form.validate()
        assert (form[name].data, form[name].errors) == (value, []), text


@pytest.mark.parametrize(
    ("name", "refused"),
    [("amount", NOT_AMOUNTS), ("rate", NOT_RATES), ("count", NOT_NUMBERS)],
    ids=["amount", "rate", "count"],
)
def test_what_is_no_number_is_told_once_and_shown_again_as_typed(typed, name, refused):
    for text in refused:
        form = typed(**{name: text})
        assert not form.validate()
        assert (form[name].data, len(form[name].errors)) == (None, 1), text
        assert f'value="{text}"' in str(form[name]()), text


def test_what_is_shown_again_is_never_taken_for_html(typed):
    form = typed(amount='"><script>alert(1)</script>')
    form.validate()
    assert "<script>" not in str(form.amount())


def test_an_empty_number_is_nothing_and_is_told_only_where_it_is_needed(typed):
    form = typed(amount=" ", rate="", count="")
    form.validate()
    assert (form.amount.data, form.rate.data, form.count.data) == (None, None, None)
    assert form.amount.errors == ["Ce champ est nécessaire."]
    assert (form.rate.errors, form.count.errors) == ([], [])


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("amount", 1250, "12,50"), ("amount", 0, "0,00"), ("amount", -150, "-1,50"), ("amount", -5, "-0,05"),
     ("rate", 450, "4,5"), ("rate", 10_000, "100"), ("rate", 0, "0"), ("rate", 1, "0,01"), ("rate", 1000, "10"),
     ("count", 1234, "1234")],
)  # fmt: skip
def test_a_number_kept_is_shown_so_that_it_is_read_back(apps, typed, name, value, shown):
    with apps("sqlite").test_request_context():
        assert f'value="{shown}"' in str(Numbers(data={name: value})[name]())
    form = typed(**{name: shown})
    assert form[name].data == value


def test_refusals_hang_beside_their_field_and_not_elsewhere(typed):
    form = typed()
    beside, above = Breach("a", "Too low.", field="amount"), Breach("b", "Not today.")
    with refusals_on(form):
        raise RuleBroken([beside, above])
    assert form.breaches == (beside, above)
    assert form.breaches_of("amount") == [beside]
    assert form.breaches_of("name") == []


def test_other_failures_pass_through(typed):
    with pytest.raises(KeyError), refusals_on(typed()):
        raise KeyError("x")


@pytest.mark.parametrize(("language", "told"), [("fr", "Ce champ est requis."), ("en", "This field is required.")])
def test_what_the_library_says_is_in_the_reader_s_language(apps, language, told):
    with apps("sqlite").test_request_context("/", method="POST"), force_locale(language):
        form = Numbers()
        form.validate()
        assert form.on.errors == [told]


def test_what_is_no_day_is_told_with_how_to_write_one(typed):
    form = typed(on="31 février", late="")
    assert not form.validate()
    assert list(form.late.errors) == []
    assert [str(error) for error in form.on.errors] == ["Ce n’est pas un jour. Écrivez-le comme 2024-03-15."]


def test_an_empty_day_is_told_only_where_it_is_needed(typed):
    form = typed(on="", late="")
    assert not form.validate()
    assert ([str(error) for error in form.on.errors], list(form.late.errors)) == (["Ce champ est requis."], [])

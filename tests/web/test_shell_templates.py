"""What lists do in each of their cells is done quickly, and gives what Flask, Jinja and Flask-Babel give."""

from uuid import UUID

import flask_babel
import pytest
from flask import url_for
from jinja2 import UndefinedError, pass_context

from coopgov.web.filters import initials
from coopgov.web.globals import address_of
from coopgov.web.languages import gettext, language_in_force

NAME = '<b>"Zoé & Cie"</b>'
ESCAPED = "&lt;b&gt;&#34;Zoé &amp; Cie&#34;&lt;/b&gt;"


@pytest.fixture
def app(apps):
    """Nothing here asks a database."""
    return apps("sqlite")


@pytest.fixture
def written(app):
    """What a template makes of its values."""
    with app.test_request_context():
        yield lambda source, **values: app.jinja_env.from_string(source).render(**values)


def test_a_sentence_follows_the_language_in_force_also_in_the_midst_of_a_page(app):
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        told = [(language_in_force(), gettext("Members"))]
        for language in ("en", "fr", "en"):
            with flask_babel.force_locale(language):
                told.append((language_in_force(), gettext("Members")))
                assert gettext("No. %(number)s", number=3) == flask_babel.gettext("No. %(number)s", number=3)
        told.append((language_in_force(), gettext("Members")))
    french, english = ("fr", "Associés"), ("en", "Members")
    assert told == [french, english, french, english, french]


def test_outside_any_page_a_sentence_is_as_it_stands_in_the_code():
    assert (language_in_force(), gettext("Members")) == ("fr", "Members")


@pytest.mark.parametrize("root", ["", "/gouvernance"])
def test_the_addresses_of_lines_are_those_of_flask(app, root):
    somebody, other = UUID(int=1), UUID("f4f3e84a-55e2-4672-ab0c-aeb6b4cbe28e")
    with app.test_request_context("/members", base_url=f"https://localhost{root}"):
        for endpoint in ("shares.member", "treasury.pay", "members.show"):
            for member_id in (somebody, other):
                assert address_of(endpoint, member_id=member_id) == url_for(endpoint, member_id=member_id)
        assert [address_of(one) for one in ("shares.index", "home.index")] == [f"{root}/shares/", f"{root}/"]
        # What is no part of the path is a question behind it; an address without a scheme is told from the page's.
        assert address_of("members.index", after=other) == url_for("members.index", after=other)
        assert address_of(".show", member_id=other) == url_for("members.show", member_id=other)
        assert address_of("members.show", member_id=other, _external=True).startswith(f"https://localhost{root}/")


def test_what_people_typed_is_escaped_once_however_deep_it_stands(written):
    source = (
        '{% from "components/table.html" import cell, row_heading %}{% from "components/person.html" import person %}'
        "{{ row_heading(person(name, detail=name)) }}{% call cell(name) %}{{ name }}{% endcall %}{{ cell('x', name) }}"
    )
    told = written(source, name=NAME)
    assert told.count(ESCAPED) == 5
    assert "<b>" not in told
    assert "&amp;lt;" not in told


def test_a_translated_sentence_never_carries_markup_of_its_values(written):
    assert written('{{ _("No. %(number)s", number=name) }}', name=NAME) == f"N°\u00a0{ESCAPED}"


def test_components_and_functions_are_called_as_jinja_calls_them(written):
    @pass_context
    def seen(context, more):
        return context["name"] + more

    assert written("{{ seen('!') }}{{ plain(b=1) }}", seen=seen, plain=lambda b: b + 1, name="n") == "n!2"
    money = '{% from "components/money.html" import money %}'
    for wrong, told in (
        ('1, colour="red"', "no keyword argument"),
        ("1, 2", "not more than 1"),
        ("1, cents=1", "cents"),
    ):
        with pytest.raises(TypeError, match=told):
            written(f"{money}{{{{ money({wrong}) }}}}")
    with pytest.raises(UndefinedError, match="parameter 'cents' was not provided"):
        written(money + "{{ money() }}")
    rest = "{% macro all() %}{{ varargs|join }}{{ kwargs.b }}{% endmacro %}{{ all(name, b=name) }}"
    assert written(rest, name=NAME) == ESCAPED * 2


@pytest.mark.parametrize(
    ("name", "round_"), [("Anouk Dubois", "AD"), ("Jean-Luc", "JL"), ("élan", "É"), ("a b c", "AC"), (" ", "?")]
)
def test_initials_are_those_of_the_first_and_the_last_word(name, round_):
    assert initials(name) == round_

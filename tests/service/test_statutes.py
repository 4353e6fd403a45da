"""Adopting statutes, and asking what is in force on a day."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.figures import LegalForm, Speaker
from coopgov.law.rulebook import StatutesFigure
from coopgov.statutes import queries, service
from coopgov.statutes.ready import ready_set

FIRST, SECOND = date(2021, 1, 1), date(2026, 6, 30)


def adopt(act, name="scop-sa-cae", *, on=FIRST, **changes):
    with act() as a:
        return service.adopt_statutes(
            a, text=replace(ready_set(name), **changes), in_force_from=on, decision="Assemblée constitutive"
        )


def test_statutes_are_read_back_whole(act, session):
    adopt(act, "scic-sa")
    statutes = queries.statutes_on(session, FIRST)
    assert statutes.legal_form is LegalForm.SCIC_SA
    assert sum(college.weight for college in statutes.colleges) == 1
    assert statutes.colleges[0].weight == Fraction(2, 5)
    assert statutes.admission_body == "board"
    assert statutes.fee_decision == "BINDING_AG"


def test_the_version_of_the_day_answers(act, session):
    adopt(act)
    adopt(act, on=SECOND, name="scop-sa-cae", seat="1 place Neuve, 26000 Valence")
    assert queries.statutes_on(session, date(2026, 6, 29)).seat.startswith("12 rue")
    assert queries.statutes_on(session, SECOND).seat.startswith("1 place")
    assert [version.in_force_from for version in queries.history(session)] == [SECOND, FIRST]
    with pytest.raises(NotFound):
        queries.statutes_on(session, date(2020, 12, 31))


def test_a_version_dated_before_the_last_is_refused(act):
    adopt(act)
    with pytest.raises(RuleBroken, match="statutes_not_after_previous"):
        adopt(act, on=date(2020, 1, 1))


def test_the_rule_book_lets_the_statutes_speak_within_the_law(act, session):
    adopt(act)
    book = queries.rulebook(session, queries.the_law())
    figure = book.figure("share.refund_delay_years", on=SECOND)
    assert (figure.as_int(), figure.speaker) == (5, Speaker.STATUTES)
    assert book.figure("membership.admission_body", on=SECOND).as_text() == "ordinary_assembly"
    assert book.figure("capital.statutory_minimum_cents", on=SECOND).as_int() == 1850000


def test_an_act_that_adopts_knows_the_new_version_at_once(act):
    with act() as a:
        service.adopt_statutes(a, text=ready_set("scop-sarl"), in_force_from=FIRST, decision="AG")
        assert a.rulebook.form is LegalForm.SCOP_SARL
        text = replace(
            ready_set("scop-sarl"),
            figures={
                **ready_set("scop-sarl").figures,
                "proxy.max_per_holder": StatutesFigure(1, "art. 23"),
            },
        )
        service.adopt_statutes(a, text=text, in_force_from=SECOND, decision="AG")
        assert a.rulebook.figure("proxy.max_per_holder", on=SECOND).as_int() == 1


@pytest.mark.parametrize("table", ["statutes", "statutes_figure", "statutes_college"])
def test_a_version_is_never_rewritten(act, table):
    adopt(act, "scic-sa")
    column = {"statutes": "seat", "statutes_figure": "clause", "statutes_college": "label"}[table]
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(f"UPDATE {table} SET {column} = 'x'"))  # noqa: S608 - our own names


def test_the_mentions_name_the_cooperative_as_the_law_asks(act, session):
    adopt(act)
    mentions = queries.mentions(queries.statutes_on(session, SECOND), 4_250_000, "fr")
    assert mentions["form"] == (
        "société coopérative et participative (SCOP), coopérative d’activité et d’emploi, "
        "société anonyme à capital variable"
    )
    assert mentions["rcs"].startswith("RCS Romans 903")
    assert "42" in mentions["capital"]


def test_a_capital_of_hundreds_of_millions_is_kept(act, session):
    large = replace(ready_set("scop-sa-cae"), statutory_minimum_cents=50_000_000_000)
    with act() as a:
        service.adopt_statutes(a, text=large, in_force_from=date(2026, 1, 1), decision="AGE")
    assert queries.statutes_on(session, date(2026, 11, 24)).statutory_minimum_cents == 50_000_000_000

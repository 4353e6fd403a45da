"""Each matter has its body and its article, in every legal form; equal votes reject; stricter statutes admit no more."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.ballots.rules import Outcome, decide_by_colleges
from coopgov.core.figures import LegalForm
from coopgov.law.arithmetic import Base, Counts, DecisionRule, Tie, decide, decision_rule, quorum, quorum_met
from coopgov.law.competence import TOGETHER, Matter, competent_body
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion

ON = date(2026, 11, 24)
HALF = Fraction(1, 2)
# What no text gives to anybody in a SAS: its statutes do.
LEFT_BY_A_SAS = {Matter.ELECTIONS, Matter.OTHER}
SCOP_ONLY = {Matter.FORM_SWITCH}
heads = st.integers(0, 500)


def book(form, **own):
    clauses = {name.replace("__", "."): StatutesFigure(value, "art. 20") for name, value in own.items()}
    return Rulebook(load_law(), [StatutesVersion(date(2020, 1, 1), form, clauses)])


@pytest.mark.parametrize("matter", Matter)
@pytest.mark.parametrize("form", LegalForm)
def test_every_matter_has_a_body_with_an_article(matter, form):
    body = competent_body(book(form), matter, on=ON)
    if (matter in LEFT_BY_A_SAS and form.company == "sas") or (matter in SCOP_ONLY and not form.is_scop):
        assert body is None
    elif matter is Matter.ADMISSION and not form.is_scop:
        assert body is None  # article 7 of the law of 1947 leaves it to the statutes, which have to say it
        body = competent_body(book(form, membership__admission_body="board"), matter, on=ON)
        assert body.citations[0].text == "Statuts, art. 20"
    else:
        assert body.as_text() in {"ordinary_assembly", "extraordinary_assembly", TOGETHER}
        assert body.citations[0].text


def test_the_statutes_are_changed_and_members_excluded_by_an_extraordinary_assembly():
    bodies = {matter: competent_body(book(LegalForm.SCOP_SA), matter, on=ON).as_text() for matter in Matter}
    extraordinary = {matter for matter, body in bodies.items() if body == "extraordinary_assembly"}
    assert extraordinary == {
        Matter.STATUTES, Matter.FORM_SWITCH, Matter.DISSOLUTION, Matter.MERGER, Matter.EXCLUSION,
    }  # fmt: skip


@given(heads, heads, heads, st.sampled_from(Base), st.booleans())
def test_equal_votes_reject_by_a_rule_that_the_answer_names(for_, against, abstain, base, strict):
    room = for_ + against + abstain
    decision = decide(Counts(for_, against, abstain, 0, room, room), DecisionRule(HALF, strict, base))
    is_tie = for_ == against > 0 and not decision.adopted
    assert decision.tie is (Tie.REJECTED if is_tie else None)


@pytest.mark.parametrize(
    ("for_", "against", "tie"), [(5, 5, Tie.REJECTED), (6, 5, None), (5, 6, None), (0, 0, Tie.REJECTED)]
)
def test_a_tie_between_colleges_is_one_of_weights(for_, against, tie):
    def all_cast(*votes):
        return Counts(*votes, 0, 0, sum(votes), sum(votes))

    colleges = {"a": all_cast(for_, against), "b": all_cast(3, 3), "c": all_cast(1, 1)}
    weights = {"a": HALF, "b": Fraction(1, 4), "c": Fraction(1, 4)}
    verdict = decide_by_colleges(colleges, DecisionRule(HALF, strict=True, base=Base.EXPRESSED), weights)
    assert verdict.tie is tie
    assert verdict.outcome is (Outcome.ADOPTED if for_ > against else Outcome.REJECTED)


@given(heads, heads, heads, st.fractions(Fraction(2, 3), Fraction(49, 50), max_denominator=50))
def test_stricter_statutes_never_admit_what_the_law_refused(for_, against, abstain, majority):
    room = for_ + against + abstain
    votes = Counts(for_, against, abstain, 0, room, room)
    law, stricter = (
        book(LegalForm.SCOP_SARL),
        book(LegalForm.SCOP_SARL, assembly__majority__extraordinary__first=majority),
    )
    rules = [decision_rule(one, kind="extraordinary", call="first", on=ON) for one in (law, stricter)]
    looser_adopts, stricter_adopts = (decide(votes, rule).adopted for rule in rules)
    assert looser_adopts or not stricter_adopts


@given(heads, heads, st.fractions(Fraction(1, 4), Fraction(49, 50), max_denominator=50))
def test_a_higher_quorum_never_opens_what_the_law_keeps_closed(present, away, asked):
    law, stricter = book(LegalForm.SCOP_SARL), book(LegalForm.SCOP_SARL, assembly__quorum__extraordinary__first=asked)
    met = [
        quorum_met(present, present + away, quorum(one, kind="extraordinary", call="first", on=ON).as_fraction())
        for one in (law, stricter)
    ]
    assert met[0] or not met[1]

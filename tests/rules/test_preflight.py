"""Every act is checked before it is done: what is kept, what is refused, what only a person can judge."""

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import uuid4

import pytest

from coopgov.assemblies.rules import AgendaDraft, AssemblyKind, Preparation, SubjectKind, Told, preparation
from coopgov.core.errors import Breach
from coopgov.core.figures import LegalForm
from coopgov.core.preflight import LONGEST_REASON, Verdict, check_preflight, green, is_clear, red, to_judge
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion

LAW = load_law()
ORDINARY, EXTRAORDINARY = AssemblyKind.ORDINARY, AssemblyKind.EXTRAORDINARY
GREEN, RED, TO_JUDGE = Verdict.GREEN, Verdict.RED, Verdict.TO_JUDGE
HELD_AT = datetime(2027, 1, 15, 17, tzinfo=UTC)
IN_TIME = date(2026, 12, 1)


def book(form=LegalForm.SCOP_SA, **figures):
    own = {name.replace("__", "."): StatutesFigure(value, "art. 14") for name, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


def item(position=1, kind=SubjectKind.ACCOUNTS, about=None):
    return AgendaDraft(position, f"Résolution {position}", "L’assemblée décide…", kind, about)


def assembly(*items, kind=ORDINARY, call=1, enrolled=40, **more):
    return Preparation(kind, call, HELD_AT, more.pop("remote_vote", True), items or [item()], enrolled, **more)


def checks_of(facts, figures=None, on=IN_TIME):
    return {check.code: check for check in preparation(facts, figures or book(), on=on)}


# What a reason can do, and what it cannot


def test_a_point_to_judge_needs_a_reason_of_at_most_a_thousand_characters():
    point = to_judge("point", "Only a person can tell.")
    for missing in ({}, {"point": " \n"}, {"other": "J’ai vérifié."}):
        [breach] = check_preflight([point], missing)
        assert (breach.code, breach.field) == ("not_judged", "reason_point")
    assert check_preflight([point], {"point": "é" * LONGEST_REASON}) == []
    [breach] = check_preflight([point], {"point": "é" * (LONGEST_REASON + 1)})
    assert breach.code == "judgement_too_long"


def test_no_reason_lifts_a_refusal():
    refused = Breach("late", "Too late.", field="held_on")
    checks = [red(refused), green("fine", "Fine."), to_judge("point", "Only a person can tell.")]
    reasons = {"late": "J’ai vérifié.", "fine": "J’ai vérifié.", "point": "J’ai vérifié."}
    assert check_preflight(checks, reasons) == [refused]
    assert not is_clear(checks)
    assert is_clear(checks[1:])


# An assembly


def test_the_preflight_of_an_assembly_tells_what_will_be_asked_and_by_when_to_act():
    checks = checks_of(assembly(told=Told(31, 9), by_the_body=True))
    assert {code for code, check in checks.items() if check.verdict is not GREEN} == {"doubts"}
    assert checks["notice"].due == date(2026, 12, 31)
    assert checks["channel"].values == {"by_mail": 31, "by_letter": 9, "before": date(2026, 12, 11), "days": 35}
    assert checks["quorum"].values == {"heads": 8, "enrolled": 40, "needed": Fraction(1, 5)}
    assert checks["proxies"].values == {"limit": 2}
    assert "présents" not in checks["majority"].sentence
    assert checks["majority"].values == {"part": "half"}
    assert set(checks) == {
        "agenda", "convenor", "notice", "second_call", "roll", "channel", "remote", "quorum", "majority", "proxies",
        "doubts",
    }  # fmt: skip


def test_the_preflight_of_an_assembly_tells_all_that_is_wrong_with_its_articles():
    facts = Preparation(ORDINARY, 1, HELD_AT, True, [], 0)
    checks = checks_of(facts, book(LegalForm.SCOP_SARL), date(2027, 1, 10))
    refused = {code for code, check in checks.items() if check.verdict is RED}
    assert refused == {"agenda_empty", "notice_too_short", "roll_empty", "remote_vote_not_allowed"}
    assert checks["notice_too_short"].due == date(2026, 12, 31)
    assert checks["notice_too_short"].citations


@pytest.mark.parametrize(("day", "verdict"), [(30, GREEN), (31, GREEN), (32, RED)])
def test_the_notice_is_in_order_until_its_last_day(day, verdict):
    on = date(2026, 12, day) if day < 32 else date(2027, 1, 1)
    found = preparation(assembly(), book(), on=on)
    assert [check.verdict for check in found if check.code.startswith("notice")] == [verdict]


def test_the_clause_of_the_statutes_stands_among_the_articles():
    checks = checks_of(assembly(), book(assembly__notice_days__first=21))
    assert [c.text for c in checks["notice"].citations] == ["Statuts, art. 14", "Code de commerce, art. R225-69"]
    assert checks["notice"].due == date(2026, 12, 25)


def test_the_statutes_in_force_on_the_day_that_matters_speak():
    versions = [
        StatutesVersion(date(2020, 1, 1), LegalForm.SCOP_SA, {}),
        StatutesVersion(
            date(2027, 1, 1), LegalForm.SCOP_SA,
            {
                "assembly.notice_days.first": StatutesFigure(30, "art. 14"),
                "assembly.quorum.ordinary.first": StatutesFigure(Fraction(1, 2), "art. 15"),
            },
        ),
    ]  # fmt: skip
    checks = checks_of(assembly(), Rulebook(LAW, versions), date(2026, 12, 31))
    # The notice leaves under the old statutes, the assembly meets under the new ones.
    assert (checks["notice"].verdict, checks["quorum"].values["heads"]) == (GREEN, 20)


@pytest.mark.parametrize(("enrolled", "heads", "limit"), [(19, 4, 1), (20, 4, 1), (21, 5, 1), (40, 8, 2)])
def test_quorum_and_proxies_follow_the_number_of_members(enrolled, heads, limit):
    checks = checks_of(assembly(enrolled=enrolled))
    assert (checks["quorum"].values["heads"], checks["proxies"].values["limit"]) == (heads, limit)


def test_a_free_text_is_for_a_person_to_judge_before_the_first_call_only():
    proposal, plain = uuid4(), uuid4()
    items = [
        item(1), item(2, SubjectKind.TEXT), item(3, SubjectKind.PROPOSAL, proposal), item(4, SubjectKind.PROPOSAL, plain)
    ]  # fmt: skip
    checks = checks_of(assembly(*items, plain={plain}))
    judged = [code for code, check in checks.items() if check.verdict is TO_JUDGE and code != "doubts"]
    assert judged == ["competence-2", "competence-4", "convenor"]
    assert checks["competence-2"].citations[0].text == "Code de commerce, art. L225-96 et L225-98"
    again = checks_of(assembly(*items, plain={plain}, call=2, first_on=date(2027, 1, 4)))
    assert [code for code in again if code.startswith("competence")] == []


def test_who_is_not_of_the_body_that_convenes_says_what_it_decided():
    assert checks_of(assembly())["convenor"].verdict is TO_JUDGE
    assert checks_of(assembly(by_the_body=True))["convenor"].verdict is GREEN


@pytest.mark.parametrize(
    ("held_on", "verdict"), [(date(2027, 1, 15), RED), (date(2027, 1, 14), GREEN), (date(2027, 1, 13), GREEN)]
)
def test_a_second_call_comes_after_the_first(held_on, verdict):
    facts = assembly(call=2, first_on=held_on)
    found = preparation(facts, book(), on=IN_TIME)
    assert [check.verdict for check in found if check.code.startswith("second_call")] == [verdict]


@pytest.mark.parametrize(
    ("first_on", "verdict"),
    [(date(2026, 11, 14), RED), (date(2026, 11, 15), GREEN), (date(2026, 11, 16), GREEN)],
)
def test_an_extraordinary_assembly_is_postponed_by_two_months_at_most(first_on, verdict):
    facts = assembly(kind=EXTRAORDINARY, call=2, first_on=first_on)
    found = preparation(facts, book(), on=IN_TIME)
    verdicts = [check.verdict for check in found if check.code.startswith("second_call")]
    assert verdicts == [verdict]


def doubts_of(facts, figures=None):
    return [str(doubt.name) for doubt in checks_of(facts, figures)["doubts"].doubts]


def test_a_figure_not_read_in_the_text_in_force_is_doubtful_until_a_clause_settles_it():
    names = ["who convenes", "days of notice", "channel of the notice", "quorum", "end of the remote vote"]
    assert doubts_of(assembly()) == names
    assert doubts_of(assembly(remote_vote=False)) == names[:4]
    settled = book(assembly__notice_days__first=15, assembly__quorum__ordinary__first=Fraction(1, 5))
    assert doubts_of(assembly(), settled) == [names[0], names[2], names[4]]

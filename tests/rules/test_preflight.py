"""Every act is checked before it is done: what is kept, what is refused, what only a person can judge."""

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from coopgov.assemblies.rules import AgendaDraft, AssemblyKind, Preparation, SubjectKind, Told, preparation
from coopgov.core.errors import Breach
from coopgov.core.figures import LegalForm
from coopgov.core.money import Euros
from coopgov.core.policy import Role
from coopgov.core.preflight import LONGEST_REASON, Verdict, check_preflight, green, is_clear, red, to_judge
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.members.rules import Category, Heads, check_composition
from coopgov.members.rules.mandates import Board, OfficeDraft
from coopgov.members.rules.mandates import preflight as office_preflight
from coopgov.proposals.rules import Brought, Text
from coopgov.proposals.rules import preflight as proposal_preflight
from coopgov.shares.preflight import Beside
from coopgov.shares.preflight import preflight as share_preflight
from coopgov.shares.rules import Draft, Standing, Subscriber
from coopgov.terms.rules import FeeChange, VersionFact

LAW = load_law()
ORDINARY, EXTRAORDINARY = AssemblyKind.ORDINARY, AssemblyKind.EXTRAORDINARY
GREEN, RED, TO_JUDGE = Verdict.GREEN, Verdict.RED, Verdict.TO_JUDGE
HELD_AT = datetime(2027, 1, 15, 17, tzinfo=UTC)
IN_TIME = date(2026, 12, 1)
POWERS = ("BINDING_AG", "BOARD_AFTER_CONSULTATION", "CONSULTATIVE")


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


def test_the_weights_of_the_colleges_are_told_where_there_are_some():
    assert "colleges" not in checks_of(assembly())
    weighed = checks_of(assembly(colleges=[("Créateurs", Fraction(2, 5)), ("Clients", Fraction(3, 5))]))["colleges"]
    assert [dict(one.values) for one in weighed.values["weights"]] == [
        {"college": "Créateurs", "weight": Fraction(2, 5)}, {"college": "Clients", "weight": Fraction(3, 5)},
    ]  # fmt: skip


def test_what_the_minutes_will_say_of_a_doubt_names_the_rules_and_their_articles():
    doubts = checks_of(assembly())["doubts"]
    assert len(doubts.values["figures"]) == len(doubts.doubts)
    assert doubts.values["articles"] == tuple(citation.text for citation in doubts.citations)


# A proposal


def in_force(line):
    return VersionFact(line.base_version, line.key, TODAY, line.old, None, None, "AG", TODAY)


def brought(*changes, **more):
    facts = {
        "text": Text("Un titre", "Parce que.", changes), "backers": 4, "needed": 5, "by_board": False,
        "current": {line.key: in_force(line) for line in changes},
        "frozen": {}, "pending": frozenset(), "decision_power": "BINDING_AG", "voted_on": date(2027, 1, 15),
    }  # fmt: skip
    return Brought(**{**facts, **more})


FIVE = FeeChange("commission.sales", 600, 500, UUID(int=1))
TODAY = date(2026, 11, 24)


def proposal_checks(facts):
    return {check.code: check for check in proposal_preflight(facts, book())}


@pytest.mark.parametrize(("backers", "verdict"), [(4, RED), (5, GREEN), (6, GREEN)])
def test_a_proposal_needs_its_backers_or_the_board(backers, verdict):
    found = proposal_preflight(brought(FIVE, backers=backers), book())
    assert [check.verdict for check in found if "backers" in check.code] == [verdict]
    by_board = proposal_checks(brought(FIVE, backers=backers, by_board=True))
    assert by_board["backers"].verdict is GREEN


def test_a_change_of_fees_tells_who_decides_and_when_it_takes_effect():
    checks = proposal_checks(brought(FIVE, backers=5))
    assert {check.verdict for check in checks.values()} == {GREEN}
    assert checks["effect"].values["earliest"] == date(2027, 1, 30)
    assert checks["effect"].citations[0].text.endswith("art. 3")
    later = brought(FIVE, text=Text("Un titre", "Parce que.", (FIVE,), date(2027, 3, 1)))
    assert proposal_checks(later)["effect"].values["earliest"] == date(2027, 3, 1)
    powers = {p: proposal_checks(brought(FIVE, decision_power=p))["power"].sentence for p in POWERS}
    assert len(set(powers.values())) == 3


def test_a_proposal_that_is_not_ready_is_refused_for_each_reason():
    moved = brought(FIVE, current={}, frozen={"commission.sales": 3}, text=Text("Un titre", " ", (FIVE,)))
    refused = {code for code, check in proposal_checks(moved).items() if check.verdict is RED}
    assert refused == {"no_reasons", "not_enough_backers", "fee_base_moved", "line_is_frozen"}


def test_a_proposal_that_changes_no_fee_is_for_a_person_to_judge():
    assert proposal_checks(brought(backers=5))["competence"].verdict is TO_JUDGE


# A subscription


def subscription(quantity=10, standing=Standing.ADMITTED, **more):
    since = date(2021, 1, 4) if standing is Standing.ADMITTED else None
    facts = {
        "subscriber": Subscriber("Alice Martin", standing, since), "quantity": quantity, "unit_cents": 50_00,
        "effective_on": TODAY, "today": TODAY, "before": [(0, 10_000_00)],
    }  # fmt: skip
    return Draft(**{**facts, **more})


def share_checks(draft, beside=None, figures=None):
    found = share_preflight(draft, beside or Beside(peak=12_000_00), figures or book())
    return {check.code: check for check in found}


def test_a_subscription_tells_what_is_owed_and_by_when():
    checks = share_checks(subscription(payable_now=125_00))
    assert {check.verdict for check in checks.values()} == {GREEN}
    assert checks["pay_up"].due == checks["pay_up"].values["latest"] == date(2029, 11, 24)
    assert checks["capital"].values == {
        "after": Euros(10_500_00), "highest": Euros(12_000_00), "level": Euros(18_500_00),
    }  # fmt: skip
    assert share_checks(subscription())["pay_up"].due is None


@pytest.mark.parametrize(("payable", "verdict"), [(124_99, RED), (125_00, GREEN), (125_01, GREEN)])
def test_a_quarter_is_owed_at_once(payable, verdict):
    found = share_preflight(subscription(payable_now=payable), Beside(0), book())
    assert [check.verdict for check in found if check.code in {"pay_up", "payable_too_low"}] == [verdict]


@pytest.mark.parametrize(("quantity", "verdict"), [(199, GREEN), (200, GREEN), (201, RED)])
def test_nobody_holds_more_than_half_of_the_capital(quantity, verdict):
    found = share_preflight(subscription(quantity), Beside(0), book())
    assert [check.verdict for check in found if check.code in {"part", "holder_over_limit"}] == [verdict]


@pytest.mark.parametrize(("quantity", "verdict"), [(4, RED), (5, GREEN), (6, GREEN)])
def test_a_candidate_subscribes_what_a_member_must_hold(quantity, verdict):
    figures = book(LegalForm.SCIC_SA, share__min_for_admission=5)
    draft = subscription(quantity, Standing.CANDIDATE, is_conditional=True)
    found = share_preflight(draft, Beside(0), figures)
    assert [check.verdict for check in found if check.code in {"least_held", "fewer_than_least"}] == [verdict]
    # Who is a member already may come nearer in two steps.
    assert share_checks(subscription(4), figures=figures)["least_held"].verdict is GREEN


@pytest.mark.parametrize(("members", "judged"), [(98, False), (99, False), (100, True)])
def test_a_candidate_for_whom_there_is_no_room_is_for_a_person_to_judge(members, judged):
    refused = check_composition(
        Heads(members, 0).plus(Category.EMPLOYED), on=TODAY, law=book(LegalForm.SCOP_SARL)
    )  # fmt: skip
    draft = subscription(1, Standing.CANDIDATE, is_conditional=True)
    checks = share_checks(draft, Beside(0, admission=refused))
    assert ("admission" in checks) is judged
    if judged:
        assert (checks["admission"].verdict, checks["admission"].citations[0].text) == (
            TO_JUDGE, "Code de commerce, art. L223-3"
        )  # fmt: skip


def test_a_stranger_does_not_subscribe_and_nobody_subscribes_nothing():
    assert share_checks(subscription(standing=Standing.OUTSIDE))["not_a_member"].verdict is RED
    assert share_checks(subscription(0))["not_a_number_of_shares"].verdict is RED


# A mandate


def office(role=Role.BOARD, **more):
    facts = {
        "name": "Alice Martin", "role": role, "from_day": TODAY, "until_day": date(2030, 11, 24),
        "category": Category.EMPLOYED, "others": frozenset(), "was_on_the_board": False, "board": Board(5, 1), "members": 20,
    }  # fmt: skip
    return OfficeDraft(**{**facts, **more})


def office_checks(draft, figures=None):
    return {check.code: check for check in office_preflight(draft, figures or book(LegalForm.SCOP_SARL))}


@pytest.mark.parametrize(
    ("until_day", "code"),
    [
        (date(2030, 11, 23), "term"),
        (date(2030, 11, 24), "term"),
        (date(2030, 11, 25), "mandate_too_long"),
        (None, "mandate_without_end"),
    ],
)
def test_a_mandate_lasts_four_years_at_most(until_day, code):
    checks = office_checks(office(until_day=until_day))
    assert code in checks
    assert checks[code].verdict is (GREEN if code == "term" else RED)
    assert checks[code].values["latest"] == date(2030, 11, 24)
    assert checks[code].citations[0].text.endswith("art. 16")


@pytest.mark.parametrize(("others", "verdict"), [(6, GREEN), (5, GREEN), (4, RED)])
def test_members_who_are_not_employed_hold_a_third_of_the_mandates(others, verdict):
    found = office_preflight(office(category=Category.EXTERNAL, board=Board(others, 1)), book())
    assert [check.verdict for check in found if "external" in check.code] == [verdict]


@pytest.mark.parametrize(("others", "verdict"), [(16, GREEN), (17, GREEN), (18, RED)])
def test_a_board_has_eighteen_directors_at_most(others, verdict):
    found = office_preflight(office(board=Board(others, 0)), book())
    assert [check.verdict for check in found if check.code in {"size", "board_too_large"}] == [verdict]


@pytest.mark.parametrize(("members", "judged"), [(19, False), (20, False), (21, True)])
def test_beyond_twenty_members_nobody_manages_and_supervises(members, judged):
    assert ("supervision" in office_checks(office(members=members))) is judged


def test_the_statutes_may_forbid_a_second_mandate():
    again = office(was_on_the_board=True)
    assert office_checks(again)["re_eligible"].verdict is GREEN
    assert office_checks(again, book(LegalForm.SCOP_SARL, organs__re_eligible=False))["not_re_eligible"].verdict is RED


def test_who_is_not_a_member_or_reviews_herself_is_for_a_person_to_judge():
    assert office_checks(office(category=None))["member"].verdict is TO_JUDGE
    assert office_checks(office(Role.AUDITOR, others=frozenset({Role.TREASURER})))["independence"].verdict is TO_JUDGE
    assert office_checks(office(others=frozenset({Role.AUDITOR})))["independence"].verdict is TO_JUDGE
    assert office_checks(office(Role.TELLER)) == {}

"""Each legal form has ready statutes with which an assembly is held, and is refused what it forbids, by the service."""

from dataclasses import replace
from fractions import Fraction

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.rules import AssemblyKind, State
from coopgov.core.errors import RuleBroken
from coopgov.law.rulebook import StatutesFigure
from coopgov.members import service as members
from coopgov.members.rules import Application, Category, PartyKind, Person, Reach
from coopgov.printing import archive
from coopgov.statutes import queries as statutes_queries
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_names, ready_set
from tests.assemblies_world import AGAINST, FOR, FOUNDED, HELD_AT, wire

# What these tests try is decided by pure rules: one engine is enough.
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SCOPS = ["scop-sarl", "scop-sas", "scop-sa-cae"]


@pytest.fixture
def world(app, clock):
    return wire(app, clock)


def adopt(act, text):
    with act() as a:
        return statutes.adopt_statutes(a, text=text, in_force_from=FOUNDED, decision="Assemblée constitutive")


def seller(**changes):
    person = Person(PartyKind.PERSON, "Arnaud", "Clémence")
    base = Application(
        person, Reach("c@exemple.fr"), "Céramiste", Category.EMPLOYED, has_shop=True, accepts_statutes=True
    )
    return replace(base, **changes)


def refused(command, *arguments, **values):
    with pytest.raises(RuleBroken) as refusal:
        command(*arguments, **values)
    return refusal.value.breaches


@pytest.mark.parametrize("name", ready_names())
def test_with_each_ready_set_an_assembly_is_planned_convened_printed_and_decides(world, name):
    world.found(name, count=8)
    assert statutes_queries.statutes_on(world.session, FOUNDED).legal_form is ready_set(name).legal_form
    assembly_id = world.opened(*range(8))
    papers = archive.documents_about(world.session, f"assembly:{assembly_id}")
    assert {"notice", "proxy_form"} <= {paper.kind for paper in papers}
    result = world.decide(world.items(assembly_id)[0], dict.fromkeys(range(8), FOR))
    assert result.outcome == "adopted"
    world.do("close_assembly", assembly_id=assembly_id)
    assert queries.get_assembly(world.session, assembly_id).state is State.CLOSED


@pytest.mark.parametrize("name", SCOPS)
def test_a_scop_never_decides_by_written_consultation(world, name):
    """Article 12 of the law of 1978: without a place where members meet, the plan is refused."""
    world.found(name, count=8)
    plan = {"kind": AssemblyKind.ORDINARY, "held_at": HELD_AT, "place": " ", "remote_vote": True}
    [breach] = refused(world.do, "plan", **plan)
    assert (breach.code, breach.field) == ("written_consultation", "place")
    assert "n°\u00a078-763" in breach.citations[0].text
    planned = world.plan()
    revised = {"assembly_id": planned, "title": "", "held_at": HELD_AT, "place": "", "remote_vote": True}
    assert world.refused("revise", **revised) == ["written_consultation"]


def test_where_statutes_allow_a_written_consultation_it_is_not_held_here(world, act):
    text = ready_set("scic-sarl")
    own = {"assembly.written_consultation_allowed": StatutesFigure(value=True, clause="art. 22")}
    adopt(act, replace(text, figures={**text.figures, **own}))
    plan = {"kind": AssemblyKind.ORDINARY, "held_at": HELD_AT, "place": "", "remote_vote": False}
    assert world.refused("plan", **plan) == ["written_consultation_not_held"]


def test_a_scop_may_not_allow_it_in_its_statutes(act):
    text = ready_set("scop-sarl")
    own = {"assembly.written_consultation_allowed": StatutesFigure(value=True, clause="art. 22")}
    [breach] = refused(adopt, act, replace(text, figures={**text.figures, **own}))
    assert (breach.code, breach.field) == ("statutes_figure_not_theirs", "assembly.written_consultation_allowed")


def test_a_remote_vote_is_always_attached_to_an_assembly_that_meets(world):
    """Its room opens on the day; closing the remote window alone decides nothing."""
    world.found("scop-sarl", count=8)
    assembly_id = world.convened()
    world.vote(world.items(assembly_id)[0], 1, FOR, remote=True)
    world.forward(days=60)
    assert queries.agenda(world.session, assembly_id)[0].outcome in {None, ""}


def test_a_scic_sarl_has_no_hundred_and_first_member_either(world):
    world.found("scic-sarl", count=100)
    with world.act() as a:
        candidate = members.apply(a, application=seller())
    with world.act() as a:
        [breach] = refused(members.admit, a, member_id=candidate, effective_on=a.today, decision="AGO")
    assert (breach.code, breach.values["after"]) == ("too_many_members", 101)
    assert "L223-3" in breach.citations[0].text


@pytest.mark.parametrize("name", ["scop-sarl", "scop-sas"])
def test_in_a_scop_who_sells_on_her_own_account_is_not_employed(act, name):
    text = ready_set(name)
    adopt(act, text)

    def apply(application):
        with act() as a:
            return members.apply(a, application=application)

    [breach] = refused(apply, seller())
    assert (breach.code, breach.field) == ("seller_not_employed", "category")
    assert "art. 5 et 17" in breach.citations[0].text
    assert apply(seller(category=Category.EXTERNAL))


def test_an_external_seller_does_not_become_employed_by_changing_category(world):
    world.found("scop-sarl", count=8)
    with world.act() as a:
        member_id = members.apply(a, application=seller(category=Category.EXTERNAL))
    with world.act() as a:
        members.admit(a, member_id=member_id, effective_on=a.today, decision="AGO")
    world.forward(days=1)
    with world.act() as a:
        [breach] = refused(
            members.change_college, a, member_id=member_id, effective_on=a.today, college="", category=Category.EMPLOYED
        )
    assert breach.code == "seller_not_employed"


@pytest.mark.parametrize(("name", "college"), [("scop-sa-cae", ""), ("scic-sa", "createurs"), ("loi47-sa", "")])
def test_elsewhere_a_seller_may_be_what_she_says(act, name, college):
    """In a CAE sellers are employed entrepreneurs; outside a SCOP nobody has to be employed."""
    adopt(act, ready_set(name))
    with act() as a:
        assert members.apply(a, application=seller(college=college))


def test_a_college_of_sixty_percent_is_refused_when_the_statutes_are_adopted(act):
    text = ready_set("scic-sa")
    weights = [Fraction(6, 10), Fraction(2, 10), Fraction(1, 10), Fraction(1, 10)]
    heavy = tuple(replace(college, weight=weight) for college, weight in zip(text.colleges, weights, strict=True))
    [breach] = refused(adopt, act, replace(text, colleges=heavy))
    assert (breach.code, breach.values["weight"], breach.values["bound"]) == (
        "college_too_heavy", Fraction(3, 5), Fraction(1, 2),
    )  # fmt: skip
    assert "octies" in breach.citations[0].text


def test_a_block_vote_by_college_is_refused_rather_than_counted_wrongly(act):
    text = ready_set("scic-sa")
    block = {**text.figures, "colleges.transfer": StatutesFigure("block", "art. 19")}
    [breach] = refused(adopt, act, replace(text, figures=block))
    assert (breach.code, breach.field) == ("statutes_figure_wrong_kind", "colleges.transfer")


def test_equal_votes_reject_and_the_result_names_the_rule(world, client):
    world.found("scic-sarl", count=4)
    assembly_id = world.opened(0, 1, 2, 3)
    result = world.decide(world.items(assembly_id)[0], {0: FOR, 1: FOR, 2: AGAINST, 3: AGAINST})
    assert (result.outcome, result.tie) == ("rejected", "rejected")
    page = world.sign_in(client, 0).get(f"/assemblies/{assembly_id}").text
    assert "Autant de voix pour que contre" in page


def test_a_plan_without_a_place_is_refused_on_its_page_with_the_article(world, client):
    world.found("scop-sarl", count=4)
    form = {"kind": "ordinary", "held_on": "2027-01-15", "held_time": "18:00", "place": "", "remote_vote": "y"}
    answer = world.sign_in(client, 1).post("/assemblies/new", data=form)
    assert answer.status_code == 422
    assert "ce serait une consultation écrite" in answer.text
    assert "78-763" in answer.text

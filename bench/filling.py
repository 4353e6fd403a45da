"""Filling a cooperative of any size through the bulk commands of the services."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as offices
from coopgov.accounts.rules import How
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.rules import AssemblyKind
from coopgov.core.dates import paris_instant
from coopgov.core.policy import Actor, Role
from coopgov.demo.people import CRAFTS, FAMILY, GIVEN, STREETS, TOWNS
from coopgov.demo.stage import AFTERNOON, Stage
from coopgov.members import service as membership
from coopgov.members.rules import Category, NewMember, PartyKind, Person, Reach
from coopgov.proposals import service as proposals
from coopgov.shares import service as shares
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.terms import service as terms

SEED = 2017
FEES = {"commission.sales": 500, "listing.monthly": 500, "payment.fee": 120}


@dataclass(frozen=True, slots=True)
class Filled:
    """The session tokens of a member and of an office, and the assembly convened."""

    member: str
    office: str
    assembly_id: UUID


def fill(stage: Stage, count: int, today: date) -> Filled:
    """Found, enrol, subscribe, propose, convene, sign in."""
    founded = today - timedelta(days=900)
    with stage.act() as act:
        statutes.adopt_statutes(act, text=ready_set("scop-sa-cae"), in_force_from=founded, decision="constitution")
        terms.set_schedule(act, values=FEES, effective_from=founded, decision="constitution")
    ids = _enrol(stage, count, founded)
    stage.at(today - timedelta(days=30))
    assembly = _convene(stage, ids, today)
    stage.at(today - timedelta(days=1))
    return Filled(_sign_in(stage, "m2@exemple.fr"), _sign_in(stage, "m1@exemple.fr"), assembly)


def _enrol(stage: Stage, count: int, founded: date) -> list[UUID]:
    dice = random.Random(SEED)
    with stage.act() as act:
        ids = membership.enrol_many(act, (_member(dice, n, founded) for n in range(1, count + 1)))
        shares.subscribe_many(act, [shares.Subscription(member, 2, founded) for member in ids])
        office = accounts.find_account_by_email(act.session, "m1@exemple.fr")
        assert office is not None
        for role in (Role.BOARD, Role.SECRETARY):
            offices.grant_role(act, account_id=office.id, role=role, from_day=founded, decision="constitution")
    return ids


def _member(dice: random.Random, n: int, founded: date) -> NewMember:
    postcode, town = dice.choice(TOWNS)
    return NewMember(
        person=Person(PartyKind.PERSON, dice.choice(FAMILY).replace("_", " "), dice.choice(GIVEN)),
        reach=Reach(f"m{n}@exemple.fr", "", (f"{n % 99 + 1} {dice.choice(STREETS)}",), postcode, town),
        joined_on=founded, category=Category.EMPLOYED, craft=dice.choice(CRAFTS), has_shop=True,
        applied_on=founded, decision="constitution", consent_on=founded, consent_proof="formulaire",
    )  # fmt: skip


def _convene(stage: Stage, ids: list[UUID], today: date) -> UUID:
    with stage.act() as act:
        proposal = proposals.draft(
            act, author_id=ids[1], title="Une commission de 4,5 %", reasons="Parce que.", changes={"commission.sales": 450}
        )  # fmt: skip
        proposals.submit(act, proposal_id=proposal, author_id=ids[1])
        proposals.bring(act, proposal_id=proposal)
    secretary = Actor("Secrétaire", roles=frozenset({Role.SECRETARY, Role.BOARD}))
    with stage.act(secretary) as act:
        assembly = assemblies.plan(
            act, kind=AssemblyKind.ORDINARY, held_at=paris_instant(today + timedelta(days=7), AFTERNOON),
            place="3 place de la Liberté, 26000 Valence", remote_vote=True,
        )  # fmt: skip
        assemblies.add_text_item(
            act, assembly_id=assembly, title="Rapport moral", text="L'assemblée prend acte du rapport."
        )
        assemblies.add_proposal_item(act, assembly_id=assembly, proposal_id=proposal)
    with stage.act(secretary) as act:
        assemblies.convene(act, assembly_id=assembly)
    return assembly


def _sign_in(stage: Stage, email: str) -> str:
    with stage.act() as act:
        account = accounts.find_account_by_email(act.session, email)
        assert account is not None
        return offices.open_session(act, account_id=account.id, how=How.DEMONSTRATION)

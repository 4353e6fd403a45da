"""Filling a cooperative of any size through the commands of the services, in bulk where they have one."""

import random
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import text

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as offices
from coopgov.assemblies import queries as meetings
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.rules import AssemblyKind
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.policy import Actor, Role
from coopgov.core.preflight import points_to_judge
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
# People's addresses: the first is of the board, the second holds no office, the third is the treasurer.
BOARD, MEMBER, TREASURER = "m1@exemple.fr", "m2@exemple.fr", "m3@exemple.fr"
OFFICES = {BOARD: (Role.BOARD, Role.SECRETARY), TREASURER: (Role.TREASURER,)}
# One member in this many has voted remotely when the pages are asked for.
ONE_VOTES_IN = 5
VOTES_AN_ACT = 1_000
A_DAY = timedelta(days=1)
SECRETARY = Actor("Secrétaire", roles=frozenset({Role.SECRETARY, Role.BOARD}))


def fill(stage: Stage, count: int, today: date) -> None:
    """Found, enrol, subscribe, propose, convene, vote; then let PostgreSQL look at what it holds, as it does by night."""
    founded = today - timedelta(days=900)
    with stage.act() as act:
        statutes.adopt_statutes(act, text=ready_set("scop-sa-cae"), in_force_from=founded, decision="constitution")
        terms.set_schedule(act, values=FEES, effective_from=founded, decision="constitution")
    ids = enrol(stage, count, founded)
    stage.at(today - timedelta(days=30))
    _subscribe(stage, ids, founded)
    assembly = _convene(stage, ids, today)
    stage.at(today - timedelta(days=1))
    _vote(stage, assembly, ids[::ONE_VOTES_IN])
    with stage.act() as act:
        if act.session.get_bind().dialect.name == "postgresql":
            act.session.execute(text("ANALYZE"))


def enrol(stage: Stage, count: int, founded: date) -> list[UUID]:
    """Enrol so many people, three of them with offices; gives them by number."""
    dice = random.Random(SEED)
    with stage.act() as act:
        ids = membership.enrol_many(act, (_member(dice, n, founded) for n in range(1, count + 1)))
        for email, roles in OFFICES.items():
            account = accounts.find_account_by_email(act.session, email)
            assert account is not None
            for role in roles:
                offices.grant_role(act, account_id=account.id, role=role, from_day=founded, decision="constitution")
    return ids


def _member(dice: random.Random, n: int, founded: date) -> NewMember:
    postcode, town = dice.choice(TOWNS)
    return NewMember(
        person=Person(PartyKind.PERSON, dice.choice(FAMILY).replace("_", " "), dice.choice(GIVEN)),
        reach=Reach(f"m{n}@exemple.fr", "", (f"{n % 99 + 1} {dice.choice(STREETS)}",), postcode, town),
        joined_on=founded, category=Category.EMPLOYED, craft=dice.choice(CRAFTS), has_shop=True,
        applied_on=founded, decision="constitution", consent_on=founded, consent_proof="formulaire",
    )  # fmt: skip


def _subscribe(stage: Stage, ids: list[UUID], founded: date) -> None:
    dice, days = random.Random(SEED), paris_day(stage.now) - founded
    with stage.act() as act:
        rows = [shares.Subscription(member, 2, founded + dice.randrange(days.days) * A_DAY) for member in ids]
        shares.subscribe_many(act, rows)


def _convene(stage: Stage, ids: list[UUID], today: date) -> UUID:
    with stage.act() as act:
        proposal = proposals.draft(
            act, author_id=ids[1], title="Une commission de 4,5 %", reasons="Parce que.", changes={"commission.sales": 450}
        )  # fmt: skip
        proposals.submit(act, proposal_id=proposal, author_id=ids[1])
        proposals.bring(act, proposal_id=proposal)
    with stage.act(SECRETARY) as act:
        assembly = assemblies.plan(
            act, kind=AssemblyKind.ORDINARY, held_at=paris_instant(today + timedelta(days=7), AFTERNOON),
            place="3 place de la Liberté, 26000 Valence", remote_vote=True,
        )  # fmt: skip
        assemblies.add_text_item(
            act, assembly_id=assembly, title="Rapport moral", text="L'assemblée prend acte du rapport."
        )
        assemblies.add_proposal_item(act, assembly_id=assembly, proposal_id=proposal)
    with stage.act(SECRETARY) as act:
        row = meetings.get_assembly(act.session, assembly)
        points = points_to_judge(meetings.preflight(act.session, act.rulebook, row, act.actor, on=act.today))
        assemblies.convene(act, assembly_id=assembly, reasons={point.code: "Vérifié." for point in points})
    return assembly


def _vote(stage: Stage, assembly_id: UUID, voters: list[UUID]) -> None:
    with stage.act() as act:
        item = meetings.agenda(act.session, assembly_id)[0]
    turn = iter(voters)
    while some := list(islice(turn, VOTES_AN_ACT)):
        with stage.act() as act:
            for voter in some:
                assemblies.vote(
                    act, item_id=item.id, voter_id=voter, choice=Choice.FOR, channel=Channel.REMOTE, cast_by=voter
                )

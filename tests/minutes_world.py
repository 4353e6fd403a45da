"""A small cooperative that has just held its general meeting, for the tests of minutes and registers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from coopgov.accounts import service as accounts
from coopgov.accounts.rules import How
from coopgov.assemblies import queries as assembly_queries
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.rules import AssemblyKind
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.policy import Actor, Role
from coopgov.members import queries as members
from tests import judging
from tests.shares_world import World

NAMES = ("Alice Martin", "Karim Benali", "Zoé Œuvrard", "Nadia Legoff", "Hugo Petit")
OFFICES = ({Role.BOARD}, {Role.SECRETARY}, set(), set(), set())
SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Meeting:
    """A meeting that has ended: who chaired it, who was its secretary, everybody."""

    id: UUID
    chair: Actor
    secretary: Actor
    people: Sequence[Actor]
    member_ids: Sequence[UUID]


def enrol(world: World) -> tuple[list[UUID], list[Actor]]:
    """Five members with accounts; the first is of the board, the second the secretary."""
    ids = [world.a_member(name, email=f"member{n}@example.org") for n, name in enumerate(NAMES)]
    return ids, [_actor(world, n, ids[n]) for n in range(len(ids))]


def _actor(world: World, n: int, member_id: UUID) -> Actor:
    with world.act() as a:
        account_id = members.get_member(a.session, member_id).account_id
        for role in OFFICES[n]:
            accounts.grant_role(a, account_id=account_id, role=role, from_day=SINCE)
    return Actor(name=NAMES[n], account_id=account_id, roles=frozenset({Role.MEMBER, *OFFICES[n]}))


def hold(world: World, clock: Any, *, ready: str = "scop-sarl", choices: str = "FFFAF") -> Meeting:
    """Found the cooperative, convene, vote one resolution, close."""
    world.found(ready)
    ids, people = enrol(world)
    with world.act() as a:
        meeting = assemblies.plan(
            a, kind=AssemblyKind.ORDINARY, held_at=clock.now + timedelta(days=30), place="Valence", remote_vote=False
        )
        assemblies.add_text_item(a, assembly_id=meeting, title="Un atelier commun", text="Louer un atelier commun.")
        judging.convene(a, assembly_id=meeting)
    clock.forward(days=30)
    _room(world, meeting, ids, people, choices)
    return Meeting(meeting, people[0], people[1], people, ids)


def _room(world: World, meeting: UUID, ids: Sequence[UUID], people: Sequence[Actor], choices: str) -> None:
    chair, secretary, *others = (person.account_id for person in people)
    with world.act(people[0]) as a:
        for member_id in ids:
            assemblies.arrive(a, assembly_id=meeting, member_id=member_id)
        assemblies.open_assembly(a, assembly_id=meeting, chair=chair, secretary=secretary, tellers=others[:2])
        item = assembly_queries.agenda(a.session, meeting)[0].id
        assemblies.open_vote(a, item_id=item)
        for member_id, letter in zip(ids, choices, strict=True):
            choice = {"F": Choice.FOR, "A": Choice.AGAINST}[letter]
            assemblies.vote(
                a, item_id=item, voter_id=member_id, choice=choice, channel=Channel.ROOM, cast_by=member_id
            )  # fmt: skip
        assemblies.close_vote(a, item_id=item)
        assemblies.proclaim(a, item_id=item)
        assemblies.note_incident(a, assembly_id=meeting, text="Une coupure de courant de deux minutes.")
        assemblies.close_assembly(a, assembly_id=meeting)


def sign_in(client: Any, world: World, actor: Actor) -> None:
    """Give the browser a session of that person."""
    with world.act() as a:
        token = accounts.open_session(a, account_id=actor.account_id, how=How.LINK)
    with client.session_transaction() as session:
        session["_user_id"] = token

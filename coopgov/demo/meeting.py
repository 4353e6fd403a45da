"""The assemblies of the demonstration: proposed, convened, voted, held, written down."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from coopgov.assemblies import queries as assembly_queries
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.queries import ItemRow
from coopgov.assemblies.rules import AssemblyKind, SubjectKind
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.act import Act
from coopgov.core.dates import paris_instant
from coopgov.core.preflight import points_to_judge
from coopgov.demo.plan import Troupe
from coopgov.demo.stage import AFTERNOON
from coopgov.members import queries as members
from coopgov.minutes import queries as minutes_queries
from coopgov.minutes import service as minutes
from coopgov.minutes.rules import Part as Section
from coopgov.minutes.rules import Signer
from coopgov.proposals import service as proposals
from coopgov.web.acts import reading

# Who comes to the extraordinary assembly: enough for a quarter of the members, and some of every college.
THERE: Final = (50, 26)
HALL: Final = "Salle des fêtes, 3 place de la Liberté, 26000 Valence"
# What the secretary checked of each point that the pre-flight leaves to people, by the beginning of its code.
JUDGED: Final = {
    "competence": "La résolution ne touche ni aux statuts, ni à l’existence de la société, ni à la qualité d’un associé.",
    "convenor": "Décision du conseil prise à sa dernière réunion, au registre de ses délibérations.",
    "doubts": "Articles relus sur Légifrance avec notre juriste : les règles appliquées sont celles en vigueur.",
}


def adopt_by_show_of_hands(troupe: Troupe, assembly: UUID) -> None:
    """A little more than a quarter of the members come; all but one in ten are for it."""
    stage, chair = troupe.stage, troupe.actor("helene")
    bureau = [troupe.members[key] for key in ("helene", "malik", "samir", "awa")]
    first, last = THERE
    present = list(dict.fromkeys([*bureau, *troupe.everyone[:first], *troupe.everyone[-last:]]))
    [item] = assembly_queries.agenda(reading(), assembly)
    with stage.act(troupe.actor("samir")) as act:
        for member in present:
            assemblies.arrive(act, assembly_id=assembly, member_id=member)
    with stage.act(chair) as act:
        assemblies.open_assembly(act, assembly_id=assembly, **_bureau(troupe))
        assemblies.open_vote(act, item_id=item.id)
    choices = {(item.id, who): Choice.FOR if n % 10 else Choice.AGAINST for n, who in enumerate(present, 1)}
    with stage.act(troupe.actor("samir")) as act:
        assemblies.cast_all(act, cast_by=troupe.accounts["samir"], choices=choices, channel=Channel.ROOM)
    with stage.act(chair) as act:
        assemblies.close_vote(act, item_id=item.id)
        assemblies.proclaim(act, item_id=item.id)
        assemblies.close_assembly(act, assembly_id=assembly)


def propose(troupe: Troupe, day: date, author: str, title: str, reasons: str, changes: Mapping[str, int]) -> UUID:
    stage, author_id = troupe.stage, troupe.members[author]
    stage.at(day, 11)
    with stage.act(troupe.actor(author)) as act:
        proposal = proposals.draft(act, author_id=author_id, title=title, reasons=reasons, changes=changes)
        proposals.submit(act, proposal_id=proposal, author_id=author_id)
    stage.say(f"{troupe.actor(author).name} propose : « {title} ».")
    stage.pass_days(3)
    for backer in _some(troupe, 5):
        with stage.act() as act:
            proposals.back(act, proposal_id=proposal, member_id=backer)
    return proposal


def hold(troupe: Troupe, held: date, brought: Sequence[UUID], favour: Mapping[UUID, float], debate: str) -> UUID:
    assembly = convene(troupe, held - timedelta(days=21), held, brought)
    vote_from_home(troupe, assembly, held - timedelta(days=5), favour)
    meet(troupe, assembly, held, favour)
    write_minutes(troupe, assembly, held + timedelta(days=4), debate)
    wait_for_effect(troupe, held)
    return assembly


def convene(troupe: Troupe, sent: date, held: date, brought: Sequence[UUID], *, is_annual: bool = True) -> UUID:
    stage = troupe.stage
    stage.at(sent)
    with stage.act(troupe.actor("malik")) as act:
        assembly = assemblies.plan(
            act, kind=AssemblyKind.ORDINARY, held_at=paris_instant(held, AFTERNOON), place=HALL, remote_vote=True
        )  # fmt: skip
        if is_annual:
            assemblies.add_accounts_item(act, assembly_id=assembly)
        for proposal in brought:
            assemblies.add_proposal_item(act, assembly_id=assembly, proposal_id=proposal)
        for candidate in _candidates_for_assembly(act):
            assemblies.add_admission_item(act, assembly_id=assembly, candidate_id=candidate)
    with stage.act(troupe.actor("malik")) as act:
        assemblies.convene(act, assembly_id=assembly, reasons=reasons(act, assembly))
    stage.night()
    stage.say(f"L'assemblée du {held:%d/%m/%Y} est convoquée, par courriel ou par lettre selon l'accord de chacun.")
    return assembly


def reasons(act: Act, assembly: UUID) -> dict[str, str]:
    row = assembly_queries.get_assembly(act.session, assembly)
    checks = assembly_queries.preflight(act.session, act.rulebook, row, act.actor, on=act.today)
    return {point.code: JUDGED[point.code.partition("-")[0]] for point in points_to_judge(checks)}


def _candidates_for_assembly(act: Act) -> list[UUID]:
    body = act.rulebook.figure("membership.admission_body", on=act.today).as_text()
    return [row.id for row in members.applications(act.session)] if body == "ordinary_assembly" else []


def vote_from_home(troupe: Troupe, assembly: UUID, day: date, favour: Mapping[UUID, float]) -> None:
    stage = troupe.stage
    stage.at(day, 20)
    items = assembly_queries.agenda(reading(), assembly)
    voters = _some(troupe, 88)
    grantors = [member for member in _some(troupe, 40) if member not in voters][:12]
    for grantor, key in zip(grantors, ("awa", "benoit", "samir") * 4, strict=False):
        with stage.act() as act:
            assemblies.give_proxy(act, assembly_id=assembly, grantor_id=grantor, holder_id=troupe.members[key])
    for voter in voters:
        with stage.act() as act:
            choices = {(item.id, voter): _choice(troupe, item, favour) for item in items}
            assemblies.cast_all(act, cast_by=voter, choices=choices, channel=Channel.REMOTE)
    stage.say(f"{len(voters)} associés votent à distance ; {len(grantors)} donnent un pouvoir.")


def meet(troupe: Troupe, assembly: UUID, held: date, favour: Mapping[UUID, float]) -> None:
    stage = troupe.stage
    stage.at(held, 14, 1)
    present = _open_session(troupe, assembly)
    chair = troupe.actor("helene")
    for item in assembly_queries.agenda(reading(), assembly):
        stage.pass_minutes(12)
        with stage.act(chair) as act:
            assemblies.open_vote(act, item_id=item.id)
        _vote_in_the_room(troupe, assembly, item, present, favour)
        with stage.act(chair) as act:
            assemblies.close_vote(act, item_id=item.id)
        with stage.act(chair) as act:
            result = assemblies.proclaim(act, item_id=item.id)
        stage.say(f"Résolution {item.position} « {item.title} » : {_told(result.outcome)}.")
    with stage.act(chair) as act:
        assemblies.close_assembly(act, assembly_id=assembly)


def _told(outcome: str) -> str:
    return {"adopted": "adoptée", "rejected": "rejetée"}.get(outcome, "sans décision")


def _open_session(troupe: Troupe, assembly: UUID) -> list[UUID]:
    stage = troupe.stage
    at_home = {member for member in troupe.everyone if _voted(assembly, member)}
    core = [troupe.members[key] for key in ("helene", "malik", "nadia", "samir", "awa", "benoit", "zoe")]
    crowd = [member for member in _some(troupe, 70) if member not in at_home and member not in core]
    present = [member for member in [*core, *crowd] if member not in at_home]
    with stage.act(troupe.actor("samir")) as act:
        for member in present:
            assemblies.arrive(act, assembly_id=assembly, member_id=member)
    with stage.act(troupe.actor("helene")) as act:
        assemblies.open_assembly(
            act, assembly_id=assembly, **_bureau(troupe)
        )  # fmt: skip
    stage.say(f"La séance s'ouvre, {len(present)} associés dans la salle, quorum atteint.")
    return present


def _bureau(troupe: Troupe) -> dict[str, Any]:
    known = troupe.accounts
    return {"chair": known["helene"], "secretary": known["malik"], "tellers": [known["samir"], known["awa"]]}


def _voted(assembly: UUID, member: UUID) -> bool:
    return member in assembly_queries.are_present(reading(), assembly, [member])


def _vote_in_the_room(
    troupe: Troupe, assembly: UUID, item: ItemRow, present: Sequence[UUID], favour: Mapping[UUID, float]
) -> None:
    with troupe.stage.act(troupe.actor("samir")) as act:
        convened = assembly_queries.get_assembly(act.session, assembly)
        for member in present:
            for voter in assembly_queries.my_votes(act.session, convened, member):
                if item.scrutin_id not in voter.voted:
                    assemblies.vote(
                        act, item_id=item.id, voter_id=voter.voter_id, choice=_choice(troupe, item, favour),
                        channel=Channel.ROOM, cast_by=member,
                    )  # fmt: skip


def _choice(troupe: Troupe, item: ItemRow, favour: Mapping[UUID, float]) -> Choice:
    usual = 0.93 if item.subject_kind is not SubjectKind.PROPOSAL else 0.5
    share = favour.get(item.subject_id, usual) if item.subject_id else usual
    drawn = troupe.dice.random()
    if drawn > 0.95:
        return Choice.BLANK if drawn > 0.98 else Choice.ABSTAIN
    return Choice.FOR if drawn < share else Choice.AGAINST


def _some(troupe: Troupe, count: int) -> list[UUID]:
    cast = set(troupe.members.values())
    return [member for member in troupe.dice.sample(troupe.everyone, count) if member not in cast]


def write_minutes(troupe: Troupe, assembly: UUID, day: date, debate: str) -> None:
    stage = troupe.stage
    stage.at(day)
    found = minutes_queries.find_by_assembly(reading(), assembly)
    assert found is not None  # noqa: S101 - closing the assembly drafted them
    with stage.act(troupe.actor("malik")) as act:
        minutes.edit_prose(act, minutes_id=found.id, texts={Section.DEBATES.value: debate})
    for key, signer in (("malik", Signer.SECRETARY), ("helene", Signer.CHAIR)):
        with stage.act(troupe.actor(key)) as act:
            minutes.approve(act, minutes_id=found.id, as_=signer)
    stage.say("Le procès-verbal est approuvé par la secrétaire de séance et la présidente, numéroté et archivé.")


def wait_for_effect(troupe: Troupe, held: date) -> None:
    stage = troupe.stage
    stage.night()
    stage.say("Chaque vendeur est prévenu par courriel de ce qui a été adopté.")
    stage.at(held + timedelta(days=40), 3)
    stage.night()
    stage.say("Le préavis est écoulé : le tarif voté s'applique de lui-même.")

"""Votes: opening each in the room, casting for oneself or by proxy, closing, proclaiming."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from coopgov.assemblies import queries, wording
from coopgov.assemblies.events import ResolutionProclaimed
from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import (
    ITEM_TRANSITIONS,
    ItemState,
    ItemStep,
    Office,
    State,
    VoteFacts,
    check_own_hand,
    check_quorum,
    check_vote,
)
from coopgov.assemblies.service.planning import locked, release
from coopgov.assemblies.service.room import keep_incident
from coopgov.assemblies.wording import decision_reference
from coopgov.ballots import queries as rolls
from coopgov.ballots import service as ballots
from coopgov.ballots.cast import Ballot
from coopgov.ballots.queries import Result
from coopgov.ballots.rules import Channel, Receipt
from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_, Word
from coopgov.core.policy import Permission
from coopgov.core.states import step

# Both engines read the same text; a second ballot of the same member adds nothing.
_NOTE_REMOTE = text(
    "INSERT INTO remote_presence (assembly_id, member_id) VALUES (:assembly_id, :member_id) ON CONFLICT DO NOTHING"
).bindparams(bindparam("assembly_id", type_=Uuid()), bindparam("member_id", type_=Uuid()))


def open_vote(act: Act, *, item_id: UUID) -> None:
    """Open the vote on a resolution in the room; one at a time, and with the quorum."""
    item, assembly = _locked_item(act, item_id)
    item.state = step(ITEM_TRANSITIONS, item.state, ItemStep.OPEN_VOTE)
    quorum = queries.quorum_now(act.session, assembly.id, act.rulebook)
    refuse_if([*_check_session(assembly), *_check_one_at_a_time(act, assembly, item_id), *check_quorum(quorum)])
    item.opened_at = act.now
    ballots.open_room(act, scrutin_id=_scrutin(item))
    act.record("assembly.vote_opened", assembly.about, {"item": item_id, "position": item.position})


def _check_session(assembly: AssemblyRow) -> list[Breach]:
    if assembly.state is State.OPEN:
        return []
    return [Breach("not_in_session", N_("The session is not open. Open it, with its bureau, before the votes."))]


def _check_one_at_a_time(act: Act, assembly: AssemblyRow, item_id: UUID) -> list[Breach]:
    sentence = N_("The vote on resolution %(position)s is still open. Close it first: one vote at a time.")
    return [
        Breach("another_vote_open", sentence, {"position": other.position})
        for other in queries.agenda(act.session, assembly.id)
        if other.state is ItemState.VOTING and other.id != item_id
    ]


def vote(
    act: Act, *, item_id: UUID, voter_id: UUID, choice: Ballot, channel: Channel, cast_by: UUID, token: bytes = b""
) -> Receipt:
    """Cast one member's ballot on one resolution; nothing here is waited for by other ballots.

    `cast_by` is the member who casts (the voter, or who holds the proxy), or the account of the bureau in the room.
    """
    item = queries.get_item(act.session, item_id)
    assembly = queries.get_assembly(act.session, item.assembly_id)
    if item.scrutin_id is None:
        raise NotFound
    facts = vote_facts(act, assembly, item, voter_id=voter_id, channel=channel, cast_by=cast_by)
    refuse_if([*check_vote(facts), *check_own_hand(facts, is_secret=item.is_secret)])
    receipt = ballots.cast(
        act, scrutin_id=item.scrutin_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by,
        token=token,
    )  # fmt: skip
    if channel is Channel.REMOTE:
        act.session.execute(_NOTE_REMOTE, {"assembly_id": assembly.id, "member_id": voter_id})
    return receipt


def vote_facts(
    act: Act, assembly: AssemblyRow, item: ItemRow, *, voter_id: UUID, channel: Channel, cast_by: UUID
) -> VoteFacts:
    """What the rules ask of a ballot about to be cast."""
    proxy = queries.active_proxy_of(act.session, assembly.id, voter_id)
    voter = rolls.find_roll_voter(act.session, assembly.roll_id, voter_id) if assembly.roll_id else None
    people = [voter_id] if proxy is None else [voter_id, proxy.holder_id]
    there = queries.are_present(act.session, assembly.id, people) if channel is Channel.ROOM else frozenset()
    return VoteFacts(
        voter=voter.name if voter else Word(N_("This person")), on_roll=voter is not None,
        holder=proxy.holder_name if proxy else None, caster_is_voter=cast_by == voter_id,
        caster_is_holder=proxy is not None and cast_by == proxy.holder_id,
        caster_is_bureau=channel is Channel.ROOM and act.actor.may(Permission.BALLOTS_RUN),
        is_remote=channel is Channel.REMOTE, voter_is_present=voter_id in there,
        holder_is_present=proxy is not None and proxy.holder_id in there,
        is_convened=assembly.state is State.CONVENED, item_state=item.state,
    )  # fmt: skip


def note_paper(act: Act, *, item_id: UUID, voter_id: UUID, cast_by: UUID) -> None:
    """Note that somebody in the room puts a paper in the urn of a secret vote; what it says, nobody enters here."""
    item = queries.get_item(act.session, item_id)
    assembly = queries.get_assembly(act.session, item.assembly_id)
    if item.scrutin_id is None or not item.is_secret:
        raise NotFound
    refuse_if(check_vote(vote_facts(act, assembly, item, voter_id=voter_id, channel=Channel.ROOM, cast_by=cast_by)))
    ballots.note_paper(act, scrutin_id=item.scrutin_id, voter_id=voter_id, cast_by=cast_by)


def cast_all(
    act: Act,
    *,
    cast_by: UUID,
    choices: Mapping[tuple[UUID, UUID], Ballot],
    channel: Channel,
    token: bytes = b"",
) -> list[Receipt]:
    """Cast several ballots at once, all or none: by resolution and voter, what each says."""
    return [
        vote(act, item_id=item_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by, token=token)
        for (item_id, voter_id), choice in choices.items()
    ]


def close_vote(act: Act, *, item_id: UUID) -> None:
    """Close the vote on a resolution and count it, measured on those present or represented at this instant.

    The urn of a secret vote stays closed until its tellers open it.
    """
    item, assembly = _locked_item(act, item_id)
    item.state = step(ITEM_TRANSITIONS, item.state, ItemStep.CLOSE_URN if item.is_secret else ItemStep.CLOSE_VOTE)
    quorum = queries.quorum_now(act.session, assembly.id, act.rulebook)
    refuse_if(check_quorum(quorum))
    item.closed_at = act.now
    item.present, item.represented, item.remote = quorum.present, quorum.represented, quorum.remote
    scrutin_id = _scrutin(item)
    ballots.close_room(act, scrutin_id=scrutin_id)
    weighed = rolls.get_scrutin(act.session, scrutin_id).college_weights is not None
    by_college = _by_college(act, assembly) if weighed else None
    if item.is_secret:
        item.present_by_college = None if by_college is None else json.dumps(by_college)
    else:
        ballots.count(
            act, scrutin_id=scrutin_id, present_or_represented=quorum.total, present_by_college=by_college
        )  # fmt: skip
    payload = {"item": item_id, "present": quorum.present, "represented": quorum.represented, "remote": quorum.remote}
    act.record("assembly.vote_closed", assembly.about, payload)


def open_urns(act: Act, *, assembly_id: UUID, codes: Sequence[str]) -> list[UUID]:
    """Open the urn of every secret vote that is closed, with the codes of its tellers, and count it; all or none."""
    locked(act, assembly_id)
    closed = [item for item in queries.agenda(act.session, assembly_id) if item.state is ItemState.URN_CLOSED]
    if not closed:
        refuse_if([Breach("no_urn_to_open", N_("No closed urn waits to be opened. Close a secret vote first."))])
    for item in closed:
        _open_urn(act, item, codes)
    opened = [item.id for item in closed]
    act.record("assembly.urns_opened", f"assembly:{assembly_id}", {"items": opened})
    return opened


def _open_urn(act: Act, found: ItemRow, codes: Sequence[str]) -> None:
    item = act.session.get_one(AgendaItem, found.id, populate_existing=True)
    item.state = step(ITEM_TRANSITIONS, item.state, ItemStep.OPEN_URN)
    ballots.count(
        act, scrutin_id=_scrutin(item), present_or_represented=item.present + item.represented + item.remote,
        present_by_college=json.loads(item.present_by_college) if item.present_by_college else None, codes=codes,
    )  # fmt: skip


def _by_college(act: Act, assembly: AssemblyRow) -> dict[str, int]:
    """Those who count at this instant, by college of the roll."""
    assert assembly.roll_id is not None  # noqa: S101 - a vote was open
    counting = queries.counting_now(act.session, assembly.id)
    found = dict.fromkeys(rolls.get_roll(act.session, assembly.roll_id).colleges, 0)
    for voter in rolls.roll_voters(act.session, assembly.roll_id):
        found[voter.college] += voter.id in counting
    return found


def proclaim(act: Act, *, item_id: UUID, chair: Sequence[str] = ()) -> Result:
    """Proclaim a counted resolution; what it decides is told in the same act.

    `chair` is the order that the chair gives to options with equal votes, where the vote leaves it to her.
    """
    item, assembly = _locked_item(act, item_id)
    item.state, item.proclaimed_at = step(ITEM_TRANSITIONS, item.state, ItemStep.PROCLAIM), act.now
    result = ballots.proclaim(act, scrutin_id=_scrutin(item), by=_by(act, assembly), chair=chair)
    item.outcome = result.outcome.value
    decision = decision_reference(assembly.kind, act.today, item.position)
    payload = {"item": item_id, "outcome": item.outcome, "decision": decision, "subject": item.subject_hash}
    act.record("assembly.proclaimed", assembly.about, payload)
    act.publish(
        ResolutionProclaimed(
            assembly.id,
            item_id,
            item.subject_kind,
            item.subject_id,
            item.subject_hash,
            item.outcome,
            act.today,
            decision,
        )
    )
    return result


def _by(act: Act, assembly: AssemblyRow) -> UUID:
    """Who proclaims: the account that acts, or the chair when a program does."""
    if act.actor.account_id is not None:
        return act.actor.account_id
    bureau = queries.officers(act.session, assembly.id)
    return next(officer.account_id for officer in bureau if officer.office is Office.CHAIR)


def set_aside(act: Act, *, item_id: UUID, reason: str) -> None:
    """Take a resolution that is not voted yet off the session, with the reason, for the minutes."""
    if not reason.strip():
        refuse_if([Breach("reason_missing", N_("Say why this resolution is not voted."), field="reason")])
    item, assembly = _locked_item(act, item_id)
    refuse_if(_check_session(assembly))
    row = queries.get_item(act.session, item_id)
    item.state, item.outcome = step(ITEM_TRANSITIONS, item.state, ItemStep.SET_ASIDE), "set_aside"
    ballots.cancel(act, scrutin_id=_scrutin(item), reason=reason)
    release(act, row)
    keep_incident(act, assembly.id, wording.set_aside(item.position, reason.strip()))
    act.record("assembly.item_set_aside", assembly.about, {"item": item_id, "reason": reason.strip()})


def _locked_item(act: Act, item_id: UUID) -> tuple[AgendaItem, AssemblyRow]:
    assembly_id = act.session.scalar(select(AgendaItem.assembly_id).where(AgendaItem.id == item_id))
    if assembly_id is None:
        raise NotFound
    locked(act, assembly_id)
    item = act.session.get_one(AgendaItem, item_id, populate_existing=True)
    return item, queries.get_assembly(act.session, assembly_id)


def _scrutin(item: AgendaItem) -> UUID:
    if item.scrutin_id is None:
        raise NotFound
    return item.scrutin_id

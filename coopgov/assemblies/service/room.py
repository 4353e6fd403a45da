"""The room: who is there, the bureau, the quorum, what disturbs, the end of the session."""

from collections.abc import Sequence
from uuid import UUID

from coopgov.accounts import queries as accounts
from coopgov.assemblies import queries
from coopgov.assemblies.events import NO_QUORUM, AssemblyClosed, ResolutionProclaimed
from coopgov.assemblies.models import AgendaItem, Assembly, AssemblyIncident, AssemblyOfficer, AttendanceEvent
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.queries.suspending import put_off_until, suspended_now
from coopgov.assemblies.rules import (
    ITEM_TRANSITIONS,
    TRANSITIONS,
    AttendanceKind,
    ItemState,
    ItemStep,
    Office,
    Quorum,
    State,
    Step,
    check_arrival,
    check_bureau,
    check_closing,
    check_departure,
    check_incident,
    check_no_quorum,
    check_opening,
    check_sheet,
)
from coopgov.assemblies.rules import ProxyState as Proxies
from coopgov.assemblies.rules.suspending import check_taken_up, starts_at
from coopgov.assemblies.service.planning import locked
from coopgov.assemblies.service.proxies import end_proxy, find_active
from coopgov.assemblies.service.sheet import issue_sheet
from coopgov.assemblies.wording import decision_reference
from coopgov.ballots import queries as rolls
from coopgov.ballots import service as ballots
from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.members import queries as members


def arrive(act: Act, *, assembly_id: UUID, member_id: UUID, remotely: bool = False) -> bool:
    """Note that a member comes in or connects; a proxy this member had given ends. True when one did."""
    locked(act, assembly_id)
    assembly = queries.get_assembly(act.session, assembly_id)
    refuse_if(_check_arrival(act, assembly, member_id, remotely=remotely))
    kind = AttendanceKind.CONNECTED if remotely else AttendanceKind.ARRIVED
    _note(act, assembly, member_id, kind)
    proxy = find_active(act, assembly_id, member_id)
    if proxy is not None:
        end_proxy(act, proxy, Proxies.REVOKED)
    return proxy is not None


def _check_arrival(act: Act, assembly: AssemblyRow, member_id: UUID, *, remotely: bool) -> list[Breach]:
    name = members.get_member(act.session, member_id).name
    allowed = act.rulebook.figure("assembly.remote_participation_allowed", on=assembly.held_on)
    return check_arrival(
        name=name,
        on_roll=assembly.roll_id is not None and rolls.on_roll(act.session, assembly.roll_id, member_id),
        is_there=bool(queries.are_present(act.session, assembly.id, [member_id])),
        is_open=_is_held(act, assembly),
        held_on=assembly.held_on,
        remote=allowed if remotely else None,
    )


def _is_held(act: Act, assembly: AssemblyRow) -> bool:
    """Whether the assembly is under way, or about to begin on its day."""
    return assembly.state is State.OPEN or (assembly.state is State.CONVENED and act.today >= assembly.held_on)


def leave(act: Act, *, assembly_id: UUID, member_id: UUID, remotely: bool = False) -> None:
    """Note that a member goes out or is disconnected; not while a ballot of hers is in an open vote."""
    locked(act, assembly_id)
    assembly = queries.get_assembly(act.session, assembly_id)
    name = members.get_member(act.session, member_id).name
    if not queries.are_present(act.session, assembly_id, [member_id]):
        sentence = N_("%(name)s is not noted as present. Reload the page.")
        refuse_if([Breach("not_there", sentence, {"name": name})])
    has_voted = _votes_now(act, assembly_id, member_id)
    refuse_if(check_departure(has_voted=has_voted, name=name, is_open=_is_held(act, assembly)))
    _note(act, assembly, member_id, AttendanceKind.DISCONNECTED if remotely else AttendanceKind.LEFT)


def _votes_now(act: Act, assembly_id: UUID, member_id: UUID) -> bool:
    voting = [
        i.scrutin_id for i in queries.agenda(act.session, assembly_id) if i.state is ItemState.VOTING and i.scrutin_id
    ]
    givers = [proxy.grantor_id for proxy in queries.proxies_of(act.session, assembly_id, member_id)]
    return bool(voting) and bool(rolls.voted_ids(act.session, voting, [member_id, *givers]))


def _note(act: Act, assembly: AssemblyRow, member_id: UUID, kind: AttendanceKind) -> None:
    by = act.actor.pseudonym
    act.keep(AttendanceEvent(assembly_id=assembly.id, member_id=member_id, kind=kind, at=act.now, by=by))
    act.record(f"assembly.{kind.value}", assembly.about, {"member": member_id})


def open_assembly(act: Act, *, assembly_id: UUID, chair: UUID, secretary: UUID, tellers: Sequence[UUID]) -> None:
    """Open the session with its bureau, given by their accounts; refused before its hour or without its quorum."""
    assembly = locked(act, assembly_id)
    assembly.state = step(TRANSITIONS, assembly.state, Step.OPEN)
    quorum = queries.quorum_now(act.session, assembly_id, act.rulebook)
    needed = act.rulebook.find_figure("assembly.tellers", on=act.today)
    # The same person twice is one teller.
    are_members = [_is_enrolled(act, assembly, account_id) for account_id in dict.fromkeys(tellers)]
    refuse_if(
        [
            *check_opening(
                quorum, now=act.now, held_at=starts_at(assembly.held_at, put_off_until(act.session, assembly_id))
            ),
            *check_taken_up(suspended_now(act.session, assembly_id)),
            *check_bureau(has_chair=True, tellers=are_members, needed=needed),
        ]
    )
    assembly.opened_at = act.now
    _keep_presence(assembly, quorum)
    bureau = [(Office.CHAIR, chair), (Office.SECRETARY, secretary), *((Office.TELLER, teller) for teller in tellers)]
    _write_bureau(act, assembly_id, bureau)
    act.record("assembly.opened", f"assembly:{assembly_id}", {"bureau": bureau, **_numbers(quorum)})


def _is_enrolled(act: Act, assembly: Assembly, account_id: UUID) -> bool:
    member = members.find_by_account(act.session, account_id)
    return (
        member is not None and assembly.roll_id is not None and rolls.on_roll(act.session, assembly.roll_id, member.id)
    )


def _write_bureau(act: Act, assembly_id: UUID, bureau: Sequence[tuple[Office, UUID]]) -> None:
    names = accounts.names_of(act.session, [account_id for _, account_id in bureau])
    officers = (
        AssemblyOfficer(assembly_id=assembly_id, office=office, account_id=account_id, name=names[account_id])
        for office, account_id in dict.fromkeys(bureau)
    )
    act.keep(*officers)


def _keep_presence(row: Assembly | AgendaItem, quorum: Quorum) -> None:
    row.present, row.represented, row.remote = quorum.present, quorum.represented, quorum.remote


def _numbers(quorum: Quorum) -> dict[str, object]:
    return {
        "present": quorum.present, "represented": quorum.represented, "remote": quorum.remote,
        "enrolled": quorum.enrolled, "needed": quorum.heads_needed, "met": quorum.met,
    }  # fmt: skip


def note_no_quorum(act: Act, *, assembly_id: UUID) -> None:
    """Note that the quorum is missing: the assembly ends, what was not voted waits for a second call."""
    assembly = locked(act, assembly_id)
    quorum = queries.quorum_now(act.session, assembly_id, act.rulebook)
    items = queries.agenda(act.session, assembly_id)
    refuse_if([*check_no_quorum(quorum, now=act.now, held_at=assembly.held_at), *_check_counted(items)])
    if assembly.opened_at is None:
        _keep_presence(assembly, quorum)
    assembly.state, assembly.closed_at = step(TRANSITIONS, assembly.state, Step.MISS_QUORUM), act.now
    for item in items:
        if item.state in (ItemState.PLANNED, ItemState.VOTING):
            _lose_quorum(act, assembly, item)
    act.session.flush()
    issue_sheet(act, assembly_id)
    act.record("assembly.inquorate", f"assembly:{assembly_id}", _numbers(quorum))
    act.publish(AssemblyClosed(assembly_id))


def _check_counted(items: Sequence[ItemRow]) -> list[Breach]:
    sentence = N_("Resolution %(position)s was voted with its quorum: proclaim its result first.")
    return [
        Breach("proclaim_first", sentence, {"position": item.position})
        for item in items
        if item.state in (ItemState.URN_CLOSED, ItemState.COUNTED)
    ]


def _lose_quorum(act: Act, assembly: Assembly, item: ItemRow) -> None:
    row = act.session.get_one(AgendaItem, item.id)
    row.state, row.outcome = step(ITEM_TRANSITIONS, item.state, ItemStep.MISS_QUORUM), NO_QUORUM
    if item.scrutin_id is not None:
        ballots.cancel(act, scrutin_id=item.scrutin_id, reason=NO_QUORUM)
    act.publish(
        ResolutionProclaimed(
            assembly.id, item.id, item.subject_kind, item.subject_id, item.subject_hash, NO_QUORUM, act.today,
            decision_reference(assembly.kind, act.today, item.position),
        )
    )  # fmt: skip


def note_incident(act: Act, *, assembly_id: UUID, text: str) -> None:
    """Note what disturbed the session, for its minutes (a broken connection, a contested count)."""
    locked(act, assembly_id)
    refuse_if(check_incident(text, is_open=_is_held(act, queries.get_assembly(act.session, assembly_id))))
    keep_incident(act, assembly_id, text.strip())
    act.record("assembly.incident", f"assembly:{assembly_id}", {"text": text.strip()[:1000]})


def keep_incident(act: Act, assembly_id: UUID, text: str) -> None:
    """Write down what the minutes will tell, at this instant."""
    act.keep(AssemblyIncident(id=new_id(), assembly_id=assembly_id, at=act.now, text=text[:1000], by=act.actor.name))


def close_assembly(act: Act, *, assembly_id: UUID) -> None:
    """Close the session once each resolution is done; the attendance sheet is printed, the minutes are drafted."""
    assembly = locked(act, assembly_id)
    assembly.state = step(TRANSITIONS, assembly.state, Step.CLOSE)
    items = queries.agenda(act.session, assembly_id)
    refuse_if(check_closing([(item.position, item.title, item.state) for item in items]))
    assembly.closed_at = act.now
    act.session.flush()
    issue_sheet(act, assembly_id)
    act.record("assembly.closed", f"assembly:{assembly_id}", {"resolutions": len(items)})
    act.publish(AssemblyClosed(assembly_id))


def issue_attendance_sheet(act: Act, *, assembly_id: UUID) -> list[UUID]:
    """Print the attendance sheet as it stands now, for signature (*feuille de présence*)."""
    locked(act, assembly_id)
    refuse_if(check_sheet(is_open=_is_held(act, queries.get_assembly(act.session, assembly_id))))
    papers = issue_sheet(act, assembly_id)
    act.record("assembly.attendance_sheet", f"assembly:{assembly_id}", {"documents": papers})
    return papers

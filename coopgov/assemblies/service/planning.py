"""Planning an assembly: its day, its place, its agenda; its cancelling, its second call."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from coopgov.assemblies import queries, wording
from coopgov.assemblies.models import AgendaItem, Assembly, Convocation
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import (
    TRANSITIONS,
    AssemblyKind,
    ItemState,
    NoticeChannel,
    State,
    Step,
    SubjectKind,
    check_debated,
    check_meeting,
    check_notice,
    check_remote_vote,
    check_second_call,
    check_still_candidate,
)
from coopgov.ballots import service as ballots
from coopgov.core import outbox
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.proposals import queries as proposals
from coopgov.proposals import service as proposals_service
from coopgov.proposals.rules import State as ProposalState
from coopgov.statutes import queries as statutes
from coopgov.statutes import service as drafts
from coopgov.statutes.documents import resolution
from coopgov.statutes.drafting import DraftState, check_being_written
from coopgov.web.mails import render_mail

LONGEST_TITLE = 300


def locked(act: Act, assembly_id: UUID) -> Assembly:
    """The assembly's row, held until the commit: commands on one assembly wait for each other, ballots never do."""
    found = act.session.scalars(
        select(Assembly).where(Assembly.id == assembly_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def plan(act: Act, *, kind: AssemblyKind, title: str = "", held_at: datetime, place: str, remote_vote: bool) -> UUID:
    """Plan an assembly; its notice must still be able to leave in time."""
    held_on = paris_day(held_at)
    refuse_if(
        [
            *check_meeting(act.rulebook, place=place, on=held_on),
            *check_notice(act.rulebook, call=1, held_on=held_on, sent_on=act.today),
            *check_remote_vote(act.rulebook, remote_vote=remote_vote, on=held_on),
        ]
    )
    assembly = Assembly(
        id=new_id(), kind=kind, title=title.strip() or wording.assembly_title(kind, held_on, 1), held_at=held_at,
        place=place.strip(), remote_vote=remote_vote, call=1, state=State.PLANNED,
    )  # fmt: skip
    act.session.add(assembly)
    act.session.flush()
    act.record("assembly.planned", f"assembly:{assembly.id}", {"kind": kind, "held_at": held_at, "place": place})
    return assembly.id


def revise(act: Act, *, assembly_id: UUID, title: str, held_at: datetime, place: str, remote_vote: bool) -> None:
    """Change the day, the place or the channels of an assembly that is not convened yet."""
    assembly = _planned(act, assembly_id)
    held_on = paris_day(held_at)
    refuse_if(
        [
            *check_meeting(act.rulebook, place=place, on=held_on),
            *check_after_first(act, assembly, held_on),
            *check_notice(act.rulebook, call=assembly.call, held_on=held_on, sent_on=act.today),
            *check_remote_vote(act.rulebook, remote_vote=remote_vote, on=held_on),
        ]
    )
    assembly.title = title.strip() or wording.assembly_title(assembly.kind, held_on, assembly.call)
    assembly.held_at, assembly.place, assembly.remote_vote = held_at, place.strip(), remote_vote
    act.record("assembly.revised", f"assembly:{assembly_id}", {"held_at": held_at, "place": place})


def check_after_first(act: Act, assembly: Assembly, held_on: date) -> list[Breach]:
    """List what stands against the day of a second call; nothing for a first one."""
    if assembly.previous_id is None:
        return []
    first = queries.get_assembly(act.session, assembly.previous_id)
    return check_second_call(act.rulebook, kind=assembly.kind, first_on=first.held_on, held_on=held_on)


def add_accounts_item(act: Act, *, assembly_id: UUID, year_end: date | None = None) -> UUID:
    """Put the approval of the accounts on the agenda: those of the last financial year that is closed."""
    assembly = _open_agenda(act, assembly_id)
    found = statutes.statutes_on(act.session, paris_day(assembly.held_at))
    ended = year_end or _last_year_end(found.year_end, act.today)
    title, text = wording.accounts_title(ended), wording.accounts_text(ended, found.legal_form.company)
    return _add(act, assembly, SubjectKind.ACCOUNTS, None, title, text)


def _last_year_end(month_and_day: str, today: date) -> date:
    this_year = date.fromisoformat(f"{today.year}-{month_and_day}")
    return this_year if this_year < today else this_year.replace(year=today.year - 1)


def add_proposal_item(act: Act, *, assembly_id: UUID, proposal_id: UUID) -> UUID:
    """Put a debated proposal on the agenda; its text is frozen when the assembly is convened."""
    assembly = _open_agenda(act, assembly_id)
    proposal = proposals.get_proposal(act.session, proposal_id)
    refuse_if(check_debated(proposal.title, is_debated=proposal.state is ProposalState.DEBATING))
    return _add(act, assembly, SubjectKind.PROPOSAL, proposal_id, proposal.title, proposal.text.reasons)


def add_admission_item(act: Act, *, assembly_id: UUID, candidate_id: UUID) -> UUID:
    """Put a candidate's admission on the agenda."""
    assembly = _open_agenda(act, assembly_id)
    candidate = members.get_member(act.session, candidate_id)
    refuse_if(check_still_candidate(candidate.name, is_candidate=candidate.status is Status.CANDIDATE))
    title, text = wording.admission_title(candidate.name), wording.admission_text(candidate.name, assembly.kind)
    return _add(act, assembly, SubjectKind.ADMISSION, candidate_id, title, text)


def add_statutes_item(act: Act, *, assembly_id: UUID, draft_id: UUID) -> UUID:
    """Put a draft of the statutes on the agenda; its text is frozen when the assembly is convened."""
    assembly = _open_agenda(act, assembly_id)
    draft = statutes.get_draft(act.session, draft_id)
    refuse_if(check_being_written(draft.title, is_written=draft.state is DraftState.DRAFT))
    return _add(act, assembly, SubjectKind.STATUTES, draft_id, *resolution(act.session, draft, act.today))


def add_text_item(act: Act, *, assembly_id: UUID, title: str, text: str) -> UUID:
    """Put a resolution written by the board on the agenda."""
    return _add(act, _open_agenda(act, assembly_id), SubjectKind.TEXT, None, title.strip(), text.strip())


def _add(act: Act, assembly: Assembly, kind: SubjectKind, subject_id: UUID | None, title: str, text: str) -> UUID:
    last = act.session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.assembly_id == assembly.id))
    item = AgendaItem(
        id=new_id(), assembly_id=assembly.id, position=(last or 0) + 1, subject_kind=kind, subject_id=subject_id,
        title=title[:LONGEST_TITLE], text=text, state=ItemState.PLANNED,
    )  # fmt: skip
    act.session.add(item)
    act.session.flush()
    act.record("assembly.item_added", f"assembly:{assembly.id}", {"item": item.id, "kind": kind, "title": title})
    return item.id


def revise_item(act: Act, *, item_id: UUID, title: str, text: str) -> None:
    """Reword a resolution; a proposal's words are its author's and are changed in the debate."""
    item = planned_item(act, item_id)
    if item.subject_kind is SubjectKind.STATUTES:
        sentence = N_("These words are those of a draft of the statutes. They are changed in the draft.")
        refuse_if([Breach("words_of_a_draft", sentence)])
    if item.subject_kind is SubjectKind.PROPOSAL:
        sentence = N_("These words belong to a proposal. They are changed in its debate, by its author.")
        refuse_if([Breach("words_of_a_proposal", sentence)])
    item.title, item.text = title.strip()[:LONGEST_TITLE], text.strip()
    act.record("assembly.item_revised", f"assembly:{item.assembly_id}", {"item": item_id, "title": title})


def set_secret(act: Act, *, item_id: UUID, is_secret: bool) -> None:
    """Have a resolution voted by secret ballot, or openly (*scrutin secret*); until the assembly is convened."""
    item = planned_item(act, item_id)
    item.is_secret = is_secret
    facts = {"item": item_id, "is_secret": is_secret}
    act.record("assembly.item_secrecy", f"assembly:{item.assembly_id}", facts)


def remove_item(act: Act, *, item_id: UUID) -> None:
    """Take a resolution off the agenda; those after it move up."""
    item = planned_item(act, item_id)
    assembly_id, position = item.assembly_id, item.position
    act.session.delete(item)
    act.session.flush()
    for other in _items(act, assembly_id):
        if other.position > position:
            other.position -= 1
    act.record("assembly.item_removed", f"assembly:{assembly_id}", {"item": item_id})


def move_item(act: Act, *, item_id: UUID, up: bool) -> None:
    """Move a resolution one place up or down; does nothing at the end of the list."""
    item = planned_item(act, item_id)
    items = _items(act, item.assembly_id)
    place = items.index(item)
    other = place - 1 if up else place + 1
    if 0 <= other < len(items):
        items[other].position, item.position = item.position, items[other].position
        act.record("assembly.item_moved", f"assembly:{item.assembly_id}", {"item": item_id, "up": up})


def cancel(act: Act, *, assembly_id: UUID, reason: str) -> None:
    """Cancel an assembly that has not begun, or say why it was not held once its day is past.

    Who was convened by e-mail is told, and the proposals are free again.
    """
    assembly = locked(act, assembly_id)
    was_convened = assembly.state is State.CONVENED
    assembly.state = step(TRANSITIONS, assembly.state, Step.CANCEL)
    assembly.closed_at = act.now
    for item in queries.agenda(act.session, assembly_id):
        if item.scrutin_id is not None:
            ballots.cancel(act, scrutin_id=item.scrutin_id, reason=reason)
        if was_convened or assembly.call > 1:
            release(act, item)
    told = queries.get_assembly(act.session, assembly_id)
    if was_convened:
        _tell_of_cancelling(act, told, reason)
    kind = "assembly.not_held" if told.was_missed(act.now) else "assembly.cancelled"
    act.record(kind, f"assembly:{assembly_id}", {"reason": reason})


def release(act: Act, item: ItemRow) -> None:
    """Let a proposal or a draft whose resolution leaves the assembly without a vote be written on again."""
    if item.subject_kind is SubjectKind.PROPOSAL and item.subject_id is not None:
        proposals_service.release(act, proposal_id=item.subject_id)
    if item.subject_kind is SubjectKind.STATUTES and item.subject_id is not None:
        drafts.release_draft(act, draft_id=item.subject_id)


def _tell_of_cancelling(act: Act, assembly: AssemblyRow, reason: str) -> None:
    is_missed = assembly.was_missed(act.now)
    subject, body = render_mail("assembly_cancelled", "fr", assembly=assembly, is_missed=is_missed, reason=reason)
    told = act.session.scalars(
        select(Convocation.member_id).where(
            Convocation.assembly_id == assembly.id, Convocation.channel == NoticeChannel.EMAIL
        )
    ).all()
    for member in members.get_members(act.session, told).values():
        to = outbox.Recipient(member.email, member.name, f"member:{member.id}")
        outbox.queue(act, kind="assembly.cancelled", about=assembly.about, to=to, subject=subject, body=body)


def prepare_second_call(act: Act, *, assembly_id: UUID, held_at: datetime) -> UUID:
    """Plan the assembly convened again after a missing quorum: same agenda, word for word (*deuxième convocation*)."""
    first = locked(act, assembly_id)
    held_on, first_on = paris_day(held_at), paris_day(first.held_at)
    refuse_if(
        [
            *_check_inquorate(act, first),
            *check_second_call(act.rulebook, kind=first.kind, first_on=first_on, held_on=held_on),
            *check_notice(act.rulebook, call=2, held_on=held_on, sent_on=act.today),
        ]
    )
    second = Assembly(
        id=new_id(), kind=first.kind, title=wording.assembly_title(first.kind, held_on, 2), held_at=held_at,
        place=first.place, remote_vote=first.remote_vote, call=2, previous_id=first.id, state=State.PLANNED,
    )  # fmt: skip
    act.session.add(second)
    act.session.flush()
    missed = [item for item in queries.agenda(act.session, assembly_id) if item.state is ItemState.NO_QUORUM]
    left = [item for item in missed if _still_waits(act, item)]
    refuse_if(_check_something_left(left))
    _bring_again(act, second, left)
    act.record("assembly.second_call", f"assembly:{second.id}", {"previous": assembly_id, "held_at": held_at})
    return second.id


def _still_waits(act: Act, item: ItemRow) -> bool:
    """Whether a resolution can come back word for word: not a draft that its authors took up or gave up since."""
    if item.subject_kind is not SubjectKind.STATUTES or item.subject_id is None:
        return True
    return statutes.get_draft(act.session, item.subject_id).state is DraftState.NO_QUORUM


def _check_something_left(items: Sequence[ItemRow]) -> list[Breach]:
    if items:
        return []
    sentence = N_("Nothing of the first agenda is left to vote: its drafts were taken up again. Plan a new assembly.")
    return [Breach("nothing_left_to_vote", sentence)]


def _check_inquorate(act: Act, first: Assembly) -> list[Breach]:
    if first.state is not State.INQUORATE or first.call != 1:
        sentence = N_("A second call follows a first assembly that missed its quorum. Plan a new assembly instead.")
        return [Breach("no_second_call", sentence)]
    if queries.find_second_call(act.session, first.id) is not None:
        return [Breach("second_call_exists", N_("The second call of this assembly is prepared already. Open it."))]
    return []


def _bring_again(act: Act, second: Assembly, left: Sequence[ItemRow]) -> None:
    for position, item in enumerate(left, start=1):
        act.session.add(
            AgendaItem(
                id=new_id(), assembly_id=second.id, position=position, subject_kind=item.subject_kind,
                subject_id=item.subject_id, title=item.title, text=item.text, change_text=item.change_text,
                subject_hash=item.subject_hash, is_secret=item.is_secret, form=item.form, state=ItemState.PLANNED,
            )
        )  # fmt: skip
        if item.subject_kind is SubjectKind.PROPOSAL and item.subject_id is not None:
            proposals_service.reopen_for_second_call(act, proposal_id=item.subject_id)
        if item.subject_kind is SubjectKind.STATUTES and item.subject_id is not None:
            drafts.reopen_draft(act, draft_id=item.subject_id, held_on=paris_day(second.held_at))


def _planned(act: Act, assembly_id: UUID) -> Assembly:
    assembly = locked(act, assembly_id)
    if assembly.state is not State.PLANNED:
        sentence = N_(
            "The assembly is convened: its agenda and its day are frozen. Cancel it, or wait for the next one."
        )
        refuse_if([Breach("already_convened", sentence)])
    return assembly


def planned_item(act: Act, item_id: UUID) -> AgendaItem:
    """A resolution whose agenda can still change, held until the commit."""
    assembly_id = act.session.scalar(select(AgendaItem.assembly_id).where(AgendaItem.id == item_id))
    if assembly_id is None:
        raise NotFound
    _open_agenda(act, assembly_id)
    # Read once the assembly is held: whoever changed the agenda meanwhile has finished.
    item = act.session.get(AgendaItem, item_id, populate_existing=True)
    if item is None:
        raise NotFound
    return item


def _open_agenda(act: Act, assembly_id: UUID) -> Assembly:
    """An assembly in preparation whose agenda can still change."""
    assembly = _planned(act, assembly_id)
    if assembly.call > 1:
        sentence = N_("A second call keeps the agenda of the first, word for word.")
        refuse_if([Breach("agenda_of_second_call", sentence)])
    return assembly


def _items(act: Act, assembly_id: UUID) -> list[AgendaItem]:
    return list(
        act.session.scalars(
            select(AgendaItem).where(AgendaItem.assembly_id == assembly_id).order_by(AgendaItem.position)
        )
    )

"""Commands on proposals: write, back, debate, freeze for the vote, take its result."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select

from coopgov.core import states
from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.db import one_at_a_time
from coopgov.core.errors import Breach, Forbidden, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.outbox import Recipient, queue
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.proposals import queries, rules
from coopgov.proposals.models import Backing, Comment, Proposal, ProposalStep, ProposalVersion, ProposedValue
from coopgov.proposals.rules import FrozenSubject, Position, State, Step, Text
from coopgov.statutes import queries as statutes
from coopgov.terms import queries as terms
from coopgov.terms import service as terms_service
from coopgov.terms.documents import change_text
from coopgov.terms.rules import FeeChange
from coopgov.web.mails import render_mail
from coopgov.web.preflight import judge

BINDING = "BINDING_AG"
NO_VERSION = UUID(int=0)
# Any constant will do; it only has to be the same for every writer of proposals.
_ADVISORY_LOCK = 0x70726F70


def draft(
    act: Act, *, author_id: UUID, title: str, reasons: str, changes: Mapping[str, int], wished_on: date | None = None
) -> UUID:
    """Begin a proposal that only its author sees; `changes` gives the new value of each line that would move."""
    words = _text(act, title, reasons, changes, wished_on)
    refuse_if([*_check_member(act, author_id), *_check_draft(act, words)])
    _one_at_a_time(act)
    proposal = Proposal(
        id=new_id(), number=_next_number(act), author_id=author_id, state=State.DRAFT, version=1, backed_since=1,
        decision="", created_at=act.now,
    )  # fmt: skip
    act.session.add(proposal)
    act.session.flush()  # the version names it
    _write_version(act, proposal, words)
    act.record("proposal.drafted", _about(proposal.id), {"number": proposal.number, "title": words.title})
    return proposal.id


def revise(
    act: Act,
    *,
    proposal_id: UUID,
    author_id: UUID,
    title: str,
    reasons: str,
    changes: Mapping[str, int],
    wished_on: date | None = None,
) -> int:
    """Write the next version; a changed question asks the backers again. Gives the version's number."""
    proposal = _locked(act, proposal_id)
    words, before = _text(act, title, reasons, changes, wished_on), queries.get_proposal(act.session, proposal_id).text
    refuse_if(_check_own(act, proposal, author_id))
    refuse_if(_check_draft(act, words) if proposal.state is State.DRAFT else _check_shown(act, words))
    refuse_if(_check_differs(words, before))
    backers = queries.backers_of(act.session, proposal_id)
    proposal.version += 1
    _write_version(act, proposal, words)
    if not words.asks_the_same_as(before):
        proposal.backed_since = proposal.version
        _ask_backers_again(act, proposal, words, backers)
    facts = {"version": proposal.version, "text_sha256": digest(words.reasons), "title": words.title}
    act.record("proposal.revised", _about(proposal_id), facts)
    return proposal.version


def submit(act: Act, *, proposal_id: UUID, author_id: UUID) -> None:
    """Show a complete draft to the members: the debate and the backing begin."""
    proposal = _locked(act, proposal_id)
    words = queries.get_proposal(act.session, proposal_id).text
    refuse_if([*_check_own(act, proposal, author_id), *_check_shown(act, words)])
    _move(act, proposal, Step.SUBMIT)
    proposal.submitted_at = act.now
    act.record("proposal.submitted", _about(proposal_id), {"version": proposal.version})


def withdraw(act: Act, *, proposal_id: UUID, author_id: UUID) -> None:
    """Take a proposal back before it is frozen; it stays readable."""
    proposal = _locked(act, proposal_id)
    refuse_if(rules.check_is_author(is_author=proposal.author_id == author_id))
    _move(act, proposal, Step.WITHDRAW)
    act.record("proposal.withdrawn", _about(proposal_id), {"version": proposal.version})


def comment(act: Act, *, proposal_id: UUID, author_id: UUID, position: Position, text: str) -> UUID:
    """Add an argument to the debate; it is kept as written."""
    proposal = _debated(act, proposal_id)
    refuse_if([*_check_member(act, author_id), *_check_debating(proposal), *rules.check_comment(text)])
    written = Comment(
        id=new_id(), proposal_id=proposal_id, author_id=author_id, position=position, text=text.strip(),
        version=proposal.version, at=act.now,
    )  # fmt: skip
    act.session.add(written)
    facts = {"comment": written.id, "position": position, "text_sha256": digest(written.text)}
    act.record("proposal.commented", _about(proposal_id), facts)
    return written.id


def back(act: Act, *, proposal_id: UUID, member_id: UUID) -> None:
    """Support a proposal so that it goes to an assembly; supporting twice counts once."""
    proposal = _locked(act, proposal_id)
    refuse_if([*_check_member(act, member_id), *_check_debating(proposal)])
    given = act.session.get(Backing, (proposal_id, member_id))
    if given is None:
        act.session.add(Backing(proposal_id=proposal_id, member_id=member_id, version=proposal.version, at=act.now))
    elif given.version < proposal.backed_since:
        given.version, given.at = proposal.version, act.now
    else:
        refuse_if([Breach("backed_already", N_("You back this proposal already: your support counts once."))])
    act.record("proposal.backed", _about(proposal_id), {"member": member_id, "version": proposal.version})


def unback(act: Act, *, proposal_id: UUID, member_id: UUID) -> None:
    """Take one's support back while the debate lasts."""
    proposal = _locked(act, proposal_id)
    refuse_if([*_check_member(act, member_id), *_check_debating(proposal)])
    act.session.execute(delete(Backing).where(Backing.proposal_id == proposal_id, Backing.member_id == member_id))
    act.record("proposal.unbacked", _about(proposal_id), {"member": member_id})


def bring(act: Act, *, proposal_id: UUID, reasons: Mapping[str, str] | None = None) -> None:
    """Let the board bring a proposal to an assembly without waiting for backers.

    `reasons` says what a person checked of each point that the pre-flight leaves to people.
    """
    if not act.actor.may(Permission.PROPOSALS_BRING):
        raise Forbidden
    proposal = _locked(act, proposal_id)
    refuse_if(_check_debating(proposal))
    row = queries.get_proposal(act.session, proposal_id)
    checks = queries.preflight(act.session, act.rulebook, row, on=act.today, voted_on=act.today, by_board=True)
    judged = judge(act, _about(proposal_id), checks, reasons or {})
    proposal.brought_at = act.now
    act.record("proposal.brought", _about(proposal_id), {"version": proposal.version, "judged": judged})


def freeze(act: Act, *, proposal_id: UUID) -> FrozenSubject:
    """Freeze text and change for the vote: from here on nobody edits them, and their hash is the vote's subject."""
    _one_at_a_time(act)
    proposal = _locked(act, proposal_id)
    row = queries.get_proposal(act.session, proposal_id)
    refuse_if([*_check_may_go(act, row), *_check_shown(act, row.text), *_check_free(act, row)])
    proposal.subject_hash = rules.subject_hash(proposal.number, proposal.version, row.text)
    _move(act, proposal, Step.FREEZE)
    facts = {"version": proposal.version, "subject_hash": proposal.subject_hash}
    act.record("proposal.frozen", _about(proposal_id), facts)
    return _frozen(proposal, row.text)


def release(act: Act, *, proposal_id: UUID) -> None:
    """Give a frozen proposal back to the debate: it left the agenda before any vote, or no quorum was met."""
    proposal = _locked(act, proposal_id)
    _move(act, proposal, Step.RELEASE)
    proposal.subject_hash = None
    act.record("proposal.released", _about(proposal_id), {"version": proposal.version})


def reopen_for_second_call(act: Act, *, proposal_id: UUID) -> FrozenSubject:
    """Put the very same text before the second call of an assembly that lacked its quorum."""
    _one_at_a_time(act)
    proposal = _locked(act, proposal_id)
    row = queries.get_proposal(act.session, proposal_id)
    refuse_if(_check_free(act, row))
    _move(act, proposal, Step.REOPEN)
    act.record("proposal.reopened", _about(proposal_id), {"subject_hash": proposal.subject_hash})
    return _frozen(proposal, row.text)


def take_result(
    act: Act, *, proposal_id: UUID, subject_hash: str, outcome: str, decided_on: date, decision: str
) -> UUID | None:
    """Note the proclaimed result; an adopted change of fees that binds is queued. Gives the queued change, if any."""
    proposal = _locked(act, proposal_id)
    row = queries.get_proposal(act.session, proposal_id)
    refuse_if(rules.check_same_subject(proposal.subject_hash, subject_hash))
    # The stored hash is not trusted alone: the words that were frozen must still give it.
    refuse_if(rules.check_same_subject(rules.subject_hash(row.number, row.version, row.text), subject_hash))
    step = rules.STEP_OF_OUTCOME[str(outcome)]
    _move(act, proposal, step)
    proposal.decision, proposal.decided_on = decision, decided_on
    facts = {"subject_hash": subject_hash, "decision": decision, "decided_on": decided_on}
    act.record(f"proposal.{proposal.state}", _about(proposal_id), facts)
    _tell_author(act, row, proposal)
    if step is Step.ADOPT and row.changes and _binds(act, decided_on):
        return _queue(act, row, decided_on, decision)
    return None


def carry_out(act: Act, *, proposal_id: UUID, decided_on: date, decision: str) -> UUID:
    """Queue an adopted change where the statutes leave the last word to the board, which has just said it."""
    if not act.actor.may(Permission.PROPOSALS_BRING):
        raise Forbidden
    _locked(act, proposal_id)
    row = queries.get_proposal(act.session, proposal_id)
    refuse_if([*_check_left_to_board(act, row), *_check_free(act, row)])
    change_id = _queue(act, row, decided_on, decision)
    act.record("proposal.carried_out", _about(proposal_id), {"decision": decision, "change": change_id})
    return change_id


def _check_left_to_board(act: Act, row: queries.ProposalRow) -> list[Breach]:
    if row.state is State.ADOPTED and row.changes and row.decided_on and not _binds(act, row.decided_on):
        return []
    return [Breach("not_for_the_board", N_("There is nothing here for the board to carry out."))]


def _queue(act: Act, row: queries.ProposalRow, decided_on: date, decision: str) -> UUID:
    return terms_service.queue_change(
        act, changes=row.changes, subject_hash=row.subject_hash or "", decided_on=decided_on, decision=decision,
        proposal_id=row.id, not_before=row.text.wished_on,
    )  # fmt: skip


def _binds(act: Act, on: date) -> bool:
    return statutes.statutes_on(act.session, on).fee_decision == BINDING


def _text(act: Act, title: str, reasons: str, changes: Mapping[str, int], wished_on: date | None) -> Text:
    """The words as typed, their changes set on the newest version of each line."""
    newest = terms.timeline(act.session).newest()
    typed = tuple(
        FeeChange(key, newest[key].value, new, newest[key].id) if key in newest else FeeChange(key, 0, new, NO_VERSION)
        for key, new in sorted(changes.items())
    )
    return Text(" ".join(title.split()), reasons.replace("\r\n", "\n").strip(), typed, wished_on)


def _check_draft(act: Act, words: Text) -> list[Breach]:
    current = terms.timeline(act.session).newest()
    return [*rules.check_text(words), *rules.check_changes(words, current), *rules.check_wish(words, act.today)]


def _check_shown(act: Act, words: Text) -> list[Breach]:
    current = terms.timeline(act.session).newest()
    return [*rules.check_complete(words), *rules.check_changes(words, current)]


def _check_differs(words: Text, before: Text) -> list[Breach]:
    if words != before:
        return []
    return [Breach("nothing_changed", N_("Nothing differs from the version before. Change something, or go back."))]


def _check_own(act: Act, proposal: Proposal, author_id: UUID) -> list[Breach]:
    return [
        *_check_member(act, author_id),
        *rules.check_is_author(is_author=proposal.author_id == author_id),
        *rules.check_editable(proposal.state),
    ]


def _check_member(act: Act, member_id: UUID) -> list[Breach]:
    found = members.get_members(act.session, [member_id]).get(member_id)
    return rules.check_author(is_member=found is not None and found.status is Status.MEMBER)


def _check_debating(proposal: Proposal) -> list[Breach]:
    if proposal.state is State.DEBATING:
        return []
    return [Breach("debate_is_closed", N_("The debate on this proposal is closed. Its page tells what became of it."))]


def _check_may_go(act: Act, row: queries.ProposalRow) -> list[Breach]:
    by_board = row.brought_at is not None or act.actor.may(Permission.PROPOSALS_BRING)
    needed = queries.backers_needed(act.session, act.today)
    return rules.check_ready(backers=row.backers, needed=needed, by_board=by_board)


def _check_free(act: Act, row: queries.ProposalRow) -> list[Breach]:
    frozen = queries.frozen_keys(act.session, but=row.id)
    return rules.check_free_keys(row.changes, frozen, terms.pending_keys(act.session))


def _frozen(proposal: Proposal, words: Text) -> FrozenSubject:
    changes = change_text(words.changes) if words.changes else ""
    return FrozenSubject(proposal.id, words.title, words.reasons, proposal.subject_hash or "", changes)


def _move(act: Act, proposal: Proposal, step: Step) -> None:
    proposal.state = states.step(rules.TRANSITIONS, proposal.state, step)
    act.session.add(
        ProposalStep(
            proposal_id=proposal.id, n=_next_step(act, proposal.id), step=step, at=act.now, version=proposal.version
        )
    )  # fmt: skip


def _next_step(act: Act, proposal_id: UUID) -> int:
    last = select(func.max(ProposalStep.n)).where(ProposalStep.proposal_id == proposal_id)
    with act.session.no_autoflush:
        return (act.session.scalar(last) or 0) + 1


def _write_version(act: Act, proposal: Proposal, words: Text) -> None:
    act.session.add(
        ProposalVersion(
            proposal_id=proposal.id, n=proposal.version, title=words.title, reasons=words.reasons,
            wished_on=words.wished_on, created_at=act.now,
        )
    )  # fmt: skip
    act.session.flush()  # the values name the version
    act.session.add_all(
        ProposedValue(
            proposal_id=proposal.id,
            n=proposal.version,
            key=line.key,
            old=line.old,
            new=line.new,
            base_id=line.base_version,
        )
        for line in words.changes
    )


def _locked(act: Act, proposal_id: UUID) -> Proposal:
    """The proposal, held until the end of the act so that two commands on it cannot cross."""
    query = (
        select(Proposal).where(Proposal.id == proposal_id).with_for_update().execution_options(populate_existing=True)
    )
    proposal = act.session.scalars(query).first()
    if proposal is None:
        raise NotFound
    return proposal


def _debated(act: Act, proposal_id: UUID) -> Proposal:
    """The proposal, not held: arguments do not wait for one another."""
    proposal = act.session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound
    return proposal


def _one_at_a_time(act: Act) -> None:
    # Numbers follow one another, and two texts on one line must not be frozen together. SQLite has one writer anyway.
    one_at_a_time(act.session, _ADVISORY_LOCK)


def _next_number(act: Act) -> int:
    return (act.session.scalar(select(func.max(Proposal.number))) or 0) + 1


def _about(proposal_id: UUID) -> str:
    return f"proposal:{proposal_id}"


def _ask_backers_again(act: Act, proposal: Proposal, words: Text, backers: list[UUID]) -> None:
    for member in members.get_members(act.session, backers).values():
        if member.email:
            subject, body = render_mail(
                "proposals_changed", "fr", name=member.name, proposal=proposal, title=words.title
            )
            to = Recipient(member.email, member.name, f"member:{member.id}")
            queue(act, kind="proposals.changed", about=_about(proposal.id), to=to, subject=subject, body=body)


def _tell_author(act: Act, row: queries.ProposalRow, proposal: Proposal) -> None:
    author = members.get_members(act.session, [row.author_id]).get(row.author_id)
    if author is not None and author.email:
        subject, body = render_mail(
            "proposals_decided", "fr", name=author.name, proposal=proposal, title=row.title, state=str(proposal.state)
        )
        to = Recipient(author.email, author.name, f"member:{author.id}")
        queue(act, kind="proposals.decided", about=_about(row.id), to=to, subject=subject, body=body)

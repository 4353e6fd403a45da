"""The pre-flight of an assembly: what its rules look at, and what they found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.assemblies.queries.meetings import AssemblyRow, ItemRow, agenda, get_assembly
from coopgov.assemblies.queries.roll import disputes, roll_opened_at
from coopgov.assemblies.rules import (
    AgendaDraft,
    Preparation,
    SubjectKind,
    Told,
    check_debated,
    check_still_candidate,
    preparation,
)
from coopgov.assemblies.rules.papers import read_form
from coopgov.assemblies.rules.roll import roll_checks
from coopgov.ballots import queries as ballots
from coopgov.ballots.deciding import check_whole
from coopgov.ballots.secret_rules import check_tellers, needed_tellers
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.policy import Actor, Permission, Role
from coopgov.core.preflight import Check, Verdict, checked, green, red, to_judge
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.proposals import queries as proposals
from coopgov.proposals.queries import ProposalRow
from coopgov.proposals.rules import State as ProposalState
from coopgov.statutes import queries as statutes
from coopgov.statutes.drafting import DraftState, check_being_written, check_only_draft, check_wish, effect_day
from coopgov.statutes.queries import Statutes

# What the assembly's own pre-flight tells of a proposal, besides what is refused.
_TOLD = frozenset({"effect", "power"})


def preflight(
    session: Session, figures: Figures, assembly: AssemblyRow, actor: Actor, *, on: date, told: Told | None = None
) -> list[Check]:
    """Everything an assembly in preparation is checked for, should the notice leave that day."""
    items = agenda(session, assembly.id)
    brought = {
        item.position: proposals.get_proposal(session, item.subject_id)
        for item in items
        if item.subject_kind is SubjectKind.PROPOSAL and item.subject_id is not None
    }
    facts = Preparation(
        assembly.kind, assembly.call, assembly.held_at, assembly.remote_vote, _drafted(assembly, items, brought),
        members.count_voters(session, on), told, _first_on(session, assembly), actor.has(Role.BOARD),
        _plain(brought.values()),
        [
            *_candidates(session, items),
            *_brought(session, figures, assembly, brought, actor, on),
            *_drafts(session, assembly, items),
            *_tellers(session, items, on),
            *_papers(figures, items, statutes.statutes_on(session, assembly.held_on), on),
            *_disputes(session, assembly),
        ],
        [(one.label, one.weight) for one in statutes.statutes_on(session, assembly.held_on).colleges],
    )  # fmt: skip
    return preparation(facts, figures, on=on)


def _drafted(
    assembly: AssemblyRow, items: Sequence[ItemRow], brought: Mapping[int, ProposalRow]
) -> list[AgendaDraft]:  # fmt: skip
    """The resolutions with the words that convening would freeze: those of a proposal as its author left them."""
    now = brought if assembly.call == 1 else {}
    return [
        replace(item.draft(), title=now[item.position].title, text=now[item.position].text.reasons)
        if item.position in now
        else item.draft()
        for item in items
    ]


def _first_on(session: Session, assembly: AssemblyRow) -> date | None:
    return get_assembly(session, assembly.previous_id).held_on if assembly.previous_id else None


def _plain(brought: Iterable[ProposalRow]) -> frozenset[UUID]:
    return frozenset(row.id for row in brought if not row.changes)


def _candidates(session: Session, items: Sequence[ItemRow]) -> list[Check]:
    """Whoever was refused or admitted since cannot be put to the vote."""
    ids = [item.subject_id for item in items if item.subject_kind is SubjectKind.ADMISSION and item.subject_id]
    found = members.get_members(session, ids) if ids else {}
    return [
        red(breach)
        for row in found.values()
        for breach in check_still_candidate(row.name, is_candidate=row.status is Status.CANDIDATE)
    ]


def _brought(
    session: Session,
    figures: Figures,
    assembly: AssemblyRow,
    brought: Mapping[int, ProposalRow],
    actor: Actor,
    on: date,
) -> Iterator[Check]:
    # A second call brings back what the first froze, word for word.
    for position, row in brought.items() if assembly.call == 1 else ():
        breaches = check_debated(row.title, is_debated=row.state is ProposalState.DEBATING)
        found = [red(breach) for breach in breaches] or proposals.preflight(
            session, figures, row, on=on, voted_on=assembly.held_on, by_board=actor.may(Permission.PROPOSALS_BRING)
        )
        for check in found:
            if check.verdict is Verdict.RED or check.code in _TOLD:
                yield _of_resolution(position, check)


def _drafts(session: Session, assembly: AssemblyRow, items: Sequence[ItemRow]) -> Iterator[Check]:
    """Drafts of the statutes: still being written, on the version in place, right on the day they would take force."""
    before: dict[UUID | None, str] = {}
    for item in items if assembly.call == 1 else ():
        if item.subject_kind is SubjectKind.STATUTES and item.subject_id is not None:
            draft = statutes.get_draft(session, item.subject_id)
            day = effect_day(draft.wished_on, assembly.held_on)
            breaches = [
                *check_being_written(draft.title, is_written=draft.state is DraftState.DRAFT),
                *check_wish(draft.wished_on, assembly.held_on),
                *check_only_draft(before.get(draft.base_id)),
                *statutes.waits_behind(session, draft),
                *statutes.stands_against(session, draft, day),
            ]
            before.setdefault(draft.base_id, draft.title)
            kept = green("draft", N_("The new statutes would take force on %(day)s."), {"day": day})
            for check in checked(breaches, kept):
                yield _of_resolution(item.position, check)


def tellers_on(session: Session, on: date) -> list[UUID]:
    """The accounts of those who run votes that day: a secret vote is sealed for those among them who have a code."""
    found = (accounts.holders_of(session, role, on) for role in (Role.TELLER, Role.BOARD, Role.SECRETARY))
    return list(dict.fromkeys(row.id for rows in found for row in rows))


def _tellers(session: Session, items: Sequence[ItemRow], on: date) -> list[Check]:
    if not any(item.is_secret for item in items):
        return []
    keys = ballots.teller_keys(session, tellers_on(session, on))
    sentence = N_("Secret ballots: the urns would be opened by %(needed)s of these people together: %(names)s.")
    values = {"needed": needed_tellers(len(keys)), "names": ", ".join(key.name for key in keys)}
    return checked(check_tellers(len(keys)), green("tellers", sentence, values))


def _papers(figures: Figures, items: Sequence[ItemRow], found: Statutes, on: date) -> Iterator[Check]:
    """Ballot papers of elections and choices: whole, and counted by heads even where colleges are weighed."""
    for item in items:
        form = read_form(item.form)
        if form is None:
            continue
        sentence = N_("its ballot paper is whole; options: %(options)s.")
        kept = green("paper", sentence, {"options": tuple(option.label for option in form.paper.options)})
        for check in checked(check_whole(form), kept):
            yield _of_resolution(item.position, check)
        if found.colleges:
            yield _by_heads(figures, item, on)


def _disputes(session: Session, assembly: AssemblyRow) -> Iterable[Check]:
    found = disputes(session, assembly.id)
    waiting, is_open = [one.name for one in found if one.waits], roll_opened_at(session, assembly.id) is not None
    return roll_checks(waiting, disputes=len(found), is_open=is_open)


def _by_heads(figures: Figures, item: ItemRow, on: date) -> Check:
    sentence = N_(
        "Resolution %(position)s, “%(title)s”, is counted by heads, each member one vote: the weights of the colleges "
        "do not enter its count. Make sure that the statutes let it, or put resolutions to the vote instead."
    )
    figure = figures.find_figure("colleges.weight_min", on=on)
    values = {"position": item.position, "title": item.title}
    return to_judge(f"heads-{item.position}", sentence, values, figure.citations if figure else ())


def _of_resolution(position: int, check: Check) -> Check:
    values = {"position": position, "point": check}
    sentence = N_("Resolution %(position)s: %(point)s")
    if check.verdict is Verdict.RED:
        return red(Breach(check.code, sentence, values, check.citations, field="agenda"))
    return green(check.code, sentence, values, check.citations)

"""What happens to a member: leaving, being excluded, dying, changing college, and undoing what was recorded wrongly."""

from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.states import step
from coopgov.members import queries
from coopgov.members.models import Membership, MembershipEvent
from coopgov.members.rules import (
    TRANSITIONS,
    Category,
    DecidedBy,
    EventKind,
    Status,
    check_admission,
    check_college,
    check_composition,
    check_day_order,
    check_employed,
    check_exclusion_body,
    check_not_ahead,
    check_reason,
    check_reversible,
    check_said,
    contract_end_keeps,
)
from coopgov.members.rules.colleges import check_moves
from coopgov.members.rules.standing import check_comes_back, check_undone_alone
from coopgov.members.service.estates import drop_estate, open_estate
from coopgov.members.service.standing import follow_status, other_member_with_email
from coopgov.members.service.writing import (
    UNTOLD,
    Why,
    candidate_of,
    colleges_on,
    locked,
    sells_on_own_account,
    take_turn,
    write_event,
)


def resign(act: Act, *, member_id: UUID, effective_on: date, reason: str = "", why: Why = UNTOLD) -> None:
    """Record that a member leaves of her own will (*retrait*)."""
    _leave(act, member_id, EventKind.RESIGNED, effective_on, reason=reason, why=why)


def record_death(act: Act, *, member_id: UUID, effective_on: date, proof: str = "", why: Why = UNTOLD) -> None:
    """Record a member's death, and open the file in which her shares wait for her heirs (*dossier de succession*)."""
    _leave(act, member_id, EventKind.DECEASED, effective_on, why=why)
    open_estate(act, member_id=member_id, died_on=effective_on, proof=proof)


def exclude(
    act: Act,
    *,
    member_id: UUID,
    effective_on: date,
    decision: str,
    reason: str,
    decided_by: DecidedBy = DecidedBy.EXTRAORDINARY_ASSEMBLY,
    why: Why = UNTOLD,
) -> None:
    """Record an exclusion (*exclusion*) that the competent assembly has voted, with its reason."""
    refuse_if(
        [
            *check_said(decision),
            *check_said(reason, field="reason"),
            *check_exclusion_body(decided_by, on=effective_on, law=act.rulebook),
        ]
    )
    _leave(
        act, member_id, EventKind.EXCLUDED, effective_on, reason=reason, decided=(decision, decided_by), why=why,
    )  # fmt: skip


def end_contract(
    act: Act, *, member_id: UUID, effective_on: date, reason: str = "", excepted: bool = False, why: Why = UNTOLD
) -> None:
    """Record the end of a work contract: it ends membership, but for retirement, economic dismissal or unfitness."""
    keeps = contract_end_keeps(effective_on, act.rulebook, excepted=excepted)
    status = Status.MEMBER if keeps else None
    _leave(act, member_id, EventKind.CONTRACT_ENDED, effective_on, reason=reason, status=status, why=why)


def reinstate(
    act: Act,
    *,
    member_id: UUID,
    effective_on: date,
    decision: str,
    decided_by: DecidedBy = DecidedBy.ORDINARY_ASSEMBLY,
    why: Why = UNTOLD,
) -> None:
    """Take back a former member under her old number; the same body decides as for an admission."""
    take_turn(act.session)
    row = locked(act.session, member_id)
    status = step(TRANSITIONS, row.status, EventKind.REINSTATED)
    candidate = candidate_of(act, row, effective_on)
    refuse_if(
        [
            *check_said(decision),
            *_check_day(act, member_id, effective_on),
            *check_admission(
                candidate, queries.heads_on(act.session, effective_on), colleges_on(act.session, effective_on),
                decided_by=decided_by, on=effective_on, law=act.rulebook,
            ),
            *other_member_with_email(act, row),
        ]
    )  # fmt: skip
    refuse_if(check_comes_back(queries.events_of(act.session, member_id)))
    write_event(
        act, row, EventKind.REINSTATED, effective_on=effective_on, status=status, decision=decision,
        decided_by=decided_by, document_id=why.document_id,
    )  # fmt: skip
    follow_status(act, row, EventKind.REINSTATED, before=Status.FORMER, on=effective_on, decision=decision)
    act.record("member.reinstated", f"member:{member_id}", {"effective_on": effective_on, "decision": decision})


def change_college(
    act: Act,
    *,
    member_id: UUID,
    effective_on: date,
    college: str,
    category: Category | None = None,
    decision: str = "",
) -> None:
    """Move a member to another college, or from employed to external and back."""
    take_turn(act.session)
    row = locked(act.session, member_id)
    status = step(TRANSITIONS, row.status, EventKind.COLLEGE_CHANGED)
    colleges = colleges_on(act.session, effective_on)
    category = category or row.category
    own = sells_on_own_account(act.session, effective_on, has_shop=row.has_shop)
    refuse_if(
        [
            *check_moves(changes=(college, category) != (row.college, row.category)),
            *_check_day(act, member_id, effective_on),
            *check_college(college, colleges),
            *check_employed(category, on_own_account=own, on=effective_on, law=act.rulebook),
        ]
    )
    write_event(
        act, row, EventKind.COLLEGE_CHANGED, effective_on=effective_on, status=status, college=college,
        category=category, decision=decision,
    )  # fmt: skip
    refuse_if(_check_members_now(act))
    facts = {"effective_on": effective_on, "college": college, "category": category, "decision": decision}
    act.record("member.college_changed", f"member:{member_id}", facts)


def reverse_event(act: Act, *, event_id: int, reason: str) -> None:
    """Undo the latest event of a membership, recorded by mistake; both stay in its history."""
    event = act.session.get(MembershipEvent, event_id)
    if event is None:
        raise NotFound
    take_turn(act.session)
    row = locked(act.session, event.membership_id)
    events = queries.events_of(act.session, row.id)
    refuse_if(
        [*check_said(reason, field="reason"), *check_reversible(events, event_id), *check_undone_alone(event.kind)]
    )
    if event.kind is EventKind.DECEASED:
        drop_estate(act, member_id=row.id, reason=reason)
    take_back(act, row, event, reason)
    act.record("member.event_reversed", f"member:{row.id}", {"event": event_id, "reason": reason})


def take_back(act: Act, row: Membership, event: MembershipEvent, reason: str) -> None:
    """Write the event that undoes another, and what follows from it."""
    before = row.status
    write_event(
        act, row, EventKind.REVERSAL, effective_on=event.effective_on, status=event.status, reason=reason,
        reverses_id=event.id,
    )  # fmt: skip
    if row.status is Status.MEMBER:
        refuse_if([*other_member_with_email(act, row), *_check_members_now(act)])
    follow_status(act, row, EventKind.REVERSAL, before=before, on=act.today, decision=reason)


def _leave(
    act: Act,
    member_id: UUID,
    kind: EventKind,
    effective_on: date,
    *,
    reason: str = "",
    decided: tuple[str, DecidedBy | None] = ("", None),
    status: Status | None = None,
    why: Why = UNTOLD,
) -> None:
    decision, decided_by = decided
    row = locked(act.session, member_id)
    left = step(TRANSITIONS, row.status, kind)
    refuse_if([*_check_day(act, member_id, effective_on), *check_reason(kind, why.code)])
    before = row.status
    write_event(
        act, row, kind, effective_on=effective_on, status=status or left, reason=reason, decision=decision,
        decided_by=decided_by, reason_code=why.code, document_id=why.document_id,
    )  # fmt: skip
    follow_status(act, row, kind, before=before, on=effective_on, decision=decision)
    facts = {
        "effective_on": effective_on, "reason": reason, "code": why.code, "decision": decision,
        "document": why.document_id, "number": row.number,
    }  # fmt: skip
    act.record(f"member.{kind.value}", f"member:{member_id}", facts)


def _check_members_now(act: Act) -> list[Breach]:
    """What the law asks of the members as this act leaves them."""
    return check_composition(queries.heads_on(act.session, act.today), on=act.today, law=act.rulebook)


def _check_day(act: Act, member_id: UUID, effective_on: date) -> list[Breach]:
    events = queries.events_of(act.session, member_id)
    return [*check_not_ahead(effective_on, act.today), *check_day_order(events, effective_on)]

"""From a candidature to its answer."""

from datetime import date
from uuid import UUID

from coopgov.accounts import throttle
from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.members import mails, queries
from coopgov.members.events import CandidateRefused
from coopgov.members.models import EmailConsent, Membership, MembershipEvent
from coopgov.members.rules import (
    TRANSITIONS,
    Application,
    DecidedBy,
    EventKind,
    PartyKind,
    Status,
    check_admission,
    check_application,
    check_day_order,
    check_flood,
    check_not_ahead,
    check_reason,
    check_said,
    check_siren,
)
from coopgov.members.service.standing import follow_status, other_member_with_email
from coopgov.members.service.writing import (
    UNTOLD,
    Draft,
    NewEvent,
    Why,
    candidate_of,
    colleges_on,
    event_row,
    insert_drafts,
    insert_rows,
    locked,
    next_number,
    sells_on_own_account,
    take_turn,
    write_event,
)

# The door whose tries are counted.
DOOR = "application"


def apply(act: Act, *, application: Application, origin: str = "") -> UUID:
    """Take in a candidature; gives the membership it opens, under its own number.

    `origin` is the network it comes from, so that a program cannot send a thousand.
    """
    email = application.reach.email
    tries = throttle.take_stock(act, door=DOOR, email=email, origin=origin)
    refuse_if(check_flood(len(tries.network)))
    throttle.note_try(act, door=DOOR, email=email, origin=origin)
    number = next_number(act.session)
    refuse_if(_against(act, application))
    draft = _draft(application, number, act.today)
    insert_drafts(act, [draft])
    applied = NewEvent(EventKind.APPLIED, act.today, Status.CANDIDATE, draft.category, draft.college)
    insert_rows(act, MembershipEvent, [event_row(act, draft.id, applied)])
    if application.consents_to_email:
        _note_consent(act, draft.id)
    row = act.session.get_one(Membership, draft.id)
    mails.send(act, row, "members_application", language=application.language, shares=application.shares_wished)
    act.record("member.applied", f"member:{draft.id}", _told(application, number))
    return draft.id


def admit(
    act: Act,
    *,
    member_id: UUID,
    effective_on: date,
    decision: str,
    decided_by: DecidedBy = DecidedBy.ORDINARY_ASSEMBLY,
    document_id: UUID | None = None,
) -> None:
    """Admit a candidate: the body that the law or the statutes name has decided so."""
    take_turn(act.session)
    row = locked(act.session, member_id)
    step(TRANSITIONS, row.status, EventKind.ADMITTED)
    refuse_if(_against_admission(act, row, effective_on, decision, decided_by))
    wished = row.shares_wished
    write_event(
        act, row, EventKind.ADMITTED, effective_on=effective_on, status=Status.MEMBER,
        decided_by=decided_by, decision=decision, document_id=document_id,
    )  # fmt: skip
    follow_status(act, row, EventKind.ADMITTED, before=Status.CANDIDATE, on=effective_on, decision=decision)
    facts = {"effective_on": effective_on, "decision": decision, "decided_by": decided_by, "number": row.number}
    act.record("member.admitted", f"member:{member_id}", facts)
    mails.send(act, row, "members_admitted", on=effective_on, decision=decision, shares=wished)


def refuse_candidate(act: Act, *, member_id: UUID, on: date, decision: str, why: Why = UNTOLD) -> None:
    """Tell a candidate no, with the decision and its reason."""
    row = locked(act.session, member_id)
    status = step(TRANSITIONS, row.status, EventKind.REFUSED)
    events = queries.events_of(act.session, member_id)
    refuse_if(
        [
            *check_said(decision), *check_not_ahead(on, act.today), *check_day_order(events, on),
            *check_reason(EventKind.REFUSED, why.code),
        ]
    )  # fmt: skip
    write_event(
        act, row, EventKind.REFUSED, effective_on=on, status=status, decision=decision, reason_code=why.code,
        document_id=why.document_id,
    )  # fmt: skip
    act.publish(CandidateRefused(member_id, on))
    facts = {"on": on, "decision": decision, "code": why.code, "document": why.document_id, "number": row.number}
    act.record("member.refused", f"member:{member_id}", facts)
    mails.send(act, row, "members_refused", on=on, decision=decision)


def _against(act: Act, application: Application) -> list[Breach]:
    person, email = application.person, application.reach.email
    organisation = check_siren(person.siren) if person.kind is PartyKind.ORGANISATION else []
    return organisation + check_application(
        application,
        queries.earlier_memberships(act.session, email=email, sort_name=person.sort_name),
        colleges_on(act.session, act.today),
        from_same_email=queries.count_candidates(act.session, email=email),
        on_own_account=sells_on_own_account(act.session, act.today, has_shop=application.has_shop),
        on=act.today,
        law=act.rulebook,
    )


def _against_admission(
    act: Act, row: Membership, effective_on: date, decision: str, decided_by: DecidedBy
) -> list[Breach]:
    candidate = candidate_of(act, row, effective_on)
    heads = queries.heads_on(act.session, effective_on)
    colleges = colleges_on(act.session, effective_on)
    return [
        *check_said(decision),
        *check_not_ahead(effective_on, act.today),
        *check_admission(candidate, heads, colleges, decided_by=decided_by, on=effective_on, law=act.rulebook),
        *other_member_with_email(act, row),
    ]


def _draft(application: Application, number: int, today: date) -> Draft:
    return Draft(
        id=new_id(), number=number, person=application.person, reach=application.reach, craft=application.craft,
        category=application.category, college=application.college, status=Status.CANDIDATE,
        has_shop=application.has_shop, shares_wished=application.shares_wished, applied_on=today,
    )  # fmt: skip


def _note_consent(act: Act, member_id: UUID) -> None:
    # Kept as its message id: whoever reads the file reads it in her own language.
    proof = N_("Box ticked on the application form")
    act.keep(
        EmailConsent(
            membership_id=member_id, given=True, on_day=act.today, proof=proof, recorded_at=act.now,
            recorded_by=act.actor.pseudonym,
        )
    )  # fmt: skip


def _told(application: Application, number: int) -> dict[str, object]:
    return {
        "number": number,
        "name": application.person.name,
        "email": application.reach.email,
        "category": application.category,
        "college": application.college,
        "shares_wished": application.shares_wished,
        "consents_to_email": application.consents_to_email,
    }

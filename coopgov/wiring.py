"""Which event is heard by whom: the only upward calls between features."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

import coopgov.core.journal
import coopgov.core.outbox
import coopgov.past.models
import coopgov.printing.models  # noqa: F401 - every table must be known to the metadata
from coopgov.accounts import login
from coopgov.accounts.views import bp as accounts_bp
from coopgov.assemblies import queries as assemblies_queries
from coopgov.assemblies import service as assemblies
from coopgov.assemblies import wording
from coopgov.assemblies.events import AssemblyClosed, ResolutionProclaimed
from coopgov.assemblies.rules import AssemblyKind, SubjectKind
from coopgov.assemblies.views import bp as assemblies_bp
from coopgov.assemblies.views import calendar_bp, vote_bp
from coopgov.ballots.events import ScrutinAnnulled
from coopgov.ballots.rules import Outcome
from coopgov.ballots.views import bp as ballots_bp
from coopgov.compliance.views import bp as compliance_bp
from coopgov.core.act import Act
from coopgov.core.errors import RuleBroken
from coopgov.core.events import Handlers
from coopgov.core.figures import Figures
from coopgov.core.money import Cents
from coopgov.demo.views import bp as demo_bp
from coopgov.home.views import bp as home_bp
from coopgov.members import queries as members_queries
from coopgov.members import service as members
from coopgov.members.events import CandidateRefused, ClosesAsked, MemberAdmitted, MemberBack, MemberLeft
from coopgov.members.rules import DecidedBy
from coopgov.members.rules.colleges import check_colleges_kept
from coopgov.members.views import bp as members_bp
from coopgov.minutes import service as minutes
from coopgov.minutes.views import bp as minutes_bp
from coopgov.past.views import bp as past_bp
from coopgov.personal.views import bp as personal_bp
from coopgov.proposals import service as proposals
from coopgov.proposals.views import bp as proposals_bp
from coopgov.registers import service as registers
from coopgov.registers.views import bp as registers_bp
from coopgov.shares import queries as shares_queries
from coopgov.shares import service as shares
from coopgov.shares.events import (
    CertificateIssued,
    HoldingsOpened,
    ManySharesSubscribed,
    NominalChanged,
    ReversalWeighed,
    SharesConverted,
    SharesRedeemed,
    SharesReversed,
    SharesSubscribed,
    SharesTransferred,
    WithdrawalWeighed,
)
from coopgov.shares.rules import check_nominal_follows
from coopgov.shares.views import bp as shares_bp
from coopgov.statutes import queries as statutes
from coopgov.statutes import service as statutes_service
from coopgov.statutes.events import StatutesAdopted, StatutesWeighed
from coopgov.statutes.views import bp as statutes_bp
from coopgov.terms import service as terms
from coopgov.terms.api import register_api
from coopgov.terms.views import bp as terms_bp
from coopgov.treasury import service as treasury
from coopgov.treasury.views import bp as treasury_bp
from coopgov.web.acts import reading, today
from coopgov.web.filters import sentence
from coopgov.web.globals import register_globals

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_bp,
    assemblies_bp,
    ballots_bp,
    calendar_bp,
    vote_bp,
    compliance_bp,
    demo_bp,
    home_bp,
    members_bp,
    minutes_bp,
    past_bp,
    personal_bp,
    proposals_bp,
    registers_bp,
    shares_bp,
    statutes_bp,
    terms_bp,
    treasury_bp,
)


def _resolution_proclaimed(act: Act, event: ResolutionProclaimed) -> None:
    hear = _BY_SUBJECT.get(event.subject_kind)
    if hear is not None:
        hear(act, event)


def _proposal_decided(act: Act, event: ResolutionProclaimed) -> None:
    assert event.subject_id is not None  # noqa: S101 - a proposal's resolution names it
    proposals.take_result(
        act, proposal_id=event.subject_id, subject_hash=event.subject_hash, outcome=event.outcome,
        decided_on=event.on, decision=event.decision,
    )  # fmt: skip


def _admission_decided(act: Act, event: ResolutionProclaimed) -> None:
    """What the members decided is done, or noted for the minutes when something stands against it.

    A result that was voted is always proclaimed: that its effect is refused must not hide it.
    """
    assert event.subject_id is not None  # noqa: S101 - an admission names its candidate
    try:
        with act.attempt():
            _answer_candidate(act, event, event.subject_id)
    except RuleBroken as refusal:
        name = members_queries.get_member(act.session, event.subject_id).name
        text = _without_effect(f"candidature de {name}", event, refusal)
        assemblies.note_incident(act, assembly_id=event.assembly_id, text=text)


def _answer_candidate(act: Act, event: ResolutionProclaimed, member_id: UUID) -> None:
    if event.outcome == Outcome.ADOPTED:
        kind = assemblies_queries.get_assembly(act.session, event.assembly_id).kind
        members.admit(
            act, member_id=member_id, effective_on=event.on, decision=event.decision, decided_by=_BODIES[kind]
        )  # fmt: skip
    elif event.outcome == Outcome.REJECTED:
        members.refuse_candidate(act, member_id=member_id, on=event.on, decision=event.decision)


def _without_effect(what: str, event: ResolutionProclaimed, refusal: RuleBroken) -> str:
    # Minutes are French texts, whatever the language of the page.
    with force_locale("fr"):
        why = " ".join(sentence(breach) for breach in refusal.breaches)
    return f"{event.decision} ({what}) : le vote est resté sans effet. {why}"


def _member_admitted(act: Act, event: MemberAdmitted) -> None:
    """The shares wished in the application are subscribed on the day of admission, but for those held already.

    Nobody is kept out because the wish cannot be granted: it stays in her file, for the treasurer.
    """
    wished = members_queries.get_file(act.session, event.member_id).shares_wished
    held = shares_queries.shares_held(act.session, member_id=event.member_id, on=event.on)
    try:
        with act.attempt():
            if wished > held:
                seq = shares.subscribe(
                    act, member_id=event.member_id, quantity=wished - held, effective_on=event.on
                )  # fmt: skip
                shares.issue_bulletin(act, seq=seq)
            members.grant_wish(act, member_id=event.member_id)
    except RuleBroken as refusal:
        codes = [breach.code for breach in refusal.breaches]
        act.record("member.wish_refused", f"member:{event.member_id}", {"wished": wished, "why": codes})


def _candidate_refused(act: Act, event: CandidateRefused) -> None:
    """What was subscribed under condition of admission falls; where it is paid already, the treasurer gives it back."""
    for tx in shares_queries.conditional_on_admission(act.session, event.member_id):
        on = max(event.on, tx.effective_on)
        try:
            with act.attempt():
                shares.reverse(
                    act, seq=tx.seq, effective_on=on, reason="Admission refusée : souscription caduque",
                    acknowledged="La souscription tombe avec la candidature, quoi qu’elle change au capital",
                )  # fmt: skip
        except RuleBroken as refusal:
            codes = [breach.code for breach in refusal.breaches]
            act.record("shares.not_fallen", f"share-tx:{tx.seq}", {"member": event.member_id, "why": codes})


def _statutes_weighed(act: Act, event: StatutesWeighed) -> None:
    """The share book and the register of members say what they have against other statutes."""
    before, after = event.before, event.after
    capital = shares_queries.capital_on(act.session, act.today)
    event.objections.extend(
        check_nominal_follows(
            Cents(before.share_nominal_cents),
            Cents(after.share_nominal_cents),
            capital=capital,
            figures=act.rulebook,
            on=act.today,
        )
    )
    kept, labels = {one.code for one in after.colleges}, {one.code: one.label for one in before.colleges}
    if labels.keys() - kept:
        voters = Counter(voter.college for voter in members_queries.voters_on(act.session, act.today))
        weights = act.rulebook.find_figure("colleges.weight_min", on=act.today)
        articles = weights.citations if weights is not None else ()
        event.objections.extend(check_colleges_kept(labels, kept, voters, articles))


def _statutes_decided(act: Act, event: ResolutionProclaimed) -> None:
    """Adopted statutes become the next version, or the minutes tell what stood against it."""
    assert event.subject_id is not None  # noqa: S101 - the resolution names its draft
    try:
        with act.attempt():
            statutes_service.take_result(
                act, draft_id=event.subject_id, subject_hash=event.subject_hash, outcome=event.outcome,
                decided_on=event.on, decision=event.decision,
            )  # fmt: skip
    except RuleBroken as refusal:
        statutes_service.leave_without_effect(
            act, draft_id=event.subject_id, outcome=event.outcome, decided_on=event.on, decision=event.decision
        )  # fmt: skip
        title = statutes.get_draft(act.session, event.subject_id).title
        text = _without_effect(f"modification des statuts « {title} »", event, refusal)
        assemblies.note_incident(act, assembly_id=event.assembly_id, text=text)


def _scrutin_annulled(act: Act, event: ScrutinAnnulled) -> None:
    """What an annulled vote changed of the fees is stopped, or comes back the other way."""
    decision = f"Annulation du vote : {event.document}, {wording.day(event.on)}"
    terms.undo(act, subject_hash=event.subject_hash, decision=decision, on=event.on)


def _assembly_closed(act: Act, event: AssemblyClosed) -> None:
    minutes.draft_for(act, assembly_id=event.assembly_id)


_BODIES = {
    AssemblyKind.ORDINARY: DecidedBy.ORDINARY_ASSEMBLY,
    AssemblyKind.EXTRAORDINARY: DecidedBy.EXTRAORDINARY_ASSEMBLY,
}
_BY_SUBJECT: dict[SubjectKind, Callable[[Act, ResolutionProclaimed], None]] = {
    SubjectKind.PROPOSAL: _proposal_decided,
    SubjectKind.ADMISSION: _admission_decided,
    SubjectKind.STATUTES: _statutes_decided,
}

HANDLERS: Handlers = {
    AssemblyClosed: (_assembly_closed,),
    CandidateRefused: (_candidate_refused,),
    CertificateIssued: (registers.on_certificate_issued,),
    HoldingsOpened: (treasury.on_holdings_opened,),
    ManySharesSubscribed: (treasury.on_many_shares_subscribed,),
    MemberAdmitted: (_member_admitted,),
    MemberBack: (shares.on_member_back,),
    ClosesAsked: (shares.on_closes_asked,),
    MemberLeft: (shares.on_member_left,),
    NominalChanged: (treasury.on_nominal_changed,),
    ReversalWeighed: (treasury.on_reversal_weighed,),
    ResolutionProclaimed: (_resolution_proclaimed,),
    ScrutinAnnulled: (_scrutin_annulled,),
    SharesConverted: (treasury.on_shares_converted,),
    SharesRedeemed: (treasury.on_shares_redeemed,),
    SharesReversed: (treasury.on_shares_reversed,),
    SharesSubscribed: (treasury.on_shares_subscribed,),
    WithdrawalWeighed: (treasury.on_withdrawal_weighed,),
    SharesTransferred: (treasury.on_shares_transferred,),
    StatutesAdopted: (shares.on_statutes_adopted,),
    StatutesWeighed: (_statutes_weighed,),
}


def rulebook(session: Session) -> Figures:
    """The rule book of a session: the law, read once when it is first asked, and the statutes it finds."""
    return statutes.rulebook(session, statutes.the_law())


def register_features(app: Flask) -> None:
    """Let features set up what is theirs."""
    login.init_login(app)
    register_api(app)
    register_globals(app)
    app.extensions["coopgov.cooperative"] = _header


def _header() -> statutes.Header | None:
    return statutes.find_header(reading(), today())

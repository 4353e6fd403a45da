"""What must hold in the books, the last proof of it, and what to do where it does not."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core import journal
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.registers import proving, queries, service
from coopgov.registers.documents import heads_now
from coopgov.registers.invariants import INVARIANTS, broken
from coopgov.registers.queries import Proof
from coopgov.registers.views.blueprint import bp, documents_folder
from coopgov.shares import queries as shares
from coopgov.web.acts import begin_act, now, reading
from coopgov.web.filters import sentence
from coopgov.web.guard import current_actor, requires

# Beyond this many lines the check is the night's work, or a command's, not a page's.
MOST_LINES = 200_000


@bp.get("/integrity")
@requires(Permission.REGISTERS_SEE)
def integrity() -> ResponseReturnValue:
    """What must hold, the last proof, and the button that checks everything again."""
    return _page()


@bp.post("/integrity")
@requires(Permission.REGISTERS_SEE)
def check() -> ResponseReturnValue:
    """Check everything again now; what is found is kept, unless the one who asks is here to read only."""
    if _is_too_large():
        return _page(), 422
    if not current_actor().may(Permission.REGISTERS_ISSUE):
        return _page(found=proving.look(reading(), documents_folder(), now()))
    proving.prove(reading(), documents_folder(), begin_act)
    return redirect(url_for("registers.integrity"), 303)


@bp.post("/integrity/attestation")
@requires(Permission.REGISTERS_ISSUE)
def attest() -> ResponseReturnValue:
    """Check everything again where that is quick, and issue the attestation that nothing is amiss."""
    if not _is_too_large():
        proving.prove(reading(), documents_folder(), begin_act)
    try:
        with begin_act() as act:
            service.attest(act)
    except RuleBroken as refusal:
        return _page([sentence(breach) for breach in refusal.breaches]), 422
    flash(_("The attestation is issued; its PDF is being made."), "success")
    return redirect(url_for("registers.documents", kind="integrity"), 303)


@bp.post("/integrity/movements/<int:seq>/repair")
@requires(Permission.SHARES_RECORD)
def repair(seq: int) -> ResponseReturnValue:
    """Draft the reversals that would repair an anomaly; nothing is undone before somebody accepts them."""
    shares.get_transaction(reading(), seq)
    proof = queries.find_last_proof(reading())
    found = [one for one in (proof.anomalies if proof else ()) if one.seq == seq]
    if not found:
        return _page([_("The last proof found nothing amiss with line %(line)s.", line=seq)]), 422
    try:
        with begin_act() as act:
            drafts = service.draft_repair(act, seq=seq, reason=_(found[0].fault.what))
    except RuleBroken as refusal:
        return _page([sentence(breach) for breach in refusal.breaches]), 422
    flash(_("Reversals drafted: %(count)s. Nothing is undone before they are accepted.", count=len(drafts)), "success")
    return redirect(url_for("registers.integrity"), 303)


def _page(refused: list[str] | None = None, *, found: Proof | None = None) -> str:
    proof = found or queries.find_last_proof(reading())
    return render_template(
        "registers/integrity.html", heads=heads_now(reading()), proof=proof, invariants=INVARIANTS,
        found=broken(proof.anomalies if proof else ()), people=_people(proof), too_large=_is_too_large(),
        most=proving.MOST_FAULTS, refused=refused or [], series=queries.series(reading()),
        may_issue=current_actor().may(Permission.REGISTERS_ISSUE),
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )  # fmt: skip


def _people(proof: Proof | None) -> dict[str, str]:
    """The names of those whose accounts are to be compared."""
    ids = [UUID(one.member) for one in (proof.anomalies if proof else ()) if one.member]
    return {str(member_id): row.name for member_id, row in members.get_members(reading(), ids).items()}


def _is_too_large() -> bool:
    return journal.head(reading()).size > MOST_LINES

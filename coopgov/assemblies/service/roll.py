"""The roll open to dispute: showing it, saying what is wrong, answering; striking a line off once it is frozen."""

from uuid import UUID

from coopgov.assemblies import queries, wording
from coopgov.assemblies.models import Assembly, RollAnswer, RollDispute, RollOpening
from coopgov.assemblies.queries.roll import DisputeRow, get_dispute, my_line, roll_opened_at
from coopgov.assemblies.queries.roll import disputes as disputes_of
from coopgov.assemblies.rules import ProxyState
from coopgov.assemblies.rules.roll import check_announced, check_answer, check_dispute, check_not_there
from coopgov.assemblies.service.planning import locked
from coopgov.assemblies.service.proxies import end_proxy, find_active
from coopgov.assemblies.service.room import keep_incident
from coopgov.ballots import service as ballots
from coopgov.core import outbox
from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.errors import Breach, NotFound, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.web.mails import render_mail


def open_roll(act: Act, *, assembly_id: UUID) -> None:
    """Show the roll in preparation to the members, so that each can look for herself and dispute it."""
    assembly = locked(act, assembly_id)
    refuse_if(check_announced(state=assembly.state, is_open=roll_opened_at(act.session, assembly_id) is not None))
    act.keep(RollOpening(assembly_id=assembly_id, at=act.now, by=act.actor.pseudonym))
    act.record("assembly.roll_opened", f"assembly:{assembly_id}")


def dispute_roll(act: Act, *, assembly_id: UUID, member_id: UUID, text: str) -> UUID:
    """Say what is wrong on the roll (*contester*); the board answers before it is frozen."""
    assembly, member = locked(act, assembly_id), members.get_member(act.session, member_id)
    waits = any(one.waits and one.member_id == member_id for one in disputes_of(act.session, assembly_id))
    is_open = roll_opened_at(act.session, assembly_id) is not None
    refuse_if(check_dispute(state=assembly.state, is_open=is_open, waits=waits, text=text))
    row = RollDispute(
        id=new_id(), assembly_id=assembly_id, member_id=member_id, name=member.name, line=_line(act, assembly, member),
        text=text.strip(), at=act.now,
    )  # fmt: skip
    act.keep(row)
    act.record("assembly.roll_disputed", f"assembly:{assembly_id}", {"dispute": row.id, "member": member_id})
    return row.id


def _line(act: Act, assembly: Assembly, member: MemberRow) -> str:
    row = queries.get_assembly(act.session, assembly.id)
    return canonical_json(my_line(act.session, row, member, act.today).facts()).decode()


def answer_dispute(act: Act, *, dispute_id: UUID, is_corrected: bool, text: str) -> None:
    """Answer a dispute: the roll was corrected, or stays as it is; she is told the reason."""
    dispute = get_dispute(act.session, dispute_id)
    locked(act, dispute.assembly_id)
    dispute = get_dispute(act.session, dispute_id)
    row, member = queries.get_assembly(act.session, dispute.assembly_id), _of(act, dispute)
    now = my_line(act.session, row, member, act.today).facts()
    refuse_if(
        check_answer(
            is_answered=not dispute.waits, is_corrected=is_corrected, before=dispute.line, now=now, text=text
        )
    )  # fmt: skip
    act.keep(
        RollAnswer(
            dispute_id=dispute_id, is_corrected=is_corrected, text=text.strip(), at=act.now, by=act.actor.pseudonym
        )
    )  # fmt: skip
    _tell(act, "assembly_roll_answer", row, member, is_corrected=is_corrected, answer=text.strip())
    facts = {"dispute": dispute_id, "is_corrected": is_corrected}
    act.record("assembly.roll_answered", row.about, facts)


def _of(act: Act, dispute: DisputeRow) -> MemberRow:
    return members.get_member(act.session, dispute.member_id)


def strike_off(act: Act, *, assembly_id: UUID, number: int, reason: str, document: str) -> None:
    """Strike a line off the frozen roll, with cause (*radier*): an error found before she voted; she is told at once.

    The line stays, and a row beside it tells who struck it and why; the proxies she gave or holds end.
    """
    assembly = locked(act, assembly_id)
    member = members.find_by_number(act.session, number)
    if assembly.roll_id is None:
        raise NotFound
    if member is None:
        sentence = N_("No member has the number %(number)s. Read it again in the register.")
        raise RuleBroken([Breach("no_such_number", sentence, {"number": number}, field="number")])
    refuse_if(check_not_there(member.name, is_there=bool(queries.are_present(act.session, assembly_id, [member.id]))))
    ballots.strike(
        act, roll_id=assembly.roll_id, voter_id=member.id, name=member.name, reason=reason, document=document
    )  # fmt: skip
    assembly.enrolled -= 1
    _end_proxies(act, assembly_id, member)
    keep_incident(act, assembly_id, wording.struck_off(member.name, member.number, reason.strip(), document.strip()))
    row = queries.get_assembly(act.session, assembly_id)
    _tell(act, "assembly_roll_struck", row, member, reason=reason.strip(), document=document.strip())
    act.record("assembly.roll_struck", row.about, {"member": member.id, "reason": reason.strip()})


def _end_proxies(act: Act, assembly_id: UUID, member: MemberRow) -> None:
    givers = [member.id, *(held.grantor_id for held in queries.proxies_of(act.session, assembly_id, member.id))]
    for giver in givers:
        proxy = find_active(act, assembly_id, giver)
        if proxy is not None:
            end_proxy(act, proxy, ProxyState.REVOKED)


def _tell(act: Act, template: str, assembly: queries.AssemblyRow, to: MemberRow, **values: object) -> None:
    if not to.email:
        return
    subject, body = render_mail(template, "fr", name=to.name, assembly=assembly, **values)
    recipient = outbox.Recipient(to.email, to.name, f"member:{to.id}")
    outbox.queue(act, kind="assembly.roll", about=assembly.about, to=recipient, subject=subject, body=body)

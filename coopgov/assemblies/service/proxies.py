"""Giving, revoking and declining a proxy (*pouvoir*)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from coopgov.assemblies import queries
from coopgov.assemblies.models import Assembly, Proxy
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import (
    ProxyFacts,
    ProxyState,
    State,
    check_decline,
    check_proxy,
    check_revocation,
    proxy_limit,
    remote_closes_at,
)
from coopgov.assemblies.service.planning import locked
from coopgov.ballots import queries as ballots
from coopgov.core import outbox
from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.web.mails import render_mail


def give_proxy(act: Act, *, assembly_id: UUID, grantor_id: UUID, holder_id: UUID, on_paper: bool = False) -> UUID:
    """Entrust one's vote in one assembly to another member; a signed paper may reach the bureau in the session."""
    assembly = _with_roll(locked(act, assembly_id), act)
    people = members.get_members(act.session, [grantor_id, holder_id])
    if len(people) < len({grantor_id, holder_id}):
        raise NotFound
    grantor, holder = people[grantor_id], people[holder_id]
    limit = proxy_limit(act.rulebook, members=assembly.enrolled, on=assembly.held_on)
    facts = _facts(act, assembly, grantor, holder, on_paper=on_paper)
    refuse_if(check_proxy(facts, limit=limit, figures=act.rulebook, on=assembly.held_on))
    proxy = Proxy(
        id=new_id(), assembly_id=assembly_id, grantor_id=grantor_id, grantor_name=grantor.name, holder_id=holder_id,
        holder_name=holder.name, on_paper=on_paper, state=ProxyState.ACTIVE, given_at=act.now,
    )  # fmt: skip
    act.session.add(proxy)
    act.session.flush()
    _tell(act, "assembly_proxy_given", assembly, grantor, holder)
    if on_paper:
        # Somebody else has typed it: whoever is said to have signed must be able to object.
        _tell(act, "assembly_proxy_recorded", assembly, holder, grantor)
    payload = {"proxy": proxy.id, "grantor": grantor_id, "holder": holder_id, "on_paper": on_paper}
    act.record("assembly.proxy_given", assembly.about, payload)
    return proxy.id


def _with_roll(assembly: Assembly, act: Act) -> AssemblyRow:
    row = queries.get_assembly(act.session, assembly.id)
    if row.roll_id is None or row.state not in (State.CONVENED, State.OPEN):
        sentence = N_("Proxies are given between the notice and the end of the assembly.")
        refuse_if([Breach("no_proxies_now", sentence)])
    return row


def _facts(act: Act, assembly: AssemblyRow, grantor: MemberRow, holder: MemberRow, *, on_paper: bool) -> ProxyFacts:
    assert assembly.roll_id is not None  # noqa: S101 - checked by _with_roll
    holder_holds, holder_given = queries.proxy_counts(act.session, assembly.id, holder.id)
    grantor_holds, grantor_given = queries.proxy_counts(act.session, assembly.id, grantor.id)
    deadline, citations = remote_closes_at(act.rulebook, held_at=assembly.held_at)
    return ProxyFacts(
        grantor=grantor.name, holder=holder.name, is_same_person=grantor.id == holder.id,
        grantor_on_roll=ballots.on_roll(act.session, assembly.roll_id, grantor.id),
        holder_on_roll=ballots.on_roll(act.session, assembly.roll_id, holder.id),
        holder_holds=holder_holds, holder_has_given=bool(holder_given), grantor_holds=grantor_holds,
        grantor_has_given=bool(grantor_given), grantor_has_voted=has_voted(act, assembly.id, [grantor.id]),
        grantor_is_present=bool(queries.are_present(act.session, assembly.id, [grantor.id])),
        now=act.now, deadline=None if on_paper else deadline, deadline_citations=citations,
    )  # fmt: skip


def has_voted(act: Act, assembly_id: UUID, voter_ids: Iterable[UUID]) -> bool:
    """Whether one of these members has a ballot in one of the assembly's votes."""
    scrutins = [item.scrutin_id for item in queries.agenda(act.session, assembly_id) if item.scrutin_id is not None]
    return bool(ballots.voted_ids(act.session, scrutins, list(voter_ids)))


def revoke_proxy(act: Act, *, assembly_id: UUID, grantor_id: UUID) -> None:
    """Take back one's proxy in writing, before the session; ballots already cast with it stand."""
    assembly = locked(act, assembly_id)
    proxy = _active(act, assembly_id, grantor_id)
    refuse_if(
        check_revocation(
            state=proxy.state, holder=proxy.holder_name, in_session=assembly.state is not State.CONVENED,
            holder_has_voted_for=has_voted(act, assembly_id, [grantor_id]),
        )
    )  # fmt: skip
    end_proxy(act, proxy, ProxyState.REVOKED)
    row, holder = queries.get_assembly(act.session, assembly_id), members.get_member(act.session, proxy.holder_id)
    _tell(act, "assembly_proxy_ended", row, members.get_member(act.session, grantor_id), holder)


def decline_proxy(act: Act, *, assembly_id: UUID, holder_id: UUID, grantor_id: UUID) -> None:
    """Give back a proxy one does not want to carry; its giver is told in time to choose somebody else."""
    assembly = locked(act, assembly_id)
    proxy = _active(act, assembly_id, grantor_id)
    if proxy.holder_id != holder_id:
        raise NotFound
    voted, begun = has_voted(act, assembly_id, [grantor_id]), assembly.state is not State.CONVENED
    refuse_if(check_decline(state=proxy.state, has_voted_for=voted, in_session=begun))
    end_proxy(act, proxy, ProxyState.DECLINED)
    row, grantor = queries.get_assembly(act.session, assembly_id), members.get_member(act.session, grantor_id)
    _tell(act, "assembly_proxy_declined", row, members.get_member(act.session, holder_id), grantor)


def end_proxy(act: Act, proxy: Proxy, state: ProxyState) -> None:
    """Note the end of a proxy."""
    proxy.state, proxy.ended_at = state, act.now
    act.session.flush()
    payload = {"proxy": proxy.id, "grantor": proxy.grantor_id, "holder": proxy.holder_id, "state": state}
    act.record("assembly.proxy_ended", f"assembly:{proxy.assembly_id}", payload)


def find_active(act: Act, assembly_id: UUID, grantor_id: UUID) -> Proxy | None:
    """The proxy in force that a member has given, to be changed."""
    return act.session.scalars(
        select(Proxy).where(
            Proxy.assembly_id == assembly_id, Proxy.grantor_id == grantor_id, Proxy.state == ProxyState.ACTIVE
        )
    ).first()


def _active(act: Act, assembly_id: UUID, grantor_id: UUID) -> Proxy:
    found = find_active(act, assembly_id, grantor_id)
    if found is None:
        raise NotFound
    return found


def _tell(act: Act, template: str, assembly: AssemblyRow, about: MemberRow, to: MemberRow) -> None:
    """Write to one member about what another did."""
    if not to.email:
        return
    subject, body = render_mail(template, "fr", name=to.name, other=about.name, assembly=assembly)
    recipient = outbox.Recipient(to.email, to.name, f"member:{to.id}")
    outbox.queue(act, kind="assembly.proxy", about=assembly.about, to=recipient, subject=subject, body=body)

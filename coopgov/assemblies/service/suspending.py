"""Votes that cannot go on: suspended with their incident, taken up again with the time that was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coopgov.assemblies import queries, wording
from coopgov.assemblies.mailing import tell_voters
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules import State
from coopgov.assemblies.rules.suspending import check_same_day
from coopgov.assemblies.service.planning import locked
from coopgov.assemblies.service.room import keep_incident
from coopgov.ballots import service as ballots
from coopgov.ballots.changing import running
from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_


@dataclass(frozen=True, slots=True)
class Resumed:
    """Votes taken up again: when remote voting closes now, and the names of those whom no mail reaches."""

    closes_at: datetime | None
    unreached: Sequence[str]


def suspend_votes(act: Act, *, assembly_id: UUID, since: datetime, incident: str) -> Sequence[str]:
    """Suspend every vote of an assembly that takes ballots now; the voters are told at once.

    Gives the names of those whom no mail reaches.
    """
    locked(act, assembly_id)
    row = queries.get_assembly(act.session, assembly_id)
    found = scrutins_of(act.session, assembly_id)
    going = [one for one in found if running(one, act.now).takes_ballots or one.suspended is not None]
    if not going:
        sentence = N_("No vote of this assembly takes ballots at this moment: there is nothing to suspend.")
        refuse_if([Breach("nothing_to_suspend", sentence)])
    for one in going:
        ballots.suspend(act, scrutin_id=one.id, since=since, incident=incident)
    keep_incident(act, assembly_id, wording.suspended(since, act.now, incident.strip()))
    unreached = tell_voters(
        act, row, "assembly_suspended", since=since, incident=incident.strip(), is_remote=row.state is State.CONVENED
    )
    facts = {"since": since, "incident": incident.strip(), "scrutins": [one.id for one in going]}
    act.record("assembly.votes_suspended", row.about, facts)
    return unreached


def resume_votes(act: Act, *, assembly_id: UUID, closes_at: datetime | None = None) -> Resumed:
    """Take up again the votes that are suspended; remote voting closes later by the time lost, or at `closes_at`."""
    assembly = locked(act, assembly_id)
    row = queries.get_assembly(act.session, assembly_id)
    halted = [one for one in scrutins_of(act.session, assembly_id) if one.suspended is not None]
    if not halted:
        refuse_if([Breach("not_suspended", N_("No vote of this assembly is suspended."))])
    ends = [ballots.resume(act, scrutin_id=one.id, closes_at=closes_at) for one in halted]
    until = max((end for end in ends if end is not None), default=None)
    refuse_if(check_same_day(until, held_at=row.held_at))
    if until is not None and row.state is State.CONVENED:
        assembly.remote_closes_at = until
    since = min(one.suspended.since for one in halted if one.suspended is not None)
    keep_incident(act, assembly_id, wording.resumed(since, act.now, row.remote_closes_at, until))
    act.session.flush()
    unreached = tell_voters(act, row, "assembly_resumed", since=since, closes_at=until)
    act.record("assembly.votes_resumed", row.about, {"since": since, "closes_at": until})
    return Resumed(until, unreached)

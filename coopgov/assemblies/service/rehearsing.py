"""The dry run of an assembly's votes: only the journal, and a mail that says what it is, tell that it took place."""

from collections.abc import Sequence
from uuid import UUID

from coopgov.assemblies import queries
from coopgov.assemblies.mailing import tell_voters
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules import State
from coopgov.assemblies.service.planning import locked
from coopgov.ballots.queries import ScrutinRow
from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_


def check_rehearsable(assembly: queries.AssemblyRow, votes: list[ScrutinRow], *, exists: bool) -> list[Breach]:
    """List what stands against a rehearsal: the roll is not frozen, the session has begun, one goes on."""
    if assembly.state is not State.CONVENED or not votes:
        sentence = N_("A rehearsal is held on the frozen roll, between the notice and the session.")
        return [Breach("no_time_to_rehearse", sentence)]
    if exists:
        return [Breach("rehearsal_goes_on", N_("A rehearsal goes on already. Throw it away first."))]
    return []


def note_rehearsal(act: Act, *, assembly_id: UUID, exists: bool) -> Sequence[str]:
    """Note that a rehearsal begins, and tell the voters what it is; gives the names of those whom no mail reaches."""
    locked(act, assembly_id)
    row = queries.get_assembly(act.session, assembly_id)
    refuse_if(check_rehearsable(row, scrutins_of(act.session, assembly_id), exists=exists))
    unreached = tell_voters(act, row, "assembly_rehearsal", kind="assembly.rehearsal")
    act.record("assembly.rehearsal_begun", row.about, {"roll": row.roll_hash})
    return unreached


def note_rehearsal_over(act: Act, *, assembly_id: UUID) -> None:
    """Note that a rehearsal is thrown away, with all its ballots."""
    row = queries.find_assembly(act.session, assembly_id)
    if row is None:
        raise NotFound
    act.record("assembly.rehearsal_over", row.about)

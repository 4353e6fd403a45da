"""Where the rehearsals of assemblies stand, and which of them are over."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.assemblies import queries, service
from coopgov.assemblies.rules import State
from coopgov.ballots.rehearsing import Rehearsal
from coopgov.core.act import Act, Runtime

SUFFIX = ".sqlite3"


def rehearsal_of(data_dir: Path, runtime: Runtime, assembly_id: UUID) -> Rehearsal:
    """The rehearsal of an assembly: one at a time, in a file of its own."""
    return Rehearsal(data_dir / "rehearsals" / f"{assembly_id}{SUFFIX}", runtime)


def rehearsals_over(session: Session, data_dir: Path, runtime: Runtime) -> Iterator[tuple[UUID, Rehearsal]]:
    """The rehearsals that nobody threw away before their session began, or their assembly was cancelled."""
    for path in sorted((data_dir / "rehearsals").glob(f"*{SUFFIX}")):
        assembly_id = UUID(path.stem)
        row = queries.find_assembly(session, assembly_id)
        if row is None or row.state is not State.CONVENED:
            yield assembly_id, rehearsal_of(data_dir, runtime, assembly_id)


def end(act: Act, assembly_id: UUID, rehearsal: Rehearsal) -> None:
    """Note that it is over, then leave nothing of it."""
    service.note_rehearsal_over(act, assembly_id=assembly_id)
    act.after_commit(rehearsal.throw_away)

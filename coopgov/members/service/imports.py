"""Importing a file of members: kept, checked, then written whole."""

import hashlib
import json
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.members.importing.checking import ImportPlan, ImportReport, plan_import
from coopgov.members.importing.table import ImportTable, read_table
from coopgov.members.models import ImportBatch
from coopgov.members.service.enrolment import enrol_many
from coopgov.members.service.writing import colleges_on, take_turn

# A file of personal data that nobody came back for is thrown away.
KEPT_FOR = timedelta(days=1)


def plan(act: Act, *, table: ImportTable) -> ImportPlan:
    """What importing this table would do, as of this act."""
    return plan_import(
        act.session, table, colleges=colleges_on(act.session, act.today), today=act.today, law=act.rulebook
    )  # fmt: skip


def import_members(act: Act, *, table: ImportTable) -> ImportReport:
    """Write down every new member of a table; one fault anywhere and nothing is written."""
    take_turn(act.session)
    planned = plan(act, table=table)
    if planned.faults:
        sentence = N_("The file has %(faults)s faults. Correct them and send it again: nothing was written.")
        raise RuleBroken([Breach("import_faults", sentence, {"faults": len(planned.faults)}, field="file")])
    if planned.members:
        enrol_many(act, planned.members)
    report = planned.report(done=True)
    facts = {"file": table.file_name, "read": report.lines_read, "new": report.new, "already": report.already}
    act.record("members.imported", "members", facts)
    return report


def keep_batch(act: Act, *, file_name: str, content: bytes) -> UUID:
    """Keep a file that was sent, until it is imported or thrown away; raises RuleBroken if it cannot be read."""
    read_table(file_name, content)
    _forget_old(act)
    batch = ImportBatch(
        id=new_id(), file_name=file_name[:200], sha256=hashlib.sha256(content).hexdigest(), content=content,
        uploaded_at=act.now, uploaded_by=act.actor.account_id, sealed_at=None,
    )  # fmt: skip
    act.session.add(batch)
    act.record("import.kept", f"import:{batch.id}", {"file": batch.file_name, "sha256": batch.sha256})
    return batch.id


def seal_batch(act: Act, *, batch_id: UUID) -> ImportReport:
    """Import a kept file for good; its bytes are thrown away, its report stays."""
    batch = act.session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None or batch.content is None:
        raise NotFound
    report = import_members(act, table=read_table(batch.file_name, batch.content))
    batch.content, batch.sealed_at = None, act.now
    batch.report = json.dumps({"read": report.lines_read, "new": report.new, "already": report.already})
    act.record("import.sealed", f"import:{batch_id}", {"sha256": batch.sha256, "new": report.new})
    return report


def discard_batch(act: Act, *, batch_id: UUID) -> None:
    """Throw a kept file away; does nothing when it is imported or thrown away already."""
    batch = act.session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound
    if batch.content is None:
        return
    batch.content = None
    act.record("import.discarded", f"import:{batch_id}", {"sha256": batch.sha256})


def _forget_old(act: Act) -> None:
    act.session.execute(
        update(ImportBatch)
        .where(ImportBatch.content.is_not(None), ImportBatch.uploaded_at < act.now - KEPT_FOR)
        .values(content=None)
        .execution_options(synchronize_session=False)
    )

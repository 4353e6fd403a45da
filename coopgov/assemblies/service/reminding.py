"""Reminders to those who have not voted: planned by the board, each told once whatever the worker's rhythm."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from coopgov.assemblies import queries
from coopgov.assemblies.mailing import texts_for
from coopgov.assemblies.models import ReminderPlan, ReminderSent
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.queries.reminding import (
    left_to_vote,
    moments_due,
    remote_votes_open,
)
from coopgov.assemblies.rules.reminding import check_hours, check_plannable
from coopgov.assemblies.service.planning import locked
from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.core.outbox import OutboxMessage
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow

MAIL_KIND = "assembly.reminder"
BATCH = 2000
# Stand for what differs from one reader to the next, while the mail is rendered once.
_NAME, _COUNT = "\ue000name\ue000", "\ue000count\ue000"


def plan_reminders(act: Act, *, assembly_id: UUID, hours: Sequence[int]) -> None:
    """Choose how many hours before the end those who have not voted are reminded; none at all is a choice too."""
    assembly = locked(act, assembly_id)
    refuse_if([*check_plannable(assembly.state, remote_vote=assembly.remote_vote), *check_hours(hours)])
    chosen = sorted(hours, reverse=True)
    act.keep(
        ReminderPlan(
            id=new_id(), assembly_id=assembly_id, hours=json.dumps(chosen), at=act.now, by=act.actor.pseudonym
        )
    )  # fmt: skip
    act.record("assembly.reminders_planned", f"assembly:{assembly_id}", {"hours": chosen})


def remind(act: Act) -> int:
    """Tell every reminder that is due, in one act: its mails and the moment it was for commit together.

    Gives how many mails were written. Two workers wait for each other at the assembly; the second finds it noted.
    """
    return sum(_remind_of(act, assembly_id) for assembly_id in remote_votes_open(act.session, act.now))


def _remind_of(act: Act, assembly_id: UUID) -> int:
    if not moments_due(act.session, queries.get_assembly(act.session, assembly_id), act.now):
        return 0
    locked(act, assembly_id)
    row = queries.get_assembly(act.session, assembly_id)
    # Looked at again once the assembly is held: whoever came first has told them.
    moments = moments_due(act.session, row, act.now)
    if not moments:
        return 0
    written = _write(act, row)
    act.keep(*(ReminderSent(assembly_id=assembly_id, hours=one, at=act.now) for one in moments))
    # How many were told would tell how many voted: the journal leaves it out.
    act.record("assembly.reminded", row.about, {"hours": moments})
    return written


def _write(act: Act, row: AssemblyRow) -> int:
    left = left_to_vote(act.session, row)
    people = [one for one in members.get_members(act.session, left).values() if one.email]
    people.sort(key=lambda one: one.number)
    texts = texts_for(act.session, "assembly_reminder", people, name=_NAME, count=_COUNT, assembly=row)
    mails = [
        _message(one, row, act.now, subject, body.replace(_NAME, one.name).replace(_COUNT, str(left[one.id])))
        for one, (subject, body) in zip(people, texts, strict=True)
    ]
    for start in range(0, len(mails), BATCH):
        act.session.execute(insert(OutboxMessage), mails[start : start + BATCH])
    return len(mails)


def _message(person: MemberRow, row: AssemblyRow, now: datetime, subject: str, body: str) -> dict[str, object]:
    return {
        "id": new_id(), "kind": MAIL_KIND, "about": row.about, "to_address": person.email, "to_name": person.name,
        "recipient": f"member:{person.id}", "subject": subject[:300], "body": body, "created_at": now,
    }  # fmt: skip

"""Commands of the minutes: draft from the facts, write the prose, approve; the second approval issues them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coopgov.assemblies import queries as assemblies
from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.dates import paris_day
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.core.journal import entries_about
from coopgov.minutes import queries
from coopgov.minutes.attendance import attendance
from coopgov.minutes.colleges import votes_by_college
from coopgov.minutes.documents import minutes_paper
from coopgov.minutes.events import MinutesIssued
from coopgov.minutes.facts import complete
from coopgov.minutes.models import Minutes, MinutesApproval, MinutesIssue, MinutesProse
from coopgov.minutes.queries import MinutesRow
from coopgov.minutes.rules import (
    Approval,
    Signer,
    State,
    check_approval,
    check_edit,
    is_approved,
    names_are_listed,
    signature_facts,
)
from coopgov.printing import archive


def draft_for(act: Act, *, assembly_id: UUID) -> UUID:
    """Draft the minutes of an assembly that has ended; the second time gives the same ones."""
    known = queries.find_by_assembly(act.session, assembly_id)
    if known is not None:
        return known.id
    facts = _facts(act, assembly_id)
    minutes_id = new_id()
    act.keep(_minutes(act, minutes_id, assembly_id, facts))
    act.record("minutes.drafted", f"minutes:{minutes_id}", {"assembly": assembly_id, "facts": _hash(facts)})
    return minutes_id


def _facts(act: Act, assembly_id: UUID) -> dict[str, Any]:
    facts = complete(assemblies.minutes_facts(act.session, assembly_id))
    held_on = paris_day(datetime.fromisoformat(facts["assembly"]["held_at"]))
    colleges = votes_by_college(act.session, assembly_id, held_on)
    for resolution in facts["resolutions"]:
        resolution["colleges"] = colleges.get(resolution["position"], [])
    lines = [entry.seq for entry in entries_about(act.session, f"assembly:{assembly_id}")]
    facts["journal"] = {"first": lines[0], "last": lines[-1], "lines": len(lines)} if lines else None
    facts["signature"] = signature_facts(act.rulebook, held_on)
    facts["attendance"] = attendance(act.session, assembly_id, held_on) if names_are_listed(act.rulebook) else []
    return facts


def _minutes(act: Act, minutes_id: UUID, assembly_id: UUID, facts: Mapping[str, Any]) -> Minutes:
    return Minutes(
        id=minutes_id, assembly_id=assembly_id, title=facts["assembly"]["title"],
        held_at=datetime.fromisoformat(facts["assembly"]["held_at"]), facts=canonical_json(facts).decode(),
        facts_hash=_hash(facts), drafted_at=act.now,
    )  # fmt: skip


def _hash(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def edit_prose(act: Act, *, minutes_id: UUID, texts: Mapping[str, str], based_on: str | None = None) -> int:
    """Keep a new version of each text that changed; gives how many. `based_on` is the content hash that was read."""
    minutes = _locked(act, minutes_id)
    refuse_if(
        check_edit(
            issued=minutes.state is State.ISSUED, facts=minutes.facts, texts=texts, based_on=based_on,
            current=minutes.content_hash,
        )
    )  # fmt: skip
    changed = {slot: _tidy(text) for slot, text in texts.items() if _tidy(text) != minutes.prose.get(slot, "")}
    versions = queries.last_versions(act.session, minutes_id)
    for slot, text in changed.items():
        act.keep(_prose(act, minutes_id, slot, versions.get(slot, 0) + 1, text))
    if changed:
        act.record("minutes.written", f"minutes:{minutes_id}", {"parts": sorted(changed)})
    return len(changed)


def _locked(act: Act, minutes_id: UUID) -> MinutesRow:
    """The minutes, held to the commit: of two who approve at once, the second must see the first."""
    act.session.execute(select(Minutes.id).where(Minutes.id == minutes_id).with_for_update())
    return queries.get_minutes(act.session, minutes_id)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _prose(act: Act, minutes_id: UUID, slot: str, version: int, text: str) -> MinutesProse:
    return MinutesProse(
        minutes_id=minutes_id, slot=slot, version=version, text=text, written_at=act.now, written_by=act.actor.name
    )


def approve(act: Act, *, minutes_id: UUID, as_: Signer, content_hash: str | None = None) -> UUID | None:
    """Approve the text as chair or secretary; the second approval issues it and gives the document's id.

    `content_hash` is the text that was read; without it, the present one.
    """
    minutes = _locked(act, minutes_id)
    refuse_if(
        check_approval(
            issued=minutes.state is State.ISSUED, facts=minutes.facts, prose=minutes.prose, signer=as_,
            account_id=act.actor.account_id, approvals=_known(minutes), current=minutes.content_hash,
            read=content_hash,
        )
    )  # fmt: skip
    act.keep(
        MinutesApproval(
            minutes_id=minutes_id, content_hash=minutes.content_hash, signer=as_, account_id=act.actor.account_id,
            name=act.actor.name, approved_at=act.now,
        )
    )  # fmt: skip
    return _issue_if_approved(act, minutes_id, as_)


def _known(minutes: MinutesRow) -> list[Approval]:
    return [row.as_approval for row in minutes.approvals]


def _issue_if_approved(act: Act, minutes_id: UUID, as_: Signer) -> UUID | None:
    minutes = queries.get_minutes(act.session, minutes_id)
    payload: dict[str, Any] = {"as": as_, "text": minutes.content_hash}
    if not is_approved(_known(minutes), minutes.content_hash):
        act.record("minutes.approved", f"minutes:{minutes_id}", payload)
        return None
    document_id = archive.issue(act, minutes_paper(act, minutes))
    act.keep(
        MinutesIssue(
            minutes_id=minutes_id, content_hash=minutes.content_hash, document_id=document_id, issued_at=act.now
        )
    )  # fmt: skip
    act.record("minutes.issued", f"minutes:{minutes_id}", {**payload, "document": document_id})
    act.publish(MinutesIssued(minutes_id, minutes.assembly_id, document_id))
    return document_id

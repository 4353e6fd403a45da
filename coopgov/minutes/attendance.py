"""Who took part, by name and with her shares, for the minutes that must say so (code de commerce, art. R223-24)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.assemblies import queries as assemblies
from coopgov.assemblies.queries import Participant
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.shares import queries as shares
from coopgov.shares.queries import Holding


def attendance(session: Session, assembly_id: UUID, on: date) -> list[dict[str, Any]]:
    """One line for each who was present, deemed present or represented, by name."""
    people = list(assemblies.attendees(session, assembly_id))
    ids = [person.member_id for person in people]
    names, held = members.get_members(session, ids), shares.holdings_of(session, ids, on)
    lines = [_line(person, names, held) for person in people if person.member_id in names]
    return [line for _sort_name, line in sorted(lines, key=lambda pair: pair[0])]


def _line(
    person: Participant, names: Mapping[UUID, MemberRow], held: Mapping[UUID, Holding]
) -> tuple[tuple[str, int], dict[str, Any]]:
    member = names[person.member_id]
    line = {
        "name": member.name, "shares": held[member.id].quantity if member.id in held else 0,
        "mode": _mode(person), "holder": person.holder_name,
    }  # fmt: skip
    return (member.sort_name, member.number), line


def _mode(person: Participant) -> str:
    if person.present:
        return "present"
    return "remote" if person.remote else "represented"

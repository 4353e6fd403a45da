"""Following the members and their lives, and those that other sheets name."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from coopgov.accounts.rules import fold_email
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.members import queries as members
from coopgov.members.importing.columns import COLUMNS as MEMBER_COLUMNS
from coopgov.members.importing.table import ImportTable, read_members
from coopgov.members.queries import past as member_past
from coopgov.members.queries.past import Here
from coopgov.members.rules import (
    Category,
    DecidedBy,
    EventKind,
    NewMember,
    Status,
    fold,
)
from coopgov.past.examining.around import Following, Known, batches
from coopgov.past.rules.books import Holder
from coopgov.past.rules.found import Found, Weight
from coopgov.past.rules.life import PastEvent, live
from coopgov.past.scratch import Scratch, day_of
from coopgov.shares import past as share_past
from coopgov.treasury import past as money_past

_MEMBER_TITLES = {column.title: column.key for column in MEMBER_COLUMNS}
_BEGINNINGS = frozenset({EventKind.APPLIED, EventKind.ADMITTED})
_ENDINGS = frozenset({EventKind.RESIGNED, EventKind.EXCLUDED, EventKind.DECEASED, EventKind.CONTRACT_ENDED})


def whom_known(scratch: Scratch, session: Session) -> Known:
    """Whom of those that the sheets name the books know already."""
    here: dict[int, Here] = {}
    for some in batches(scratch.rows(_NAMED)):
        here |= member_past.members_here(session, [number for (number,) in some])
    owners: dict[str, int] = {}
    for some in batches(scratch.rows("SELECT cells FROM member")):
        owners |= members.owners_of_emails(session, [json.loads(cells).get("email", "") for (cells,) in some])
    ids = [one.id for one in here.values()]
    moved = share_past.those_who_moved(session, ids) | money_past.those_who_moved(session, ids)
    return Known(here, owners, frozenset(moved))


_NAMED = (
    "SELECT number FROM member WHERE number IS NOT NULL UNION SELECT member FROM event UNION "
    "SELECT member FROM movement UNION SELECT other FROM movement WHERE other IS NOT NULL"
)


def follow_members(following: Following) -> None:
    seen: dict[int, int] = {}
    emails: dict[str, int] = {}
    query = "SELECT number, sheet, line, cells, left_on, held, paid, repayable FROM member ORDER BY sheet, line"
    for some in batches(following.scratch.rows(query)):
        for row, (member, found) in zip(some, _members_of(following, some), strict=True):
            number, place, line = row[0], row[1], row[2]
            following.note(place, *found, *_twice(row, member, seen, emails, following.known.owners))
            if number is not None and seen[number] == line:
                if following.notes:
                    following.told[number] = (place, line, row[5], row[6], row[7])
                _follow_member(following, row, member)


def _members_of(
    following: Following, some: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[NewMember | None, list[Found]]]:
    """The member each line describes, and what is wrong with it."""
    file_name = following.sheets.maps[some[0][1]].name if some else ""
    table = ImportTable(file_name, (), (), tuple((row[2], json.loads(row[3])) for row in some))
    for line, member, faults in read_members(table, following.coop.colleges, today=following.coop.today):
        found = [Found(line, _MEMBER_TITLES.get(fault.column, ""), fault.breach) for fault in faults]
        yield member, found


def _twice(
    row: tuple[Any, ...],
    member: NewMember | None,
    seen: dict[int, int],
    emails: dict[str, int],
    owners: Mapping[str, int],
) -> Iterator[Found]:
    number, line = row[0], row[2]
    if number is not None and (first := seen.setdefault(number, line)) != line:
        sentence = N_("This number is already that of line %(line)s.")
        yield Found(line, "number", Breach("number_twice", sentence, {"line": first}))
        return
    email = fold_email(member.reach.email) if member else ""
    if email and ((first := emails.setdefault(email, line)) != line or owners.get(email, number) != number):
        sentence = N_("This e-mail address is already that of line %(line)s. Each member needs one of her own.")
        yield Found(line, "email", Breach("email_twice", sentence, {"line": first}))


def _follow_member(following: Following, row: tuple[Any, ...], member: NewMember | None) -> None:
    number, place, line, left_on = row[0], row[1], row[2], row[4]
    if number in following.known.here:
        _follow_known(following, following.known.here[number], place, line, member)
        return
    told = list(_events_of(following.scratch, number))
    events = sorted([*_told_events(line, member, left_on, told), *told], key=lambda pair: pair[1].day)
    category = member.category if member else Category.EMPLOYED
    life, found = live(
        [event for _place, event in events], category=category, college=member.college if member else "",
        today=following.coop.today,
    )  # fmt: skip
    _note_life(following, events, found)
    cells = json.loads(row[3])
    name = member.person.name if member else f"{cells.get('given_names', '')} {cells.get('legal_name', '')}".strip()
    holder = Holder(
        number, name, uuid4(), life.spells(), is_shaken=member is None or _has_faults(found), left_by=life.last_kind
    )
    following.books.holders[number] = holder
    following.new += 1
    standing = life.standing
    if standing is not None and standing.status is Status.MEMBER:
        following.heads[standing.category] = following.heads.get(standing.category, 0) + 1
    if member is not None and standing is not None:
        following.follower.member(number, member, life, holder.member_id)
    elif member is not None and not holder.is_shaken:
        sentence = N_("Nothing says when this person was admitted. Give the day of admission, or an event.")
        following.note(place, Found(line, "joined_on", Breach("no_life", sentence)))


def _has_faults(found: Sequence[Found]) -> bool:
    return any(each.weight is Weight.FAULT for each in found)


def _events_of(scratch: Scratch, number: int) -> Iterator[tuple[int, PastEvent]]:
    query = (
        "SELECT sheet, line, day, kind, decision, decided_by, reason, category, college, status, number, reverses "
        "FROM event WHERE member = ? ORDER BY day, sheet, line"
    )
    for place, line, day, kind, decision, by, reason, category, college, status, mark, reverses in scratch.rows(
        query, (number,)
    ):
        yield place, PastEvent(
            line, day_of(day), EventKind(kind), decision, DecidedBy(by) if by else None, reason,
            Category(category) if category else None, college, Status(status) if status else None, mark, reverses,
        )  # fmt: skip


def _told_events(
    line: int, member: NewMember | None, left_on: int | None, known: Sequence[tuple[int, PastEvent]]
) -> list[tuple[int, PastEvent]]:
    """A life as the list of members alone tells it, as far as the sheet of events does not."""
    if member is None:
        return []
    kinds = {event.kind for _place, event in known}
    told = []
    if not kinds & _BEGINNINGS:
        told.append(PastEvent(line, member.joined_on, EventKind.ADMITTED, member.decision))
        if member.applied_on is not None:
            told.insert(0, PastEvent(line, member.applied_on, EventKind.APPLIED))
    if left_on is not None and not kinds & _ENDINGS:
        told.append(PastEvent(line, day_of(left_on), EventKind.RESIGNED))
    return [(-1, event) for event in told]


def _note_life(following: Following, events: Sequence[tuple[int, PastEvent]], found: Sequence[Found]) -> None:
    places = {event.line: place for place, event in sorted(events, key=lambda pair: pair[0])}
    for each in found:
        place = places[each.line]
        if place >= 0:
            following.note(place, each)


def _follow_known(following: Following, here: Here, place: int, line: int, member: NewMember | None) -> None:
    """Somebody who is in the books already: the same person, and nothing new about her life."""
    if member is not None and fold(member.person.name) != fold(here.name):
        sentence = N_(
            "Number %(number)s is %(name)s here already. Check the number, or record this person under another."
        )
        following.note(
            place,
            Found(
                line, "legal_name", Breach("number_taken", sentence, {"number": str(here.number), "name": here.name})
            ),
        )
    known = {(event.kind, event.effective_on) for event in here.events}
    for event_place, event in _events_of(following.scratch, here.number):
        if (event.kind, event.day) not in known:
            sentence = N_(
                "%(name)s is in the books already, without this event. Take the line out, and record "
                "it on the member’s page."
            )
            following.note(
                event_place, Found(event.line, "kind", Breach("event_of_known", sentence, {"name": here.name}))
            )
    _hold_known(following, here)


def _hold_known(following: Following, here: Here) -> None:
    undone = {event.reverses_id for event in here.events}
    spells = [
        (event.effective_on, event.status)
        for event in here.events
        if event.kind is not EventKind.REVERSAL and event.id not in undone
    ]
    following.books.holders[here.number] = Holder(here.number, here.name, here.id, spells)


def follow_strangers(following: Following) -> None:
    """Those that events and movements name and the list of members does not: in the books already, or unknown."""
    query = (
        "SELECT member FROM event UNION SELECT member FROM movement UNION SELECT other FROM movement "
        "WHERE other IS NOT NULL EXCEPT SELECT number FROM member"
    )
    for (number,) in following.scratch.rows(query):
        if number in following.known.here:
            _follow_known(following, following.known.here[number], 0, 0, None)
    for (number,) in following.scratch.rows("SELECT number FROM shaken"):
        if number in following.books.holders:
            following.books.holders[number].is_shaken = True
    if following.notes:
        _note_unknown(following)
        _note_moved(following)


def _note_unknown(following: Following) -> None:
    query = (
        "SELECT sheet, line, member FROM event WHERE member NOT IN (SELECT number FROM member WHERE number IS NOT NULL)"
    )
    for place, line, number in following.scratch.rows(query):
        if number not in following.books.holders:
            sentence = N_(
                "Member number %(number)s is in no list. Add this person to the members, or check the number."
            )
            following.note(place, Found(line, "member", Breach("unknown_member", sentence, {"number": str(number)})))


def _note_moved(following: Following) -> None:
    ids = {here.id: number for number, here in following.known.here.items()}
    for member_id in sorted(following.known.moved):
        number = ids[member_id]
        row = next(
            following.scratch.rows(
                "SELECT sheet, line FROM movement WHERE member = ? ORDER BY day, line LIMIT 1", (number,)
            ),
            None,
        )
        if row is None:
            continue
        sentence = N_(
            "%(name)s has movements in the books already: a past is taken over once, and before "
            "anything else. Take these lines out."
        )
        following.note(
            row[0],
            Found(row[1], "member", Breach("moved_already", sentence, {"name": following.known.here[number].name})),
        )
        following.books.holders[number].is_shaken = True

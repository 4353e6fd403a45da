"""Lists of members: searched, filtered, paged; candidatures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, String, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from coopgov.accounts.rules import fold_email
from coopgov.core.dates import paris_day
from coopgov.core.direct import Question
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.members.models import (
    DeathFile,
    Membership,
    MembershipEvent,
    MemberWord,
    Party,
)
from coopgov.members.queries.mandates import count_mandates_ending
from coopgov.members.queries.rows import FINDS, PAGE, ApplicationRow, MemberPage, MemberRow, member_row, members_select
from coopgov.members.rules import (
    Category,
    Earlier,
    EventKind,
    Status,
    fold,
    words_of,
)

# The words of one search.
MOST_WORDS = 5


def list_members(
    session: Session,
    *,
    text: str = "",
    status: Status | None = None,
    category: Category | None = None,
    college: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int | None = None,
) -> MemberPage:
    """One page in the order of folded names, of those whose words begin with the words of `text`.

    Without a `limit`, PAGE of the list or FINDS of a search; `after` and `before` are the keys of a page.
    """
    words, (turn, place) = _prefixes(text), _turn(after, before)
    limit = limit or (FINDS if words else PAGE)
    kept = {"status": status, "category": category, "college": college}
    filters = {name: value for name, value in kept.items() if value is not None}
    if not words:
        found: Iterable[Any] = _listing(tuple(filters), turn).rows(session, **filters, **place, most=limit + 1)
    else:
        found = _finds(session, words, filters, turn, place, 2 * limit + 1)
    return _page([member_row(row) for row in islice(found, limit + 1)], limit, after=after, before=before)


def applications(session: Session, *, limit: int = 200) -> list[ApplicationRow]:
    """The candidates who await a decision, the longest waiting first."""
    rows = session.execute(
        select(Membership, Party.is_cooperative)
        .join(Party, Party.id == Membership.party_id)
        .where(Membership.status == Status.CANDIDATE)
        .order_by(Membership.applied_on, Membership.number)
        .limit(limit)
    ).all()
    earlier = _earlier_of(session, [row.Membership for row in rows])
    return [_application(row.Membership, earlier, is_cooperative=row.is_cooperative) for row in rows]


def earlier_memberships(session: Session, *, email: str, sort_name: str) -> list[Earlier]:
    """The memberships of somebody with this e-mail and this folded name, by number."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.email == fold_email(email), Membership.sort_name == sort_name, Membership.email != "")
        .order_by(Membership.number)
    ).all()
    return [_earlier(row, _refused_on(session, row)) for row in rows]


def count_candidates(session: Session, *, email: str | None = None) -> int:
    """How many candidates await a decision, or how many with this address."""
    query = select(func.count()).select_from(Membership).where(Membership.status == Status.CANDIDATE)
    if email is not None:
        query = query.where(Membership.email == fold_email(email))
    return session.scalar(query) or 0


# Two counts that every home page of the board asks, in one statement.
_BOTH = select(
    select(func.count()).where(Membership.status == Status.CANDIDATE).scalar_subquery(),
    select(func.count()).where(DeathFile.closed_on.is_(None)).scalar_subquery(),
)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for this actor here, for those who admit: candidatures, estates, mandates that end."""
    if not actor.may(Permission.MEMBERS_ADMIT):
        return []
    candidates, estates = session.execute(_BOTH).one()
    ending = count_mandates_ending(session, paris_day(now))
    told = [
        (candidates, _("Candidatures to look at: %(count)s", count=candidates), "members.applications", "person"),
        (estates, _("Estates to settle: %(count)s", count=estates), "members.care", "people"),
        (
            ending,
            _("Mandates that end soon or are past: %(count)s", count=ending),
            "members.mandates",
            "scale",
        ),
    ]
    return [Waiting(title, endpoint, icon=icon) for count, title, endpoint, icon in told if count]


def _prefixes(text: str) -> dict[str, str]:
    """From where to where each word goes that is looked for: every one of them begins a word of whoever is found."""
    # The longest word is likely the rarest: the others are only looked for beside it.
    first, *others = sorted(words_of(text)[:MOST_WORDS], key=len, reverse=True) or [""]
    if not first:
        return {}
    # "{" comes right after "z": folded words hold only a-z and 0-9, so this range is the prefix on both engines.
    return {"first": first, "last": first + "{", **{f"also{n}": f" {word}" for n, word in enumerate(others)}}


def _turn(after: str | None, before: str | None) -> tuple[str, dict[str, Any]]:
    """Which way the page lies from the place that it was asked from, and that place."""
    for turn, key in (("before", before), ("after", after)):
        if key and (place := _read_key(key)):
            return turn, {"at_name": place[0], "at_number": place[1]}
    return "", {}


@cache
def _listing(filters: tuple[str, ...], turn: str) -> Question:
    """The list that these filters and this turn ask for: built once, their values are its parameters."""
    return Question(_turned(members_select().where(*_kept(filters)), Membership, turn))


def _finds(
    session: Session,
    words: Mapping[str, str],
    filters: Mapping[str, Any],
    turn: str,
    place: Mapping[str, Any],
    many: int,
) -> Iterator[Any]:
    """Whom all these words find and these filters keep, once each, in the order of the list; as many as are wanted."""
    last: int | None = None
    # Most filters keep most: the database looks at everybody who is found only when the first are not enough.
    asked: Mapping[str, Any] = {}
    while True:
        rows = _finding(tuple(words), tuple(asked), turn).rows(session, **words, **asked, **place, most=many)
        for row in rows:
            if row.number != last and all(getattr(row, name) == value for name, value in filters.items()):
                yield row
            last = row.number
        if len(rows) < many:
            return
        asked, turn = filters, turn or "after"
        place = {"at_name": rows[-1].sort_name, "at_number": rows[-1].number}


@cache
def _finding(words: tuple[str, ...], filters: tuple[str, ...], turn: str) -> Question:
    """The members whom so many words find, as often as there are words of theirs that do."""
    word, also = MemberWord.word, [bindparam(name, type_=String()) for name in words if name.startswith("also")]
    finds = select(MemberWord.sort_name, MemberWord.number).where(
        word >= bindparam("first"), word < bindparam("last"), *map(MemberWord.words.contains, also)
    )
    if filters:
        finds = finds.join(Membership, Membership.number == MemberWord.number).where(*_kept(filters))
    place = _turned(finds, MemberWord, turn).subquery()
    found = members_select().join(place, place.c.number == Membership.number)
    return Question(found.order_by(*_order(place.c, turn)))


def _kept(filters: tuple[str, ...]) -> list[Any]:
    return [getattr(Membership, name) == bindparam(name) for name in filters]


def _turned(query: Any, rows: Any, turn: str) -> Any:
    """So many of these rows, in their order, from a place on or back from it."""
    at = tuple_(bindparam("at_name", type_=Membership.sort_name.type), bindparam("at_number", type_=Integer()))
    order = tuple_(rows.sort_name, rows.number)
    if turn:
        query = query.where(order < at if turn == "before" else order > at)
    return query.order_by(*_order(rows, turn)).limit(bindparam("most", type_=Integer()))


def _order(rows: Any, turn: str) -> list[Any]:
    order = [rows.sort_name, rows.number]
    return [column.desc() for column in order] if turn == "before" else order


def _page(rows: list[MemberRow], limit: int, *, after: str | None, before: str | None) -> MemberPage:
    more, rows = len(rows) > limit, rows[:limit]
    backwards = bool(before and _read_key(before))
    if backwards:
        rows.reverse()
    has_next = backwards or more
    has_prev = more if backwards else bool(after and _read_key(after))
    return MemberPage(
        tuple(rows),
        next_key=_key(rows[-1]) if rows and has_next else None,
        prev_key=_key(rows[0]) if rows and has_prev else None,
    )


def _key(row: MemberRow) -> str:
    return f"{row.sort_name}.{row.number}"


def _read_key(key: str) -> tuple[str, int] | None:
    name, _dot, number = key.rpartition(".")
    is_ours = name == fold(name) and number.isascii() and number.isdigit() and len(number) < 10
    return (name, int(number)) if is_ours else None


def _application(
    row: Membership, earlier: dict[tuple[str, str], list[Earlier]], *, is_cooperative: bool
) -> ApplicationRow:
    known = earlier.get((row.email, row.sort_name), []) if row.email else []
    return ApplicationRow(
        row.id, row.number, row.name, row.town, row.craft, row.email, row.category, row.college, row.shares_wished,
        row.has_shop, row.applied_on or date.min, is_cooperative,
        tuple(found for found in known if found.id != row.id),
    )  # fmt: skip


def _earlier_of(session: Session, candidates: Sequence[Membership]) -> dict[tuple[str, str], list[Earlier]]:
    emails = {row.email for row in candidates if row.email}
    found: dict[tuple[str, str], list[Earlier]] = {}
    for row in session.scalars(select(Membership).where(Membership.email.in_(emails)).order_by(Membership.number)):
        found.setdefault((row.email, row.sort_name), []).append(_earlier(row, None))
    return found


def _earlier(row: Membership, refused_on: date | None) -> Earlier:
    since = refused_on or row.left_on or row.joined_on or row.applied_on or date.min
    return Earlier(row.id, row.number, row.status, since)


def _refused_on(session: Session, row: Membership) -> date | None:
    if row.status is not Status.REFUSED:
        return None
    return session.scalar(
        select(func.max(MembershipEvent.effective_on)).where(
            MembershipEvent.membership_id == row.id, MembershipEvent.kind == EventKind.REFUSED
        )
    )

"""Lists of members: searched, filtered, paged; candidatures."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, bindparam, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

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
from coopgov.members.queries.rows import PAGE, ApplicationRow, MemberPage, MemberRow, member_row, members_select
from coopgov.members.rules import (
    Category,
    Earlier,
    EventKind,
    Status,
    fold,
    words_of,
)

# The words of one search; each one more costs a join.
MOST_WORDS = 5
# A search that finds fewer is read find by find; one that finds more, along the list, where finds are close together.
FEW = 8_000


def list_members(
    session: Session,
    *,
    text: str = "",
    status: Status | None = None,
    category: Category | None = None,
    college: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
) -> MemberPage:
    """One page in the order of folded names, of those whose words begin with the words of `text`."""
    words = _prefixes(text)
    are_few = bool(words) and _COUNT.rows(session, **words)[0][0] <= FEW
    kept = {"status": status, "category": category, "college": college}
    filters = {name: value for name, value in kept.items() if value is not None}
    turn, place = _turn(after, before)
    question = _listing(len(words) // 2, tuple(filters), turn, are_few=are_few)
    rows = [member_row(row) for row in question.rows(session, **words, **filters, **place, most=limit + 1)]
    return _page(rows, limit, after=after, before=before)


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
    # The longest word is likely the rarest: the others are only looked up beside it.
    words = sorted(words_of(text)[:MOST_WORDS], key=len, reverse=True)
    # "{" comes right after "z": folded words hold only a-z and 0-9, so this range is the prefix on both engines.
    values: dict[str, str] = {}
    for n, word in enumerate(words):
        values |= {f"from{n}": word, f"to{n}": word + "{"}
    return values


def _turn(after: str | None, before: str | None) -> tuple[str, dict[str, Any]]:
    """Which way the page lies from the place that it was asked from, and that place."""
    for turn, key in (("before", before), ("after", after)):
        if key and (place := _read_key(key)):
            return turn, {"at_name": place[0], "at_number": place[1]}
    return "", {}


@cache
def _listing(words: int, filters: tuple[str, ...], turn: str, *, are_few: bool) -> Question:
    """The list that so many words, these filters and this turn ask for: built once, their values are its parameters."""
    member, found = _among(words, are_few=are_few)
    query = found.where(*(getattr(member, name) == bindparam(name) for name in filters))
    order: list[Any] = [member.sort_name, member.number]
    at = tuple_(bindparam("at_name", type_=Membership.sort_name.type), bindparam("at_number", type_=Integer()))
    if turn == "before":
        query, order = query.where(tuple_(*order) < at), [column.desc() for column in order]
    elif turn == "after":
        query = query.where(tuple_(*order) > at)
    return Question(query.order_by(*order).limit(bindparam("most", type_=Integer())))


def _among(words: int, *, are_few: bool) -> tuple[Any, Any]:
    """The members that so many words find, and their select."""
    if not words:
        return Membership, members_select()
    beside = [_has_word(n) for n in range(1, words)]
    matching = select(MemberWord.membership_id).where(*_begins(MemberWord, 0), *beside)
    found = Membership.id.in_(matching)
    if not are_few:
        return Membership, members_select().where(found)
    # The limit changes nothing but the plan: without it SQLite would walk the whole list to keep its order.
    member = aliased(Membership, select(Membership).where(found).limit(FEW).subquery())
    return member, members_select(member)


def _has_word(n: int) -> ColumnElement[bool]:
    word = aliased(MemberWord)
    return exists().where(word.membership_id == MemberWord.membership_id, *_begins(word, n))


def _begins(word: Any, n: int) -> list[ColumnElement[bool]]:
    return [word.word >= bindparam(f"from{n}"), word.word < bindparam(f"to{n}")]


# How many words begin like the first, as far as it matters.
_COUNT = Question(
    select(func.count()).select_from(select(MemberWord.word).where(*_begins(MemberWord, 0)).limit(FEW + 1).subquery())
)


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

"""Reads of the money book: what is called, paid and still due, on a day and as it was known at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext
from sqlalchemy import Date, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from coopgov.core.among import among
from coopgov.core.dates import paris_day
from coopgov.core.direct import Question
from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.members import queries as members
from coopgov.shares.chain import Kept
from coopgov.treasury.book import head
from coopgov.treasury.models import CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.queries.lines import moments_of
from coopgov.treasury.rules import KIND_LABELS, NEVER_NEGATIVE, Bucket, CapitalKind, called_since

PAGE = 50
_kept = Kept()


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """What one member has subscribed, and how far it is called and paid (*compte de capital*)."""

    uncalled: int = 0
    called_unpaid: int = 0
    paid_up: int = 0
    repayable: int = 0
    # Received beyond what is due, and interest not paid yet.
    suspense: int = 0
    interest_due: int = 0

    @property
    def subscribed(self) -> int:
        """The nominal value of the shares held."""
        return self.uncalled + self.called_unpaid + self.paid_up


@dataclass(frozen=True, slots=True)
class Owed:
    """What a member owes now, since the oldest call that is not wholly paid."""

    member_id: UUID
    name: str
    cents: Cents
    since: date


@dataclass(frozen=True, slots=True)
class OwedPage:
    """One page of what is to be received, and the key of the next."""

    rows: tuple[Owed, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of one member as it was written: how it changes what is called and what is paid."""

    seq: int
    kind: CapitalKind
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    share_tx_seq: int | None
    reverses_seq: int | None
    reversed_by: int | None
    note: str
    member_id: UUID
    subscribed: int
    called_unpaid: int
    paid: int
    repayable: int = 0
    suspense: int = 0
    interest_due: int = 0
    run_id: UUID | None = None
    approved_by: str | None = None
    late_for: date | None = None

    @property
    def label(self) -> str:
        """What it is called, to be translated."""
        return KIND_LABELS.get(self.kind, self.kind.value)

    @property
    def called(self) -> int:
        """What became due: an early payment makes due what it pays."""
        return self.called_unpaid + self.paid

    @property
    def can_be_reversed(self) -> bool:
        """True when it stands alone and is neither a reversal nor reversed."""
        alone = self.share_tx_seq is None and self.run_id is None and self.reversed_by is None
        return alone and self.kind not in {CapitalKind.REVERSAL, CapitalKind.OPENING}


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction of a member, with what is due and paid after it on that legal day."""

    transaction: Transaction
    due_after: int
    paid_after: int


def account_of(session: Session, *, member_id: UUID, on: date, known_at: datetime | None = None) -> MemberAccount:
    """A member's account at the end of that day, as known at that instant."""
    return _accounts(session, [member_id], on, known_at)[member_id]


def accounts_of(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, MemberAccount]:
    """The accounts of these members at the end of that day."""
    return _accounts(session, member_ids, on, None)


def buckets_of(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, dict[Bucket, int]]:
    """What stands in each bucket of these members at the end of that day; an empty bucket is left out."""
    return _sums(session, member_ids, on, None)


def totals_on(session: Session, on: date) -> MemberAccount:
    """The account of all members together at the end of that day."""
    return _kept.answer(head(session), ("totals", on), lambda: _totals_on(session, on))


def _totals_on(session: Session, on: date) -> MemberAccount:
    rows = session.execute(
        select(CapitalLeg.bucket, func.sum(CapitalLeg.cents))
        .where(CapitalLeg.bucket.in_(NEVER_NEGATIVE), CapitalLeg.effective_on <= on)
        .group_by(CapitalLeg.bucket)
    )
    return _account({bucket: int(cents) for bucket, cents in rows})


def to_receive(session: Session, *, after: str | None = None, limit: int = PAGE) -> OwedPage:
    """Who owes what is called, the oldest last call first (*versements à recevoir*)."""
    rows = _kept.answer(head(session), ("owing", after, limit), lambda: _owing(session, after, limit))
    shown, more = rows[:limit], rows[limit:]
    key = f"{shown[-1][2].isoformat()}.{shown[-1][0]}" if more else None
    return OwedPage(tuple(_owed(session, shown)), key)


def _owing(session: Session, after: str | None, limit: int) -> list[tuple[UUID, int, date]]:
    last_call = func.max(CapitalLeg.effective_on).filter(CapitalLeg.cents > 0)
    query = (
        select(CapitalLeg.membership_id, func.sum(CapitalLeg.cents), last_call.label("last_call"))
        .where(CapitalLeg.bucket == Bucket.CALLED_UNPAID)
        .group_by(CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) > 0)
        .order_by(last_call, CapitalLeg.membership_id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.having(tuple_(last_call, CapitalLeg.membership_id) > _key(after))
    return [(member_id, int(cents), day) for member_id, cents, day in session.execute(query) if member_id]


def count_to_receive(session: Session) -> int:
    """How many members owe what is called."""
    return _kept.answer(head(session), ("number owing",), lambda: _count_owing(session))


def _count_owing(session: Session) -> int:
    owing = (
        select(CapitalLeg.membership_id)
        .where(CapitalLeg.bucket == Bucket.CALLED_UNPAID)
        .group_by(CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) > 0)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(owing)) or 0


def movements_of(session: Session, member_id: UUID, *, known_at: datetime | None = None) -> list[Movement]:
    """Every transaction of a member in the order of the legal days, with what is due and paid after each."""
    query = _known(_transactions().where(CapitalLeg.membership_id == member_id), known_at)
    rows = session.execute(query.order_by(CapitalTx.effective_on, CapitalTx.seq))
    found = [_transaction(row) for row in rows]
    dues = accumulate(transaction.called_unpaid for transaction in found)
    paids = accumulate(transaction.paid for transaction in found)
    return [Movement(*parts) for parts in zip(found, dues, paids, strict=True)]


def get_transaction(session: Session, seq: int) -> Transaction:
    """One transaction; raises NotFound."""
    row = session.execute(_transactions().where(CapitalTx.seq == seq, CapitalLeg.membership_id.is_not(None))).first()
    if row is None:
        raise NotFound
    return _transaction(row)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """Payments to receive for whoever records them, and what the actor owes herself."""
    found = []
    if actor.may(Permission.SHARES_RECORD) and (number := count_to_receive(session)):
        title = ngettext("%(num)s payment to receive", "%(num)s payments to receive", number)
        found.append(Waiting(title, "treasury.to_receive", icon="coin"))
    if actor.account_id is not None and (mine := members.find_by_account(session, actor.account_id)):
        found += _my_debt(session, mine.id, paris_day(now))
    return found


def _my_debt(session: Session, member_id: UUID, today: date) -> list[Waiting]:
    if account_of(session, member_id=member_id, on=today).called_unpaid <= 0:
        return []
    title = gettext("A payment for your shares is due")
    return [Waiting(title, "shares.mine", icon="coin")]


def _accounts(
    session: Session, member_ids: Sequence[UUID], on: date, known_at: datetime | None
) -> dict[UUID, MemberAccount]:
    return {member_id: _account(buckets) for member_id, buckets in _sums(session, member_ids, on, known_at).items()}


_OF_MEMBERS = (
    select(CapitalLeg.membership_id, CapitalLeg.bucket, func.sum(CapitalLeg.cents).label("cents"))
    .where(among(CapitalLeg.membership_id, "member_ids"), CapitalLeg.effective_on <= bindparam("on", type_=Date()))
    .group_by(CapitalLeg.membership_id, CapitalLeg.bucket)
)
_SUMS = Question(_OF_MEMBERS)


def _sums(
    session: Session, member_ids: Sequence[UUID], on: date, known_at: datetime | None
) -> dict[UUID, dict[Bucket, int]]:
    values: dict[str, Any] = {"member_ids": tuple(member_ids), "on": on}
    if known_at is None:
        rows = _SUMS.rows(session, **values)
    else:
        rows = session.execute(_known(_OF_MEMBERS, known_at), values).all()
    sums: dict[UUID, dict[Bucket, int]] = {member_id: {} for member_id in member_ids}
    for member_id, bucket, cents in rows:
        if cents:
            sums[member_id][bucket] = int(cents)
    return sums


def _account(sums: dict[Bucket, int]) -> MemberAccount:
    return MemberAccount(
        uncalled=sums.get(Bucket.SUBSCRIBED_UNCALLED, 0),
        called_unpaid=sums.get(Bucket.CALLED_UNPAID, 0),
        paid_up=sums.get(Bucket.PAID_UP, 0),
        repayable=sums.get(Bucket.REPAYABLE, 0),
        suspense=sums.get(Bucket.SUSPENSE, 0),
        interest_due=sums.get(Bucket.INTEREST_DUE, 0),
    )


def _key(after: str) -> Any:
    day, _, member_id = after.partition(".")
    try:
        return tuple_(date.fromisoformat(day), UUID(member_id))
    except ValueError:
        raise NotFound from None


def _owed(session: Session, rows: Sequence[tuple[UUID, int, date]]) -> list[Owed]:
    ids = [row[0] for row in rows]
    people, moments = members.get_members(session, ids), moments_of(session, ids)
    return [
        Owed(
            member_id, people[member_id].name, Cents(cents),
            called_since(moments[member_id][Bucket.CALLED_UNPAID], cents) or last_call,
        )
        for member_id, cents, last_call in rows
    ]  # fmt: skip


def _known(query: Any, known_at: datetime | None) -> Any:
    if known_at is None:
        return query
    return query.where(CapitalLeg.tx_seq.in_(select(CapitalTx.seq).where(CapitalTx.recorded_at <= known_at)))


def _transactions() -> Any:
    undoing = aliased(CapitalTx)
    return (
        select(
            CapitalTx, CapitalLeg.membership_id, CapitalNote.words, undoing.seq.label("reversed_by"),
            _moved(Bucket.CLAIM).label("claim"), _moved(Bucket.CALLED_UNPAID).label("called"),
            _moved(Bucket.PAID_UP).label("paid"), _moved(Bucket.SUBSCRIBED_UNCALLED).label("uncalled"),
            _moved(Bucket.REPAYABLE).label("repayable"), _moved(Bucket.SUSPENSE).label("suspense"),
            _moved(Bucket.INTEREST_DUE).label("interest_due"),
        )
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .outerjoin(CapitalNote, CapitalNote.tx_seq == CapitalTx.seq)
        .group_by(CapitalTx.seq, CapitalLeg.membership_id, CapitalNote.words, undoing.seq)
    )  # fmt: skip


def _moved(bucket: Bucket) -> Any:
    return func.coalesce(func.sum(CapitalLeg.cents).filter(CapitalLeg.bucket == bucket), 0)


def _transaction(row: Any) -> Transaction:
    tx: CapitalTx = row.CapitalTx
    return Transaction(
        seq=tx.seq, kind=tx.kind, effective_on=tx.effective_on, recorded_at=tx.recorded_at,
        recorded_by=tx.recorded_by, share_tx_seq=tx.share_tx_seq, reverses_seq=tx.reverses_seq,
        reversed_by=row.reversed_by, note=row.words or "", member_id=row.membership_id,
        subscribed=int(row.called + row.paid + row.uncalled), called_unpaid=int(row.called), paid=int(row.paid),
        repayable=int(row.repayable), suspense=int(row.suspense), interest_due=int(row.interest_due),
        run_id=tx.run_id, approved_by=tx.approved_by, late_for=tx.late_for,
    )  # fmt: skip

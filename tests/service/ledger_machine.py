"""Random lives of the two books: whatever is asked in whatever order, after each step all that must hold holds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from coopgov.core import journal
from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.members import service as members
from coopgov.shares import book, queries, service
from coopgov.shares.models import ShareTx
from coopgov.shares.rules import Cause, CloseKind
from coopgov.shares.verify import verify as verify_shares
from coopgov.treasury import queries as money
from coopgov.treasury import service as treasury
from coopgov.treasury.models import CapitalTx
from coopgov.treasury.rules import CAPITAL, NEVER_NEGATIVE, Bucket
from coopgov.treasury.verify import verify as verify_money
from coopgov.wiring import HANDLERS
from tests.shares_world import World, wire

FIRST, TODAY = date(2026, 1, 5), date(2026, 11, 24)
DAYS = [FIRST + timedelta(days=31 * n) for n in range(10)] + [TODAY]
NAMES = ("Alice Martin", "Bob Le Goff", "Chloé Diaz", "Dora Klein", "Grande Maison")
BOARD, WHY = "Conseil du 5 janvier 2026", "Saisie en double"
# So many shares that refunds find the capital high enough; nobody gives them away.
GREAT = 2000


class Undone(Exception):
    """Indicate that a person thought better of it before it was kept."""


def _think(*, better: bool) -> None:
    if better:
        raise Undone


@dataclass
class Books:
    """The two books of a cooperative, and beside them what they should say of shares."""

    world: World
    ids: list[UUID] = field(default_factory=list)
    held: Counter[UUID] = field(default_factory=Counter)
    # What each movement of shares moved, and what was done, in order: a movement of shares or of money.
    moved: dict[int, dict[UUID, int]] = field(default_factory=dict)
    done: list[tuple[str, int]] = field(default_factory=list)
    # The last day on which each acquired shares.
    asked: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    closed: date | None = None

    @classmethod
    def found(cls, app: Any) -> "Books":
        """Five members, one with many shares."""
        world = wire(app)
        app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
        world.found()
        made = cls(world, world.members(*NAMES))
        made.subscribe(4, GREAT, FIRST)
        return made

    @property
    def session(self) -> Any:
        """A session that reads what is kept."""
        from coopgov.core.db import db  # noqa: PLC0415 - within the application's context only

        db.session.rollback()
        return db.session()

    def ends(self) -> tuple[int, int, journal.Head]:
        """How far the books and the journal go."""
        session = self.session
        shares, capital = (session.scalar(select(func.max(table.seq))) or 0 for table in (ShareTx, CapitalTx))
        return shares, capital, journal.head(session)

    def ask(self, command: Callable[..., Any], *, thinks_better: bool = False, **facts: Any) -> Any:
        """Do this, unless it is refused or thought better of: then nothing has changed. Gives the answer, or None."""
        before = self.ends()
        self.asked += 1
        try:
            with self.world.act() as act:
                answer = command(act, **facts) or True
                _think(better=thinks_better)
        except (RuleBroken, Undone) as refusal:
            self.refused.update(breach.code for breach in getattr(refusal, "breaches", ()))
            answer = None
        if answer is None:
            assert self.ends() == before
            return None
        self.accepted += 1
        self._note(before)
        return answer

    def _note(self, before: tuple[int, int, journal.Head]) -> None:
        after = self.ends()
        new = range(before[0] + 1, after[0] + 1)
        self.done += [("shares", seq) for seq in new] or [("money", n) for n in range(before[1] + 1, after[1] + 1)]
        for seq in new:
            self.moved[seq] = {side.member_id: side.quantity for side in queries.sides_of(self.session, seq)}
            self.held.update(self.moved[seq])

    def subscribe(self, who: int, quantity: int, on: date, *, due: int = 100, **more: Any) -> Any:
        """Subscribe; a part of the price is owed at once."""
        owed = Cents(quantity * 20_00 * due // 100)
        return self.ask(
            service.subscribe, member_id=self.ids[who], quantity=quantity, effective_on=on, payable_now=owed, **more
        )

    def transfer(self, giver: int, taker: int, quantity: int, on: date, **more: Any) -> Any:
        """Give shares to another member."""
        return self.ask(
            service.transfer, from_id=self.ids[giver], to_id=self.ids[taker], quantity=quantity, effective_on=on,
            decision=BOARD, **more,
        )  # fmt: skip

    def redeem(self, who: int, quantity: int, on: date, cause: Cause, **more: Any) -> Any:
        """Withdraw shares."""
        return self.ask(
            service.redeem, member_id=self.ids[who], quantity=quantity, effective_on=on, decision=BOARD, cause=cause, **more
        )  # fmt: skip

    def reverse(self, seq: int, on: date, **more: Any) -> Any:
        """Undo a movement of shares."""
        return self.ask(service.reverse, seq=seq, effective_on=on, reason=WHY, acknowledged=WHY, **more)

    def money(self, command: Callable[..., Any], who: int, cents: int, on: date, **more: Any) -> Any:
        """Pay, call, give back or set off."""
        return self.ask(command, member_id=self.ids[who], cents=Cents(cents), effective_on=on, **more)

    def close(self, on: date) -> None:
        """Close the register of a day."""
        if self.ask(treasury.close_period, kind=CloseKind.REGISTER, through_date=on):
            self.closed = on

    def check(self) -> None:
        """All that must hold after each step, read from the database itself."""
        session = self.session
        found = {member_id: one.quantity for member_id, one in queries.holdings_on(session, TODAY).items()}
        assert found == {member_id: quantity for member_id, quantity in self.held.items() if quantity}
        buckets = money.buckets_of(session, self.ids, TODAY)
        values = queries.holdings_of(session, self.ids, TODAY)
        for member_id in self.ids:
            assert sum(buckets[member_id].get(bucket, 0) for bucket in CAPITAL) == values[member_id].cents
            assert min(buckets[member_id].get(bucket, 0) for bucket in NEVER_NEGATIVE) >= 0
        assert queries.capital_on(session, TODAY) == sum(value.cents for value in values.values())
        assert book.head(session).seq == len(self.moved)

    def prove(self) -> None:
        """The whole proof of both books."""
        found = [*verify_shares(self.session), *verify_money(self.session)]
        assert found == [], found

    def _undo(self, what: str, seq: int) -> bool:
        if what == "shares":
            return bool(self.reverse(seq, TODAY))
        return bool(self.ask(treasury.reverse_payment, seq=seq, effective_on=TODAY, reason=WHY, acknowledged=WHY))

    def undo_all(self) -> None:
        """Reverse everything, the last first, and give back what lies in suspense: nothing is left.

        What was called on shares that are undone since was called on others: they follow once the call is undone.
        """
        left = list(reversed(self.done))
        while left != (rest := [each for each in left if not self._undo(*each)]):
            left = rest
        for member_id, buckets in money.buckets_of(self.session, self.ids, TODAY).items():
            for bucket, back in ((Bucket.SUSPENSE, treasury.refund_overpayment), (Bucket.REPAYABLE, treasury.repay)):
                if buckets.get(bucket):
                    assert self.ask(back, member_id=member_id, cents=Cents(buckets[bucket]), effective_on=TODAY)
        self.check()
        assert queries.holdings_on(self.session, TODAY) == {}
        left = money.buckets_of(self.session, self.ids, TODAY)
        assert {
            cents for buckets in left.values() for bucket, cents in buckets.items() if bucket in NEVER_NEGATIVE
        } <= {0}


PEOPLE, AMOUNTS = st.integers(0, 3), st.integers(1, 300_00)
SOME, SOME_DAY, SOMETIMES = st.integers(1, 6), st.sampled_from(DAYS), st.integers(0, 9).map(lambda n: n == 0)


class Lives(RuleBasedStateMachine):
    """What treasurers do, in any order; `books` is given by whoever runs it."""

    make_books: Callable[[], Books]

    @initialize()
    def begin(self) -> None:
        self.books = type(self).make_books()

    @rule(who=PEOPLE, quantity=SOME, on=SOME_DAY, due=st.sampled_from([25, 50, 100]), again=SOMETIMES, off=SOMETIMES)
    def subscribe(self, who: int, quantity: int, on: date, due: int, *, again: bool, off: bool) -> None:
        self.books.subscribe(who, quantity, on, due=due, thinks_better=off)
        if again:
            self.books.subscribe(who, quantity, on, due=due)

    @rule(who=PEOPLE, quantity=SOME)
    def subscribe_late(self, who: int, quantity: int) -> None:
        if self.books.closed is not None:
            first = self.books.closed + timedelta(days=1)
            self.books.subscribe(who, quantity, first, true_on=self.books.closed)

    @rule(giver=PEOPLE, taker=PEOPLE, quantity=SOME, on=SOME_DAY, off=SOMETIMES)
    def transfer(self, giver: int, taker: int, quantity: int, on: date, *, off: bool) -> None:
        self.books.transfer(giver, taker, quantity, on, thinks_better=off)

    @rule(who=PEOPLE, quantity=SOME, on=SOME_DAY, cause=st.sampled_from(Cause))
    def redeem(self, who: int, quantity: int, on: date, cause: Cause) -> None:
        self.books.redeem(who, quantity, on, cause)

    @rule(which=st.integers(0, 10**6), on=SOME_DAY, again=SOMETIMES)
    def reverse(self, which: int, on: date, *, again: bool) -> None:
        seq = 2 + which % max(len(self.books.moved) - 1, 1)
        for _ in range(1 + again):
            if seq in self.books.moved:
                self.books.reverse(seq, on)

    @rule(who=PEOPLE, cents=AMOUNTS, on=SOME_DAY, off=SOMETIMES)
    def pay(self, who: int, cents: int, on: date, *, off: bool) -> None:
        self.books.money(treasury.pay, who, cents, on, reference="VIR", thinks_better=off)

    @rule(what=st.sampled_from([treasury.call, treasury.repay, treasury.refund_overpayment, treasury.set_off]),
          who=PEOPLE, cents=AMOUNTS, on=SOME_DAY)  # fmt: skip
    def move_money(self, what: Callable[..., Any], who: int, cents: int, on: date) -> None:
        self.books.money(what, who, cents, on)

    @rule(which=st.integers(0, 10**6), on=SOME_DAY)
    def reverse_payment(self, which: int, on: date) -> None:
        _shares, last, _head = self.books.ends()
        self.books.ask(treasury.reverse_payment, seq=1 + which % last, effective_on=on, reason=WHY, acknowledged=WHY)

    @rule(who=PEOPLE, on=SOME_DAY)
    def leave(self, who: int, on: date) -> None:
        self.books.ask(members.resign, member_id=self.books.ids[who], effective_on=on, reason="Départ")

    @rule(who=PEOPLE, on=SOME_DAY)
    def come_back(self, who: int, on: date) -> None:
        self.books.ask(members.reinstate, member_id=self.books.ids[who], effective_on=on, decision="AG")

    @rule(on=st.sampled_from(DAYS[:4]), really=st.integers(0, 3))
    def close(self, on: date, really: int) -> None:
        if really == 0:
            self.books.close(on)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "books"):
            self.books.check()

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.prove()
            self.books.undo_all()
            self.books.prove()

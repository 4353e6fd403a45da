"""A cooperative with a long past of shares: filled through the writers of its two books, and members who subscribe at once."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, text

from bench.filling import SEED, enrol
from coopgov.core.act import Act, open_act
from coopgov.core.db import db
from coopgov.core.ids import new_id
from coopgov.core.money import Cents
from coopgov.core.policy import SYSTEM
from coopgov.demo.stage import Stage, on_stage
from coopgov.members.models import Membership
from coopgov.members.rules import Status
from coopgov.shares import book as shares
from coopgov.shares import service
from coopgov.shares.models import ShareTx
from coopgov.shares.rules import Lot, TxKind, issue_legs, negated
from coopgov.shares.service.classes import class_and_nominal
from coopgov.statutes import queries as statutes_queries
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.treasury import book as money
from coopgov.treasury import rules
from coopgov.treasury.rules import CapitalKind, Due

PAST = timedelta(days=3000)
AT_ONCE = 20_000
# One subscription in so many is undone again; one in so many is paid at once.
ONE_UNDONE, ONE_PAID = 25, 2
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Price:
    """The one class of shares, and what a share of it costs."""

    class_id: UUID
    cents: int


def fill_ledger(app: Flask, members: int, movements: int, today: date, tell: Told) -> None:
    """Found it, enrol everybody, write so many movements of shares and their money; carry on where it stopped."""
    begin = today - PAST
    with app.app_context():
        with on_stage(app, tell, begin) as stage:
            ids = member_ids(app) or _found(stage, members, begin)
            stage.at(today - timedelta(days=1))
            _write_all(stage, ids, movements, begin, today)
        _let_it_look()
        db.session.remove()


def member_ids(app: Flask) -> list[UUID]:
    """Everybody, by number."""
    with app.app_context():
        found = list(db.session.scalars(select(Membership.id).order_by(Membership.number)))
        # What a web process has read before long.
        statutes_queries.history(db.session())
        db.session.remove()
    return found


def _found(stage: Stage, members: int, begin: date) -> list[UUID]:
    with stage.act() as act:
        statutes.adopt_statutes(act, text=ready_set("scop-sa-cae"), in_force_from=begin, decision="constitution")
    return enrol(stage, members, begin)


def _write_all(stage: Stage, ids: list[UUID], movements: int, begin: date, today: date) -> None:
    dice = random.Random(SEED)
    with stage.act() as act:
        price = Price(*class_and_nominal(act, today))
        done = act.session.scalar(select(func.max(ShareTx.seq))) or 0
    while done < movements:
        began = time.perf_counter()
        with stage.act() as act:
            number = _write_some(act, dice, ids, price, begin, min(AT_ONCE, movements - done))
        done += number
        stage.tell(f"{done} movements, {number / (time.perf_counter() - began):.0f}/s")


def _write_some(act: Act, dice: random.Random, ids: list[UUID], price: Price, begin: date, most: int) -> int:
    """Subscriptions of members drawn by lot on days drawn by lot, what they owe, what is undone, what is paid."""
    number = max(1, most * ONE_UNDONE // (ONE_UNDONE + 1))
    entries = [_subscription(dice, ids, price, begin) for _ in range(number)]
    seqs = shares.write(act, entries)
    calls = [_call(entry, seq) for entry, seq in zip(entries, seqs, strict=True)]
    owed = money.write(act, calls)
    undone = range(0, number if most > number else 0, ONE_UNDONE)
    back = shares.write(act, [_undone(entries[n], seqs[n]) for n in undone])
    money.write(act, [_taken_back(calls[n], owed[n], seq) for n, seq in zip(undone, back, strict=True)])
    money.write(act, [_paid(calls[n]) for n in range(1, number, ONE_PAID) if n % ONE_UNDONE])
    act.record("bench.filled", shares.BOOK_NAME, {"last": (back or seqs)[-1]})
    return number + len(back)


def _subscription(dice: random.Random, ids: list[UUID], price: Price, begin: date) -> shares.Entry:
    day = begin + timedelta(days=dice.randrange(PAST.days))
    lot, quantity = Lot(new_id(), price.class_id, day, price.cents), dice.randrange(1, 6)
    legs = issue_legs(dice.choice(ids), lot, quantity, price.cents)
    return shares.Entry(
        TxKind.SUBSCRIBE, day, legs, opens=(lot,), reason_code="subscription", payable_now=Cents(quantity * price.cents)
    )  # fmt: skip


def _call(entry: shares.Entry, seq: int) -> money.Entry:
    holder = entry.legs[0]
    assert holder.member_id is not None
    total = holder.quantity * holder.unit_cents
    legs = rules.call_legs(holder.member_id, total, total)
    return money.Entry(CapitalKind.CALL, entry.effective_on, legs, share_tx_seq=seq)


def _undone(entry: shares.Entry, seq: int) -> shares.Entry:
    return shares.Entry(
        TxKind.REVERSAL, entry.effective_on, negated(entry.legs), reason_code="reversal", reverses_seq=seq
    )  # fmt: skip


def _taken_back(call: money.Entry, owed: int, seq: int) -> money.Entry:
    return money.Entry(
        CapitalKind.REVERSAL, call.effective_on, rules.negated(call.legs), share_tx_seq=seq, reverses_seq=owed
    )  # fmt: skip


def _paid(call: money.Entry) -> money.Entry:
    member_id, cents = call.legs[0].member_id, call.legs[0].cents
    assert member_id is not None
    legs = rules.payment_legs(member_id, Cents(cents), Due(Cents(cents)))
    return money.Entry(CapitalKind.PAY, call.effective_on, legs, note="VIR")


def _let_it_look() -> None:
    with open_act(_runtime(), SYSTEM) as act:
        act.session.execute(text("ANALYZE"))


def present_ids(app: Flask) -> list[UUID]:
    """Those who are members, by number."""
    with app.app_context():
        present = select(Membership.id).where(Membership.status == Status.MEMBER).order_by(Membership.number)
        found = list(db.session.scalars(present))
        # What a web process has read before long.
        statutes_queries.history(db.session())
        db.session.remove()
    return found


def _runtime() -> Any:
    from flask import current_app

    return current_app.extensions["coopgov.runtime"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many were done in a second, and what each cost of the processor here and in the database, in milliseconds."""

    per_second: float
    here_ms: float
    database_ms: float


def subscribe_at_once(app: Flask, ids: list[UUID], today: date, *, clients: int, seconds: float) -> Rate:
    """Let so many processes subscribe one share each time, through the service, each in an act of its own."""
    return at_once(app, clients, seconds, lambda end, seed: _subscribe_until(app, ids, today, end, seed))


def at_once(app: Flask, clients: int, seconds: float, work: Callable[[float, int], int]) -> Rate:
    """Let so many processes work until an instant; each has done it a few times before they start together."""
    work(time.monotonic() + 0.5, 0)
    with app.app_context():
        server = _server()
        db.session.remove()
        db.engine.dispose()
    before, here = _children_seconds(server), os.times()
    start = time.monotonic() + 1.0
    done = sum(_forked(clients, lambda seed: _work(app, start, seconds, seed, work)))
    after = os.times()
    cost = after.children_user + after.children_system - here.children_user - here.children_system
    return Rate(done / seconds, cost / done * 1000, (_children_seconds(server) - before) / done * 1000)


def _work(app: Flask, start: float, seconds: float, seed: int, work: Callable[[float, int], int]) -> int:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.remove()
    time.sleep(max(0.0, start - time.monotonic()))
    return work(start + seconds, seed + 1)


def _subscribe_until(app: Flask, ids: list[UUID], today: date, end: float, seed: int) -> int:
    dice, done = random.Random(seed), 0
    runtime = app.extensions["coopgov.runtime"]
    with app.app_context():
        while time.monotonic() < end:
            with open_act(runtime, SYSTEM) as act:
                service.subscribe(act, member_id=dice.choice(ids), quantity=1, effective_on=today)
            done += 1
    return done


def insert_at_once(app: Flask, *, clients: int, seconds: float) -> Rate:
    """The bare limit: the same processes, one row in a durable transaction each time, by the driver alone."""
    with app.app_context(), open_act(_runtime(), SYSTEM) as act:
        act.session.execute(text("CREATE TABLE IF NOT EXISTS bench_bare (n integer)"))

    def work(end: float, seed: int) -> int:
        done = 0
        with app.app_context():
            connection: Any = db.engine.raw_connection()
            connection.driver_connection.read_only = False
            cursor = connection.cursor()
            while time.monotonic() < end:
                cursor.execute("INSERT INTO bench_bare VALUES (%s)", (seed,))
                connection.commit()
                done += 1
            connection.close()
        return done

    return at_once(app, clients, seconds, work)


def _forked(clients: int, work: Callable[[int], int]) -> Iterator[int]:
    assert threading.active_count() == 1, "a process with threads is not forked"
    read, write = os.pipe()
    children = []
    for seed in range(clients):
        child = os.fork()
        if child == 0:
            os.write(write, f"{work(seed)}\n".encode())
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.close(write)
    assert codes == [0] * clients, codes
    with os.fdopen(read) as told:
        yield from map(int, told.read().split())


def _server() -> int:
    """The process that PostgreSQL's own processes are children of."""
    backend = db.session.scalar(text("SELECT pg_backend_pid()"))
    return int(_stat(int(backend or 0))[1])


def _children_seconds(pid: int) -> float:
    """What the children of a process that have ended have taken of the processor."""
    time.sleep(0.2)
    return (int(_stat(pid)[13]) + int(_stat(pid)[14])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

"""The books of shares and money of a large cooperative: its past, registers, pages, exports, subscriptions, proof; each beside its bare limit."""

import argparse
import csv
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.large import SEARCHES, Page
from bench.pages import CLIENTS, Figure, measure
from bench.past import in_a_process, megabytes, watched
from bench.world import Place, cookie_of, make_app, postgresql, served, sqlite
from coopgov.core import clock
from coopgov.core.dates import paris_day

LOOPED, RUNS = 1000, 5
AGGREGATE = (
    "SELECT membership_id, sum(qty), sum(qty * unit_cents) FROM share_leg "
    "WHERE membership_id IS NOT NULL AND effective_on <= {on} GROUP BY membership_id HAVING sum(qty) <> 0"
)
# What the register of members tells, by one statement of the driver's.
REGISTER = (
    "SELECT m.number, m.name, p.birth_date, p.birth_place, p.siren, m.postal_address, m.status, m.category, m.college, "
    "m.joined_on, s.qty, s.cents, b.paid, b.due FROM membership m JOIN party p ON p.id = m.party_id LEFT JOIN "
    "(SELECT l.membership_id, sum(l.qty) AS qty, sum(l.qty * l.unit_cents) AS cents FROM share_leg l JOIN share_tx t "
    "ON t.seq = l.tx_seq WHERE l.membership_id IS NOT NULL AND l.effective_on <= {on} AND t.recorded_at <= {known} "
    "GROUP BY l.membership_id) s ON s.membership_id = m.id LEFT JOIN "
    "(SELECT l.membership_id, sum(CASE WHEN l.bucket = 'paid_up' THEN l.cents END) AS paid, "
    "sum(CASE WHEN l.bucket = 'called_unpaid' THEN l.cents END) AS due FROM capital_leg l JOIN capital_tx t "
    "ON t.seq = l.tx_seq WHERE l.effective_on <= {on} AND t.recorded_at <= {known} GROUP BY l.membership_id) b "
    "ON b.membership_id = m.id ORDER BY m.number"
)


def say(goal: str, value: float, target: float, how: str, *, least: bool = False) -> None:
    """Print one goal as a JSON line; `least` when more is better."""
    ok = value >= target if least else value <= target
    told = {"goal": goal, "value": round(value, 2), "target": target, "ok": ok, "how": how}
    print(json.dumps(told, ensure_ascii=False), flush=True)


def note(sentence: str) -> None:
    """Tell how far it is, beside the figures."""
    print(sentence, file=sys.stderr, flush=True)


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of some runs."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def driver_rows(statement: str, **days: Any) -> list[Any]:
    """Ask the driver itself."""
    from coopgov.core.db import db

    mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
    names = [part.partition("}")[0] for part in statement.split("{")[1:]]
    connection: Any = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement.format(**dict.fromkeys(days, mark)), [days[name] for name in names])
        return list(cursor.fetchall())
    finally:
        connection.close()


def compare_register(place: Place, today: date) -> None:
    """Everybody's shares on a day of the past: against the bare aggregate, and against objects loaded one by one."""
    from coopgov.core.db import db
    from coopgov.shares import queries

    on = today - timedelta(days=400)
    bare = seconds(lambda: driver_rows(AGGREGATE, on=on.isoformat()))
    ours = seconds(lambda: queries.holdings_on(db.session(), on))
    told = seconds(lambda: sum(line.quantity for line in queries.holdings_on(db.session(), on).values()))
    loop = lazy_loop(on)
    how = f"times the bare aggregate ({bare:.2f} s) of a day 400 days ago: {ours:.2f} s; median of {RUNS}; "
    how += f"{told:.2f} s with each line told"
    say(f"{place.engine}: register as of a day", ours / bare, 2, how)
    how = f"times faster than objects loaded member by member ({loop:.0f} s by {LOOPED} members)"
    say(f"{place.engine}: register against a lazy loop", loop / ours, 60, how, least=True)


def lazy_loop(on: date) -> float:
    """Seconds for all members the way of an object-relational application: each member, then her movements one by one."""
    from sqlalchemy import func, select

    from coopgov.core.db import db
    from coopgov.members.models import Membership
    from coopgov.shares.models import ShareLeg, ShareTx

    session = db.session()
    everybody = session.scalar(select(func.count()).select_from(Membership)) or 0
    some = session.scalars(select(Membership).order_by(Membership.number).limit(LOOPED)).all()
    begun = time.perf_counter()
    held = {}
    for member in some:
        legs = session.scalars(select(ShareLeg).where(ShareLeg.membership_id == member.id)).all()
        held[member.id] = sum(leg.qty for leg in legs if _transaction(session, ShareTx, leg).effective_on <= on)
    session.expunge_all()
    return (time.perf_counter() - begun) * everybody / len(some)


def _transaction(session: Any, kind: Any, leg: Any) -> Any:
    return session.get(kind, leg.tx_seq)


def compare_exports(place: Place, today: date) -> None:
    """The whole register of members as CSV against one statement and the csv module, and as XLSX."""
    from coopgov.core.db import db
    from coopgov.printing.sheets import write_csv
    from coopgov.registers.rules import AsOf
    from coopgov.registers.tables import Register, columns_of, rows_of

    now = clock.now()

    def ours() -> int:
        told = write_csv(columns_of(Register.MEMBERS), rows_of(db.session(), Register.MEMBERS, AsOf(today, now)))
        return sum(map(len, told))

    def bare() -> int:
        known = now.replace(tzinfo=None).isoformat(" ") if place.engine == "sqlite" else now.isoformat()
        file = io.StringIO()
        csv.writer(file, delimiter=";").writerows(driver_rows(REGISTER, on=today.isoformat(), known=known))
        return file.tell()

    limit, taken = seconds(bare, 3), seconds(ours, 3)
    how = f"times one statement and the csv module ({limit:.2f} s): {taken:.2f} s, {ours() / 1e6:.0f} MB; median of 3"
    say(f"{place.engine}: CSV of the register of members", taken / limit, 2, how)
    taken, memory, pages, size = in_a_process(_xlsx, place, today)
    how = f"s; {size / 1e6:.1f} MB of file, in a process of its own"
    say(f"{place.engine}: XLSX of the register of members", taken, 10, how)
    # A SQLite file is read where the system keeps it: those pages are the system's, which takes them back at need.
    how = f"MB beyond those of the application, of both its processes, beside {pages:.0f} MB of pages of files"
    say(f"{place.engine}: memory of the XLSX", memory, 100, how)


def _xlsx(place: Place, today: date) -> tuple[float, float, float, int]:
    from coopgov.core.db import db
    from coopgov.printing.sheets import write_xlsx
    from coopgov.registers.rules import AsOf
    from coopgov.registers.tables import Register, columns_of, rows_of

    app = make_app(place)
    with app.test_request_context(), tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        columns = columns_of(Register.MEMBERS)
        before, begun = [megabytes(os.getpid(), kind) for kind in ("Pss_Anon", "Pss_File")], time.perf_counter()
        with watched("Pss_Anon") as own, watched("Pss_File") as pages:
            rows = rows_of(db.session(), Register.MEMBERS, AsOf(today, clock.now()))
            write_xlsx(file, columns, rows, name="register", made_at=clock.now())
            file.flush()
            taken = time.perf_counter() - begun
        return taken, own[0] - before[0], pages[0] - before[1], Path(file.name).stat().st_size


def measure_pages(place: Place, app: Any, requests: int) -> None:
    """A page of the register is as fast whatever its number; a name is found at once; over HTTP."""
    cookie = _treasurer(app)
    with served(place) as url:
        for name, page in _pages_of_register(app, cookie).items():
            measure(url, page, requests=10, clients=1)
            found = measure(url, page, requests=min(requests, 200), clients=1)
            say(
                f"{place.engine}: {name}", found.p95, page.p95_ms, f"ms p95 of a page of 50, one client; {_more(found)}"
            )
        for where in ("/shares/", "/members"):
            page = Page(cookie, tuple(f"{where}?q={quote_plus(name)}" for name in SEARCHES), 70)
            measure(url, page, requests=CLIENTS * 4)
            found = measure(url, page, requests=requests)
            say(f"{place.engine}: search on {where}", found.p99, 70, f"ms p99, {CLIENTS} clients; {_more(found)}")


def _more(found: Figure) -> str:
    return f"p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms, {found.per_second:.0f}/s"


def _treasurer(app: Any) -> str:
    from bench.filling import TREASURER
    from bench.large import sign_in

    with app.app_context():
        return cookie_of(app, sign_in(app, TREASURER))


def _pages_of_register(app: Any, cookie: str) -> dict[str, Page]:
    """The first, the middle and the last page of the movements and of the members."""
    from sqlalchemy import func, select

    from coopgov.core.db import db
    from coopgov.members.models import Membership
    from coopgov.shares.models import ShareTx

    with app.app_context():
        last = db.session.scalar(select(func.max(ShareTx.seq))) or 0
        names = select(Membership.sort_name, Membership.number).order_by(Membership.sort_name, Membership.number)
        count = db.session.scalar(select(func.count()).select_from(Membership)) or 0
        middle, end = (db.session.execute(names.offset(at).limit(1)).one() for at in (count // 2, count - 51))
        db.session.remove()
    return {
        "movements, first page": Page(cookie, ("/shares/movements",), 60),
        "movements, middle page": Page(cookie, (f"/shares/movements?before={last // 2}",), 60),
        "movements, last page": Page(cookie, ("/shares/movements?before=51",), 60),
        "members, first page": Page(cookie, ("/shares/",), 60),
        "members, middle page": Page(cookie, (f"/shares/?after={_after(middle)}",), 60),
        "members, last page": Page(cookie, (f"/shares/?after={_after(end)}",), 60),
    }


def _after(row: Any) -> str:
    return quote_plus(f"{row.number}.{row.sort_name}")


def measure_subscriptions(place: Place, app: Any, today: date, length: float) -> None:
    """Eight processes that subscribe, and the same that write one durable row."""
    from bench.ledger import insert_at_once, present_ids, subscribe_at_once

    ids = present_ids(app)
    alone = subscribe_at_once(app, ids, today, clients=1, seconds=length)
    found = subscribe_at_once(app, ids, today, clients=CLIENTS, seconds=length)
    bare = insert_at_once(app, clients=CLIENTS, seconds=min(length, 5))
    how = (
        f"subscriptions/s through the service, {CLIENTS} processes, {length:.0f} s; each {found.here_ms:.1f} ms of the processor "
        f"in Python and {found.database_ms:.1f} ms in PostgreSQL; one process alone {alone.per_second:.0f}/s; "
        f"bare: one durable row each time {bare.per_second:.0f}/s"
    )
    say(f"{place.engine}: subscriptions", found.per_second, 300, how, least=True)


def measure_proof(place: Place, app: Any) -> None:
    """Recompute everything, as the night does."""
    from coopgov.core.db import db
    from coopgov.registers.verify import verify_all

    with app.app_context():
        begun, used = time.perf_counter(), time.process_time()
        faults = verify_all(db.session(), place.folder)
        taken, used = time.perf_counter() - begun, time.process_time() - used
        db.session.remove()
    assert faults == [], faults[:3]
    say(f"{place.engine}: proof of everything", taken, 60, f"s; {used:.0f} s of the processor in Python")


def run(place: Place, told: argparse.Namespace) -> None:
    """Take a past over, and measure all else on the books it makes."""
    from bench.past import let_it_look, measure_import

    today, app = paris_day(clock.now()), make_app(place)
    if is_new(app):
        measure_import(place, told.members, told.movements, today, say)
        let_it_look(app, today)
    if told.only_import:
        return
    with app.test_request_context():
        compare_register(place, today)
        compare_exports(place, today)
    _let_go(app)
    measure_pages(place, app, told.requests)
    measure_proof(place, app)
    _let_go(app)
    if place.engine == "postgresql":
        measure_subscriptions(place, app, today, told.seconds)


def is_new(app: Any) -> bool:
    """Whether nothing was taken over there yet."""
    from coopgov.demo.data import is_empty

    with app.app_context():
        found = is_empty()
    _let_go(app)
    return found


def _let_go(app: Any) -> None:
    from coopgov.core.db import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure on both engines, then beside juntagrico."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument(
        "--movements", type=int, default=1_000_000, help="lines of the past: of shares, of money, of both"
    )
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=15, help="how long members subscribe")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="keep the filled databases in this folder, and use them again")
    parser.add_argument("--only-import", action="store_true", help="only take over a past")
    parser.add_argument("--without-peer", action="store_true", help="leave juntagrico out")
    told = parser.parse_args()
    for maker in (sqlite, postgresql):
        if told.engine not in (None, maker.__name__):
            continue
        keep = told.keep and told.keep / f"ledger-{maker.__name__}-{told.members}-{told.movements}"
        with maker(keep) as place:
            run(place, told)
    if not (told.without_peer or told.only_import):
        from bench.peer import compare_with_juntagrico

        compare_with_juntagrico(told.keep, say)


if __name__ == "__main__":
    main()

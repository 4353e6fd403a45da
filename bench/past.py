"""Taking over the past of a large cooperative from its spreadsheets: how long it takes, and in how much memory."""

import csv
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from bench.filling import SEED
from bench.load import processes
from bench.world import Place, make_app, settle

YEARS = 3
SINCE_DAYS = 1200  # the first admissions are that many days ago
SHEETS = {
    "associes.csv": (
        "Numéro", "Nom", "Prénom", "E-mail", "Adresse", "Code postal", "Ville", "Catégorie", "Parts détenues",
        "Capital libéré", "À rembourser",
    ),
    "evenements.csv": ("Numéro", "Événement", "Date", "Décision", "Motif"),
    "mouvements.csv": (
        "Date", "Mouvement", "Numéro", "Parts", "Valeur de la part", "Montant", "Dont appelé", "Autre associé",
        "Référence", "Décision",
    ),
    "balance.csv": ("Compte", "Libellé", "Solde"),
}  # fmt: skip
# One member in so many hands two shares over to a neighbour; one in so many leaves and is paid back.
ONE_HANDS_OVER, ONE_LEAVES = 9, 11
TOTALS = {"1013": "paid", "1012": "called", "1011": "uncalled", "4567": "repayable"}


@dataclass(slots=True)
class Owner:
    """One member of the older register, with what she has so far."""

    number: int
    joined: date
    shares: int = 0
    paid: int = 0
    called: int = 0
    uncalled: int = 0
    repayable: int = 0
    left: date | None = None


@dataclass(slots=True)
class Register:
    """An older register being written, sheet by sheet, line by line; its totals at the end."""

    sheets: dict[str, Any]
    nominal: int
    begin: date
    movements: int = 0
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOTALS.values(), 0))

    def move(self, on: date, kind: str, owner: Owner, **cells: str) -> None:
        """One line of the sheet of movements."""
        self.movements += 1
        rest = [cells.get(name, "") for name in ("shares", "unit", "amount", "part", "other", "reference", "decision")]
        self.sheets["mouvements.csv"].writerow([_day(on), kind, owner.number, *rest])


def write_register(folder: Path, members: int, movements: int, begin: date, nominal: int) -> int:
    """Write the four sheets of an older register that is right; gives how many movements it has."""
    dice = random.Random(SEED)
    with ExitStack() as stack:
        register = Register(dict(_opened(stack, folder)), nominal, begin)
        for first in range(1, members + 1, 2):
            _write_two(register, dice, range(first, min(first + 2, members + 1)), movements / members)
        for account, name in TOTALS.items():
            register.sheets["balance.csv"].writerow([account, name, _euros(register.totals[name])])
    return register.movements


def _opened(stack: ExitStack, folder: Path) -> Iterator[tuple[str, Any]]:
    for name, headings in SHEETS.items():
        sheet = csv.writer(stack.enter_context((folder / name).open("w", encoding="utf-8", newline="")), delimiter=";")
        sheet.writerow(headings)
        yield name, sheet


def _write_two(register: Register, dice: random.Random, numbers: range, lines_each: float) -> None:
    """Two neighbours and three years of both; only they hand shares over to each other."""
    owners = [Owner(number, register.begin + timedelta(days=dice.randrange(90))) for number in numbers]
    for owner in owners:
        _live(register, dice, owner, max(3, round(lines_each)))
    if len(owners) == 2 and owners[0].number // 2 % ONE_HANDS_OVER == 0:
        _hand_over(register, owners[0], owners[1])
    for owner in owners:
        if owner.number % ONE_LEAVES == 0:
            _leave(register, owner)
        _list(register, dice, owner)


def _live(register: Register, dice: random.Random, owner: Owner, lines: int) -> None:
    """Shares subscribed, half of them called at once and paid, the other half later; again and again."""
    steps = (_subscribe, _pay, _call, _pay)
    apart = (YEARS * 365 - 200) // lines
    for step in range(lines):
        on = owner.joined + timedelta(days=step * apart + dice.randrange(max(1, apart - 1)))
        steps[step % len(steps)](register, dice, owner, on)


def _subscribe(register: Register, dice: random.Random, owner: Owner, on: date) -> None:
    quantity = 2 * dice.randrange(1, 6)
    total, part = quantity * register.nominal, quantity // 2 * register.nominal
    owner.shares += quantity
    owner.called += part
    owner.uncalled += total - part
    register.move(
        on, "souscription", owner, shares=str(quantity), unit=_euros(register.nominal), amount=_euros(total),
        part=_euros(part),
    )  # fmt: skip


def _pay(register: Register, dice: random.Random, owner: Owner, on: date) -> None:
    register.move(
        on, "versement", owner, amount=_euros(owner.called), reference=f"virement {dice.randrange(10**9)}"
    )  # fmt: skip
    owner.paid, owner.called = owner.paid + owner.called, 0


def _call(register: Register, dice: random.Random, owner: Owner, on: date) -> None:
    register.move(on, "appel", owner, amount=_euros(owner.uncalled), decision=f"Conseil n° {dice.randrange(100)}")
    owner.called, owner.uncalled = owner.called + owner.uncalled, 0


def _hand_over(register: Register, giver: Owner, taker: Owner) -> None:
    value = 2 * register.nominal
    if giver.paid < value or giver.called or giver.uncalled:
        return
    on = register.begin + timedelta(days=YEARS * 365)
    register.move(
        on, "cession", giver, shares="2", amount=_euros(value), other=str(taker.number), decision="Conseil"
    )  # fmt: skip
    for owner, way in ((giver, -1), (taker, 1)):
        owner.shares += 2 * way
        owner.paid += value * way


def _leave(register: Register, owner: Owner) -> None:
    owner.left = register.begin + timedelta(days=YEARS * 365 + 10)
    register.move(owner.left, "annulation", owner, shares=str(owner.shares), decision="Assemblée générale")
    owner.repayable, owner.shares, owner.paid, owner.called, owner.uncalled = owner.paid, 0, 0, 0, 0
    if owner.repayable and owner.number % 2:
        on = owner.left + timedelta(days=30)
        register.move(on, "remboursement", owner, amount=_euros(owner.repayable), reference="virement")
        owner.repayable = 0


def _list(register: Register, dice: random.Random, owner: Owner) -> None:
    """The member’s own line and the events of her life."""
    from coopgov.demo.people import FAMILY, GIVEN, STREETS, TOWNS

    postcode, town = dice.choice(TOWNS)
    family, given = dice.choice(FAMILY).replace("_", " "), dice.choice(GIVEN)
    register.sheets["associes.csv"].writerow(
        [
            owner.number, family, given, f"m{owner.number}@exemple.fr", f"{owner.number % 99 + 1} {dice.choice(STREETS)}",
            postcode, town, "salarié", owner.shares, _euros(owner.paid), _euros(owner.repayable),
        ]
    )  # fmt: skip
    events = register.sheets["evenements.csv"]
    events.writerow([owner.number, "admission", _day(owner.joined), "Conseil d’administration", ""])
    if owner.left is not None:
        events.writerow([owner.number, "démission", _day(owner.left), "", "départ"])
    for name in register.totals:
        register.totals[name] += getattr(owner, name)


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What reading and sealing took: seconds, seconds of the processor here and in the database, memory, marks told."""

    reading: float
    reading_here: float
    sealing: float
    sealing_here: float
    database: float
    megabytes: float
    told: int


def take_over(place: Place, folder: Path) -> Taken:
    """Read the sheets of a folder into the sandbox and seal them, as the worker does; in a process of its own."""
    from coopgov.core.policy import SYSTEM
    from coopgov.past import service
    from coopgov.web.acts import open_act

    app, told = make_app(place), _Told()
    files = {name: (folder / name).open("rb") for name in SHEETS}
    with app.app_context(), watched() as peak:
        past = service.guess_past(files)
        runtime, sandbox = app.extensions["coopgov.runtime"], folder / "sandbox.sqlite3"
        clock, here = time.perf_counter(), time.process_time()
        with open_act(runtime, SYSTEM) as act:
            found = service.look(act.session, act.rulebook, act.today, past, sandbox, told)
        assert not found.faults + found.consequences, found
        read, read_here = time.perf_counter() - clock, time.process_time() - here
        before, clock, here = _database_seconds(), time.perf_counter(), time.process_time()
        with open_act(runtime, SYSTEM) as act:
            service.seal(act, past=past, reasons=_Reasons(), path=sandbox, tell=told)
            database = _database_seconds() - before
    return Taken(
        read, read_here, time.perf_counter() - clock, time.process_time() - here, database, peak[0], told.count
    )  # fmt: skip


@contextmanager
def watched(kind: str = "Pss") -> Iterator[list[float]]:
    """The most memory that this process and those beside it take meanwhile, in MB (see `megabytes`)."""
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            peak[0] = max(peak[0], sum(megabytes(pid, kind) for pid in processes(os.getpid())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def megabytes(pid: int, kind: str = "Pss") -> float:
    """The memory of a process; what several share counts once. `Pss_Anon` leaves the pages of files aside."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it has ended meanwhile
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024


class _Reasons(dict[str, str]):
    """Every remark is accepted."""

    def __missing__(self, _code: str) -> str:
        return "le passé fut ainsi"

    def get(self, _code: str, _default: Any = None) -> str:
        return "le passé fut ainsi"


class _Told:
    """Counts how often the progress is told."""

    count = 0

    def __call__(self, _done: int, _total: int) -> None:
        self.count += 1


def _database_seconds() -> float:
    """What the PostgreSQL process that serves us has taken of the processor; nothing on SQLite."""
    from coopgov.core.db import db

    if db.engine.dialect.name != "postgresql":
        return 0.0
    pid = db.session.scalar(text("SELECT pg_backend_pid()"))
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def found_coop(place: Place, begin: date) -> int:
    """A cooperative with statutes and nobody in it; gives what a share is worth."""
    from coopgov.core.policy import SYSTEM
    from coopgov.statutes import service as statutes
    from coopgov.statutes.ready import ready_set
    from coopgov.web.acts import open_act

    app, text = make_app(place), ready_set("scop-sa-cae")
    with app.app_context(), open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        statutes.adopt_statutes(act, text=text, in_force_from=begin, decision="constitution")
    return text.share_nominal_cents


def let_it_look(app: Flask, today: date) -> None:
    """Name a treasurer and somebody of the board; let the database see what it holds, as it does by night."""
    from bench.filling import OFFICES
    from coopgov.accounts import queries, service
    from coopgov.core.policy import SYSTEM
    from coopgov.web.acts import open_act

    with app.app_context(), open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        act.session.execute(text("ANALYZE"))
        for email, roles in OFFICES.items():
            account = queries.find_account_by_email(act.session, email)
            assert account is not None
            for role in roles:
                service.grant_role(act, account_id=account.id, role=role, from_day=today, decision="constitution")
    with app.app_context():
        settle()


def in_a_process(work: Callable[..., Any], *args: Any) -> Any:
    """Do this in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


def measure_import(place: Place, members: int, movements: int, today: date, say: Callable[..., None]) -> None:
    """Write an older register of that size, then read and seal it into an empty cooperative."""
    begin = today - timedelta(days=SINCE_DAYS)
    folder = place.folder / "older-register"
    folder.mkdir(exist_ok=True)
    nominal = in_a_process(found_coop, place, begin)
    lines = write_register(folder, members, movements, begin, nominal)
    size = sum((folder / name).stat().st_size for name in SHEETS) / 1e6
    taken: Taken = in_a_process(take_over, place, folder)
    of = f"{members} members, {lines} movements, {size:.0f} MB of CSV"
    how = (
        f"s; {of}: read {taken.reading:.1f} s ({taken.reading_here:.1f} of the processor), sealed {taken.sealing:.1f} s "
        f"({taken.sealing_here:.1f} in Python, {taken.database:.1f} in PostgreSQL); "
        f"told {taken.told} times how far it is"
    )
    say(f"{place.engine}: import of a past, read and sealed", taken.reading + taken.sealing, 300, how)
    say(f"{place.engine}: memory of the import", taken.megabytes, 500, f"MB, of both its processes together; {of}")

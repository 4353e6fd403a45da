"""The database's own refusals: the same triggers for the share book and the money book, on both engines."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from string import Template
from typing import Any

from sqlalchemy import DDL, ForeignKeyConstraint, Table, event

from coopgov.shares.chain import GENESIS


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of a book and the columns its triggers read."""

    tx: str
    leg: str
    amount: str
    # The legs of a transaction add up to zero over each value of this column.
    zero_by: str
    # A reversal undoes the amount over each of these.
    mirror: str
    # What may never run below zero (two columns of a leg), and for which legs.
    owner: str
    kept_in: str
    held: str
    # What the refusals of legs ask of their transaction.
    asked: tuple[str, ...]
    # How the rules of two persons name it, and the kinds that need a decision, parted by bars.
    name: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing looked for after an insertion: `when` it looks, what it finds `wrong`, what it says.

    It tells of the row itself (`NEW`), or, where it looks at the `WHOLE`, of the transactions that have all their legs
    now: `$done` are they, `$moved` their legs, `$told` their legs with what is asked of the transaction. SQLite looks
    after each row, so at one of them; PostgreSQL after each statement, at all of them at once.

    What can be wrong only where one leg is so (`rare`, said of a `$told`) PostgreSQL looks for only there.
    """

    table: str
    when: str
    wrong: str
    refusal: str
    # The one engine that looks; on the other a key does.
    only: str = ""
    rare: str = ""


# How PostgreSQL looks: by its indexes, whatever size it last knew a table of. A plan made for a small table reads a
# large one whole, for each line (2026-11, seen at 30,000 lines in one act). Plans are kept: compiling one never pays.
_BY_INDEX = " ".join(f"SET {name} = off" for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"))


_TRIGGER = {
    "sqlite": ("CREATE TRIGGER $name AFTER INSERT ON $table BEGIN $looks END",),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql $by_index AS $$$$ "
            "#variable_conflict use_column\nDECLARE told text; ${also}BEGIN $looks "
            "IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$$$"
        ),
        (
            "CREATE TRIGGER $name AFTER INSERT ON $table REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION $name()"
        ),
    ),
}
# On PostgreSQL, what is asked of whole transactions is found once for all that is looked for.
_ALL_AT_ONCE = (
    "WITH done AS MATERIALIZED (SELECT d.* FROM added a JOIN $tx d ON d.seq = a.tx_seq WHERE a.line = d.legs), "
    "moved AS MATERIALIZED (SELECT l.*, $d_asked FROM done d JOIN $leg l ON l.tx_seq = d.seq) "
)
# To begin a statement costs more than to look: each look is a part of it, and is begun whether it is needed or not.
_LOOKS = "SELECT CASE $arms END INTO told;"
_LOOKS_AT_WHOLE = "${at_once}SELECT CASE $arms END, (SELECT ARRAY[$rare] FROM moved) INTO told, rare;"
_LOOKS_WHERE_RARE = "IF told IS NULL AND rare[$at] THEN ${at_once}SELECT CASE $arms END INTO told; END IF;"
# What the two engines do not say alike.
_WORDS = {
    "sqlite": {"day_after_close": "date(c.day, '+1 day')", "place": "instr"},
    "postgresql": {"day_after_close": "c.day + 1", "place": "strpos"},
}
_SETS = {
    "sqlite": {
        "done": "(SELECT * FROM $tx WHERE seq = NEW.tx_seq)",
        "moved": "(SELECT * FROM $leg WHERE tx_seq = NEW.tx_seq)",
        "told": "(SELECT l.*, $d_asked FROM $leg l JOIN $tx d ON d.seq = l.tx_seq WHERE l.tx_seq = NEW.tx_seq)",
        "falling": (
            "SELECT $owner, $kept_in, effective_on AS since, tx_seq AS first FROM $leg "
            "WHERE tx_seq = NEW.tx_seq AND $amount < 0 AND $held"
        ),
    },
    "postgresql": {
        "done": "done",
        "moved": "moved",
        "told": "moved",
        "falling": (
            "SELECT $owner, $kept_in, min(effective_on) AS since, min(tx_seq) AS first FROM moved "
            "WHERE $amount < 0 AND $held GROUP BY $owner, $kept_in"
        ),
    },
}
ALWAYS = "true"
# Once a transaction has all its legs.
WHOLE = "NEW.line = (SELECT legs FROM $tx WHERE seq = NEW.tx_seq)"
# A number is taken once (the key), so that each but the first has the one before it: without a gap.
_OUT_OF_ORDER = (
    "NOT (NEW.seq = 1 AND NEW.prev_hash = '$genesis') "
    "AND NOT EXISTS (SELECT 1 FROM $tx p WHERE p.seq = NEW.seq - 1 AND p.hash = NEW.prev_hash)"
)
_NO_ORIGINAL = (
    "NOT EXISTS (SELECT 1 FROM $tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' "
    "AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs)"
)
_UNBALANCED = (
    "EXISTS (SELECT 1 FROM $told GROUP BY tx_seq HAVING count(*) <> min(legs)) "
    "OR EXISTS (SELECT 1 FROM $moved GROUP BY tx_seq, $zero_by HAVING sum($amount) <> 0)"
)
_REVERSES = "kind = 'reversal'"
_FALLS = "$amount < 0 AND $held"
_INEXACT = (
    "EXISTS (SELECT 1 FROM $done d JOIN $leg l ON l.tx_seq IN (d.seq, d.reverses_seq) "
    "WHERE d.reverses_seq IS NOT NULL GROUP BY d.seq, $mirror HAVING sum($amount) <> 0)"
)
# Over the whole timeline: a movement dated in the past may leave too little for one known already. After the last day
# the sum alone says so.
_MINE = "FROM $leg l WHERE l.$owner = t.$owner AND l.$kept_in = t.$kept_in"
_BELOW_ZERO = (
    "EXISTS (SELECT 1 FROM ($falling) t WHERE 0 > CASE "
    "WHEN EXISTS (SELECT 1 $mine AND (l.effective_on, l.tx_seq) > (t.since, t.first)) "
    "THEN (SELECT min(r.held) FROM (SELECT sum(l.$amount) OVER (ORDER BY l.effective_on, l.tx_seq) AS held "
    "$mine) r) ELSE (SELECT sum(l.$amount) $mine) END)"
)
_NOBODYS = "NEW.membership_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.id = NEW.membership_id)"
_STRANGER = (
    "NEW.line < 1 OR NEW.line > "
    "coalesce((SELECT legs FROM $tx WHERE seq = NEW.tx_seq AND effective_on = NEW.effective_on), 0)"
)

_CLOSED = "NEW.effective_on <= (SELECT max(through_date) FROM period_close)"
_NOT_LATE = (
    "NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c "
    "WHERE c.day >= NEW.late_for AND $day_after_close = NEW.effective_on)"
)
_ALONE = (
    "coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed "
    "FROM two_person_rule r WHERE r.book = '$name' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at "
    "ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false))"
)

# What is proved again of the lines there are, in `proofs`.
TWO_PERSONS = _ALONE
DECIDED = "trim(NEW.resolution) = '' AND $place('|$decided|', '|' || NEW.kind || '|') > 0"

# Each guard: when it looks, what is wrong, what it says.
_ON_TRANSACTIONS = (
    (ALWAYS, _OUT_OF_ORDER, "the next line follows the last one"),
    ("NEW.reverses_seq IS NOT NULL", _NO_ORIGINAL, "a reversal undoes an earlier first-hand line"),
)
# What a book asks of a transaction beside the arithmetic: an open period, two persons, a decision.
_ON_PROCEDURE = (
    (ALWAYS, _CLOSED, "the register of that day is closed"),
    ("NEW.late_for IS NOT NULL", _NOT_LATE, "a late line takes the first open day"),
    (ALWAYS, _ALONE, "another person approves it"),
    (ALWAYS, DECIDED, "it needs a decision"),
)
_ON_LEGS = (
    (ALWAYS, _STRANGER, "a leg is one of its transaction, on its day"),
    (ALWAYS, _NOBODYS, "a leg is that of a member there is", "postgresql"),
    (WHOLE, _UNBALANCED, "the legs do not add up to zero"),
    (WHOLE, _INEXACT, "a reversal is exact", "", _REVERSES),
    (WHOLE, _BELOW_ZERO, "a balance would fall below zero", "", _FALLS),
)


def guarded_key(table: str, columns: list[str], others: list[str]) -> ForeignKeyConstraint:
    """A key to rows that are never rewritten: on PostgreSQL the guard of the table looks for them, all at once.

    A key looks there row by row, and locks each of them against a deletion that is refused anyhow: a third of the time
    in which a past of a million lines was written (2026-11).
    """
    name = f"fk_{table}_{'_'.join(columns)}"
    return ForeignKeyConstraint(columns, others, name=name).ddl_if(dialect="sqlite")


def guards_of(book: Book) -> list[Guard]:
    """Every trigger of a book: order, reversal, seal, balance, exactness, never below zero."""
    on_tx = [_guard(book.tx, *parts) for parts in _ON_TRANSACTIONS]
    return on_tx + [_guard(book.leg, *parts) for parts in _ON_LEGS]


def procedure_of(book: Book) -> list[Guard]:
    """The triggers that hold periods closed, two persons, and decisions written."""
    return [_guard(book.tx, *parts) for parts in _ON_PROCEDURE]


def _guard(table: str, when: str, wrong: str, refusal: str, only: str = "", rare: str = "") -> Guard:
    return Guard(table, when, wrong, f"{table}: {refusal}", only, rare)


def install(table: Any, guards: list[Guard], book: Book | None = None) -> None:
    """Make the trigger that looks for all this with its table; migrations read the same in `table.info["guards"]`."""
    assert isinstance(table, Table)  # noqa: S101 - narrows declarative's FromClause
    statements = statements_of(table.name, [guard for guard in guards if guard.table == table.name], book)
    table.info["guards"] = [statements]
    for dialect, made in statements.items():
        for statement in made:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy 2.1
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def statements_of(table: str, guards: list[Guard], book: Book | None = None) -> dict[str, list[str]]:
    """The SQL of one trigger that looks for all of it, by dialect: after each row, or after all rows of a statement."""
    is_whole = any(guard.when == WHOLE for guard in guards)
    names = {
        "name": f"{table}_guarded",
        "table": table,
        "by_index": _BY_INDEX,
        "also": "rare boolean[]; " if is_whole else "",
    }
    told = {dialect: [guard for guard in guards if guard.only in ("", dialect)] for dialect in _TRIGGER}
    looks = {"sqlite": _after_each(told["sqlite"], book), "postgresql": _after_all(told["postgresql"], book)}
    return {
        dialect: [Template(part).substitute(names, looks=looks[dialect]) for part in parts]
        for dialect, parts in _TRIGGER.items()
    }


def _after_each(guards: list[Guard], book: Book | None) -> str:
    looks: dict[str, list[str]] = {}
    for guard in guards:
        arm = f"WHEN {_named(guard.wrong, 'sqlite', book)} THEN RAISE(ABORT, '{guard.refusal}')"
        looks.setdefault(_named(guard.when, "sqlite", book), []).append(arm)
    return " ".join(f"SELECT CASE {' '.join(arms)} END WHERE {when};" for when, arms in looks.items())


def _after_all(guards: list[Guard], book: Book | None) -> str:
    rare = list(dict.fromkeys(guard.rare for guard in guards if guard.rare))
    usual = _arms([guard for guard in guards if not guard.rare], book)
    if not rare:
        return Template(_LOOKS).substitute(arms=usual)
    at_once = _named(_ALL_AT_ONCE, "postgresql", book)
    told = _named(", ".join(f"bool_or({one})" for one in rare), "postgresql", book)
    looks = [Template(_LOOKS_AT_WHOLE).substitute(arms=usual, at_once=at_once, rare=told)]
    for at, one in enumerate(rare, start=1):
        arms = _arms([guard for guard in guards if guard.rare == one], book)
        looks.append(Template(_LOOKS_WHERE_RARE).substitute(arms=arms, at_once=at_once, at=at))
    return " ".join(looks)


def _arms(guards: list[Guard], book: Book | None) -> str:
    return " ".join(f"WHEN {_in_any(guard, book)} THEN '{guard.refusal}'" for guard in guards)


def _in_any(guard: Guard, book: Book | None) -> str:
    when, wrong = (_named(words, "postgresql", book) for words in (guard.when, guard.wrong))
    if guard.when == WHOLE:
        return wrong
    return f"EXISTS (SELECT 1 FROM added AS new WHERE {when} AND ({wrong}))"  # noqa: S608 - our own words


def _named(condition: str, dialect: str, book: Book | None) -> str:
    """A condition with the tables and columns of its book, as the engine says it."""
    if book is not None:
        names = {**asdict(book), "d_asked": ", ".join(f"d.{name}" for name in book.asked), "genesis": GENESIS}
        names["mine"] = Template(_MINE).substitute(names)
        condition = Template(Template(condition).safe_substitute(_SETS[dialect])).safe_substitute(names)
    return in_words_of(dialect, condition)


def in_words_of(dialect: str, condition: str) -> str:
    """A condition as the engine says it."""
    return Template(condition).safe_substitute(_WORDS[dialect])


def among(column: str, words: Iterable[str]) -> str:
    """That a column is one of these words: SQLite would make a table of a list anew for each row."""
    return f"$place('|{'|'.join(words)}|', '|' || {column} || '|') > 0"

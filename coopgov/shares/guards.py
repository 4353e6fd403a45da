"""The database's own refusals: the same triggers for the share book and the money book, on both engines."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from string import Template
from typing import Any

from sqlalchemy import DDL, Table, event

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
    # How the rules of two persons name it, and the kinds that need a decision, parted by bars.
    name: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing looked for after an insertion: `when` it looks, what it finds `wrong`, what it says."""

    table: str
    when: str
    wrong: str
    refusal: str


# How PostgreSQL looks: by its indexes, whatever size it last knew a table of. A plan made for a small table reads a
# large one whole, for each line (2026-11, seen at 30,000 lines in one act). Plans are kept: compiling one never pays.
_BY_INDEX = " ".join(f"SET {name} = off" for name in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"))


_TRIGGER = {
    "sqlite": ("CREATE TRIGGER $name AFTER INSERT ON $table BEGIN $rows END",),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql $by_index AS $$$$ "
            "#variable_conflict use_column\nDECLARE told text; "
            "BEGIN SELECT min(coalesce($cases)) INTO told FROM added AS new; "
            "IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$$$"
        ),
        (
            "CREATE TRIGGER $name AFTER INSERT ON $table REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION $name()"
        ),
    ),
}
# What the two engines do not say alike.
_WORDS = {
    "sqlite": {"day_after_close": "date(c.day, '+1 day')", "place": "instr"},
    "postgresql": {"day_after_close": "c.day + 1", "place": "strpos"},
}
ALWAYS = "true"
_COMPLETE = "NEW.line = (SELECT legs FROM $tx WHERE seq = NEW.tx_seq)"
_ORIGINAL = "(SELECT reverses_seq FROM $tx WHERE seq = NEW.tx_seq)"
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
    "(SELECT count(*) FROM $leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS "
    "(SELECT 1 FROM $leg WHERE tx_seq = NEW.tx_seq GROUP BY $zero_by HAVING sum($amount) <> 0)"
)
_INEXACT = (
    "$original IS NOT NULL AND EXISTS (SELECT 1 FROM $leg WHERE tx_seq IN (NEW.tx_seq, $original) "
    "GROUP BY $mirror HAVING sum($amount) <> 0)"
)
# Over the whole timeline: a movement dated in the past may leave too little for one known already. After the last day
# the sum alone says so.
_MINE = "FROM $leg l WHERE l.$owner = t.$owner AND l.$kept_in = t.$kept_in"
_BELOW_ZERO = (
    "EXISTS (SELECT 1 FROM (SELECT $owner, $kept_in FROM $leg "
    "WHERE tx_seq = NEW.tx_seq AND $amount < 0 AND $held) t WHERE 0 > CASE "
    "WHEN EXISTS (SELECT 1 $mine AND (l.effective_on, l.tx_seq) > (NEW.effective_on, NEW.tx_seq)) "
    "THEN (SELECT min(r.held) FROM (SELECT sum(l.$amount) OVER (ORDER BY l.effective_on, l.tx_seq) AS held "
    "$mine) r) ELSE (SELECT sum(l.$amount) $mine) END)"
)
_TOO_MANY = "NEW.line < 1 OR NEW.line > (SELECT legs FROM $tx WHERE seq = NEW.tx_seq)"

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
    (ALWAYS, _TOO_MANY, "the transaction has all its legs"),
    (_COMPLETE, _UNBALANCED, "the legs do not add up to zero"),
    (_COMPLETE, _INEXACT, "a reversal is exact"),
    (_COMPLETE, _BELOW_ZERO, "a balance would fall below zero"),
)


def among(column: str, words: Iterable[str]) -> str:
    """That a column is one of these words: SQLite would make a table of a list anew for each row."""
    return f"$place('|{'|'.join(words)}|', '|' || {column} || '|') > 0"


def guards_of(book: Book) -> list[Guard]:
    """Every trigger of a book: order, reversal, seal, balance, exactness, never below zero."""
    on_tx = [_guard(book, book.tx, *parts) for parts in _ON_TRANSACTIONS]
    return on_tx + [_guard(book, book.leg, *parts) for parts in _ON_LEGS]


def procedure_of(book: Book) -> list[Guard]:
    """The triggers that hold periods closed, two persons, and decisions written."""
    return [_guard(book, book.tx, *parts) for parts in _ON_PROCEDURE]


def install(table: Any, guards: list[Guard]) -> None:
    """Make the trigger that looks for all this with its table; migrations read the same in `table.info["guards"]`."""
    assert isinstance(table, Table)  # noqa: S101 - narrows declarative's FromClause
    statements = statements_of(table.name, [guard for guard in guards if guard.table == table.name])
    table.info["guards"] = [statements]
    for dialect, made in statements.items():
        for statement in made:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy 2.1
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def statements_of(table: str, guards: list[Guard]) -> dict[str, list[str]]:
    """The SQL of one trigger that looks for all of it, by dialect: after each row, or after all rows of a statement."""
    looks: dict[str, list[Guard]] = {}
    for guard in guards:
        looks.setdefault(guard.when, []).append(guard)
    rows = " ".join(f"SELECT {_first(some, 'sqlite')} WHERE {when};" for when, some in looks.items())
    cases = ", ".join(f"CASE WHEN {when} THEN {_first(some, 'postgresql')} END" for when, some in looks.items())
    names = {"name": f"{table}_guarded", "table": table, "by_index": _BY_INDEX, "rows": rows, "cases": cases}
    return {dialect: [Template(part).substitute(names) for part in parts] for dialect, parts in _TRIGGER.items()}


def _first(guards: list[Guard], dialect: str) -> str:
    arms = " ".join(f"WHEN {_wrong(guard, dialect)} THEN {_says(guard, dialect)}" for guard in guards)
    return f"CASE {arms} END"


def _wrong(guard: Guard, dialect: str) -> str:
    return in_words_of(dialect, guard.wrong)


def in_words_of(dialect: str, condition: str) -> str:
    """A condition as the engine says it."""
    return Template(condition).safe_substitute(_WORDS[dialect])


def _says(guard: Guard, dialect: str) -> str:
    return f"'{guard.refusal}'" if dialect == "postgresql" else f"RAISE(ABORT, '{guard.refusal}')"


def _guard(book: Book, table: str, when: str, wrong: str, refusal: str) -> Guard:
    names = {**asdict(book), "genesis": GENESIS}
    names |= {"original": Template(_ORIGINAL).substitute(names), "mine": Template(_MINE).substitute(names)}
    return Guard(
        table, Template(when).substitute(names), Template(wrong).safe_substitute(names), f"{table}: {refusal}"
    )  # fmt: skip

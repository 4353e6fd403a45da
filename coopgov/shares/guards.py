"""The database's own refusals: the same triggers for the share book and the money book, on both engines."""

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
    # How the rules of two persons name it, and the kinds that need a decision, as SQL words.
    name: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger on insertion: `when` it looks, what it finds `wrong`, what it says."""

    name: str
    table: str
    moment: str
    when: str
    wrong: str
    refusal: str

    @property
    def statements(self) -> dict[str, list[str]]:
        """The SQL that makes it, by dialect."""
        on = f"{self.moment} INSERT ON {self.table}"
        wrong = {dialect: Template(self.wrong).safe_substitute(words) for dialect, words in _DAY_AFTER.items()}
        make = f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS"
        refuse = f"IF {self.when} THEN IF {wrong['postgresql']} THEN RAISE EXCEPTION '{self.refusal}'; END IF; END IF"
        return {
            "sqlite": [f"CREATE TRIGGER {self.name} {on} WHEN ({self.when}) AND ({wrong['sqlite']}) {self._abort()}"],
            "postgresql": [
                f"{make} $$ BEGIN {refuse}; RETURN NEW; END $$",
                f"CREATE TRIGGER {self.name} {on} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ],
        }

    def _abort(self) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"


# The one thing that the two engines do not say alike.
_DAY_AFTER = {
    "sqlite": {"day_after_close": "date(c.day, '+1 day')"},
    "postgresql": {"day_after_close": "c.day + 1"},
}
_COMPLETE = "NEW.line = (SELECT legs FROM $tx WHERE seq = NEW.tx_seq)"
_ORIGINAL = "(SELECT reverses_seq FROM $tx WHERE seq = NEW.tx_seq)"
_OUT_OF_ORDER = (
    "NEW.seq <> coalesce((SELECT max(seq) FROM $tx), 0) + 1 "
    "OR NEW.prev_hash <> coalesce((SELECT hash FROM $tx WHERE seq = NEW.seq - 1), '$genesis')"
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
# Over the whole timeline: a movement dated in the past may leave too little for one known already.
_BELOW_ZERO = (
    "EXISTS (SELECT 1 FROM (SELECT sum(l.$amount) OVER (PARTITION BY l.$owner, l.$kept_in "
    "ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT $owner, $kept_in FROM $leg "
    "WHERE tx_seq = NEW.tx_seq AND $amount < 0 AND $held) t CROSS JOIN $leg l "
    "WHERE l.$owner = t.$owner AND l.$kept_in = t.$kept_in) r WHERE r.held < 0)"
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
DECIDED = "NEW.kind IN ($decided) AND trim(NEW.resolution) = ''"

# Each guard: its name, its moment, when it looks, what is wrong, what it says.
_ON_TRANSACTIONS = (
    ("in_order", "BEFORE", "NEW.seq IS NOT NULL", _OUT_OF_ORDER, "the next line follows the last one"),
    (
        "reversal",
        "BEFORE",
        "NEW.reverses_seq IS NOT NULL",
        _NO_ORIGINAL,
        "a reversal undoes an earlier first-hand line",
    ),
)
# What a book asks of a transaction beside the arithmetic: an open period, two persons, a decision.
_ON_PROCEDURE = (
    ("closed", "BEFORE", "NEW.seq IS NOT NULL", _CLOSED, "the register of that day is closed"),
    ("late", "BEFORE", "NEW.late_for IS NOT NULL", _NOT_LATE, "a late line takes the first open day"),
    ("two_persons", "BEFORE", "NEW.kind IS NOT NULL", _ALONE, "another person approves it"),
    ("decided", "BEFORE", "NEW.kind IN ($decided)", "trim(NEW.resolution) = ''", "it needs a decision"),
)  # fmt: skip
_ON_LEGS = (
    ("sealed", "BEFORE", "NEW.line IS NOT NULL", _TOO_MANY, "the transaction has all its legs"),
    ("balanced", "AFTER", _COMPLETE, _UNBALANCED, "the legs do not add up to zero"),
    ("exact", "AFTER", _COMPLETE, _INEXACT, "a reversal is exact"),
    ("never_negative", "AFTER", _COMPLETE, _BELOW_ZERO, "a balance would fall below zero"),
)


def guards_of(book: Book) -> list[Guard]:
    """Every trigger of a book: order, reversal, seal, balance, exactness, never below zero."""
    on_tx = [_guard(book, book.tx, *parts) for parts in _ON_TRANSACTIONS]
    return on_tx + [_guard(book, book.leg, *parts) for parts in _ON_LEGS]


def procedure_of(book: Book) -> list[Guard]:
    """The triggers that hold periods closed, two persons, and decisions written."""
    return [_guard(book, book.tx, *parts) for parts in _ON_PROCEDURE]


def install(table: Any, guards: list[Guard]) -> None:
    """Make these triggers with their table; migrations read the same statements in `table.info["guards"]`."""
    assert isinstance(table, Table)  # noqa: S101 - narrows declarative's FromClause
    mine = [guard for guard in guards if guard.table == table.name]
    table.info["guards"] = [guard.statements for guard in mine]
    for guard in mine:
        for dialect, statements in guard.statements.items():
            for statement in statements:
                ddl = DDL(statement)  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy 2.1
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def _guard(book: Book, table: str, name: str, moment: str, when: str, wrong: str, refusal: str) -> Guard:
    names = {**asdict(book), "genesis": GENESIS}
    names["original"] = Template(_ORIGINAL).substitute(names)
    return Guard(
        name=f"{table}_{name}", table=table, moment=moment, refusal=f"{table}: {refusal}",
        when=Template(when).substitute(names), wrong=Template(wrong).safe_substitute(names),
    )  # fmt: skip

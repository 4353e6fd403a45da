"""The facts of the papers of the registers: a register as of two days, and the attestation that nothing is amiss."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.dates import paris_time
from coopgov.printing.archive import Paper
from coopgov.printing.filters import filters_in
from coopgov.printing.letterhead import Letterhead
from coopgov.printing.plain import PLAIN_TABLE
from coopgov.printing.sheets import Kind, euros
from coopgov.registers import queries, tables
from coopgov.registers.invariants import INVARIANTS
from coopgov.registers.queries import Proof
from coopgov.registers.rules import AsOf
from coopgov.registers.tables import ON_PAPER, Register
from coopgov.shares import book as share_book
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes
from coopgov.treasury import book as money_book

# Up to so many rows a register is laid out with its tags; beyond, line by line.
LAID_OUT = 1_000
SERIES = {
    Register.MEMBERS: "registre-associes",
    Register.MOVEMENTS: "registre-mouvements",
    Register.MANDATES: "registre-mandats",
}
TITLES = {
    Register.MEMBERS: {"fr": "Registre des associés", "en": "Register of members"},
    Register.MOVEMENTS: {"fr": "Registre des mouvements de parts", "en": "Register of movements of shares"},
    Register.MANDATES: {"fr": "Registre des mandats", "en": "Register of mandates"},
}
# The articles that ask for each register (see docs/law).
ARTICLES = {
    Register.MEMBERS: "Code de commerce, art. L231-4 et R228-7 à R228-9",
    Register.MOVEMENTS: "Code de commerce, art. R228-8 et R228-9",
    Register.MANDATES: "",
}


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """One column on paper: its heading, its share of the width, whether its cells stand on the right."""

    title: str
    width: int
    numeric: bool


@dataclass(frozen=True, slots=True)
class Heads:
    """The ends of the three chains when a paper was made: who keeps it can tell whether a tail was cut since."""

    journal: str
    shares: str
    money: str

    @property
    def written(self) -> str:
        """As `coopgov verify --head` takes it."""
        return f"{self.journal},parts={self.shares},argent={self.money}"

    @property
    def short(self) -> str:
        """The same, just long enough to compare by eye."""
        parts = {"journal": self.journal, "parts": self.shares, "argent": self.money}
        return " · ".join(f"{name} {told[: told.index(':') + 9]}" for name, told in parts.items())


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """A register as it is printed: its rows are one text, a row a line, a cell after each tab."""

    cooperative: Mapping[str, Any]
    mentions: Sequence[str]
    register: Register
    on: date
    known_at: datetime
    lead: Sequence[str]
    columns: Sequence[PaperColumn]
    table: str
    count: int
    totals: Sequence[str]
    heads: Sequence[str]
    short_heads: str
    articles: str


def heads_now(session: Session) -> Heads:
    """Where the three chains end."""
    line, share, money = journal.head(session), share_book.head(session), money_book.head(session)
    return Heads(f"{line.size}:{line.hash}", f"{share.seq}:{share.hash}", f"{money.seq}:{money.hash}")


def register_paper(session: Session, register: Register, asked: AsOf, *, language: str = "fr") -> RegisterPaper:
    """Everything a printed register says, in the language of the paper; read before the act that issues it."""
    with force_locale(language):
        table, count = _table(session, register, asked)
        columns = [column for column in tables.columns_of(register) if column.title in _titles(register)]
        letterhead = letterhead_of(session, asked.on, language)
        heads = heads_now(session)
        return RegisterPaper(
            cooperative=letterhead, mentions=_mentions(letterhead), register=register, on=asked.on,
            known_at=asked.known_at, lead=_lead(register, asked, language),
            columns=[PaperColumn(one.title, one.width, one.kind in _ON_THE_RIGHT) for one in columns],
            table=table, count=count, totals=_totals(session, register, asked, count), heads=told_heads(heads),
            short_heads=heads.short, articles=ARTICLES[register],
        )  # fmt: skip


def paper_of(facts: RegisterPaper, *, language: str = "fr") -> Paper:
    """The paper to be issued: laid out while it is short, line by line beyond."""
    return Paper(
        kind="register", series=SERIES[facts.register], about=f"register:{facts.register}", owner="offices",
        title=TITLES[facts.register][language], facts=asdict(facts), language=language,
        template="register.html" if facts.count <= LAID_OUT else PLAIN_TABLE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attestation:
    """The paper that says that nothing is amiss (*attestation d’intégrité*), and what it was checked against."""

    cooperative: Mapping[str, Any]
    proved_at: datetime
    seconds: int
    invariants: Sequence[str]
    lines: Sequence[tuple[str, str]]
    heads: Sequence[str]


def attestation(session: Session, proof: Proof, *, on: date, language: str = "fr") -> Paper:
    """The attestation of one proof without a fault."""
    with force_locale(language):
        heads = Heads(**proof.heads)
        sizes = [head.partition(":")[0] for head in (heads.journal, heads.shares, heads.money)]
        names = (_("Lines of the journal"), _("Movements of shares"), _("Entries of capital money"))
        facts = Attestation(
            cooperative=letterhead_of(session, on, language), proved_at=proof.proved_at,
            seconds=-(-proof.milliseconds // 1000), invariants=[_(one.sentence) for one in INVARIANTS],
            lines=[(name, grouped(int(size))) for name, size in zip(names, sizes, strict=True)],
            heads=told_heads(heads),
        )  # fmt: skip
    return Paper(
        kind="integrity", series="integrite", about="registers", owner="offices", template="integrity.html",
        title={"fr": "Attestation d’intégrité", "en": "Attestation of integrity"}[language], facts=asdict(facts),
        language=language,
    )  # fmt: skip


def told_heads(heads: Heads) -> list[str]:
    """The heads as lines of a paper."""
    return [
        _("Journal, line and fingerprint: %(head)s", head=heads.journal),
        _("Share book, line and fingerprint: %(head)s", head=heads.shares),
        _("Book of capital money, line and fingerprint: %(head)s", head=heads.money),
        _("To check against this paper: coopgov verify --head %(heads)s", heads=heads.written),
    ]


def letterhead_of(session: Session, on: date, language: str) -> dict[str, Any]:
    """Who speaks on the papers of the registers."""
    version = statutes.find_statutes_on(session, on) or statutes.history(session)[-1]
    capital = shares.capital_on(session, on)
    return Letterhead(
        name=version.name, legal_form=statutes.mentions(version, capital, language)["form"], seat=version.seat,
        capital=capital, siren=version.siren or None, registry=version.rcs_city or None,
    ).as_facts()  # fmt: skip


def _mentions(letterhead: Mapping[str, Any]) -> list[str]:
    registered = f"{filters_in('fr')['siren'](letterhead['siren'])} RCS {letterhead['registry'] or ''}".strip()
    lines = [f"{letterhead['legal_form']} · {letterhead['seat']}", registered if letterhead["siren"] else ""]
    return [line for line in lines if line]


def _lead(register: Register, asked: AsOf, language: str) -> list[str]:
    day, at = filters_in(language)["day"], filters_in(language)["instant"]
    first = _("As it stood on %(day)s, as it was known on %(at)s", day=day(asked.on), at=at(asked.known_at))
    return [first, ARTICLES[register]] if ARTICLES[register] else [first]


def _table(session: Session, register: Register, asked: AsOf) -> tuple[str, int]:
    columns, wanted = tables.columns_of(register), _titles(register)
    kept = [(place, _CELLS[column.kind]) for place, column in enumerate(columns) if column.title in wanted]
    lines = ["\t".join(way(row[place]) for place, way in kept) for row in tables.rows_of(session, register, asked)]
    return "\n".join(lines), len(lines)


def _titles(register: Register) -> set[str]:
    return {_(title) for title in ON_PAPER[register]}


def _totals(session: Session, register: Register, asked: AsOf, count: int) -> list[str]:
    if register is not Register.MEMBERS:
        return [_("Lines: %(count)s", count=grouped(count))]
    found = queries.totals(session, asked)
    return [
        _("Members on that day: %(members)s – shares: %(shares)s – capital: %(capital)s € – paid up: %(paid)s €",
          members=grouped(found.members), shares=grouped(found.quantity), capital=_amount(found.cents),
          paid=_amount(found.paid_up)),
    ]  # fmt: skip


def grouped(number: int) -> str:
    """1 234."""
    return f"{number:,}".replace(",", "\u202f")


def _amount(cents: int | None) -> str:
    if cents is None:
        return ""
    whole, _comma, rest = euros(cents).partition(",")
    return f"{grouped(int(whole))},{rest}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _at(instant: datetime | None) -> str:
    return f"{paris_time(instant):%d/%m/%Y %H:%M}" if instant else ""


def _words(text: Any) -> str:
    # The first signs of a fingerprint are enough to know it again; nothing else is so long without a blank.
    told = "" if text is None else " ".join(str(text).split())
    return told[:16] if len(told) == 64 and " " not in told else told


_ON_THE_RIGHT = {Kind.NUMBER, Kind.CENTS}
_CELLS: Mapping[Kind, Any] = {
    Kind.TEXT: _words,
    Kind.NUMBER: lambda number: "" if number is None else grouped(number),
    Kind.CENTS: _amount,
    Kind.DAY: _day,
    Kind.INSTANT: _at,
}

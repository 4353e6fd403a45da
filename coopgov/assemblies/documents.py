"""The facts of an assembly's papers: the notice, the proxy form, the list of letters, the attendance sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import ProxyLimit, law_call, law_kind, notice_days, proxy_limit
from coopgov.assemblies.rules.convening import remote_closes_at
from coopgov.assemblies.rules.papers import read_form
from coopgov.assemblies.wording import KIND_NAMES, in_language, in_print
from coopgov.ballots.deciding import Form
from coopgov.ballots.said import how_lines
from coopgov.core.errors import Citation
from coopgov.core.figures import Figures
from coopgov.core.journal import Head
from coopgov.law import arithmetic
from coopgov.printing.letterhead import Letterhead
from coopgov.statutes import queries as statutes
from coopgov.statutes.queries import Statutes

# A paper of more rows than this is printed in parts: one table of many thousand rows is not.
ROWS_PER_SHEET = 1000
# Beyond this many letters the office prints addresses on one list, and encloses the common notice.
MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a letter goes."""

    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The assembly as its papers name it."""

    title: str
    kind: str
    kind_name: str
    call: int
    held_at: datetime
    place: str
    previous_held_on: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure in a sentence of a paper, with its articles."""

    value: int | str | None
    articles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice of meeting (*convocation*) says."""

    cooperative: Mapping[str, Any]
    recipient: Recipient | None
    meeting: Meeting
    sent_on: date
    company: str
    agenda: Sequence[Mapping[str, Any]]
    notice_days: Rule
    quorum: Rule
    quorum_heads: int
    majority: Rule
    majority_strict: bool
    majority_base: str
    documents: Rule
    questions: Rule | None
    proxies: Rule
    proxy_deadline: datetime
    remote_closes_at: datetime | None
    remote_articles: Sequence[str]
    enrolled: int
    roll_hash: str
    journal_size: int
    journal_hash: str
    address: str
    colleges: Sequence[Mapping[str, str]] = ()
    """Label and weight of each college where votes are weighed; empty where heads are counted."""


@dataclass(frozen=True, slots=True)
class ProxyForm:
    """What a proxy form (*formule de pouvoir*) says."""

    cooperative: Mapping[str, Any]
    meeting: Meeting
    agenda: Sequence[Mapping[str, Any]]
    proxies: Rule
    holders: Sequence[str]
    blank_to_chair: Sequence[str]
    proxy_deadline: datetime
    address: str
    who_holds: str = "member"
    """To whom the law lets a proxy go, in the words of the figure; the site takes members only."""


@dataclass(frozen=True, slots=True)
class LetterList:
    """The addresses of those convened by letter, when they are too many for a letter each."""

    cooperative: Mapping[str, Any]
    meeting: Meeting
    sent_on: date
    registered: bool
    part: int
    parts: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the attendance sheet: a member, one vote, how it was there."""

    number: int
    name: str
    address: str
    mode: str
    holder: str
    proxy_given_on: date | None


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """What an attendance sheet (*feuille de présence*) says; `mode` of a row is present, represented or remote."""

    cooperative: Mapping[str, Any]
    meeting: Meeting
    rows: Sequence[SheetRow]
    part: int
    parts: int
    first: int
    present: int
    represented: int
    remote: int
    enrolled: int
    quorum: Rule
    quorum_heads: int
    bureau: Sequence[Mapping[str, str]]
    articles: Sequence[str]
    roll_hash: str


@dataclass(frozen=True, slots=True)
class Retroplanning:
    """What a retro-planning (*rétroplanning*) says: every deadline of an assembly, as it stood on a day."""

    cooperative: Mapping[str, Any]
    meeting: Meeting
    as_of: date
    seat: str
    alsace_moselle: bool
    deadlines: Sequence[Mapping[str, Any]]
    """In the order of time; each with its label and its sentence in the language of the paper."""
    line: Mapping[str, Any]
    """The drawing, in whole units of its own."""


Paper = Notice | ProxyForm | LetterList | AttendanceSheet | Retroplanning


def facts(paper: Paper) -> dict[str, Any]:
    """The paper's facts as plain values, ready to be frozen."""
    return asdict(paper)


def articles(citations: Sequence[Citation]) -> tuple[str, ...]:
    """The articles as papers quote them."""
    return tuple(dict.fromkeys(citation.text for citation in citations))


def letterhead(found: Statutes, capital_cents: int, language: str = "fr") -> dict[str, Any]:
    """The mentions at the head of each paper."""
    return Letterhead(
        name=found.name,
        legal_form=statutes.mentions(found, capital_cents, language)["form"],
        seat=found.seat,
        capital=capital_cents,  # type: ignore[arg-type]  # whole cents, summed by the share book
        siren=found.siren,
        registry=found.rcs_city,
    ).as_facts()


def meeting(assembly: AssemblyRow, previous: AssemblyRow | None) -> Meeting:
    """The assembly as its papers name it."""
    return Meeting(
        title=assembly.title, kind=assembly.kind.value, kind_name=KIND_NAMES[assembly.kind], call=assembly.call,
        held_at=assembly.held_at, place=assembly.place, previous_held_on=previous.held_on if previous else None,
    )  # fmt: skip


def agenda_lines(items: Sequence[ItemRow]) -> list[dict[str, Any]]:
    """The agenda as papers print it: each resolution with its text and what it would change."""
    return [
        {
            "position": item.position,
            "title": item.title,
            "text": in_print(item.subject_kind, item.text),
            "change_text": item.change_text,
            "is_secret": item.is_secret,
            "paper": paper_facts(read_form(item.form)),
        }
        for item in items
    ]


def paper_facts(form: Form | None) -> dict[str, Any] | None:
    """A ballot paper as papers print it: how it is filled in and counted in each language, its options, the seed."""
    if form is None:
        return None
    return {
        "how": {language: in_language(language, lambda: how_lines(form)) for language in ("fr", "en")},
        "options": [{"label": option.label, "names": list(option.names)} for option in form.paper.options],
        "seed": form.ties.seed,
    }


@dataclass(frozen=True, slots=True)
class Sending:
    """All that a notice needs to know beside the rule book."""

    cooperative: Mapping[str, Any]
    assembly: AssemblyRow
    previous: AssemblyRow | None
    items: Sequence[ItemRow]
    company: str
    sent_on: date
    head: Head
    address: str
    colleges: Sequence[Mapping[str, str]] = ()
    is_by_consent: bool = True
    """Whether e-mail goes only to those who accepted it; the statutes of a SAS may say otherwise."""


def notice(sending: Sending, figures: Figures) -> Notice:
    """The facts of the notice common to all members."""
    assembly, on = sending.assembly, sending.sent_on
    kind, call, held_on = law_kind(assembly.kind), law_call(assembly.call), assembly.held_on
    days, quorum = (
        notice_days(figures, call=assembly.call, on=on),
        arithmetic.quorum(figures, kind=kind, call=call, on=held_on),
    )
    rule = arithmetic.decision_rule(figures, kind=kind, call=call, on=held_on)
    papers = figures.find_figure("assembly.documents_days", on=on)
    closes_at, closing_citations = remote_closes_at(figures, held_at=assembly.held_at)
    return Notice(
        cooperative=sending.cooperative, recipient=None, meeting=meeting(assembly, sending.previous), sent_on=on,
        company=sending.company, agenda=agenda_lines(sending.items),
        notice_days=Rule(days.as_int(), articles(days.citations)),
        quorum=Rule(str(quorum.as_fraction()), articles(quorum.citations)),
        quorum_heads=arithmetic.quorum_heads(assembly.enrolled, quorum.as_fraction()),
        majority=Rule(str(rule.fraction), articles(rule.citations)), majority_strict=rule.strict,
        majority_base=rule.base.value,
        documents=Rule(papers.as_int() if papers else None, articles(papers.citations) if papers else ()),
        questions=_questions(figures, on), proxies=proxy_rule(figures, assembly),
        proxy_deadline=closes_at, remote_closes_at=assembly.remote_closes_at if assembly.remote_vote else None,
        remote_articles=articles(closing_citations), enrolled=assembly.enrolled, roll_hash=assembly.roll_hash,
        journal_size=sending.head.size, journal_hash=sending.head.hash, address=sending.address,
        colleges=sending.colleges,
    )  # fmt: skip


def _questions(figures: Figures, on: date) -> Rule | None:
    figure = figures.find_figure("assembly.written_questions_business_days", on=on)
    return None if figure is None else Rule(figure.as_int(), articles(figure.citations))


def proxy_rule(figures: Figures, assembly: AssemblyRow) -> Rule:
    """How many proxies one member may hold, as papers say it."""
    limit: ProxyLimit = proxy_limit(figures, members=assembly.enrolled, on=assembly.held_on)
    return Rule(limit.limit, articles(limit.citations))


def proxy_form(sending: Sending, figures: Figures) -> ProxyForm:
    """The facts of the blank proxy form sent with the notice."""
    assembly = sending.assembly
    holders = figures.figure("proxy.holders", on=sending.sent_on)
    blank = figures.find_figure("proxy.blank_to_chair", on=sending.sent_on)
    is_for_chair = blank is not None and blank.as_bool()
    return ProxyForm(
        cooperative=sending.cooperative, meeting=meeting(assembly, sending.previous),
        agenda=agenda_lines(sending.items), proxies=proxy_rule(figures, assembly), holders=articles(holders.citations),
        blank_to_chair=articles(blank.citations) if blank is not None and is_for_chair else (),
        proxy_deadline=remote_closes_at(figures, held_at=assembly.held_at)[0], address=sending.address,
        who_holds=holders.as_text(),
    )  # fmt: skip

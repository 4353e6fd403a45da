"""The facts of the papers about money: the call notice, the statement of a refund, the statement of a year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from coopgov.core.act import Act
from coopgov.core.money import Cents
from coopgov.members.queries import MemberRow
from coopgov.printing.archive import Paper
from coopgov.shares.book import member_name
from coopgov.shares.chain import Head, Moment
from coopgov.shares.documents import Holder, Source, articles, euros_in_words, holder_of, letterhead, statutes_at
from coopgov.shares.rules import TxKind
from coopgov.treasury import book
from coopgov.treasury.banking.reference import epc_text, reference_of, spaced
from coopgov.treasury.banking.sepa import OwnAccount
from coopgov.treasury.rules import Bucket, CapitalKind
from coopgov.treasury.statement import Line

# The name of a series stands on the paper, so that it is French.
SERIES = {"call_notice": "appel", "refund_statement": "décompte", "year_statement": "relevé"}
TITLES = {
    "call_notice": {"fr": "Appel de versement", "en": "Call for payment"},
    "refund_statement": {"fr": "Décompte de remboursement", "en": "Refund statement"},
    "year_statement": {"fr": "Relevé annuel de parts sociales", "en": "Yearly statement of shares"},
}


@dataclass(frozen=True, slots=True)
class OpenCall:
    """What is still unpaid of one call."""

    on: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay, as a person copies it and as a phone reads it."""

    holder: str
    iban: str
    bic: str
    reference: str
    epc: str


@dataclass(frozen=True, slots=True)
class CallNotice:
    """What a call notice (*appel de versement*) says."""

    cooperative: Mapping[str, Any]
    holder: Holder
    on: date
    due_cents: Cents
    due_words: str
    calls: Sequence[OpenCall]
    subscribed_cents: int
    paid_cents: int
    uncalled_cents: int
    account: Account
    articles: Sequence[str]
    source: Source


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a refund is reckoned, from the nominal value of the shares to what is still owed; it adds up."""

    quantity: int
    nominal: int
    never_paid: int
    losses: int
    set_off: int
    given: int
    prescribed: int
    repaid: int
    owed: int
    decisions: Sequence[str]


@dataclass(frozen=True, slots=True)
class RefundStatement:
    """What a statement of a refund (*décompte de remboursement*) says."""

    cooperative: Mapping[str, Any]
    holder: Holder
    on: date
    left_on: date | None
    reckoning: Reckoning
    owed_words: str
    due_on: date | None
    liable_until: date | None
    articles: Sequence[str]
    source: Source


@dataclass(frozen=True, slots=True)
class YearLine:
    """One movement of the year: of shares, or of money."""

    on: date
    what: str
    resolution: str
    shares: int
    called: int
    paid: int
    owed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands at the end of a day."""

    on: date
    shares: int
    subscribed: int
    paid: int
    due: int
    uncalled: int
    repayable: int


@dataclass(frozen=True, slots=True)
class YearStatement:
    """What a yearly statement (*relevé annuel*) says: the beginning, every movement, the end."""

    cooperative: Mapping[str, Any]
    holder: Holder
    year: int
    before: Standing
    lines: Sequence[YearLine]
    after: Standing
    articles: Sequence[str]
    source: Source


def open_calls(moments: Iterable[Moment], unpaid: int) -> list[OpenCall]:
    """The calls that are not wholly paid, oldest first: payments serve the oldest, so the latest stay open."""
    found, left = list[OpenCall](), unpaid
    for moment in sorted(moments, key=lambda one: (one.on, one.seq), reverse=True):
        if moment.amount > 0 and left > 0:
            found.append(OpenCall(moment.on, Cents(min(moment.amount, left))))
            left -= moment.amount
    return found[::-1]


def reckon(lines: Sequence[Line]) -> Reckoning:
    """Reckon the refunds of a member from her movements; those undone count for nothing."""
    standing = [line for line in lines if line.reverses_seq is None and line.reversed_by is None]
    gone = [line for line in standing if line.kind is TxKind.REDEEM]
    money = [line for line in standing if line.is_money]

    def moved(kind: CapitalKind, bucket: Bucket) -> int:
        return sum(line.changes.get(bucket, 0) for line in money if line.kind is kind)

    nominal = -sum(line.share_cents for line in gone)
    made = moved(CapitalKind.MAKE_REPAYABLE, Bucket.REPAYABLE)
    return Reckoning(
        quantity=-sum(line.shares for line in gone),
        nominal=nominal,
        never_paid=nominal - made,
        losses=-moved(CapitalKind.LOSS, Bucket.REPAYABLE),
        set_off=-moved(CapitalKind.SET_OFF, Bucket.REPAYABLE),
        given=-moved(CapitalKind.GIFT, Bucket.REPAYABLE),
        prescribed=-moved(CapitalKind.PRESCRIBE, Bucket.REPAYABLE),
        repaid=-moved(CapitalKind.REPAY, Bucket.REPAYABLE),
        owed=lines[-1].balances.get(Bucket.REPAYABLE, 0) if lines else 0,
        decisions=list(dict.fromkeys(line.resolution for line in gone if line.resolution)),
    )


def standing_at(lines: Sequence[Line], on: date) -> Standing:
    """How the account stands at the end of a day, from its movements, the oldest first."""
    last = next((line for line in reversed(lines) if line.effective_on <= on), None)
    held, balances = (last.held, last.balances) if last else (0, {})
    paid, due, uncalled = (
        balances.get(bucket, 0) for bucket in (Bucket.PAID_UP, Bucket.CALLED_UNPAID, Bucket.SUBSCRIBED_UNCALLED)
    )
    return Standing(on, held, paid + due + uncalled, paid, due, uncalled, balances.get(Bucket.REPAYABLE, 0))


def call_notice(
    act: Act, member: MemberRow, standing: Standing, calls: Sequence[OpenCall], account: OwnAccount, language: str
) -> Paper:
    """The notice of what a member owes, with where and how to pay it."""
    reference, due = reference_of(member.number), Cents(standing.due)
    facts = CallNotice(
        cooperative=letterhead(act, statutes_at(act, act.today), language), holder=holder_of(member), on=act.today,
        due_cents=due, due_words=euros_in_words(due, language), calls=calls, subscribed_cents=standing.subscribed,
        paid_cents=standing.paid, uncalled_cents=standing.uncalled,
        account=Account(
            account.holder, spaced(account.iban), account.bic, reference, epc_text(account, due, reference)
        ),
        articles=articles(act, act.today, "share.payup.first", "share.payup.balance_years"), source=_source(act),
    )  # fmt: skip
    return _paper("call_notice", member, asdict(facts), language)


def refund_statement(
    act: Act, member: MemberRow, reckoning: Reckoning, days: tuple[date | None, date | None, date | None], language: str
) -> Paper:
    """The statement of what a leaver is paid back; `days` are those of leaving, of the due sum and of liability."""
    left_on, due_on, liable_until = days
    facts = RefundStatement(
        cooperative=letterhead(act, statutes_at(act, act.today), language), holder=holder_of(member), on=act.today,
        left_on=left_on, reckoning=reckoning, owed_words=euros_in_words(reckoning.owed, language), due_on=due_on,
        liable_until=liable_until,
        articles=articles(
            act, act.today, "share.refund_at_nominal", "share.refund_delay_years", "share.liability_years"
        ),
        source=_source(act),
    )  # fmt: skip
    return _paper("refund_statement", member, asdict(facts), language)


def year_statement(
    act: Act, member: MemberRow, lines: Sequence[Line], *, year: int, days: tuple[date, date], told: Mapping[str, str],
    language: str,
) -> Paper:  # fmt: skip
    """The statement of a financial year; `told` says each kind of movement in the language of the paper."""
    before_day, last_day = days
    facts = YearStatement(
        cooperative=letterhead(act, statutes_at(act, last_day), language), holder=holder_of(member), year=year,
        before=standing_at(lines, before_day),
        lines=[_year_line(line, told) for line in lines if before_day < line.effective_on <= last_day],
        after=standing_at(lines, last_day),
        articles=articles(act, last_day, "share.registered_only", "share.refund_at_nominal"), source=_source(act),
    )  # fmt: skip
    return _paper("year_statement", member, asdict(facts), language)


def _year_line(line: Line, told: Mapping[str, str]) -> YearLine:
    change = line.changes.get
    return YearLine(
        line.effective_on, told[line.label], line.resolution, line.shares,
        change(Bucket.CALLED_UNPAID, 0) + change(Bucket.PAID_UP, 0) if line.is_money else 0,
        change(Bucket.PAID_UP, 0), change(Bucket.REPAYABLE, 0),
    )  # fmt: skip


def _source(act: Act) -> Source:
    end: Head = book.head(act.session)
    return Source(end.seq, end.hash)


def _paper(kind: str, member: MemberRow, facts: dict[str, Any], language: str) -> Paper:
    hers = member_name(member.id)
    return Paper(
        kind=kind, series=SERIES[kind], about=hers, title=f"{TITLES[kind][language]} – {member.name}",
        template=f"{kind}.html", facts=facts, owner=hers, language=language,
    )  # fmt: skip

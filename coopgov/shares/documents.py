"""The facts of the papers about shares: the subscription form and the certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from coopgov.core.act import Act
from coopgov.core.errors import Citation
from coopgov.core.money import Cents
from coopgov.members.queries import MemberRow
from coopgov.printing.archive import Paper
from coopgov.printing.letterhead import Letterhead
from coopgov.shares import book, queries, rules
from coopgov.shares.queries import Holding, LotHeld, Transaction
from coopgov.shares.rules import Leg, TxKind
from coopgov.statutes import queries as statutes
from coopgov.statutes.queries import Statutes
from coopgov.web.mails import address_of

# The name of a series stands on the paper, so that it is French.
SERIES = {"bulletin": "bulletin", "certificate": "attestation", "transfer_order": "ordre-mouvement"}
TITLES = {
    "bulletin": {"fr": "Bulletin de souscription", "en": "Subscription form"},
    "certificate": {"fr": "Attestation de parts sociales", "en": "Share certificate"},
    "transfer_order": {"fr": "Ordre de mouvement de parts", "en": "Transfer order"},
}


@dataclass(frozen=True, slots=True)
class Holder:
    """The subscriber or holder as a paper names her."""

    name: str
    number: int
    address: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shares:
    """So many shares at one price, in figures and in full."""

    quantity: int
    quantity_words: str
    unit_cents: int
    total_cents: int
    total_words: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What is paid on the shares, and what is still to be paid."""

    paid_up_cents: Cents
    due_cents: Cents


@dataclass(frozen=True, slots=True)
class Source:
    """The line of the share book a paper was made from."""

    line: int
    hash: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a subscription form (*bulletin de souscription*) says."""

    cooperative: Mapping[str, Any]
    holder: Holder
    shares: Shares
    payable_now_cents: int
    payable_now_words: str
    balance_cents: int
    balance_latest_on: date | None
    is_conditional: bool
    effective_on: date
    statutes_on: date
    resolution: str
    articles: Sequence[str]
    source: Source


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a share certificate (*attestation de parts*) says; holding it gives no right."""

    cooperative: Mapping[str, Any]
    holder: Holder
    on: date
    shares: Shares
    paid: Paid | None
    lots: Sequence[LotHeld]
    articles: Sequence[str]
    source: Source
    # Where anybody who holds the paper sees whether it still tells the truth.
    verify_url: str


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """What a transfer order (*ordre de mouvement*) says: who gives which shares to whom, by which decision."""

    cooperative: Mapping[str, Any]
    giver: Holder
    taker: Holder
    is_inherited: bool
    shares: Shares
    lots: Sequence[LotHeld]
    effective_on: date
    decision: str
    articles: Sequence[str]
    source: Source


def transfer_order(act: Act, movement: Transaction, giver: MemberRow, taker: MemberRow, language: str) -> Paper:
    """The order of one transfer, signed by who gives and who receives."""
    on = movement.effective_on
    lots = [LotHeld(leg.lot.first_acquired_on, leg.quantity, leg.unit_cents) for leg in _received(act, movement)]
    facts = TransferOrder(
        cooperative=letterhead(act, statutes_at(act, on), language),
        giver=holder_of(giver),
        taker=holder_of(taker),
        is_inherited=movement.kind is TxKind.INHERIT,
        shares=_shares(sum(lot.quantity for lot in lots), lots[0].unit_cents, abs(movement.cents), language),
        lots=lots,
        effective_on=movement.late_for or on,
        decision=movement.resolution,
        articles=articles(act, on, "share.transfer_approval_body", "share.registered_only"),
        source=Source(movement.seq, movement.hash),
    )
    return _paper("transfer_order", giver, asdict(facts), language)


def _received(act: Act, movement: Transaction) -> list[Leg]:
    return [leg for leg in queries.legs_of(act.session, movement.seq) if leg.quantity > 0]


def bulletin(act: Act, movement: Transaction, member: MemberRow, language: str) -> Paper:
    """The subscription form of one movement."""
    on = movement.effective_on
    owed = movement.cents if movement.payable_now is None else movement.payable_now
    rest = Cents(movement.cents - owed)
    version = statutes_at(act, on)
    facts = Bulletin(
        cooperative=letterhead(act, version, language),
        holder=holder_of(member),
        shares=_shares(movement.quantity, movement.unit_cents, movement.cents, language),
        payable_now_cents=owed,
        payable_now_words=euros_in_words(owed, language),
        balance_cents=rest,
        balance_latest_on=rules.balance_latest_on(on, act.rulebook) if rest else None,
        is_conditional=movement.is_conditional,
        effective_on=on,
        statutes_on=version.in_force_from,
        resolution=movement.resolution,
        articles=articles(act, on, "share.subscription_form_required", "share.payup.first"),
        source=Source(movement.seq, movement.hash),
    )
    return _paper("bulletin", member, asdict(facts), language)


def certificate(
    act: Act, member: MemberRow, held: Holding, *, on: date, paid: Paid | None, language: str, code: str
) -> Paper:
    """The certificate of what a member holds on a day."""
    end = book.head(act.session)
    lots = queries.lots_held(act.session, member.id, on)
    facts = Certificate(
        cooperative=letterhead(act, statutes_at(act, on), language),
        holder=holder_of(member),
        on=on,
        shares=_shares(held.quantity, lots[0].unit_cents, held.cents, language),
        paid=paid,
        lots=lots,
        articles=articles(act, on, "share.subscription_form_required", "share.refund_at_nominal"),
        source=Source(end.seq, end.hash),
        verify_url=address_of("registers.certificate", token=code),
    )
    return _paper("certificate", member, asdict(facts), language)


def number_in_words(number: int, language: str) -> str:
    """The number before "parts", which is feminine: vingt et une, cent."""
    words = _in_words(number, language)
    return f"{words}e" if language == "fr" and words.endswith("un") else words


def euros_in_words(cents: int, language: str) -> str:
    """An amount in full: deux cents euros et cinquante centimes."""
    euros, rest = divmod(cents, 100)
    whole = _counted(euros, language, "euro")
    if not rest:
        return whole
    joined, part = ("et", "centime") if language == "fr" else ("and", "cent")
    return f"{whole} {joined} {_counted(rest, language, part)}"


def _counted(number: int, language: str, unit: str) -> str:
    words = _in_words(number, language)
    if language != "fr":
        return f"{words} {unit}{'' if number == 1 else 's'}"
    # Deux millions d'euros; and zero takes the singular.
    link = " d’" if words.endswith(("million", "millions", "milliard", "milliards")) else " "
    return f"{words}{link}{unit}{'' if number < 2 else 's'}"


def _paper(kind: str, member: MemberRow, facts: dict[str, Any], language: str) -> Paper:
    hers = book.member_name(member.id)
    return Paper(
        kind=kind, series=SERIES[kind], about=hers, title=f"{TITLES[kind][language]} – {member.name}",
        template=f"{kind}.html", facts=facts, owner=hers, language=language,
    )  # fmt: skip


def holder_of(member: MemberRow) -> Holder:
    """The holder as a paper names her."""
    return Holder(member.name, member.number, member.postal_address)


def _shares(quantity: int, unit_cents: int, total: int, language: str) -> Shares:
    return Shares(
        quantity, number_in_words(quantity, language), unit_cents, total, euros_in_words(total, language)
    )  # fmt: skip


def statutes_at(act: Act, on: date) -> Statutes:
    """The statutes of that day, or the first there were."""
    return statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]


def letterhead(act: Act, version: Statutes, language: str) -> dict[str, Any]:
    """Who speaks: the cooperative as the law wants it named on its papers."""
    capital = queries.capital_on(act.session, act.today)
    return Letterhead(
        name=version.name, legal_form=statutes.mentions(version, capital, language)["form"], seat=version.seat,
        capital=capital, siren=version.siren or None, registry=version.rcs_city or None,
    ).as_facts()  # fmt: skip


def articles(act: Act, on: date, *names: str) -> list[str]:
    """The articles of these figures on that day, each once."""
    figures = [figure for name in names if (figure := act.rulebook.find_figure(name, on=on))]
    return list(dict.fromkeys(_text(citation) for figure in figures for citation in figure.citations))


def _text(citation: Citation) -> str:
    return citation.text


def _in_words(number: int, language: str) -> str:
    from num2words import num2words  # noqa: PLC0415 - only the papers about shares write numbers out

    return str(num2words(number, lang=language))

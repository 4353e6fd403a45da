"""The commands of the share book: subscribe, take over an older register, reverse, issue its papers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.figures import Figures
from coopgov.core.ids import new_id
from coopgov.core.money import Cents
from coopgov.core.preflight import Check, check_preflight
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Status, check_composition
from coopgov.printing import archive
from coopgov.shares import book, documents, queries, rules
from coopgov.shares.book import BOOK_NAME, Entry, line_name
from coopgov.shares.chain import Moment, chunks
from coopgov.shares.events import HoldingOpened, HoldingsOpened, ManySharesSubscribed, SharesReversed, SharesSubscribed
from coopgov.shares.models import ShareClass, ShareClassNominal
from coopgov.shares.preflight import Beside
from coopgov.shares.preflight import preflight as checks_of
from coopgov.shares.rules import Draft, Lot, Standing, Subscriber, TxKind, Undoing
from coopgov.statutes import queries as statutes
from coopgov.web.preflight import judge

ORDINARY = "ordinary"
MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Subscription:
    """One of many subscriptions; without `payable_now`, all of the price is owed at once."""

    member_id: UUID
    quantity: int
    effective_on: date
    payable_now: Cents | None = None


@dataclass(frozen=True, slots=True)
class OpeningHolding:
    """What one member held, and had paid, when the older register was closed."""

    member_id: UUID
    quantity: int
    first_acquired_on: date
    paid: Cents


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscription as it is asked for, before anything is written."""

    member_id: UUID
    quantity: int
    effective_on: date
    payable_now: Cents | None = None
    is_conditional: bool = False
    reason: str = "subscription"
    resolution: str = ""


def preflight(session: Session, asked: Asked, figures: Figures, *, today: date) -> list[Check]:
    """What a subscription would be checked for now (*contrôle préalable*); writes nothing."""
    version = statutes.find_statutes_on(session, asked.effective_on) or statutes.history(session)[-1]
    draft = _draft(session, asked, version.share_nominal_cents, today)
    return _preflight(session, draft, asked.member_id, figures, peak=queries.peak_capital(session, today))


def _draft(session: Session, asked: Asked, unit: int, today: date) -> Draft:
    member, day = members.get_member(session, asked.member_id), asked.effective_on
    return Draft(
        _subscriber(member, day), asked.quantity, unit, day, today, asked.payable_now, asked.is_conditional,
        _before(session, asked.member_id, day, today),
    )  # fmt: skip


def _preflight(session: Session, draft: Draft, member_id: UUID, figures: Figures, *, peak: int = 0) -> list[Check]:
    # The highest capital is only shown: an act does not look through the whole book for it.
    minimum = figures.find_figure("capital.statutory_minimum_cents", on=draft.effective_on)
    beside = Beside(
        peak=peak,
        statutory_minimum=minimum.as_int() if minimum is not None else 0,
        admission=_check_room(session, draft, member_id, figures),
    )
    return checks_of(draft, beside, figures)


def _check_room(session: Session, draft: Draft, member_id: UUID, figures: Figures) -> list[Breach]:
    """List why a candidate could not be admitted today for want of room (the hundred members of an SARL)."""
    if draft.subscriber.standing is not Standing.CANDIDATE:
        return []
    category = members.get_member(session, member_id).category
    after = members.heads_on(session, draft.today).plus(category)
    return check_composition(after, on=draft.today, law=figures)


def subscribe(
    act: Act,
    *,
    member_id: UUID,
    quantity: int,
    effective_on: date,
    reason: str = "subscription",
    resolution: str = "",
    payable_now: Cents | None = None,
    is_conditional: bool = False,
) -> int:
    """Record a subscription (*souscription*) in the share book; gives its number.

    Without `payable_now`, all of the price is owed at once.
    """
    asked = Asked(member_id, quantity, effective_on, payable_now, is_conditional, reason, resolution)
    return record(act, asked, {})


def record(act: Act, asked: Asked, reasons: Mapping[str, str]) -> int:
    """Record the subscription that was asked for; `reasons` says what a person checked of each point left to her."""
    book.take_the_pen(act.session)
    member_id, effective_on, payable_now = asked.member_id, asked.effective_on, asked.payable_now
    class_id, unit = _class_and_nominal(act, effective_on)
    draft = _draft(act.session, asked, unit, act.today)
    checks = _preflight(act.session, draft, member_id, act.rulebook)
    refuse_if(check_preflight(checks, reasons))
    reason, quantity = asked.reason, asked.quantity
    reason_code = rules.CONDITIONAL if draft.subscriber.standing is Standing.CANDIDATE else reason
    owed = draft.total if payable_now is None else payable_now
    [seq] = book.write(act, [_issue(member_id, class_id, draft, reason_code, asked.resolution, owed)])
    judged = judge(act, line_name(seq), checks, reasons)
    facts = {"member": member_id, "quantity": quantity, "last": seq, "judged": judged}
    act.record("shares.subscribed", line_name(seq), facts)
    act.publish(SharesSubscribed(seq, member_id, quantity, unit, effective_on, owed))
    return seq


def subscribe_many(act: Act, rows: Sequence[Subscription], *, resolution: str = "") -> list[int]:
    """Write many subscriptions at once, in order; the limits are looked at once all are taken together."""
    book.take_the_pen(act.session)
    people = _people(act, {row.member_id for row in rows})
    prices = {day: _class_and_nominal(act, day) for day in {row.effective_on for row in rows}}
    drafts = [
        Draft(
            _subscriber(people[row.member_id], row.effective_on), row.quantity, prices[row.effective_on][1],
            row.effective_on, act.today, row.payable_now,
        )
        for row in rows
    ]  # fmt: skip
    _refuse_many(act, rows, drafts)
    entries, owed = [], []
    for row, draft in zip(rows, drafts, strict=True):
        owed.append(draft.total if row.payable_now is None else row.payable_now)
        class_id = prices[row.effective_on][0]
        entries.append(_issue(row.member_id, class_id, draft, "subscription", resolution, owed[-1]))
    seqs = book.write(act, entries)
    act.record("shares.subscribed_many", BOOK_NAME, {"number": len(seqs), "last": seqs[-1] if seqs else 0})
    act.publish(ManySharesSubscribed(tuple(map(_subscribed, seqs, rows, drafts, owed))))
    return seqs


def open_holdings(act: Act, *, rows: Sequence[OpeningHolding], on: date, source: str) -> list[int]:
    """Take over the holdings of an older register (*reprise*) as they stood on that day."""
    book.take_the_pen(act.session)
    people = _people(act, {row.member_id for row in rows})
    class_id, unit = _class_and_nominal(act, on)
    refuse_if(_check_openings(act, rows, people, unit, on))
    entries = [
        Entry(
            TxKind.OPENING, on, opens_lots=True, reason_code="opening", note=source,
            legs=_issue_legs(row.member_id, class_id, row.first_acquired_on, row.quantity, unit),
        )
        for row in rows
    ]  # fmt: skip
    seqs = book.write(act, entries)
    act.record("shares.opened", BOOK_NAME, {"number": len(seqs), "last": seqs[-1] if seqs else 0, "source": source})
    opened = [
        HoldingOpened(seq, row.member_id, row.quantity * unit, row.paid, on)
        for seq, row in zip(seqs, rows, strict=True)
    ]
    act.publish(HoldingsOpened(tuple(opened)))
    return seqs


def reverse(act: Act, *, seq: int, effective_on: date, reason: str) -> int:
    """Undo a movement by a new one that names it, exactly and once (*contre-passation*); gives its number."""
    book.take_the_pen(act.session)
    original = queries.get_transaction(act.session, seq)
    legs = rules.negated(queries.legs_of(act.session, seq))
    refuse_if(
        rules.check_reversal(
            Undoing(
                seq, original.kind, original.effective_on, effective_on, act.today, reason, original.reversed_by,
                _timelines_after(act, legs, effective_on),
            )
        )
    )  # fmt: skip
    entry = Entry(TxKind.REVERSAL, effective_on, legs, reason_code="reversal", note=reason.strip(), reverses_seq=seq)
    [new] = book.write(act, [entry])
    act.record("shares.reversed", line_name(new), {"reverses": seq, "reason": reason.strip(), "last": new})
    act.publish(SharesReversed(new, seq, effective_on, reason.strip()))
    return new


def issue_bulletin(act: Act, *, seq: int, language: str = "fr") -> UUID:
    """Issue the subscription form (*bulletin de souscription*) of a subscription, for signature."""
    movement = queries.get_transaction(act.session, seq)
    refuse_if(rules.check_has_bulletin(seq, movement.kind, movement.reversed_by))
    member = members.get_member(act.session, movement.member_id)
    document_id = archive.issue(act, documents.bulletin(act, movement, member, language))
    act.record("shares.bulletin_issued", line_name(seq), {"document": document_id})
    return document_id


def issue_certificate(
    act: Act, *, member_id: UUID, on: date, paid_up: Cents | None = None, due: Cents | None = None, language: str = "fr"
) -> UUID:
    """Issue a share certificate (*attestation de parts*) for what a member holds on that day.

    The amounts paid are the treasury's to tell: `treasury.service.issue_certificate` gives them.
    """
    member = members.get_member(act.session, member_id)
    held = queries.holdings_of(act.session, [member_id], on)[member_id]
    refuse_if(rules.check_day(on, act.today) + rules.check_holds_shares(member.name, held.quantity, on))
    paid = None if paid_up is None else documents.Paid(paid_up, due or Cents(0))
    document_id = archive.issue(act, documents.certificate(act, member, held, on=on, paid=paid, language=language))
    act.record("shares.certificate_issued", book.member_name(member_id), {"document": document_id, "on": on})
    return document_id


def _issue(member_id: UUID, class_id: UUID, draft: Draft, reason_code: str, resolution: str, owed: Cents) -> Entry:
    legs = _issue_legs(member_id, class_id, draft.effective_on, draft.quantity, draft.unit_cents)
    return Entry(
        TxKind.SUBSCRIBE, draft.effective_on, legs, opens_lots=True, reason_code=reason_code,
        resolution=resolution, payable_now=owed,
    )  # fmt: skip


def _issue_legs(member_id: UUID, class_id: UUID, since: date, quantity: int, unit: int) -> tuple[rules.Leg, rules.Leg]:
    return rules.issue_legs(member_id, Lot(new_id(), class_id, since, unit), quantity, unit)


def _subscribed(seq: int, row: Subscription, draft: Draft, owed: Cents) -> SharesSubscribed:
    return SharesSubscribed(seq, row.member_id, row.quantity, draft.unit_cents, row.effective_on, owed)


def _people(act: Act, ids: set[UUID]) -> Mapping[UUID, MemberRow]:
    found: dict[UUID, MemberRow] = {}
    for some in chunks(sorted(ids)):
        found |= members.get_members(act.session, some)
    return found


def _subscriber(member: MemberRow, on: date) -> Subscriber:
    if member.status is Status.CANDIDATE:
        return Subscriber(member.name, Standing.CANDIDATE)
    if member.status is not Status.MEMBER or member.joined_on is None:
        return Subscriber(member.name, Standing.OUTSIDE)
    standing = Standing.ADMITTED if member.joined_on <= on else Standing.LATER
    return Subscriber(member.name, standing, member.joined_on)


def _class_and_nominal(act: Act, on: date) -> tuple[UUID, int]:
    """The one class of shares there is yet, and what a share of it is worth on that day."""
    version = statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]
    class_id = act.session.scalar(select(ShareClass.id).where(ShareClass.code == ORDINARY)) or _new_class(act)
    known = act.session.scalar(
        select(ShareClassNominal.cents).where(
            ShareClassNominal.class_id == class_id, ShareClassNominal.from_date == version.in_force_from
        )
    )
    if known is not None:
        return class_id, known
    act.session.add(
        ShareClassNominal(
            class_id=class_id, from_date=version.in_force_from, cents=version.share_nominal_cents,
            resolution=version.decision[:200],
        )
    )  # fmt: skip
    act.session.flush()  # the legs are written without the unit of work
    return class_id, version.share_nominal_cents


def _new_class(act: Act) -> UUID:
    ordinary = ShareClass(id=new_id(), code=ORDINARY, label="Parts ordinaires")
    act.session.add(ordinary)
    act.session.flush()  # the nominal below is written without the unit of work
    return ordinary.id


def _before(session: Session, member_id: UUID, effective_on: date, today: date) -> list[tuple[int, int]]:
    # The limits hold on the legal day of the movement and with all that is known since.
    days = {effective_on, max(effective_on, today)}
    return [
        (queries.holdings_of(session, [member_id], day)[member_id].cents, queries.capital_on(session, day))
        for day in sorted(days)
    ]


def _refuse_many(act: Act, rows: Sequence[Subscription], drafts: Sequence[Draft]) -> None:
    breaches = [
        breach for draft in drafts for breach in rules.check_subscription(draft, act.rulebook)
    ] or _check_parts_after(act, rows, drafts)
    refuse_if(breaches[:MOST_REFUSALS])


def _check_parts_after(act: Act, rows: Sequence[Subscription], drafts: Sequence[Draft]) -> list[Breach]:
    if not rows or act.rulebook.find_figure("share.max_holder_fraction", on=act.today) is None:
        return []
    more: Counter[UUID] = Counter()
    for row, draft in zip(rows, drafts, strict=True):
        more[row.member_id] += draft.total
    held, capital = queries.holdings_on(act.session, act.today), queries.capital_on(act.session, act.today)
    # Only whoever ends with the most can be over a limit of half or more; a lower limit still meets her first.
    first = max(more, key=lambda member_id: held.get(member_id, queries.Holding()).cents + more[member_id])
    at = next(index for index, row in enumerate(rows) if row.member_id == first)
    mine = held.get(first, queries.Holding()).cents + more[first] - drafts[at].total
    others = capital + more.total() - drafts[at].total
    draft = drafts[at]
    return rules.check_share_of_capital(
        Draft(draft.subscriber, draft.quantity, draft.unit_cents, act.today, act.today, before=[(mine, others)]),
        act.rulebook,
    )


def _check_openings(
    act: Act, rows: Sequence[OpeningHolding], people: Mapping[UUID, MemberRow], unit: int, on: date
) -> list[Breach]:
    breaches = rules.check_day(on, act.today)
    for row in rows:
        breaches += rules.check_opening(
            _subscriber(people[row.member_id], on), row.quantity, row.quantity * unit, row.paid
        )
    return breaches[:MOST_REFUSALS]


def _timelines_after(act: Act, legs: Sequence[rules.Leg], on: date) -> list[list[Moment]]:
    known = queries.lot_moments(act.session, [leg.lot.id for leg in legs])
    after = book.head(act.session).seq + 1
    for leg in legs:
        if leg.member_id is not None:
            known[leg.member_id, leg.lot.id].append(Moment(on, after, leg.quantity))
    return list(known.values())

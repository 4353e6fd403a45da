"""Subscribe, one or many at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.direct import ask_ahead, sent_together
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.figures import Figures
from coopgov.core.money import Cents
from coopgov.core.preflight import Check, check_preflight
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Category, check_composition
from coopgov.shares import book, capital, queries, rules
from coopgov.shares.book import BOOK_NAME, Entry, line_name
from coopgov.shares.chain import LEDGER_PEN
from coopgov.shares.events import ManySharesSubscribed, SharesSubscribed
from coopgov.shares.preflight import Beside, stands_against
from coopgov.shares.preflight import preflight as checks_of
from coopgov.shares.rules import Draft, Standing, TxKind, late_day
from coopgov.shares.service.classes import asked_nominal, class_and_nominal, nominal_by, version_on
from coopgov.shares.service.limits import ratios_after
from coopgov.shares.service.people import MOST_REFUSALS, issue_legs, people_of, subscriber_of
from coopgov.statutes import queries as statutes
from coopgov.statutes.queries import Statutes
from coopgov.web.preflight import judge


@dataclass(frozen=True, slots=True)
class Subscription:
    """One of many subscriptions; without `payable_now`, all of the price is owed at once."""

    member_id: UUID
    quantity: int
    effective_on: date
    payable_now: Cents | None = None


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
    # The true day, when the register of that day is closed.
    true_on: date | None = None


def preflight(session: Session, asked: Asked, figures: Figures, *, today: date) -> list[Check]:
    """What a subscription would be checked for now (*contrôle préalable*); writes nothing."""
    version = statutes.find_statutes_on(session, asked.effective_on) or statutes.history(session)[-1]
    member = members.get_member(session, asked.member_id)
    draft = _draft(session, asked, member, version.share_nominal_cents, today, figures)
    beside = _beside(session, draft, member, figures)
    return checks_of(draft, replace(beside, peak=queries.peak_capital(session, today)), figures)


def _draft(session: Session, asked: Asked, member: MemberRow, unit: int, today: date, figures: Figures) -> Draft:
    day = asked.effective_on
    return Draft(
        subscriber_of(member, asked.true_on or day), asked.quantity, unit, day, today, asked.payable_now,
        asked.is_conditional, _before(session, asked, figures), asked.true_on,
        queries.closed_through(session),
    )  # fmt: skip


def _beside(session: Session, draft: Draft, member: MemberRow, figures: Figures) -> Beside:
    # The highest capital is only shown: an act does not look through the whole book for it.
    minimum = figures.find_figure("capital.statutory_minimum_cents", on=draft.effective_on)
    return Beside(
        statutory_minimum=minimum.as_int() if minimum is not None else 0,
        admission=_check_room(session, draft, member, figures),
        employed=_check_ratio(session, draft, member, figures),
    )


def _check_room(session: Session, draft: Draft, member: MemberRow, figures: Figures) -> list[Breach]:
    """List why a candidate could not be admitted today for want of room (the hundred members of an SARL)."""
    if draft.subscriber.standing is not Standing.CANDIDATE:
        return []
    after = members.heads_on(session, draft.today).plus(member.category)
    return check_composition(after, on=draft.today, law=figures)


def _check_ratio(session: Session, draft: Draft, member: MemberRow, figures: Figures) -> list[Breach]:
    """List what stands against a subscription that leaves employed members too small a part of the capital."""
    on, more = draft.effective_on, draft.total
    if figures.find_figure("membership.employed_capital_min", on=on) is None:
        return []
    if member.category is Category.EMPLOYED:
        return []
    # Nobody waits for employed members to subscribe before the very first others do.
    ratios = ratios_after(session, figures, on, employed=lambda _day: 0, more=more)
    return rules.check_employed([ratio for ratio in ratios if ratio.before], figures, on)


class Terms(TypedDict, total=False):
    """What may be said of a subscription beside: why, by which decision, what is owed at once, the true day if late."""

    reason: str
    resolution: str
    payable_now: Cents | None
    is_conditional: bool
    true_on: date | None


def subscribe(act: Act, *, member_id: UUID, quantity: int, effective_on: date, **more: Unpack[Terms]) -> int:
    """Record a subscription (*souscription*) in the share book; gives its number.

    Without `payable_now`, all of the price is owed at once.
    """
    return record(act, Asked(member_id, quantity, effective_on, **more), {})


def record(act: Act, asked: Asked, reasons: Mapping[str, str]) -> int:
    """Record the subscription that was asked for; `reasons` says what a person checked of each point left to her."""
    member_id, effective_on, payable_now = asked.member_id, asked.effective_on, asked.payable_now
    # What is not of the book is read before the pen is taken: whoever holds it holds up everybody else.
    ask_ahead(act.session, members.asked_of(member_id), statutes.asked())
    member, figures = members.get_member(act.session, member_id), act.rulebook
    version = version_on(act, effective_on)
    _ask_under_the_pen(act.session, member_id, version)
    class_id, unit = nominal_by(act, version)
    draft = _draft(act.session, asked, member, unit, act.today, figures)
    checks = stands_against(draft, _beside(act.session, draft, member, figures), figures)
    refuse_if(check_preflight(checks, reasons))
    reason, quantity = asked.reason, asked.quantity
    reason_code = rules.CONDITIONAL if draft.subscriber.standing is Standing.CANDIDATE else reason
    owed = draft.total if payable_now is None else payable_now
    entry = _issue(member_id, class_id, draft, reason_code, asked.resolution, owed)
    with sent_together(act.session, book.standing_told):
        [seq] = book.write(act, [entry])
        judged = judge(act, line_name(seq), checks, reasons)
        facts = {"member": member_id, "quantity": quantity, "last": seq, "judged": judged}
        act.record("shares.subscribed", line_name(seq), facts)
        act.publish(SharesSubscribed(seq, member_id, quantity, unit, effective_on, owed))
    return seq


def _ask_under_the_pen(session: Session, member_id: UUID, version: Statutes) -> None:
    """Take the pen and ask all that is asked of both books and of the journal, in one message."""
    ask_ahead(
        session, asked_nominal(version), capital.asked(), queries.asked_held(member_id), queries.asked_closed(),
        *book.heads_asked(), journal.asked(), keys=(LEDGER_PEN,),
    )  # fmt: skip


def subscribe_many(act: Act, rows: Sequence[Subscription], *, resolution: str = "") -> list[int]:
    """Write many subscriptions at once, in order; the limits are looked at once all are taken together."""
    book.take_the_pen(act.session)
    people, closed = people_of(act, {row.member_id for row in rows}), queries.closed_through(act.session)
    prices = {day: class_and_nominal(act, day) for day in {row.effective_on for row in rows}}
    drafts = [
        Draft(
            subscriber_of(people[row.member_id], row.effective_on), row.quantity, prices[row.effective_on][1],
            row.effective_on, act.today, row.payable_now, closed_through=closed,
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


def _issue(member_id: UUID, class_id: UUID, draft: Draft, reason_code: str, resolution: str, owed: Cents) -> Entry:
    since = draft.true_on or draft.effective_on
    legs = issue_legs(member_id, class_id, since, draft.quantity, draft.unit_cents)
    return Entry(
        TxKind.SUBSCRIBE, draft.effective_on, legs, opens=(legs[0].lot,), reason_code=reason_code,
        resolution=resolution, payable_now=owed, late_for=late_day(draft.effective_on, draft.true_on),
    )  # fmt: skip


def _subscribed(seq: int, row: Subscription, draft: Draft, owed: Cents) -> SharesSubscribed:
    return SharesSubscribed(seq, row.member_id, row.quantity, draft.unit_cents, row.effective_on, owed)


def _before(session: Session, asked: Asked, figures: Figures) -> list[tuple[int, int]]:
    """What she holds and what all hold, on the legal day and with all that is known since."""
    on = asked.effective_on
    days = queries.days_from(session, on)
    if figures.find_figure("share.max_holder_fraction", on=on) is None:
        # Only where a part of the capital is limited, it is so on every later day that is known too.
        days = sorted({days[0], days[-1]})
    held = queries.held_on_days(session, asked.member_id, None, [day for day, _ in days])
    return [(mine.cents, capital) for mine, (_, capital) in zip(held, days, strict=True)]


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

"""What movements of shares do to the money: each is answered in the same act, and undone with it."""

from collections.abc import Sequence
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.shares.chain import least_from
from coopgov.shares.events import (
    HoldingOpened,
    HoldingsOpened,
    ManySharesSubscribed,
    SharesReversed,
    SharesSubscribed,
)
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import Entry
from coopgov.treasury.rules import Bucket, CapitalKind, Leg
from coopgov.treasury.service.undoing import people_of, timelines_after


def on_shares_subscribed(act: Act, event: SharesSubscribed) -> None:
    """Write what a subscription makes the member owe: a part at once, the rest when it is called."""
    book.write(act, [_call(event)])


def on_many_shares_subscribed(act: Act, event: ManySharesSubscribed) -> None:
    """The same for many subscriptions at once."""
    book.write(act, [_call(subscription) for subscription in event.subscriptions])


def on_holdings_opened(act: Act, event: HoldingsOpened) -> None:
    """Take over what was paid on the holdings of an older register."""
    book.write(act, [_opening(holding) for holding in event.holdings])


def on_shares_reversed(act: Act, event: SharesReversed) -> None:
    """Undo what the reversed movement did to the money.

    Shares that were paid with later payments are freed of them first: that money waits for its owner in suspense.
    Refused, naming the movement, when money that has left for good rests on it.
    """
    book.take_the_pen(act.session)
    for seq in queries.answers_of_shares(act.session, event.reverses_seq):
        legs = rules.negated(queries.legs_of(act.session, seq))
        freed = _freed(act, legs, event)
        if freed:
            book.write(act, freed)
        refuse_if(rules.check_timelines(timelines_after(act, legs, event.effective_on)))
        undoing = Entry(
            CapitalKind.REVERSAL, event.effective_on, legs,
            share_tx_seq=event.seq, note=event.reason, reverses_seq=seq,
        )  # fmt: skip
        book.write(act, [undoing])


def _freed(act: Act, legs: Sequence[Leg], event: SharesReversed) -> list[Entry]:
    """The money that later payments put where the reversal needs a claim."""
    people = people_of(legs)
    known = queries.moments_of(act.session, people)
    found = []
    for member_id in people:
        short = {
            bucket: max(0, -_moved(legs, member_id, bucket) - least_from(known[member_id].get(bucket, ()), on))
            for bucket in (Bucket.CALLED_UNPAID, Bucket.SUBSCRIBED_UNCALLED)
            for on in [event.effective_on]
        }
        called, uncalled = short[Bucket.CALLED_UNPAID], short[Bucket.SUBSCRIBED_UNCALLED]
        paid = least_from(known[member_id].get(Bucket.PAID_UP, ()), event.effective_on)
        if 0 < called + uncalled <= paid + min(0, _moved(legs, member_id, Bucket.PAID_UP)):
            found.append(
                Entry(
                    CapitalKind.OVERPAY, event.effective_on, rules.unpaid_legs(member_id, called, uncalled),
                    share_tx_seq=event.seq, note=event.reason,
                )
            )  # fmt: skip
    return found


def _moved(legs: Sequence[Leg], member_id: UUID, bucket: Bucket) -> int:
    return sum(leg.cents for leg in legs if leg.member_id == member_id and leg.bucket is bucket)


def _call(event: SharesSubscribed) -> Entry:
    legs = rules.call_legs(event.member_id, event.total_cents, event.payable_now_cents)
    return Entry(CapitalKind.CALL, event.effective_on, legs, share_tx_seq=event.seq)


def _opening(holding: HoldingOpened) -> Entry:
    legs = rules.opening_legs(holding.member_id, holding.total_cents, holding.paid_cents)
    return Entry(CapitalKind.OPENING, holding.effective_on, legs, share_tx_seq=holding.seq)

"""What movements of shares do to the money: each is answered in the same act, and undone with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.members import queries as members
from coopgov.shares.chain import Moment, chunks
from coopgov.shares.events import (
    HoldingOpened,
    HoldingsOpened,
    ManySharesSubscribed,
    NewNominal,
    NominalChanged,
    ReversalWeighed,
    SharesConverted,
    SharesRedeemed,
    SharesReversed,
    SharesSubscribed,
    SharesTransferred,
    WithdrawalWeighed,
)
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import Entry
from coopgov.treasury.rules import CAPITAL, Bucket, CapitalKind, Leg, Parts
from coopgov.treasury.service.losses import known_losses
from coopgov.treasury.service.telling import Told, of_shares
from coopgov.treasury.service.undoing import timelines_after
from coopgov.treasury.service.weighing import people_of, weigh_answers


def on_shares_subscribed(act: Act, event: SharesSubscribed) -> None:
    """Write what a subscription makes the member owe: a part at once, the rest when it is called."""
    book.write(act, [_call(event)])


def on_many_shares_subscribed(act: Act, event: ManySharesSubscribed) -> None:
    """The same for many subscriptions at once."""
    book.write(act, [_call(subscription) for subscription in event.subscriptions])


def on_holdings_opened(act: Act, event: HoldingsOpened) -> None:
    """Take over what was paid on the holdings of an older register."""
    book.write(act, [_opening(holding) for holding in event.holdings])


def on_shares_redeemed(act: Act, event: SharesRedeemed) -> None:
    """Make what was paid on redeemed shares repayable, less the losses of the year of exit when they are known."""
    told = of_shares(act, event.seq)
    parts = rules.to_redeem(event.cents, _free(act, event.member_id, event.cents, told, event.seq))
    legs = rules.redemption_legs(event.member_id, parts)
    entries = [replace(told.entry(CapitalKind.MAKE_REPAYABLE, legs), share_tx_seq=event.seq)]
    known = known_losses(act, told.day)
    if known is not None and (loss := rules.loss_on(event.cents, parts.paid, known.losses)):
        entry = told.entry(CapitalKind.LOSS, rules.loss_legs(event.member_id, loss))
        entries.append(replace(entry, share_tx_seq=event.seq, run_id=known.run_id, note=known.note))
    book.write(act, entries)


def on_withdrawal_weighed(act: Act, event: WithdrawalWeighed) -> None:
    """Say what would pay a call first, before anybody is paid back."""
    free = rules.parts_from(queries.moments_of(act.session, [event.member_id])[event.member_id], event.effective_on)
    name = members.get_member(act.session, event.member_id).name
    event.points.extend(rules.tell_set_off(name, rules.to_redeem(event.cents, free), act.rulebook, event.effective_on))


def on_reversal_weighed(act: Act, event: ReversalWeighed) -> None:
    """Say which payment file holds what undoing a movement of shares would change."""
    event.points.extend(weigh_answers(act, event.reverses_seq))


def on_shares_transferred(act: Act, event: SharesTransferred) -> None:
    """Let what is paid, and what is still owed, go over with the shares."""
    told = of_shares(act, event.seq)
    parts = rules.to_transfer(event.cents, _free(act, event.from_id, event.cents, told, event.seq))
    legs = rules.transfer_legs(event.from_id, event.to_id, parts)
    book.write(act, [replace(told.entry(CapitalKind.TRANSFER, legs), share_tx_seq=event.seq)])


def on_shares_converted(act: Act, event: SharesConverted) -> None:
    """Make what the new shares are worth less repayable."""
    cents = event.remainder_cents
    if not cents:
        return
    told = of_shares(act, event.seq)
    parts = rules.to_redeem(cents, _free(act, event.member_id, cents, told, event.seq))
    legs = rules.redemption_legs(event.member_id, parts)
    book.write(act, [replace(told.entry(CapitalKind.REMAINDER, legs), share_tx_seq=event.seq)])


def on_nominal_changed(act: Act, event: NominalChanged) -> None:
    """Write what a new price of the shares takes from, or gives to, the capital of each holder."""
    if not event.holders:
        return
    # All are of one act: they share the day, the decision and the second person.
    told = of_shares(act, event.holders[0].seq)
    for some in chunks(event.holders):
        known = queries.moments_of(act.session, [holder.member_id for holder in some])
        book.write(act, [_new_nominal(holder, known[holder.member_id], told) for holder in some])


def _new_nominal(holder: NewNominal, timelines: Mapping[Bucket, Sequence[Moment]], told: Told) -> Entry:
    change = holder.difference_cents
    if change > 0:
        entry = told.entry(CapitalKind.INCORPORATE, rules.incorporation_legs(holder.member_id, change))
    else:
        free = rules.parts_from(timelines, told.effective_on)
        refuse_if(rules.check_parts(-change, free, holder.seq, told.effective_on))
        entry = told.entry(CapitalKind.LOSS, rules.reduction_legs(holder.member_id, rules.to_reduce(-change, free)))
    return replace(entry, share_tx_seq=holder.seq)


def _free(act: Act, member_id: UUID, cents: int, told: Told, seq: int) -> Parts:
    """What can be taken of each part of her capital on that day; refused when it does not make up that value."""
    free = rules.parts_from(queries.moments_of(act.session, [member_id])[member_id], told.effective_on)
    refuse_if(rules.check_parts(cents, free, seq, told.effective_on))
    return free


def on_shares_reversed(act: Act, event: SharesReversed) -> None:
    """Undo what the reversed movement did to the money.

    Shares that were paid with later payments are freed of them first: that money waits for its owner in suspense.
    Refused, naming the movement, when money that has left for good rests on it.
    """
    told = replace(of_shares(act, event.seq), note=event.reason)
    # The book may ask for a second person where the share book does not.
    refuse_if(told.check(act, CapitalKind.REVERSAL))
    for seq in queries.answers_of_shares(act.session, event.reverses_seq):
        legs = rules.negated(queries.legs_of(act.session, seq))
        if freed := _freed(act, legs, told):
            book.write(act, [replace(entry, share_tx_seq=event.seq) for entry in freed])
        refuse_if(rules.check_timelines(timelines_after(act, legs, told.effective_on)))
        entry = told.entry(CapitalKind.REVERSAL, legs)
        book.write(act, [replace(entry, share_tx_seq=event.seq, reverses_seq=seq, run_id=_run_of(act, seq))])


def _run_of(act: Act, seq: int) -> UUID | None:
    return queries.get_header(act.session, seq).run_id


def _freed(act: Act, legs: Sequence[Leg], told: Told) -> list[Entry]:
    """The money that later payments put where the reversal needs a claim."""
    people = people_of(legs)
    known = queries.moments_of(act.session, people)
    missing = {member_id: _missing(legs, member_id, known[member_id], told) for member_id in people}
    return [
        told.entry(CapitalKind.OVERPAY, rules.unpaid_legs(member_id, parts.called, parts.uncalled))
        for member_id, parts in missing.items()
        if 0 < parts.called + parts.uncalled <= parts.paid
    ]


def _missing(legs: Sequence[Leg], member_id: UUID, timelines: Mapping[Bucket, Sequence[Moment]], told: Told) -> Parts:
    """What is short of each unpaid part once these legs are written, and what is paid that could make it up."""
    free = rules.parts_from(timelines, told.effective_on)
    moved = {bucket: _moved(legs, member_id, bucket) for bucket in CAPITAL}
    return Parts(
        paid=free.paid + min(0, moved[Bucket.PAID_UP]),
        called=max(0, -moved[Bucket.CALLED_UNPAID] - free.called),
        uncalled=max(0, -moved[Bucket.SUBSCRIBED_UNCALLED] - free.uncalled),
    )


def _moved(legs: Sequence[Leg], member_id: UUID, bucket: Bucket) -> int:
    return sum(leg.cents for leg in legs if leg.member_id == member_id and leg.bucket is bucket)


def _call(event: SharesSubscribed) -> Entry:
    legs = rules.call_legs(event.member_id, event.total_cents, event.payable_now_cents)
    return Entry(CapitalKind.CALL, event.effective_on, legs, share_tx_seq=event.seq)


def _opening(holding: HoldingOpened) -> Entry:
    legs = rules.opening_legs(holding.member_id, holding.total_cents, holding.paid_cents)
    return Entry(CapitalKind.OPENING, holding.effective_on, legs, share_tx_seq=holding.seq)

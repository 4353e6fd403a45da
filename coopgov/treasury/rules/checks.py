"""What may be written in the money book, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.core.preflight import Check, green
from coopgov.shares.chain import Moment, first_negative
from coopgov.shares.rules import check_reason
from coopgov.treasury.rules.buckets import CapitalKind
from coopgov.treasury.rules.legs import Due, Parts


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment (*versement*) about to be written."""

    name: str
    cents: int
    effective_on: date
    due: Due


@dataclass(frozen=True, slots=True)
class Undoing:
    """A reversal about to be written, with what it would undo."""

    seq: int
    kind: CapitalKind
    original_on: date
    effective_on: date
    reason: str
    share_tx_seq: int | None
    reversed_by: int | None
    timelines: Sequence[Sequence[Moment]] = ()
    is_of_run: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """Money about to be taken from what a member is owed, with how much there is of it."""

    name: str
    cents: int
    effective_on: date
    available: int
    # Her shares wait for heirs.
    is_frozen: bool = False
    # The payment file that holds it already, and is not at its end.
    open_file: str | None = None


@dataclass(frozen=True, slots=True)
class SetOff:
    """A set-off (*compensation*) about to be written: what she is owed pays what she owes."""

    taking: Taking
    due: Due


def check_payment(payment: Payment) -> list[Breach]:
    """List what stands against a payment; what is more than due is taken too, and waits for its owner."""
    if payment.cents > 0:
        return []
    sentence = N_("A payment is more than nothing. Give the amount received; to undo a payment, reverse it.")
    return [Breach("payment_not_positive", sentence, _values(payment), field="amount")]


def check_within_due(payment: Payment) -> list[Breach]:
    """List what stands against a payment that must not be more than what is due."""
    if payment.cents <= payment.due.total:
        return []
    if payment.due.total <= 0:
        sentence = N_("%(name)s owes nothing on %(day)s. Check the member and the day, or give the money back.")
        return [Breach("nothing_due", sentence, _values(payment), field="amount")]
    sentence = N_("%(name)s owes %(due)s: %(amount)s is too much. Record %(due)s at most and give the rest back.")
    return [Breach("overpaid", sentence, _values(payment), field="amount")]


def _values(payment: Payment) -> dict[str, object]:
    return {
        "name": payment.name, "amount": Euros(Cents(payment.cents)), "due": Euros(payment.due.total),
        "day": payment.effective_on,
    }  # fmt: skip


def check_receipt(payment: Payment, *, is_second: bool) -> list[Breach]:
    """List all that stands against one of many payments; each member comes once."""
    if not is_second:
        return check_payment(payment) + check_within_due(payment)
    sentence = N_("%(name)s stands twice in this list of payments. Add the amounts up, or send two lists.")
    return [Breach("listed_twice", sentence, {"name": payment.name})]


def check_call(asked: Payment) -> list[Breach]:
    """List all that stands against calling a part of what is not called yet."""
    if 0 < asked.cents <= asked.due.uncalled:
        return []
    values = {"name": asked.name, "uncalled": Euros(asked.due.uncalled)}
    sentence = N_("%(uncalled)s can still be called from %(name)s. Give an amount up to that.")
    return [Breach("call_out_of_range", sentence, values, field="amount")]


def check_reversal(undoing: Undoing) -> list[Breach]:
    """List all that stands against undoing a movement of money."""
    breaches = check_reason(undoing.reason)
    values = {
        "seq": undoing.seq, "day": undoing.original_on, "by": undoing.reversed_by or 0,
        "shares": undoing.share_tx_seq or 0,
    }  # fmt: skip
    if undoing.kind is CapitalKind.REVERSAL:
        sentence = N_("Movement %(seq)s is itself a reversal. Record the right movement instead.")
        return [*breaches, Breach("is_a_reversal", sentence, values)]
    if undoing.reversed_by is not None:
        sentence = N_("Movement %(seq)s is reversed already, by movement %(by)s. There is nothing left to undo.")
        return [*breaches, Breach("reversed_already", sentence, values)]
    if undoing.share_tx_seq is not None:
        sentence = N_("This amount goes with shares. Reverse movement %(shares)s of the share register.")
        return [*breaches, Breach("belongs_to_shares", sentence, values)]
    if undoing.is_of_run:
        sentence = N_("Movement %(seq)s was written for all members at once. Undo the whole of it, then do it again.")
        return [*breaches, Breach("belongs_to_run", sentence, values)]
    if undoing.effective_on < undoing.original_on:
        sentence = N_("Movement %(seq)s takes effect on %(day)s. Give that day or a later one.")
        breaches.append(Breach("before_the_original", sentence, values, field="effective_on"))
    return breaches + check_timelines(undoing.timelines)


def check_timelines(timelines: Iterable[Iterable[Moment]]) -> list[Breach]:
    """List the balances that would fall below zero, each with the day and by how much."""
    known = [(timeline, first_negative(timeline)) for timeline in map(list, timelines)]
    shortages = [(timeline, shortage) for timeline, shortage in known if shortage is not None]
    sentence = N_(
        "%(short)s would no longer be covered on %(day)s: movement %(seq)s of the money book rests on it. "
        "Reverse that movement first."
    )
    return [
        Breach(
            "not_covered", sentence,
            {"day": short.on, "seq": _resting(timeline, short), "short": Euros(Cents(-short.amount))},
        )
        for timeline, short in shortages
    ]  # fmt: skip


def _resting(timeline: Sequence[Moment], short: Moment) -> int:
    """The movement that has taken what is missing; the newest one is what asks for it."""
    newest = max(moment.seq for moment in timeline)
    if short.seq != newest:
        return short.seq
    taken = [(moment.on, moment.seq) for moment in timeline if moment.amount < 0 and moment.seq != newest]
    return max(taken)[1] if taken else short.seq


def check_parts(value: int, free: Parts, seq: int, effective_on: date) -> list[Breach]:
    """List what stands against moving shares of that value: the money of it may have moved since."""
    if value <= free.total:
        return []
    sentence = N_(
        "Payments or calls written after %(day)s rest on the shares of movement %(seq)s, for %(short)s. "
        "Reverse them first, or give a later day."
    )
    values = {"day": effective_on, "seq": seq, "short": Euros(Cents(value - free.total))}
    return [Breach("money_moved_since", sentence, values, field="effective_on")]


def check_taking(taking: Taking) -> list[Breach]:
    """List what stands against paying back, giving or otherwise taking what a member is owed."""
    if taking.open_file is not None:
        return [in_another_file(taking.name, taking.open_file)]
    if taking.cents <= 0:
        return [Breach("nothing_taken", N_("Give an amount above zero."), field="amount")]
    if taking.cents <= taking.available:
        return []
    values = {"name": taking.name, "available": Euros(Cents(taking.available)), "day": taking.effective_on}
    sentence = N_("%(available)s is owed to %(name)s for this on %(day)s. Give an amount up to that.")
    return [Breach("more_than_owed", sentence, values, field="amount")]


def in_another_file(name: str, file: str, field: str = "amount") -> Breach:
    """Say that a payment file holds what is owed to somebody: paid beside it, it would be paid twice."""
    sentence = N_(
        "%(name)s stands already in payment file %(file)s, which is neither executed nor dropped. End that file first."
    )
    return Breach("in_another_file", sentence, {"name": name, "file": file}, field=field)


def check_repayment(taking: Taking) -> list[Breach]:
    """List what stands against paying a member back, or keeping what she is owed."""
    return [waits_for_heirs(taking.name)] if taking.is_frozen else check_taking(taking)


def waits_for_heirs(name: str) -> Breach:
    """Say that nobody knows yet whom to pay."""
    sentence = N_(
        "The shares of %(name)s wait for heirs: nothing is paid back until the file is closed. Close the file first."
    )
    return Breach("waits_for_heirs", sentence, {"name": name})


def tax_is_paid(cents: Cents) -> Breach:
    """Say that the State has got already what was withheld."""
    sentence = N_(
        "%(amount)s of the tax withheld is paid to the State already: undone, the cooperative would claim it back."
    )
    return Breach("tax_is_paid", sentence, {"amount": Euros(cents)})


def and_others(count: int) -> list[Breach]:
    """Say how many more members stand in the case of those named before."""
    if count <= 0:
        return []
    return [Breach("and_others", N_("Further points of the same kind, of other members: %(count)s."), {"count": count})]


def tell_set_off(name: str, parts: Parts, figures: Figures, on: date) -> list[Check]:
    """What of the shares withdrawn pays a call first (*compensation*): nobody is paid back who owes."""
    if not parts.called:
        return []
    rule = figures.find_figure("share.set_off", on=on)
    values = {
        "name": name, "owed": Euros(Cents(parts.called)), "back": Euros(Cents(parts.paid)),
    }  # fmt: skip
    sentence = N_(
        "%(name)s still owes %(owed)s of a call: the shares withdrawn pay it first, by set-off. To be paid back: "
        "%(back)s."
    )
    return [green("set_off", sentence, values, rule.citations if rule is not None else ())]


def check_given(letter: str, figures: Figures, on: date) -> list[Breach]:
    """List what stands against a sum given up: she writes it, and the entry names her letter."""
    if letter.strip():
        return []
    agreed = figures.find_figure("share.claim_given_up", on=on)
    sentence = N_(
        "Nobody gives up a sum without writing it: the entry names the letter, with its day (Lettre du 3 mars 2026)."
    )
    return [Breach("no_letter", sentence, {}, agreed.citations if agreed is not None else (), "resolution")]


def check_uncalled_again(name: str, latest: date, on: date, figures: Figures) -> list[Breach]:
    """List what stands against taking a call back: the rest of the price has a last day."""
    if on <= latest:
        return []
    sentence = N_("What %(name)s has subscribed was to be called by %(latest)s: undone, it would not be called at all.")
    citations = figures.figure("share.payup.balance_years", on=on).citations
    return [Breach("call_came_too_late", sentence, {"name": name, "latest": latest}, citations)]


def check_owed_again(name: str, due_on: date, on: date, figures: Figures) -> list[Breach]:
    """List what stands against owing somebody again what nobody may claim any more."""
    ends = claim_ends_on(due_on, figures)
    if on < ends:
        return []
    sentence = N_("%(name)s could claim this until %(ends)s: undone, the cooperative would owe it again.")
    citations = figures.figure("share.claim_years", on=due_on).citations
    return [Breach("claim_is_over", sentence, {"name": name, "ends": ends}, citations)]


def check_tax(cents: int, available: int) -> list[Breach]:
    """List what stands against paying withheld tax to the State."""
    if 0 < cents <= available:
        return []
    sentence = N_("Tax withheld and not paid yet: %(available)s. Give an amount up to that.")
    return [Breach("more_than_withheld", sentence, {"available": Euros(Cents(available))}, field="amount")]


def check_set_off(set_off: SetOff) -> list[Breach]:
    """List what stands against a set-off."""
    taking = set_off.taking
    payment = Payment(taking.name, taking.cents, taking.effective_on, set_off.due)
    return check_taking(taking) + check_within_due(payment)


def claim_ends_on(due_on: date, figures: Figures) -> date:
    """The first day on which nobody can claim any more what was due on that day (*prescription*)."""
    return add_years(due_on, figures.figure("share.claim_years", on=due_on).as_int())


def check_prescription(taking: Taking, due_on: date, figures: Figures) -> list[Breach]:
    """List what stands against keeping what a former member never claimed."""
    breaches = check_taking(taking)
    rule, ends = figures.figure("share.claim_years", on=due_on), claim_ends_on(due_on, figures)
    if taking.effective_on >= ends:
        return breaches
    values = {"name": taking.name, "due": due_on, "years": rule.as_int(), "ends": ends}
    sentence = N_(
        "%(name)s may claim what was due on %(due)s for %(years)s years, until %(ends)s. Keep it until that day."
    )
    return [*breaches, Breach("still_claimable", sentence, values, rule.citations, field="effective_on")]


def due_back_on(released_on: date, figures: Figures) -> date:
    """The last day to pay back shares redeemed on that day (*échéance du remboursement*)."""
    return add_years(released_on, figures.figure("share.refund_delay_years", on=released_on).as_int())


def called_since(timeline: Iterable[Moment], unpaid: int) -> date | None:
    """The day of the oldest call that is not wholly paid, payments serving the oldest calls first."""
    calls = sorted(((moment.on, moment.amount) for moment in timeline if moment.amount > 0), reverse=True)
    for on, amount in calls:
        unpaid -= amount
        if unpaid <= 0:
            return on
    return calls[-1][0] if calls else None

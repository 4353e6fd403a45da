"""What may be subscribed, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from uuid import UUID

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.shares.rules.kinds import MOST_SHARES, Account, Leg, Lot, Standing, Subscriber, TxKind
from coopgov.shares.rules.periods import check_open


@dataclass(frozen=True, slots=True)
class Draft:
    """A subscription (*souscription*) about to be written, with what the rules need beside it."""

    subscriber: Subscriber
    quantity: int
    unit_cents: int
    effective_on: date
    today: date
    payable_now: int | None = None
    is_conditional: bool = False
    # What she holds and what all hold, in cents, before this subscription: once per day that matters.
    before: Sequence[tuple[int, int]] = ()
    # The true day of a late entry, and the last day of the registers that are closed.
    true_on: date | None = None
    closed_through: date | None = None

    @property
    def total(self) -> Cents:
        """The price of the shares."""
        return Cents(self.quantity * self.unit_cents)


def issue_legs(member_id: UUID, lot: Lot, quantity: int, unit_cents: int) -> tuple[Leg, Leg]:
    """The two legs of an issue of shares: into the holder's account, out of the issuer's."""
    return (
        Leg(Account.HOLDER, member_id, lot, quantity, unit_cents),
        Leg(Account.ISSUER, None, lot, -quantity, unit_cents),
    )


def least_payable(total: int, figures: Figures, on: date) -> Cents:
    """What must be paid at subscription at least (*libération minimale*), rounded up to the cent."""
    return Cents(ceil(total * figures.figure("share.payup.first", on=on).as_fraction()))


def balance_latest_on(subscribed_on: date, figures: Figures) -> date:
    """The last day for the rest of the price (*libération du solde*)."""
    return add_years(subscribed_on, figures.figure("share.payup.balance_years", on=subscribed_on).as_int())


def check_subscription(draft: Draft, figures: Figures) -> list[Breach]:
    """List all that stands against a subscription."""
    breaches = check_days(draft) + check_standing(draft)
    if not 1 <= draft.quantity < MOST_SHARES:
        return [*breaches, not_a_number_of_shares(draft.quantity)]
    return [
        *breaches,
        *check_least_held(draft, figures),
        *check_pay_up(draft, figures),
        *check_share_of_capital(draft, figures),
    ]


def check_day(effective_on: date, today: date) -> list[Breach]:
    """List what stands against the legal day of a movement."""
    if effective_on <= today:
        return []
    sentence = N_(
        "%(day)s has not come yet: a movement is recorded once it has taken place. Give today or a day before."
    )
    return [Breach("day_not_come", sentence, {"day": effective_on}, field="effective_on")]


def check_days(draft: Draft) -> list[Breach]:
    """List what stands against the legal day of a subscription, and its true day when it is late."""
    return [
        *check_day(draft.true_on or draft.effective_on, draft.today),
        *check_open(draft.effective_on, draft.true_on, draft.closed_through),
    ]


def check_standing(draft: Draft) -> list[Breach]:
    """List what stands against this person subscribing on that day."""
    who = draft.subscriber
    match who.standing:
        case Standing.LATER:
            sentence = N_("%(name)s is a member since %(since)s only. Give that day or a later one.")
            values = {"name": who.name, "since": who.since}
            return [Breach("member_later", sentence, values, field="effective_on")]
        case Standing.CANDIDATE if not draft.is_conditional:
            sentence = N_(
                "%(name)s is not admitted yet. Mark the subscription as conditional on admission, "
                "or wait for the decision."
            )
            return [Breach("not_admitted_yet", sentence, {"name": who.name}, field="is_conditional")]
        case Standing.OUTSIDE:
            sentence = N_("%(name)s is not a member of the cooperative and cannot subscribe. Choose a member.")
            return [Breach("not_a_member", sentence, {"name": who.name})]
        case _:
            return []


def check_pay_up(draft: Draft, figures: Figures) -> list[Breach]:
    """List what stands against the amount called at subscription."""
    if draft.payable_now is None:
        return []
    first = figures.figure("share.payup.first", on=draft.effective_on)
    least = least_payable(draft.total, figures, draft.effective_on)
    values = {"least": Euros(least), "total": Euros(draft.total), "fraction": first.as_fraction()}
    if draft.payable_now < least:
        sentence = N_(
            "At subscription at least %(fraction)s of %(total)s must be paid, that is %(least)s. "
            "Give that amount or more."
        )
        return [Breach("payable_too_low", sentence, values, first.citations, field="payable_now")]
    if draft.payable_now > draft.total:
        sentence = N_("These shares cost %(total)s in all. Give that amount or less.")
        return [Breach("payable_too_high", sentence, values, first.citations, field="payable_now")]
    return []


def check_share_of_capital(draft: Draft, figures: Figures) -> list[Breach]:
    """List what stands against how much of the capital the subscriber would hold.

    The first shares ever are let through: until others subscribe, there is nothing to hold a part of.
    """
    limit = figures.find_figure("share.max_holder_fraction", on=draft.effective_on)
    if limit is None or not draft.before:
        return []
    held, capital = max(draft.before, key=lambda day: part_of_capital(day, draft.total))
    part = part_of_capital((held, capital), draft.total)
    if capital == 0 or part <= limit.as_fraction():
        return []
    values = {
        "name": draft.subscriber.name, "part": part, "limit": limit.as_fraction(),
        "most": most_shares(held, capital, draft.unit_cents, limit.as_fraction()),
    }  # fmt: skip
    sentence = N_(
        "%(name)s would hold %(part)s of the capital and no member may hold more than %(limit)s. "
        "Number of shares that can be subscribed today: %(most)s."
    )
    return [Breach("holder_over_limit", sentence, values, limit.citations, field="quantity")]


def most_shares(held: int, capital: int, unit_cents: int, limit: Fraction) -> int:
    """How many shares a holder may still take without passing her part of the capital; `limit` is under one."""
    return max(0, floor((limit * capital - held) / (unit_cents * (1 - limit))))


def check_least_held(draft: Draft, figures: Figures) -> list[Breach]:
    """List what stands against a candidate subscribing fewer shares than a member must hold."""
    least = figures.find_figure("share.min_for_admission", on=draft.effective_on)
    short = short_of(draft, figures)
    if least is None or short <= 0 or draft.subscriber.standing is not Standing.CANDIDATE:
        return []
    values = {"name": draft.subscriber.name, "least": least.as_int(), "short": short}
    sentence = N_(
        "A member holds at least this many shares: %(least)s. Shares missing to %(name)s: %(short)s. Add them."
    )
    return [Breach("fewer_than_least", sentence, values, least.citations, field="quantity")]


def short_of(draft: Draft, figures: Figures) -> int:
    """How many shares are missing to what a member must hold, this subscription included."""
    least = figures.find_figure("share.min_for_admission", on=draft.effective_on)
    held = max((held for held, _capital in draft.before), default=0)
    return 0 if least is None else least.as_int() - held // draft.unit_cents - draft.quantity


def check_opening(subscriber: Subscriber, quantity: int, total: int, paid: int) -> list[Breach]:
    """List what stands against taking over one holding of an older register."""
    breaches = []
    if subscriber.standing is not Standing.ADMITTED:
        sentence = N_("%(name)s is not a member on the day the older register was closed. Admit this person first.")
        breaches.append(Breach("not_a_member", sentence, {"name": subscriber.name}))
    if not 1 <= quantity < MOST_SHARES:
        breaches.append(not_a_number_of_shares(quantity))
    elif not 0 <= paid <= total:
        sentence = N_("%(name)s has shares worth %(total)s: %(paid)s cannot have been paid on them. Check the file.")
        values = {"name": subscriber.name, "total": Euros(Cents(total)), "paid": Euros(Cents(paid))}
        breaches.append(Breach("paid_out_of_range", sentence, values))
    return breaches


def check_has_bulletin(seq: int, kind: TxKind, reversed_by: int | None) -> list[Breach]:
    """List what stands against a subscription form for this movement."""
    if kind is TxKind.SUBSCRIBE and reversed_by is None:
        return []
    sentence = N_("Movement %(seq)s is not a subscription in force: there is no form to sign. Choose another movement.")
    return [Breach("no_form_for_it", sentence, {"seq": seq})]


def check_holds_shares(name: str, quantity: int, on: date) -> list[Breach]:
    """List what stands against a certificate of what someone holds on that day."""
    if quantity > 0:
        return []
    sentence = N_("%(name)s holds no share on %(day)s: there is nothing to certify. Choose another day.")
    return [Breach("holds_nothing", sentence, {"name": name, "day": on}, field="on")]


def part_of_capital(day: tuple[int, int], more: int) -> Fraction:
    """The part of the capital she would hold after so much more."""
    held, capital = day
    return Fraction(held + more, capital + more)


def not_a_number_of_shares(quantity: int) -> Breach:
    """Say that nobody subscribes so many shares."""
    if quantity < 1:
        sentence = N_("At least one share is subscribed. Give 1 or more.")
    else:
        sentence = N_("%(quantity)s shares are too many. Check the number.")
    return Breach("not_a_number_of_shares", sentence, {"quantity": quantity}, field="quantity")

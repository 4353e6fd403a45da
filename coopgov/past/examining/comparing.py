"""Comparing what would be with the older register, the trial balance and the law of today."""

from collections.abc import Mapping
from typing import Any

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.members.rules import (
    Category,
    Heads,
    check_composition,
)
from coopgov.past.columns import HELD, PAID, REPAYABLE
from coopgov.past.examining.around import Following
from coopgov.past.rules.books import Holder
from coopgov.past.rules.found import Found, Weight
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.pieces import about
from coopgov.treasury.rules import Bucket


def reconcile(following: Following) -> None:
    """What everybody would have, beside what the older register says; then the whole beside a trial balance."""
    scratch, books = following.scratch, following.books
    scratch.add("account", (_account_row(following, holder) for holder in books.holders.values()))
    _compare_balance(following)
    _doubt_in_the_end(following)
    totals = {bucket.value: cents for bucket, cents in books.totals.items()}
    scratch.keep("totals", totals)
    scratch.keep("capital", books.capital)
    scratch.keep("new", following.new)
    for name in ("member", "event", "movement"):
        scratch.keep(f"{name}s", scratch.one(f"SELECT count(*) FROM {name}"))  # noqa: S608 - our own names


_COMPARED = ((HELD, "held"), (PAID, "paid"), (REPAYABLE, "repayable"))


def _account_row(following: Following, holder: Holder) -> tuple[Any, ...]:
    place, line, *told = following.told.get(holder.number, (0, 0, None, None, None))
    ours = (holder.shares, holder.in_bucket(Bucket.PAID_UP), holder.in_bucket(Bucket.REPAYABLE))
    differs = [
        at for at, (theirs, mine) in enumerate(zip(told, ours, strict=True)) if theirs is not None and theirs != mine
    ]
    for at in differs:
        following.note(place, _difference(holder, line, at, told[at] or 0, ours[at]))
    last = holder.spells[-1][1].value if holder.spells else ""
    return (
        holder.number,
        holder.name,
        last,
        holder.shares,
        holder.value,
        holder.in_bucket(Bucket.SUBSCRIBED_UNCALLED),
        holder.in_bucket(Bucket.CALLED_UNPAID),
        ours[1],
        ours[2],
        holder.in_bucket(Bucket.SUSPENSE),
        *told,
        len(differs),
    )


def _difference(holder: Holder, line: int, at: int, told: int, ours: int) -> Found:
    weight = Weight.CONSEQUENCE if holder.is_shaken else Weight.FAULT
    values: dict[str, object] = {"name": holder.name, "told": told, "ours": ours}
    if at == 0:
        sentence = N_(
            "%(name)s: the older register says %(told)s shares, the movements make %(ours)s. Find "
            "the movement that is missing or too much, or correct the number."
        )
        return Found(line, HELD, Breach("shares_differ", sentence, values), weight)
    key = (HELD, PAID, REPAYABLE)[at]
    values |= {"told": Euros(Cents(told)), "ours": Euros(Cents(ours))}
    sentence = N_(
        "%(name)s: the older register says %(told)s, the movements make %(ours)s. Find the movement "
        "that is missing or too much, or correct the amount."
    )
    return Found(line, key, Breach("amount_differs", sentence, values), weight)


# The accounts of the French plan that the money book can be compared with; the longest beginning counts.
ACCOUNTS: Mapping[str, tuple[Bucket, ...]] = {
    "101": (Bucket.SUBSCRIBED_UNCALLED, Bucket.CALLED_UNPAID, Bucket.PAID_UP),
    "1011": (Bucket.SUBSCRIBED_UNCALLED,),
    "1012": (Bucket.CALLED_UNPAID,),
    "1013": (Bucket.PAID_UP,),
    "109": (Bucket.SUBSCRIBED_UNCALLED,),
    "4562": (Bucket.CALLED_UNPAID,),
    "4567": (Bucket.REPAYABLE,),
    "457": (Bucket.INTEREST_DUE,),
    "471": (Bucket.SUSPENSE,),
}


def buckets_of_account(account: str) -> tuple[Bucket, ...]:
    """Which of our accounts make up one of the French plan; none when it is not of the capital."""
    best = max((prefix for prefix in ACCOUNTS if account.startswith(prefix)), key=len, default="")
    return ACCOUNTS.get(best, ())


def _compare_balance(following: Following) -> None:
    totals = following.books.totals
    compared: dict[tuple[Bucket, ...], tuple[int, int, int, str]] = {}
    for place, line, account, _label, amount in following.scratch.rows("SELECT * FROM balance ORDER BY sheet, line"):
        buckets = buckets_of_account(account)
        if buckets:
            so_far = compared.get(buckets, (place, line, 0, account))[2]
            compared[buckets] = (place, line, so_far + amount, account)
    for buckets, (place, line, told, account) in compared.items():
        ours = sum(totals.get(bucket, 0) for bucket in buckets)
        if told != ours:
            sentence = N_(
                "Account %(account)s: the balance says %(told)s, the movements make %(ours)s. The "
                "difference is %(difference)s."
            )
            values = {
                "account": account,
                "told": Euros(Cents(told)),
                "ours": Euros(Cents(ours)),
                "difference": Euros(Cents(told - ours)),
            }
            weight = Weight.CONSEQUENCE if any(h.is_shaken for h in following.books.holders.values()) else Weight.FAULT
            following.note(place, Found(line, "amount", Breach("balance_differs", sentence, values), weight))


def _doubt_in_the_end(following: Following) -> None:
    """What the cooperative would be against the law of today, once all is in."""
    coop, now = following.coop, following.coop.heads
    heads = Heads(
        now.employed + following.heads.get(Category.EMPLOYED, 0),
        now.external + following.heads.get(Category.EXTERNAL, 0),
        now.external_cooperatives,
    )
    place = next((place for place, _sheet, _source in following.sheets.of(SheetKind.MEMBERS)), None)
    if place is not None:
        for breach in check_composition(heads, on=coop.today, law=coop.figures):
            following.note(place, Found(0, "category", about(breach, "category"), Weight.DOUBT))

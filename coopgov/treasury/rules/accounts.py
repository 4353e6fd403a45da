"""The buckets as the accounts of the French general chart (*plan comptable général*)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from coopgov.core.errors import Citation
from coopgov.core.i18n import N_
from coopgov.treasury.rules.buckets import Bucket, CapitalKind, Leg

# The numbers are those the chart proposes; an accountant may use finer ones.
CHART = Citation("Plan comptable général, règlement ANC n°\u00a02014-03, livre IX", "https://www.anc.gouv.fr/")


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """One account of the chart: its number and what it is called, to be translated."""

    number: str
    label: str


ACCOUNTS = {
    Bucket.SUBSCRIBED_UNCALLED: LedgerAccount("1011", N_("Capital subscribed, not called")),
    Bucket.CALLED_UNPAID: LedgerAccount("1012", N_("Capital subscribed and called, not paid")),
    Bucket.PAID_UP: LedgerAccount("1013", N_("Capital subscribed, called and paid")),
    Bucket.REPAYABLE: LedgerAccount("4567", N_("Members, capital to be paid back")),
    Bucket.LOSS_BORNE: LedgerAccount("119", N_("Losses carried forward")),
    Bucket.INTEREST_DUE: LedgerAccount("457", N_("Members, interest to be paid")),
    Bucket.TAX_DUE: LedgerAccount("4423", N_("State, tax withheld on what is distributed")),
    Bucket.BANK: LedgerAccount("512", N_("Bank")),
    Bucket.RESERVE: LedgerAccount("1068", N_("Other reserves")),
    Bucket.SUSPENSE: LedgerAccount("471", N_("Suspense account")),
}
# The claim on members stands against the capital they have not paid: one account for each of its two halves.
CLAIM_UNCALLED = LedgerAccount("109", N_("Members, capital subscribed and not called"))
CLAIM_CALLED = LedgerAccount("4562", N_("Members, capital called and not paid"))
# Interest is taken from the result of the year, not from the reserves.
RESULT = LedgerAccount("120", N_("Result of the year"))
_CLAIM_OF = {Bucket.SUBSCRIBED_UNCALLED: CLAIM_UNCALLED, Bucket.CALLED_UNPAID: CLAIM_CALLED}


def account_of(bucket: Bucket, kind: CapitalKind) -> LedgerAccount:
    """The account of a bucket in a transaction of that kind; the claim has two, see `entries`."""
    if bucket is Bucket.RESERVE and kind is CapitalKind.INTEREST_DECLARED:
        return RESULT
    return ACCOUNTS[bucket]


def entries(kind: CapitalKind, legs: Iterable[Leg]) -> list[tuple[LedgerAccount, int]]:
    """The lines of the journal that legs make, debits positive: the claim goes with what it stands against.

    Our legs are positive where money is owed or held as capital; accountants call that a credit.
    """
    lines: Counter[LedgerAccount] = Counter()
    for leg in legs:
        if leg.bucket is Bucket.CLAIM:
            continue
        lines[account_of(leg.bucket, kind)] -= leg.cents
        if leg.bucket in _CLAIM_OF:
            lines[_CLAIM_OF[leg.bucket]] += leg.cents
    return [(account, cents) for account, cents in lines.items() if cents]

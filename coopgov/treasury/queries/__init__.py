"""Reads of the money book: what is called, paid, owed and due, on a day and as it was known at an instant."""

from coopgov.treasury.queries.accounts import (
    MemberAccount,
    Movement,
    Owed,
    OwedPage,
    Transaction,
    account_of,
    accounts_of,
    buckets_of,
    count_to_receive,
    get_transaction,
    movements_of,
    to_receive,
    totals_on,
    waiting_for,
)
from coopgov.treasury.queries.lines import (
    Header,
    answers_of_shares,
    balance_of,
    get_header,
    legs_of,
    legs_of_many,
    moments_in,
    moments_of,
    standing_of_run,
)
from coopgov.treasury.queries.owed import (
    InSuspense,
    OwedBack,
    Release,
    Released,
    in_suspense,
    overdue_on,
    owed_on,
    released_between,
    releases_of,
)
from coopgov.treasury.queries.preparing import (
    PreparedRow,
    get_prepared,
    prepared_done,
    prepared_for,
    prepared_waiting,
    two_person_kinds,
)
from coopgov.treasury.queries.runs import (
    EarnedOn,
    Run,
    amounts_of_run,
    count_runs,
    find_run,
    get_run,
    interest_of,
    payers_in,
    runs,
)

__all__ = [
    "EarnedOn", "Header", "InSuspense", "MemberAccount", "Movement", "Owed", "OwedBack", "OwedPage", "PreparedRow",
    "Release", "Released", "Run", "Transaction", "account_of", "accounts_of", "amounts_of_run", "answers_of_shares",
    "balance_of", "buckets_of", "count_runs", "count_to_receive", "find_run", "get_header", "get_prepared", "get_run",
    "get_transaction", "in_suspense", "interest_of", "legs_of", "legs_of_many", "moments_in", "moments_of",
    "movements_of", "overdue_on", "owed_on", "payers_in", "prepared_done", "prepared_for", "prepared_waiting",
    "released_between", "releases_of", "runs", "standing_of_run", "to_receive", "totals_on", "two_person_kinds",
    "waiting_for",
]  # fmt: skip

"""Giving an office once everything was checked: it stands here because membership and statutes are above accounts."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from coopgov.accounts import service as accounts
from coopgov.core.act import Act
from coopgov.core.db import one_at_a_time
from coopgov.core.policy import Role
from coopgov.members import queries
from coopgov.web.preflight import judge

# Any constant will do: two mandates given at once must not pass a limit together.
_ADVISORY_LOCK = 0x6F666669


def give_office(
    act: Act,
    *,
    account_id: UUID,
    role: Role,
    from_day: date,
    until_day: date | None,
    decision: str,
    reasons: Mapping[str, str],
) -> UUID:
    """Give an office that was checked; `reasons` says what a person checked of each point left to her."""
    one_at_a_time(act.session, _ADVISORY_LOCK)
    checks = queries.office_preflight(act.session, account_id, role=role, from_day=from_day, until_day=until_day)
    judged = judge(act, f"account:{account_id}", checks, reasons)
    return accounts.grant_role(
        act, account_id=account_id, role=role, from_day=from_day, until_day=until_day, decision=decision,
        judged=judged,
    )  # fmt: skip

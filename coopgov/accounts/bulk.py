"""Opening the accounts of many members at once: an import of thousands is not thousands of commands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from coopgov.accounts.models import Account, RoleMandate
from coopgov.accounts.queries import AT_ONCE
from coopgov.accounts.rules import fold_email
from coopgov.core.act import Act
from coopgov.core.bulk import bulk_insert
from coopgov.core.ids import new_id
from coopgov.core.policy import Role


@dataclass(frozen=True, slots=True)
class Holder:
    """A member to be: where to write, the name, the first day as a member."""

    email: str
    name: str
    from_day: date
    decision: str = ""


def open_for_members(act: Act, holders: Sequence[Holder]) -> dict[str, UUID]:
    """Give each address an account and the office of member; gives the accounts by folded address."""
    found: dict[str, UUID] = {}
    for some in _chunks(holders):
        by_email = {fold_email(holder.email): holder for holder in some}
        accounts = _accounts_of(act, list(by_email))
        fresh = {email: new_id() for email in by_email if email not in accounts}
        _insert_accounts(act, {fresh[email]: by_email[email] for email in fresh})
        found |= (here := accounts | fresh)
        _grant(act, {here[email]: holder for email, holder in by_email.items()})
    act.record("accounts.opened", "accounts", {"accounts": len(found)})
    return found


def _chunks(holders: Sequence[Holder]) -> Iterator[list[Holder]]:
    rest = iter(holders)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _accounts_of(act: Act, emails: Sequence[str]) -> dict[str, UUID]:
    rows = act.session.execute(select(Account.email_folded, Account.id).where(Account.email_folded.in_(emails)))
    return dict(rows.all())


def _insert_accounts(act: Act, fresh: dict[UUID, Holder]) -> None:
    rows = [
        {
            "id": account_id, "email": holder.email.strip(), "email_folded": fold_email(holder.email),
            "name": holder.name, "language": "fr", "created_at": act.now,
        }
        for account_id, holder in fresh.items()
    ]  # fmt: skip
    if rows:
        bulk_insert(act.session, Account, rows)


def _grant(act: Act, holders: dict[UUID, Holder]) -> None:
    held = set(
        act.session.scalars(
            select(RoleMandate.account_id).where(
                RoleMandate.account_id.in_(list(holders)), RoleMandate.role == Role.MEMBER
            )
        )
    )
    rows = [
        {
            "id": new_id(), "account_id": account_id, "role": Role.MEMBER, "from_day": holder.from_day,
            "until_day": None, "decision": holder.decision[:200], "recorded_at": act.now,
        }
        for account_id, holder in holders.items()
        if account_id not in held
    ]  # fmt: skip
    if rows:
        bulk_insert(act.session, RoleMandate, rows)
        act.mark("role_mandate", rows)

"""What follows when somebody becomes a member, or is one no longer: the account, the office, the news."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as account_service
from coopgov.core.act import Act
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.policy import Role
from coopgov.members import queries
from coopgov.members.events import MemberAdmitted, MemberBack, MemberLeft
from coopgov.members.models import Membership
from coopgov.members.rules import EventKind, Status, latest_standing
from coopgov.members.service.writing import locked


def follow_status(act: Act, row: Membership, kind: EventKind, *, before: Status, on: date, decision: str) -> None:
    """Open or close what membership opens, when an event of that kind has changed it from `before`."""
    if row.status is Status.MEMBER and before is not Status.MEMBER:
        link_account(act, row, on=on, decision=decision)
        back = MemberBack(row.id, on, is_undone=kind is EventKind.REVERSAL)
        act.publish(back if before is Status.FORMER else MemberAdmitted(row.id, on))
    elif before is Status.MEMBER and row.status is not Status.MEMBER:
        # Somebody who comes back one day does not subscribe what she once wished.
        row.shares_wished = 0
        _end_office(act, row, on)
        # Who was written down twice has not left: nothing is refunded.
        if kind is not EventKind.MERGED:
            act.publish(MemberLeft(row.id, row.left_on or on, _exit_of(act, row, kind)))


def _exit_of(act: Act, row: Membership, kind: EventKind) -> EventKind:
    """How she left: where a return is undone, the exit before it holds again."""
    if row.status is not Status.FORMER or kind is not EventKind.REVERSAL:
        return kind
    return latest_standing(queries.events_of(act.session, row.id)).kind


def grant_wish(act: Act, *, member_id: UUID) -> None:
    """Note that the shares wished in the application are subscribed, whoever subscribed them."""
    row = locked(act.session, member_id)
    row.shares_wished = 0


def link_account(act: Act, row: Membership, *, on: date, decision: str) -> None:
    """Give a member an account, hers already or a new one, and the office of member."""
    if not row.email:
        return
    known = accounts.find_account_by_email(act.session, row.email)
    row.account_id = known.id if known else account_service.create_account(act, email=row.email, name=row.name)
    act.session.flush()  # the mail asks for the account's language
    if Role.MEMBER not in accounts.roles_on(act.session, row.account_id, on):
        account_service.grant_role(
            act, account_id=row.account_id, role=Role.MEMBER, from_day=on, decision=decision[:200]
        )  # fmt: skip


def other_member_with_email(act: Act, row: Membership) -> list[Breach]:
    """An account has one vote: two members cannot sign in with the same address."""
    other = act.session.scalar(
        select(Membership.number).where(
            Membership.email == row.email, Membership.email != "", Membership.status == Status.MEMBER,
            Membership.id != row.id,
        )
    )  # fmt: skip
    if other is None:
        return []
    sentence = N_("This e-mail address is already that of member number %(number)s. Each member needs one of her own.")
    return [Breach("email_of_another_member", sentence, {"number": str(other)}, field="email")]


def _end_office(act: Act, row: Membership, on: date) -> None:
    if row.account_id is not None and Role.MEMBER in accounts.roles_on(act.session, row.account_id, on):
        account_service.end_role(act, account_id=row.account_id, role=Role.MEMBER, last_day=on)

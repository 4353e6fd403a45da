"""What is checked before an office is given: who the person is, who else holds a mandate."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.accounts import rules as offices
from coopgov.core.i18n import N_
from coopgov.core.policy import Role
from coopgov.core.preflight import Check, checked, green
from coopgov.members.queries.one import find_by_account
from coopgov.members.queries.voters import count_voters
from coopgov.members.rules import Category, Status
from coopgov.members.rules.mandates import Board, OfficeDraft, preflight
from coopgov.statutes import queries as statutes


def office_preflight(
    session: Session, account_id: UUID, *, role: Role, from_day: date, until_day: date | None
) -> list[Check]:
    """Everything an office is checked for before it is given."""
    held = accounts.list_mandates(session, account_id)
    free = green("days", N_("The person holds no such office on any of these days."))
    days = checked(offices.check_new_mandate(held, role=role, from_day=from_day, until_day=until_day), free)
    # Before it has statutes, a cooperative is no company yet: the first offices open the site.
    if statutes.find_statutes_on(session, from_day) is None:
        return days
    draft = OfficeDraft(
        name=accounts.get_account(session, account_id).name, role=role, from_day=from_day, until_day=until_day,
        category=_category_on(session, account_id, from_day),
        others=frozenset(one.role for one in held if offices.overlap(one, from_day, until_day)) - {role},
        was_on_the_board=any(one.role is Role.BOARD and one.from_day < from_day for one in held),
        board=_board(session, from_day, but=account_id), members=count_voters(session, from_day),
    )  # fmt: skip
    return [*days, *preflight(draft, statutes.rulebook(session, statutes.the_law()))]


def _category_on(session: Session, account_id: UUID, on: date) -> Category | None:
    found = find_by_account(session, account_id)
    if found is None or found.status is not Status.MEMBER or found.joined_on is None or found.joined_on > on:
        return None
    return found.category


def _board(session: Session, on: date, *, but: UUID) -> Board:
    others = [row.id for row in accounts.holders_of(session, Role.BOARD, on) if row.id != but]
    categories = [_category_on(session, account_id, on) for account_id in others]
    return Board(len(others), categories.count(Category.EXTERNAL))

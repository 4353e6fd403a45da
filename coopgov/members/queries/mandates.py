"""What is checked before an office is given: who the person is, who else holds a mandate."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.accounts import rules as offices
from coopgov.accounts.queries import MandateLine
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.policy import Role
from coopgov.core.preflight import Check, checked, green
from coopgov.law.arithmetic import add_months
from coopgov.members.queries.one import find_by_account
from coopgov.members.queries.voters import count_voters, member_accounts
from coopgov.members.rules import Category, Status
from coopgov.members.rules.mandates import AHEAD_MONTHS, Board, OfficeDraft, end_of_term, preflight
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


@dataclass(frozen=True, slots=True)
class MandateShown:
    """A mandate with the day it ends by its term and by law, and whether its holder is a member."""

    line: MandateLine
    ends_on: date | None
    is_held: bool
    is_near: bool
    """It ends soon: an election is to be put on an agenda."""
    is_over: bool
    """Its term is past and nobody ended or renewed it."""
    is_member: bool


def organs_on(session: Session, on: date, known_at: datetime | None = None) -> list[MandateShown]:
    """The register of mandates on a day, as it was known at an instant; four statements whatever their number."""
    lines = accounts.register_of_mandates(session, on, known_at)
    figures = statutes.rulebook(session, statutes.the_law())
    has_statutes = statutes.find_statutes_on(session, on) is not None
    inside = member_accounts(session, {line.account_id for line in lines}, on)
    return [
        _shown(line, on, figures if has_statutes else None, is_member=line.account_id in inside) for line in lines
    ]  # fmt: skip


def count_mandates_ending(session: Session, on: date) -> int:
    """How many mandates held on a day end soon, or should have ended."""
    held = accounts.offices_held_on(session, on)
    if not held or statutes.find_statutes_on(session, on) is None:
        return 0
    figures, soon = statutes.rulebook(session, statutes.the_law()), add_months(on, AHEAD_MONTHS)
    ends = (end_of_term(m.role, m.from_day, m.last_day, figures, m.from_day) for m in (one.mandate for one in held))
    return sum(end is not None and end <= soon for end in ends)


def _shown(line: MandateLine, on: date, figures: Figures | None, *, is_member: bool) -> MandateShown:
    ends_on = line.last_day
    if figures is not None:
        ends_on = end_of_term(line.role, line.from_day, line.last_day, figures, line.from_day)
    is_held = line.holds_on(on)
    is_over = is_held and ends_on is not None and ends_on < on
    is_near = is_held and not is_over and ends_on is not None and ends_on <= add_months(on, AHEAD_MONTHS)
    return MandateShown(line, ends_on, is_held, is_near, is_over, is_member)

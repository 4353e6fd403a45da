"""The pages that tell shares and money together: the register of holdings, one member's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.money import Cents
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.printing import archive
from coopgov.shares import queries as shares
from coopgov.shares import rules as share_rules
from coopgov.shares.chain import Moment
from coopgov.shares.forms import SearchForm
from coopgov.shares.views import bp as shares_bp
from coopgov.treasury import queries, rules, service
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.filters import money
from coopgov.web.guard import current_actor, requires

FEW = 5
POINTS = 8


@dataclass(frozen=True, slots=True)
class Account:
    """What one member holds, owes and received as papers, with every movement."""

    member: MemberRow
    holding: shares.Holding
    money: queries.MemberAccount
    share_movements: Sequence[shares.Movement]
    money_movements: Sequence[queries.Movement]
    documents: Sequence[archive.Document]
    balance_latest_on: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the plot of the capital."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register of holdings."""

    member: MemberRow
    holding: shares.Holding
    money: queries.MemberAccount


@dataclass(frozen=True, slots=True)
class Whole:
    """What all members hold and owe together, and how the capital came to be what it is."""

    capital: int
    peak: int
    points: Sequence[Point]
    money: queries.MemberAccount
    owed: queries.OwedPage


# The pages of the share book that also tell what is paid: they stand here because money is above shares.


@shares_bp.get("/")
@requires(Permission.SHARES_SEE)
def index() -> ResponseReturnValue:
    """The register of holdings, today or on a day of the past: the whole and every member, or those looked for."""
    session, form = reading(), SearchForm(request.args)
    valid = form.validate()
    # What is to come is not in the register: a later day is today.
    on = min((form.on.data if valid else None) or today(), today())
    # A day that is none is refused by itself: whoever is looked for is found all the same.
    text = "" if form.q.errors else form.q.data or ""
    found = members.list_members(
        session,
        text=text,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    page = render_template(
        "shares/index.html",
        form=form,
        on=on,
        is_today=on == today(),
        lines=_register_lines(found.rows, on),
        page=found,
        whole=None if text else _whole(on),
        may_record=current_actor().may(Permission.SHARES_RECORD),
        may_approve=current_actor().may(Permission.SHARES_APPROVE),
    )
    return page, 200 if valid else 422


@shares_bp.get("/members/<uuid:member_id>")
@requires(Permission.SHARES_SEE)
def member(member_id: UUID) -> ResponseReturnValue:
    """One member's account, for the offices."""
    account = _account(members.get_member(reading(), member_id))
    return render_template(
        "shares/member.html",
        account=account,
        has_documents=_can_open_documents(),
        has_classes=len(shares.classes(reading())) > 1,
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


@shares_bp.get("/mine")
@requires(Permission.SHARES_OWN)
def mine() -> ResponseReturnValue:
    """What I hold, what I owe, every movement, my papers."""
    return render_template("shares/mine.html", account=_account(_me()), has_documents=_can_open_documents())


@shares_bp.post("/mine/certificate")
@requires(Permission.SHARES_OWN)
def my_certificate() -> ResponseReturnValue:
    """Issue my certificate of today."""
    member_id = _me().id
    _issue_certificate(member_id)
    return redirect(url_for("shares.mine"), 303)


@shares_bp.post("/members/<uuid:member_id>/certificate")
@requires(Permission.SHARES_RECORD)
def certificate(member_id: UUID) -> ResponseReturnValue:
    """Issue a member's certificate of today."""
    _issue_certificate(member_id)
    return redirect(url_for("shares.member", member_id=member_id), 303)


def _issue_certificate(member_id: UUID) -> None:
    with begin_act() as act:
        service.certify_today(act, member_id=member_id)
    flash(_("The certificate is ready among the papers below."), "success")


def _me() -> MemberRow:
    account_id = current_actor().account_id
    found = members.find_by_account(reading(), account_id) if account_id else None
    if found is None:
        abort(404)
    return found


def _account(person: MemberRow) -> Account:
    session = reading()
    movements = shares.movements_of(session, person.id)
    account = queries.account_of(session, member_id=person.id, on=today())
    return Account(
        member=person,
        holding=shares.holdings_of(session, [person.id], today())[person.id],
        money=account,
        share_movements=movements,
        money_movements=queries.movements_of(session, person.id),
        documents=archive.documents_about(session, f"member:{person.id}")[::-1],
        balance_latest_on=_balance_latest_on(movements, account.uncalled),
    )


def _balance_latest_on(movements: Sequence[shares.Movement], uncalled: int) -> date | None:
    """The last day for the oldest shares whose rest is not called yet."""
    rests = [
        Moment(tx.effective_on, tx.seq, tx.cents - tx.payable_now)
        for tx in (movement.transaction for movement in movements)
        if tx.payable_now is not None and tx.reversed_by is None
    ]
    oldest = rules.called_since(rests, uncalled) if uncalled > 0 else None
    return share_rules.balance_latest_on(oldest, rulebook()) if oldest else None


def _register_lines(rows: Sequence[MemberRow], on: date) -> list[RegisterLine]:
    ids = [row.id for row in rows]
    held, accounts = shares.holdings_of(reading(), ids, on), queries.accounts_of(reading(), ids, on)
    return [RegisterLine(row, held[row.id], accounts[row.id]) for row in rows]


def _whole(on: date) -> Whole:
    session = reading()
    history = shares.capital_by_day(session, on)
    return Whole(
        capital=history[-1][1] if history else 0,
        peak=max((capital for _day, capital in history), default=0),
        points=_points(history, on),
        money=queries.totals_on(session, on),
        owed=queries.to_receive(session, limit=FEW),
    )


def _points(history: Sequence[tuple[date, Cents]], on: date) -> list[Point]:
    """The capital at the end of each of the last years, and on that day."""
    by_year = {on.year: capital for on, capital in history}
    if not by_year:
        return []
    known, points = 0, []
    for year in range(min(by_year), on.year + 1):
        known = by_year.get(year, known)
        points.append(Point(str(year), known, money(known)))
    return points[-POINTS:]


def _can_open_documents() -> bool:
    return "registers.document" in current_app.view_functions

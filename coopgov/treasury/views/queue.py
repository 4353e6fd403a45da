"""The queue of refunds, and what it would become: pages that only read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.core.policy import Permission
from coopgov.law.arithmetic import add_months
from coopgov.treasury import plots, queue
from coopgov.treasury.forms import SimulationForm
from coopgov.treasury.reimbursing import (
    WAIT_LABELS,
    Claim,
    Outcome,
    Plan,
    check_horizon,
    monthly,
    payment_days,
    replay,
)
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import reading, rulebook, today
from coopgov.web.guard import current_actor, requires

MONTHS_AHEAD = 12
MOST_LEAVERS = 50


@dataclass(slots=True)
class PersonPaid:
    """How one person ends in a replayed queue, all her claims together."""

    member_id: UUID
    name: str
    since: date
    due_on: date
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def cents(self) -> int:
        """What she waits for in all."""
        return sum(one.claim.cents for one in self.outcomes)

    @property
    def paid(self) -> int:
        """What she is paid by then."""
        return sum(one.paid for one in self.outcomes)

    @property
    def left(self) -> int:
        """What she still waits for."""
        return sum(one.left for one in self.outcomes)

    @property
    def days(self) -> list[date]:
        """The days on which she is paid."""
        return sorted({payment.day for one in self.outcomes for payment in one.payments})

    @property
    def wait(self) -> str | None:
        """Why she still waits, to be translated."""
        return next((WAIT_LABELS[one.wait] for one in self.outcomes if one.wait), None)


@bp.get("/to-reimburse")
@requires(Permission.SHARES_SEE)
def to_reimburse() -> ResponseReturnValue:
    """Former members who still hold shares, whoever left first coming first, and what may be paid today."""
    session, on, figures = reading(), today(), rulebook()
    after = request.args.get("after")
    return render_template(
        "treasury/to_reimburse.html",
        page=queue.waiters(session, on, figures, after=after),
        is_first=after is None,
        start=queue.start(session, on),
        plan=_replayed(queue.claims(session, on, figures), on),
        may=_replayed(queue.claims(session, on, figures), on, early=True).last.paid,
        articles=queue.articles(figures, on),
        on=on,
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


@bp.get("/simulation")
@requires(Permission.SHARES_SEE)
def simulation() -> ResponseReturnValue:
    """The queue replayed until a day, with those who might leave; nothing is written."""
    session, on, figures = reading(), today(), rulebook()
    form = SimulationForm(request.args)
    fine = form.validate()
    until = (form.until.data if fine else None) or _month_end(add_months(on, MONTHS_AHEAD))
    leave_on = (form.leave_on.data if fine else None) or on
    leavers, unknown = queue.members_named(session, form.numbers[:MOST_LEAVERS] if fine else [])
    form.breaches = [*check_horizon(on, until), *_check_leavers(unknown, on, leave_on, until)] if fine else []
    plan = None
    if fine and not form.breaches:
        claims = queue.claims(session, on, figures)
        claims += queue.claims_of_leavers(session, leavers, leave_on, on, figures)
        plan = _replayed(claims, on, until, inflow=form.inflow.data or Cents(0), early=form.early.data)
    page = render_template(
        "treasury/simulation.html",
        form=form,
        plan=plan,
        people=_by_person(plan) if plan else [],
        leavers=leavers,
        leave_on=leave_on,
        until=until,
        trend=plots.capital_and_floor(plan) if plan else None,
        bars=plots.paid_over_time(plan) if plan else [],
        articles=queue.articles(figures, on),
        on=on,
    )
    return page, 200 if plan else 422


def _replayed(
    claims: Sequence[Claim], on: date, until: date | None = None, *, inflow: Cents = Cents(0), early: bool = False  # noqa: B008 - a NewType over int
) -> Plan:  # fmt: skip
    figures, until = rulebook(), until or on
    inflows = monthly(inflow, on, until) if inflow else []
    return replay(
        queue.start(reading(), on), claims, inflows, payment_days(on, until), queue.floor_of(figures),
        queue.policy(figures, on, early=early),
    )  # fmt: skip


def _check_leavers(unknown: Sequence[int], on: date, leave_on: date, until: date) -> list[Breach]:
    breaches = []
    if unknown:
        sentence = N_("No member of today has these numbers: %(numbers)s. Look them up in the list of members.")
        values = {"numbers": ", ".join(map(str, unknown))}
        breaches.append(Breach("leavers_unknown", sentence, values, field="leavers"))
    if not on <= leave_on <= until:
        sentence = N_("They leave on a day from today on, until %(until)s.")
        breaches.append(Breach("leave_out_of_range", sentence, {"until": until}, field="leave_on"))
    return breaches


def _by_person(plan: Plan) -> list[PersonPaid]:
    """One line for each person, in the order of the queue."""
    found: dict[UUID, PersonPaid] = {}
    for outcome in plan.outcomes:
        claim = outcome.claim
        person = found.setdefault(
            claim.member_id, PersonPaid(claim.member_id, claim.name, claim.since, claim.due_on)
        )  # fmt: skip
        person.outcomes.append(outcome)
    return list(found.values())


def _month_end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)

"""Commands of compliance: tell a fact, withdraw one."""

from datetime import date
from uuid import UUID

from coopgov.compliance import queries
from coopgov.compliance.models import ToldFact
from coopgov.compliance.rules import Fact, FactKind, check_fact, check_withdrawal
from coopgov.core.act import Act
from coopgov.core.db import one_at_a_time
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.ids import new_id

# Any constant will do; it only has to be the same for every writer of facts.
_ADVISORY_LOCK = 0x66616374


def tell(act: Act, *, kind: FactKind, day: date, year_end: date | None = None, note: str = "") -> UUID:
    """Write down what happened outside of the application, and when."""
    about = year_end if kind.is_of_a_year else None
    refuse_if(check_fact(kind, day, about, queries.year_ends(act.session, act.today), today=act.today))
    return _write_down(act, "compliance.told", _row(act, kind, day, about, note.strip(), None))


def withdraw(act: Act, *, fact_id: UUID, reason: str) -> UUID:
    """Withdraw what was told in error: both stay readable; raises NotFound."""
    one_at_a_time(act.session, _ADVISORY_LOCK)
    facts = queries.facts(act.session)
    told = _told(facts, fact_id)
    refuse_if(check_withdrawal(facts, fact_id, reason))
    row = _row(act, told.kind, told.day, told.year_end, reason.strip(), fact_id)
    return _write_down(act, "compliance.withdrawn", row)


def _told(facts: list[Fact], fact_id: UUID) -> Fact:
    found = next((fact for fact in facts if fact.id == fact_id and fact.withdraws_id is None), None)
    if found is None:
        raise NotFound
    return found


def _row(
    act: Act, kind: FactKind, day: date, year_end: date | None, note: str, withdraws_id: UUID | None
) -> ToldFact:  # fmt: skip
    return ToldFact(
        id=new_id(), kind=kind, day=day, year_end=year_end, note=note, withdraws_id=withdraws_id, recorded_at=act.now,
        recorded_by=act.actor.pseudonym,
    )  # fmt: skip


def _write_down(act: Act, what: str, row: ToldFact) -> UUID:
    act.keep(row)
    act.record(what, f"told-fact:{row.id}", {"kind": row.kind.value, "day": row.day})
    return row.id

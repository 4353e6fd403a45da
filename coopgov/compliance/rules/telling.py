"""What people tell of what happened outside of the application, and what may be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coopgov.compliance.rules.kinds import FactKind
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it was told (*fait déclaré*): what, when, of which year; or the withdrawal of one."""

    id: UUID
    kind: FactKind
    day: date
    year_end: date | None
    note: str
    withdraws_id: UUID | None
    recorded_at: datetime
    recorded_by: str


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that hold: neither withdrawn nor withdrawals themselves, the last day first."""
    known = list(facts)
    gone = {fact.withdraws_id for fact in known}
    held = [fact for fact in known if fact.withdraws_id is None and fact.id not in gone]
    return sorted(held, key=lambda fact: (fact.day, fact.recorded_at, fact.id), reverse=True)


def last_days(facts: Iterable[Fact], *, year_end: date | None) -> dict[FactKind, date]:
    """The last day of each kind; of what concerns a year, that of this year only."""
    days: dict[FactKind, date] = {}
    for fact in standing(facts):
        if not fact.kind.is_of_a_year or fact.year_end == year_end:
            days.setdefault(fact.kind, fact.day)
    return days


def check_fact(
    kind: FactKind, day: date, year_end: date | None, year_ends: Sequence[date], *, today: date
) -> list[Breach]:
    """List what stands against telling this."""
    breaches = []
    if day > today:
        sentence = N_("%(day)s has not come yet. Tell it once it has happened.")
        breaches.append(Breach("fact_not_come", sentence, {"day": day}, field="day"))
    if not kind.is_of_a_year:
        return breaches
    if year_end not in year_ends:
        sentence = N_("Accounts are those of one financial year. Choose the day on which it ended.")
        breaches.append(Breach("year_missing", sentence, field="year_end"))
    elif year_end is not None and day <= year_end:
        sentence = N_("The accounts of a year are ready after it has ended, on %(ended)s. Correct one of the two days.")
        breaches.append(Breach("before_year_end", sentence, {"ended": year_end}, field="day"))
    return breaches


def check_withdrawal(facts: Iterable[Fact], fact_id: UUID, reason: str) -> list[Breach]:
    """List what stands against withdrawing a fact."""
    breaches = []
    if all(fact.id != fact_id for fact in standing(facts)):
        breaches.append(Breach("fact_withdrawn", N_("This was withdrawn already. There is nothing left to do.")))
    if not reason.strip():
        sentence = N_("Say why it is withdrawn, for those who read it later.")
        breaches.append(Breach("no_reason_to_withdraw", sentence, field="reason"))
    return breaches

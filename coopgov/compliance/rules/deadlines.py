"""What has a day: mandates, accounts, the cooperative review, minutes, the yearly check of the figures of law."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coopgov.compliance.rules.kinds import FactKind, Obligation, Said, Verdict
from coopgov.core.dates import add_years
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.core.policy import Role
from coopgov.law.arithmetic import add_months
from coopgov.members.rules.mandates import end_of_term

# When this page begins to warn of a day to come. Chosen here, not by the law.
AHEAD_MONTHS = 6
ACCOUNTS_AHEAD = timedelta(days=60)
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class MandateHeld:
    """An office held on the day that is looked at."""

    name: str
    role: Role
    from_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Year:
    """The financial year that closed last, and when its accounts were approved and filed, as far as is known."""

    ended_on: date
    approved_on: date | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes of past assemblies that nobody has signed yet, and the day of the oldest of them."""

    count: int = 0
    oldest: date | None = None


@dataclass(frozen=True, slots=True)
class LawChecks:
    """How many figures of law there are, how many nobody has looked at for a year, the day the next one is due."""

    total: int
    due: int
    next_due: date | None


@dataclass(frozen=True, slots=True)
class Dated:
    """All that the days are counted from; `told` gives the day of what people told."""

    mandates: Sequence[MandateHeld] = ()
    year: Year | None = None
    minutes: Minutes = Minutes()
    law: LawChecks = LawChecks(0, 0, None)
    told: Mapping[FactKind, date] | None = None


def deadlines(dated: Dated, figures: Figures, on: date) -> list[Obligation]:
    """Every obligation that has a day, in the order of a year."""
    told = dated.told or {}
    return [
        *_mandates(dated.mandates, figures, on),
        *(_accounts(dated.year, figures, on) if dated.year is not None else ()),
        *(_filing(dated.year, figures, on) if dated.year is not None else ()),
        *_revision(told, figures, on),
        *_auditor(told, figures, on),
        *_minutes(dated.minutes, figures, on),
        _law_checks(dated.law, on),
    ]


def _by_day(due: date, on: date, ahead: date) -> Verdict:
    """Broken once the day has passed, near when it comes by `ahead`."""
    if due < on:
        return Verdict.RED
    return Verdict.NEAR if due <= ahead else Verdict.FINE


def last_day_of(mandate: MandateHeld, figures: Figures, on: date) -> date | None:
    """When a mandate ends: by its own term, and for a director no later than the law lets it last."""
    return end_of_term(mandate.role, mandate.from_day, mandate.last_day, figures, on)


def _mandates(mandates: Sequence[MandateHeld], figures: Figures, on: date) -> Iterator[Obligation]:
    longest = figures.find_figure("organs.max_years", on=on)
    ends = [(day, held) for held in mandates if (day := last_day_of(held, figures, on)) is not None]
    first = min((day for day, _held in ends), default=None)
    ahead = add_months(on, AHEAD_MONTHS)
    soon = sorted((day, held.name) for day, held in ends if day <= ahead)
    verdict = _by_day(first, on, ahead) if first is not None else Verdict.FINE
    names = tuple(dict.fromkeys(name for _day, name in soon))[:MOST_NAMES]
    found = (
        Said(N_("Mandates that end by %(ahead)s: %(count)s (%(names)s)."),
             {"ahead": ahead, "count": len(soon), "names": ", ".join(names)})
        if soon else Said(N_("No mandate ends by %(ahead)s."), {"ahead": ahead})
    )  # fmt: skip
    yield Obligation(
        "mandates", N_("Mandates that end"), verdict, found,
        to_do=Said(N_("Put the elections on the agenda of an assembly before that day.")) if soon else None,
        figures=(longest,) if longest is not None else (), due=first if soon else None,
    )  # fmt: skip


def _accounts(year: Year, figures: Figures, on: date) -> Iterator[Obligation]:
    months = figures.find_figure("assembly.annual_months", on=on)
    if months is None:
        return
    due = add_months(year.ended_on, months.as_int())
    values = {"ended": year.ended_on, "due": due, "approved": year.approved_on}
    label = N_("Approval of the accounts")
    if year.approved_on is not None:
        sentence = N_("The accounts of the year ended on %(ended)s were approved on %(approved)s.")
        yield Obligation("accounts", label, Verdict.FINE, Said(sentence, values), figures=(months,))
        return
    verdict = _by_day(due, on, on + ACCOUNTS_AHEAD)
    sentence = N_("The accounts of the year ended on %(ended)s are to be approved by %(due)s.")
    late = N_("Hold the annual assembly, or ask the court for more time; if it was held, tell its day here.")
    to_do = late if verdict is Verdict.RED else N_("Put the accounts on the agenda of the annual assembly.")
    yield Obligation("accounts", label, verdict, Said(sentence, values), (), Said(to_do), (months,), due=due)


def _filing(year: Year, figures: Figures, on: date) -> Iterator[Obligation]:
    paper, online = (figures.find_figure(f"year_end.filing_months.{way}", on=on) for way in ("paper", "online"))
    if paper is None or online is None or (year.approved_on is None and year.filed_on is None):
        return
    label = N_("Filing of the accounts")
    if year.filed_on is not None or year.approved_on is None:
        values = {"ended": year.ended_on, "filed": year.filed_on}
        sentence = N_("The accounts of the year ended on %(ended)s were filed on %(filed)s.")
        yield Obligation("filing", label, Verdict.FINE, Said(sentence, values), figures=(paper, online))
        return
    on_paper, due = (add_months(year.approved_on, figure.as_int()) for figure in (paper, online))
    yield Obligation(
        "filing", label, _by_day(due, on, due),
        Said(N_("The approved accounts are to be filed by %(paper)s on paper, by %(due)s online."),
             {"paper": on_paper, "due": due}),
        (), Said(N_("File them at the registry, or the decision if they were refused; then tell the day here.")),
        (paper, online), due=due,
    )  # fmt: skip


def _revision(told: Mapping[FactKind, date], figures: Figures, on: date) -> Iterator[Obligation]:
    usual = figures.find_figure("year_end.revision_years.usual", on=on)
    if usual is None:
        return
    shorter = figures.find_figure("year_end.revision_years.without_auditor", on=on)
    years = shorter if shorter is not None and FactKind.AUDITOR_NAMED not in told else usual
    label, last = N_("Cooperative review"), told.get(FactKind.REVISION)
    if last is None:
        sentence = N_("No cooperative review is known here; there is one at least every so many years: %(years)s.")
        found, tell = (
            Said(sentence, {"years": years.as_int()}),
            Said(N_("Tell the day of the last one, or have one made.")),
        )
        yield Obligation("revision", label, Verdict.TO_JUDGE, found, (), tell, (years,))
        return
    due = add_years(last, years.as_int())
    verdict = _by_day(due, on, add_months(on, AHEAD_MONTHS))
    found = Said(N_("The last cooperative review was on %(last)s; the next one is due by %(due)s."),
                 {"last": last, "due": due})  # fmt: skip
    to_do = None if verdict is Verdict.FINE else Said(N_("Name a reviser, and put the report on the agenda."))
    yield Obligation("revision", label, verdict, found, (), to_do, (years,), due=due)


_THRESHOLDS = ("balance_sheet_cents", "turnover_cents", "staff")


def _auditor(told: Mapping[FactKind, date], figures: Figures, on: date) -> Iterator[Obligation]:
    criteria = figures.find_figure("organs.auditor.criteria", on=on)
    if criteria is None:
        return
    label, named = N_("Statutory auditor"), told.get(FactKind.AUDITOR_NAMED)
    if named is not None:
        sentence = N_("A statutory auditor was named on %(named)s.")
        yield Obligation("auditor", label, Verdict.FINE, Said(sentence, {"named": named}), figures=(criteria,))
        return
    sheet, turnover, staff = (figures.figure(f"organs.auditor.{name}", on=on) for name in _THRESHOLDS)
    yield Obligation(
        "auditor", label, Verdict.TO_JUDGE,
        Said(N_("One is required beyond %(criteria)s of these: balance sheet %(sheet)s, turnover %(turnover)s, "
                "staff %(staff)s."),
             {"criteria": criteria.as_int(), "sheet": Euros(Cents(sheet.as_int())),
              "turnover": Euros(Cents(turnover.as_int())), "staff": staff.as_int()}),
        (), Said(N_("Compare with the last accounts; if an auditor is named, tell the day here.")),
        (criteria, sheet, turnover, staff),
    )  # fmt: skip


def _minutes(minutes: Minutes, figures: Figures, on: date) -> Iterator[Obligation]:
    delay = figures.find_figure("minutes.delay_days", on=on)
    if delay is None:
        return
    label = N_("Minutes of assemblies")
    if minutes.oldest is None:
        sentence = N_("The minutes of every past assembly are signed.")
        yield Obligation("minutes", label, Verdict.FINE, Said(sentence), figures=(delay,))
        return
    due = minutes.oldest + timedelta(days=delay.as_int())
    found = Said(N_("Minutes that are not signed yet: %(count)s; the oldest assembly is of %(oldest)s."),
                 {"count": minutes.count, "oldest": minutes.oldest})  # fmt: skip
    to_do = Said(N_("Have them written, approved and signed."))
    yield Obligation("minutes", label, _by_day(due, on, due), found, (), to_do, (delay,), due=due)


def _law_checks(law: LawChecks, on: date) -> Obligation:
    label = N_("Figures of law checked within the year")
    if law.due:
        found = Said(N_("Figures that nobody has looked at for a year: %(due)s out of %(total)s."),
                     {"due": law.due, "total": law.total})  # fmt: skip
        return Obligation(
            "law_checks", label, Verdict.NEAR, found, (), Said(N_("Ask the administrator to run “coopgov law due”."))
        )
    found = Said(N_("All %(total)s figures were looked at within the year."), {"total": law.total})
    return Obligation("law_checks", label, Verdict.FINE, found, due=law.next_due)

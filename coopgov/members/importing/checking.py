"""What an import would do: who is new, who is here already, what is wrong, before anything is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from coopgov.accounts.rules import fold_email
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.members import queries
from coopgov.members.importing.columns import COLUMNS
from coopgov.members.importing.table import Fault, ImportTable, read_members
from coopgov.members.queries import KnownMember
from coopgov.members.rules import Category, College, Heads, NewMember, check_composition, check_employed
from coopgov.statutes import queries as statutes

_TITLES = {column.key: column.title for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and did, for a page or a terminal."""

    lines_read: int
    new: int
    already: int
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Breach, ...] = ()
    ignored: tuple[str, ...] = ()
    done: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing stands in the way."""
        return not self.faults


@dataclass(slots=True)
class ImportPlan:
    """The members an import would add, and its report."""

    table: ImportTable
    members: list[NewMember] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: tuple[Breach, ...] = ()
    already: int = 0

    def report(self, *, done: bool = False) -> ImportReport:
        """The plan in figures and sentences."""
        faults = tuple(sorted(self.faults, key=lambda fault: fault.line))
        return ImportReport(
            lines_read=len(self.table.lines), new=len(self.members), already=self.already, faults=faults,
            warnings=self.warnings, ignored=self.table.ignored, done=done,
        )  # fmt: skip


def plan_import(
    session: Session, table: ImportTable, *, colleges: Iterable[College], today: date, law: Figures
) -> ImportPlan:
    """Compare every line with the others and with the members there are."""
    plan = ImportPlan(table)
    lines = list(_readable(plan, table, tuple(colleges), today))
    known = queries.known_members(session, [member.number or 0 for _line, member in lines])
    owners = queries.owners_of_emails(session, [member.reach.email for _line, member in lines])
    seen = _Seen({}, {})
    for line, member in lines:
        _sort_out(plan, line, member, known=known.get(member.number or 0), owners=owners, seen=seen)
    plan.warnings = _warn(session, plan.members, today, law)
    return plan


@dataclass(slots=True)
class _Seen:
    """What the lines before have used up: numbers and addresses, each with its line."""

    numbers: dict[int, int]
    emails: dict[str, int]


def _readable(
    plan: ImportPlan, table: ImportTable, colleges: tuple[College, ...], today: date
) -> Iterator[tuple[int, NewMember]]:
    for line, member, faults in read_members(table, colleges, today=today):
        plan.faults.extend(faults)
        if member is not None:
            yield line, member


def _sort_out(
    plan: ImportPlan, line: int, member: NewMember, *, known: KnownMember | None, owners: dict[str, int], seen: _Seen
) -> None:
    faults = [*_repeated(line, member, seen), *_of_another(line, member, owners)]
    if known is not None:
        faults += _different(line, member, known)
        plan.already += not faults
    elif not faults:
        plan.members.append(member)
    plan.faults.extend(faults)


def _repeated(line: int, member: NewMember, seen: _Seen) -> Iterator[Fault]:
    number, email = member.number or 0, fold_email(member.reach.email)
    first = seen.numbers.setdefault(number, line)
    if first != line:
        sentence = N_("This number is already that of line %(line)s.")
        yield Fault(line, _TITLES["number"], Breach("number_twice", sentence, {"line": first}))
    if email and (first := seen.emails.setdefault(email, line)) != line:
        sentence = N_("This e-mail address is already that of line %(line)s. Each member needs one of her own.")
        yield Fault(line, _TITLES["email"], Breach("email_twice", sentence, {"line": first}))


def _of_another(line: int, member: NewMember, owners: dict[str, int]) -> Iterator[Fault]:
    owner = owners.get(fold_email(member.reach.email))
    if owner is not None and owner != member.number:
        sentence = N_(
            "This e-mail address is already that of member number %(number)s. Each member needs one of her own."
        )
        yield Fault(line, _TITLES["email"], Breach("email_of_another_member", sentence, {"number": str(owner)}))


def _different(line: int, member: NewMember, known: KnownMember) -> Iterator[Fault]:
    given = KnownMember.of(member)
    for key in KnownMember.compared():
        if getattr(given, key) != getattr(known, key):
            sentence = N_("Member number %(number)s is here already, with something else in this column.")
            yield Fault(line, _TITLES[key], Breach("number_taken", sentence, {"number": str(member.number)}))


def _warn(session: Session, members: list[NewMember], today: date, law: Figures) -> tuple[Breach, ...]:
    """What the cooperative would be against the law: told, not refused, because the past is what it was."""
    now = queries.heads_on(session, today)
    employed = sum(member.category is Category.EMPLOYED for member in members)
    after = Heads(
        now.employed + employed, now.external + len(members) - employed, now.external_cooperatives
    )  # fmt: skip
    return (*check_composition(after, on=today, law=law), *_warn_of_sellers(session, members, today, law))


def _warn_of_sellers(session: Session, members: list[NewMember], today: date, law: Figures) -> list[Breach]:
    """One word for all the sellers of the file who are said to be employed."""
    alone = not statutes.employs_sellers(session, today)
    said = any(member.has_shop and member.category is Category.EMPLOYED for member in members)
    return check_employed(Category.EMPLOYED, on_own_account=alone and said, on=today, law=law)

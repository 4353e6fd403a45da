"""The frozen rows that members are read as."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coopgov.accounts.rules import fold_email
from coopgov.members.models import (
    Membership,
)
from coopgov.members.rules import (
    Category,
    ContactKind,
    DecidedBy,
    Earlier,
    EventKind,
    NewMember,
    Person,
    ReasonCode,
    Status,
)

# As many identifiers as one statement may name on every engine.
AT_ONCE = 1000
# Lines of a page of the list; of one of a search, where whoever does not find adds a letter rather than turns pages.
PAGE, FINDS = 50, 20


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as lists and papers show one."""

    id: UUID
    number: int
    name: str
    sort_name: str
    town: str
    craft: str
    category: Category
    college: str
    status: Status
    joined_on: date | None
    account_id: UUID | None
    email: str
    postal_address: tuple[str, ...]
    has_shop: bool


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page of a list, and the keys of its neighbours."""

    rows: tuple[MemberRow, ...]
    next_key: str | None
    prev_key: str | None


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who has a vote on a day: one, whatever her shares."""

    id: UUID
    number: int
    name: str
    college: str
    category: Category


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """Where a member's notice goes, and whether e-mail was agreed to in time."""

    member_id: UUID
    number: int
    name: str
    email: str
    consented: bool
    postal_address: tuple[str, ...]
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Seller:
    """A member who sells on the marketplace."""

    member_id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """A candidate who awaits a decision."""

    id: UUID
    number: int
    name: str
    town: str
    craft: str
    email: str
    category: Category
    college: str
    shares_wished: int
    has_shop: bool
    applied_on: date
    is_cooperative: bool
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a membership as its file tells it."""

    id: int
    kind: EventKind
    effective_on: date
    status: Status
    category: Category
    college: str
    decided_by: DecidedBy | None
    decision: str
    reason: str
    recorded_at: datetime
    reverses_id: int | None
    reason_code: ReasonCode | None = None
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One agreement to e-mail, or its withdrawal."""

    given: bool
    on_day: date
    proof: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One way to reach a member, and since when."""

    kind: ContactKind
    value: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class MemberFile:
    """All there is about one member."""

    member: MemberRow
    person: Person
    shares_wished: int
    applied_on: date | None
    left_on: date | None
    contacts: tuple[ContactRow, ...]
    events: tuple[EventRow, ...]
    consents: tuple[ConsentRow, ...]

    @property
    def consents_to_email(self) -> bool:
        """Whether the last word is an agreement."""
        return bool(self.consents) and self.consents[-1].given

    def contact(self, kind: ContactKind | str) -> str:
        """The contact of that kind in use, or an empty text."""
        return next((contact.value for contact in self.contacts if contact.kind == kind), "")


# A list makes fifty rows a page: by place, which takes half the time that it takes by name.
_ADDRESS = [field.name for field in fields(MemberRow)].index("postal_address")


def members_select(member: Any = Membership) -> Any:
    """What a MemberRow is made of, in its order, of the table or of some of its rows."""
    return select(
        member.id, member.number, member.name, member.sort_name, member.town, member.craft, member.category,
        member.college, member.status, member.joined_on, member.account_id, member.email, member.postal_address,
        member.has_shop,
    )  # fmt: skip


def member_row(row: Sequence[Any]) -> MemberRow:
    """The row of a `members_select`."""
    values = list(row)
    values[_ADDRESS] = tuple(values[_ADDRESS].splitlines())
    return MemberRow(*values)


@dataclass(frozen=True, slots=True)
class KnownMember:
    """What an import compares: a line sent twice must say the same of the same number."""

    legal_name: str
    given_names: str
    siren: str
    email: str
    town: str
    craft: str
    category: Category
    college: str
    joined_on: date | None
    has_shop: bool

    @classmethod
    def of(cls, member: NewMember) -> "KnownMember":
        """The same of somebody about to be enrolled."""
        person, reach = member.person, member.reach
        return cls(
            person.legal_name, person.given_names, person.siren, fold_email(reach.email), reach.town, member.craft,
            member.category, member.college, member.joined_on, member.has_shop,
        )  # fmt: skip

    @classmethod
    def compared(cls) -> tuple[str, ...]:
        """The names of what is compared, which are those of columns."""
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A file of members that was sent."""

    id: UUID
    file_name: str
    sha256: str
    content: bytes | None
    uploaded_at: datetime
    sealed_at: datetime | None
    report: dict[str, int]

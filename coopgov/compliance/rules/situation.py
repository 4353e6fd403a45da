"""The members and their shares on a day, as the ratios of the law need them; and after a drafted movement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.members.rules import Category
from coopgov.statutes.rules import College

# A slip of the finger, not a rule of law.
MOST_DRAFTED = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """What those counted together have in common."""

    is_member: bool
    category: Category
    college: str = ""
    is_cooperative: bool = False
    is_organisation: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Members of one kind: how many they are, what they hold together."""

    kind: Kind
    heads: int
    cents: int


@dataclass(frozen=True, slots=True)
class Holder:
    """One of those who hold most."""

    member_id: UUID | None
    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Director:
    """A member of the board, and whether an employed member."""

    account_id: UUID | None
    name: str
    is_employed: bool


def merged(groups: Iterable[Group]) -> tuple[Group, ...]:
    """The same groups, each kind once, in whatever order they came."""
    found: dict[Kind, tuple[int, int]] = {}
    for group in groups:
        heads, cents = found.get(group.kind, (0, 0))
        found[group.kind] = (heads + group.heads, cents + group.cents)
    return tuple(Group(kind, *sums) for kind, sums in found.items() if sums != (0, 0))


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the ratios are measured on."""

    groups: tuple[Group, ...]
    nominal: int
    peak: int
    holders: tuple[Holder, ...] = ()
    directors: tuple[Director, ...] = ()
    colleges: tuple[College, ...] = ()

    def heads(self, which: Callable[[Kind], bool] = lambda _kind: True) -> int:
        """How many present members are of these kinds."""
        return sum(group.heads for group in self.groups if group.kind.is_member and which(group.kind))

    def cents(self, which: Callable[[Kind], bool] = lambda _kind: True) -> int:
        """What those of these kinds hold, members or not any more."""
        return sum(group.cents for group in self.groups if which(group.kind))

    @property
    def members(self) -> int:
        return self.heads()

    @property
    def employed(self) -> int:
        return self.heads(is_employed)

    @property
    def external(self) -> int:
        return self.members - self.employed

    @property
    def cooperatives(self) -> int:
        """The cooperative societies among the external members."""
        return self.heads(lambda kind: not is_employed(kind) and kind.is_cooperative)

    @property
    def capital(self) -> int:
        return self.cents()

    @property
    def employed_capital(self) -> int:
        """What present employed members hold: not those who have left and wait for their money."""
        return self.cents(is_employed)

    @property
    def by_college(self) -> Mapping[str, int]:
        """The present members of each college of the statutes."""
        found = {college.code: 0 for college in self.colleges}
        for group in self.groups:
            if group.kind.is_member and group.kind.college in found:
                found[group.kind.college] += group.heads
        return found

    @property
    def largest(self) -> Holder | None:
        """Who holds most."""
        return max(self.holders, key=lambda holder: holder.cents, default=None)


def is_employed(kind: Kind) -> bool:
    """Whether this is a present member employed by the cooperative."""
    return kind.is_member and kind.category is Category.EMPLOYED


class Move(StrEnum):
    """What a named member would do."""

    SUBSCRIBE = "subscribe"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Named:
    """A member by name, with what she is and holds."""

    member_id: UUID
    account_id: UUID | None
    name: str
    kind: Kind
    cents: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A movement as it is drafted (*mouvement projeté*): nothing of it is written."""

    employed_join: int = 0
    external_join: int = 0
    shares_each: int = 1
    college: str = ""
    employed_leave: int = 0
    named: Named | None = None
    move: Move | None = None
    named_shares: int = 0
    # Whether those who leave are paid back at once; until then they hold capital without a vote.
    is_refunded: bool = True

    @property
    def is_empty(self) -> bool:
        moves = self.named is not None and self.move is not None
        return not (self.employed_join or self.external_join or self.employed_leave or moves)


def check_draft(situation: Situation, draft: Draft) -> list[Breach]:
    """List what cannot be drafted."""
    breaches = [
        breach
        for name in ("employed_join", "external_join", "shares_each", "employed_leave", "named_shares")
        for breach in _check_number(name, getattr(draft, name))
    ]
    if draft.employed_leave > situation.employed:
        sentence = N_("There are %(employed)s employed members: no more can leave. Give that number or less.")
        breaches.append(
            Breach("more_leave_than_are", sentence, {"employed": situation.employed}, field="employed_leave")
        )
    return breaches + _check_college(situation, draft) + _check_named(draft)


def _check_number(name: str, number: int) -> list[Breach]:
    if 0 <= number <= MOST_DRAFTED:
        return []
    sentence = N_("Write a number between 0 and %(most)s.")
    return [Breach("number_out_of_range", sentence, {"most": MOST_DRAFTED}, field=name)]


def _check_college(situation: Situation, draft: Draft) -> list[Breach]:
    if draft.college or not situation.colleges or not (draft.employed_join or draft.external_join):
        return []
    return [Breach("no_college_chosen", N_("Choose the college of those who join."), field="college")]


def _check_named(draft: Draft) -> list[Breach]:
    named = draft.named
    if draft.move is None:
        return []
    if named is None:
        sentence = N_("Write the number of the member who would do this.")
        return [Breach("nobody_named", sentence, field="member")]
    if draft.move is Move.SUBSCRIBE and draft.named_shares < 1:
        return [Breach("no_shares", N_("Write how many shares she would subscribe."), field="named_shares")]
    if not named.kind.is_member:
        sentence = N_("%(name)s is not a member any more. Choose a present member.")
        return [Breach("not_a_present_member", sentence, {"name": named.name}, field="member")]
    return []


def situation_after(before: Situation, draft: Draft) -> Situation:
    """What the movement would leave; what comes is counted before what goes, so that the peak is a worst case."""
    joined = [*before.groups, *_joining(before, draft)]
    peak = max(before.peak, sum(group.cents for group in joined))
    groups = merged([*joined, *_leaving(before, draft), *_named_leaving(draft)])
    return replace(
        before, groups=groups, peak=peak, holders=_holders(before, draft), directors=_directors(before, draft)
    )


def _joining(before: Situation, draft: Draft) -> list[Group]:
    each = draft.shares_each * before.nominal
    groups = [
        Group(Kind(is_member=True, category=category, college=draft.college), heads, heads * each)
        for category, heads in ((Category.EMPLOYED, draft.employed_join), (Category.EXTERNAL, draft.external_join))
    ]
    if draft.named is not None and draft.move is Move.SUBSCRIBE:
        groups.append(Group(draft.named.kind, 0, draft.named_shares * before.nominal))
    return groups


def _leaving(before: Situation, draft: Draft) -> list[Group]:
    """Those who leave are of the smallest colleges first, each with the shares her like hold on average, whole ones."""
    left, found = draft.employed_leave, list[Group]()
    for group in sorted(before.groups, key=lambda one: (one.heads, one.kind.college)):
        gone = min(left, group.heads) if is_employed(group.kind) else 0
        if gone:
            cents = _whole_shares(group.cents * gone // group.heads, before.nominal)
            found += _gone(group.kind, gone, cents, is_refunded=draft.is_refunded)
        left -= gone
    return found


def _whole_shares(cents: int, nominal: int) -> int:
    return cents // nominal * nominal


def _named_leaving(draft: Draft) -> list[Group]:
    if draft.named is None or draft.move is not Move.WITHDRAW:
        return []
    return _gone(draft.named.kind, 1, draft.named.cents, is_refunded=draft.is_refunded)


def _gone(kind: Kind, heads: int, cents: int, *, is_refunded: bool) -> list[Group]:
    kept = [] if is_refunded else [Group(replace(kind, is_member=False), heads, cents)]
    return [Group(kind, -heads, -cents), *kept]


def _holders(before: Situation, draft: Draft) -> tuple[Holder, ...]:
    holders = list(before.holders)
    if draft.shares_each and (draft.employed_join or draft.external_join):
        holders.append(Holder(None, "", draft.shares_each * before.nominal))
    named = draft.named
    if named is None or draft.move is None:
        return tuple(holders)
    others = [holder for holder in holders if holder.member_id != named.member_id]
    if draft.move is Move.SUBSCRIBE:
        others.append(Holder(named.member_id, named.name, named.cents + draft.named_shares * before.nominal))
    elif not draft.is_refunded:
        others.append(Holder(named.member_id, named.name, named.cents))
    return tuple(others)


def _directors(before: Situation, draft: Draft) -> tuple[Director, ...]:
    if draft.named is None or draft.named.account_id is None or draft.move is not Move.WITHDRAW:
        return before.directors
    return tuple(one for one in before.directors if one.account_id != draft.named.account_id)

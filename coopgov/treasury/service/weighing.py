"""What undoing a movement of money would break: it corrects an entry, and never goes round the rules in silence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.preflight import Check, checked, green
from coopgov.members import queries as members
from coopgov.shares.rules import balance_latest_on
from coopgov.shares.service import Seeing
from coopgov.treasury import queries, rules
from coopgov.treasury.banking.queries import open_files_of
from coopgov.treasury.queries import Header
from coopgov.treasury.rules import OWED, Bucket, CapitalKind, Leg

_HERS = (*OWED, Bucket.PAID_UP)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What undoing a movement does to the money of one person, from a day on."""

    member_id: UUID
    name: str
    original: Header
    on: date
    legs: Sequence[Leg]

    @property
    def owed_again(self) -> bool:
        """Whether the cooperative would owe her again what was settled."""
        return any(leg.bucket is Bucket.REPAYABLE and leg.cents > 0 for leg in self.legs)

    @property
    def is_taken_from(self) -> bool:
        """Whether she would have paid less, or be owed less."""
        return any(leg.bucket in _HERS and leg.cents < 0 for leg in self.legs)


def weigh_reversal(look: Seeing, *, seq: int, effective_on: date) -> list[Check]:
    """What the movement that a reversal amounts to is held to; what it would break is red, with its article."""
    original = queries.get_header(look.session, seq)
    stands_alone = original.share_tx_seq is None and original.run_id is None
    if original.kind is CapitalKind.REVERSAL or original.reversed_by is not None or not stands_alone:
        return []
    legs = rules.negated(queries.legs_of(look.session, seq))
    otherwise = green("reversal", N_("Undoing this breaks no rule on calls, claims, estates and payment files."))
    return checked(_broken(look, original, legs, effective_on), otherwise)


def people_of(legs: Sequence[Leg]) -> list[UUID]:
    """The members whose money these legs move."""
    return sorted({leg.member_id for leg in legs if leg.member_id is not None})


def _broken(look: Seeing, original: Header, legs: Sequence[Leg], on: date) -> Iterator[Breach]:
    for member_id in people_of(legs):
        name = members.get_member(look.session, member_id).name
        turn = _Turn(member_id, name, original, on, [leg for leg in legs if leg.member_id == member_id])
        yield from _check_estate(look, turn)
        yield from _check_file(look, turn)
        yield from _check_claim(look, turn)
        yield from _check_call(look, turn)


def _check_estate(look: Seeing, turn: _Turn) -> list[Breach]:
    is_frozen = turn.is_taken_from and turn.member_id in members.frozen_members(look.session, [turn.member_id])
    return [rules.waits_for_heirs(turn.name)] if is_frozen else []


def _check_file(look: Seeing, turn: _Turn) -> list[Breach]:
    moves = any(leg.bucket is Bucket.REPAYABLE for leg in turn.legs)
    file = open_files_of(look.session, [turn.member_id]).get(turn.member_id) if moves else None
    return [rules.in_another_file(turn.name, file)] if file is not None else []


def _check_claim(look: Seeing, turn: _Turn) -> list[Breach]:
    moments = queries.moments_of(look.session, [turn.member_id])[turn.member_id].get(Bucket.REPAYABLE, [])
    released = [one.on for one in moments if one.amount > 0 and one.on <= turn.original.effective_on]
    if not (turn.owed_again and released):
        return []
    due_on = rules.due_back_on(max(released), look.rulebook)
    return rules.check_owed_again(turn.name, due_on, turn.on, look.rulebook)


def _check_call(look: Seeing, turn: _Turn) -> list[Breach]:
    if turn.original.kind is not CapitalKind.CALL:
        return []
    uncalled = queries.moments_of(look.session, [turn.member_id])[turn.member_id].get(Bucket.SUBSCRIBED_UNCALLED, [])
    since = min((one.on for one in uncalled if one.amount > 0), default=turn.on)
    return rules.check_uncalled_again(turn.name, balance_latest_on(since, look.rulebook), turn.on, look.rulebook)

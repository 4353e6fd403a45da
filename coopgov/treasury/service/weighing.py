"""What undoing a movement of money would break: it corrects an entry, and never goes round the rules in silence."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.core.preflight import Check, checked, green, red
from coopgov.members import queries as members
from coopgov.shares.chain import Moment, chunks
from coopgov.shares.rules import balance_latest_on
from coopgov.shares.service import Seeing
from coopgov.treasury import queries, rules
from coopgov.treasury.banking.queries import open_files_of
from coopgov.treasury.queries import Run
from coopgov.treasury.rules import OWED, Bucket, CapitalKind, Leg

_HERS = (*OWED, Bucket.PAID_UP)
# More than a page can be read of: the rest is counted.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class _Turn:
    """What undoing does to the money of one person, from a day on."""

    member_id: UUID
    legs: Sequence[Leg]
    original_on: date
    on: date
    is_call: bool = False

    @property
    def is_of_refund(self) -> bool:
        """Whether what she is to be paid back changes."""
        return any(leg.bucket is Bucket.REPAYABLE for leg in self.legs)

    @property
    def owed_again(self) -> bool:
        """Whether the cooperative would owe her again what was settled."""
        return any(leg.bucket is Bucket.REPAYABLE and leg.cents > 0 for leg in self.legs)

    @property
    def is_taken_from(self) -> bool:
        """Whether she would have paid less, or be owed less."""
        return any(leg.bucket in _HERS and leg.cents < 0 for leg in self.legs)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rules look at of some members."""

    names: Mapping[UUID, str]
    frozen: Collection[UUID]
    files: Mapping[UUID, str]
    money: Mapping[UUID, Mapping[Bucket, Sequence[Moment]]]


def weigh_reversal(look: Seeing, *, seq: int, effective_on: date) -> list[Check]:
    """What the movement that a reversal amounts to is held to; what it would break is red, with its article."""
    original = queries.get_header(look.session, seq)
    stands_alone = original.share_tx_seq is None and original.run_id is None
    if original.kind is CapitalKind.REVERSAL or original.reversed_by is not None or not stands_alone:
        return []
    legs = rules.negated(queries.legs_of(look.session, seq))
    is_call = original.kind is CapitalKind.CALL
    turns = [_Turn(one, hers, original.effective_on, effective_on, is_call) for one, hers in _by_member(legs).items()]
    return checked(_broken(look, turns), _fine())


def weigh_run(look: Seeing, *, run: Run, effective_on: date) -> list[Check]:
    """The same of all that a yearly run wrote and still stands; of many members in the same case, the first ones."""
    standing = {bucket: queries.amounts_of_run(look.session, run.id, bucket) for bucket in (*OWED, Bucket.TAX_DUE)}
    tax = sum(standing.pop(Bucket.TAX_DUE).values())
    legs = [Leg(bucket, one, -cents) for bucket, some in standing.items() for one, cents in some.items()]
    turns = [_Turn(one, hers, effective_on, effective_on) for one, hers in _by_member(legs).items()]
    broken = [*_check_tax(look, tax), *_broken(look, turns)]
    return checked([*broken[:MOST_TOLD], *rules.and_others(len(broken) - MOST_TOLD)], _fine())


def weigh_answers(look: Seeing, seq: int) -> list[Check]:
    """What undoing a movement of shares does to the money that answered it, and a payment file may hold."""
    legs = [
        leg
        for some in queries.legs_of_many(look.session, queries.answers_of_shares(look.session, seq)).values()
        for leg in some
    ]
    turns = [_Turn(one, hers, look.today, look.today) for one, hers in _by_member(rules.negated(legs)).items()]
    known = _known(look, turns)
    return [red(breach) for turn in turns for breach in _check_file(known, turn)]


def people_of(legs: Sequence[Leg]) -> list[UUID]:
    """The members whose money these legs move."""
    return sorted({leg.member_id for leg in legs if leg.member_id is not None})


def _by_member(legs: Sequence[Leg]) -> dict[UUID, list[Leg]]:
    found: dict[UUID, list[Leg]] = defaultdict(list)
    for leg in legs:
        if leg.member_id is not None:
            found[leg.member_id].append(leg)
    return dict(sorted(found.items()))


def _fine() -> Check:
    return green("reversal", N_("Undoing this breaks no rule on calls, claims, estates and payment files."))


def _broken(look: Seeing, turns: Sequence[_Turn]) -> Iterator[Breach]:
    for some in chunks(turns):
        known = _known(look, some)
        for turn in some:
            yield from _check_estate(known, turn)
            yield from _check_file(known, turn)
            yield from _check_claim(look, known, turn)
            yield from _check_call(look, known, turn)


def _known(look: Seeing, turns: Sequence[_Turn]) -> _Known:
    people = [turn.member_id for turn in turns]
    timed = [turn.member_id for turn in turns if turn.owed_again or turn.is_call]
    return _Known(
        {one: row.name for one, row in members.get_members(look.session, people).items()},
        members.frozen_members(look.session, people), open_files_of(look.session, people),
        queries.moments_of(look.session, timed),
    )  # fmt: skip


def _check_tax(look: Seeing, taken: int) -> list[Breach]:
    left = queries.balance_of(look.session, Bucket.TAX_DUE) - taken
    return [rules.tax_is_paid(Cents(-left))] if taken and left < 0 else []


def _check_estate(known: _Known, turn: _Turn) -> list[Breach]:
    is_frozen = turn.is_taken_from and turn.member_id in known.frozen
    return [rules.waits_for_heirs(known.names[turn.member_id])] if is_frozen else []


def _check_file(known: _Known, turn: _Turn) -> list[Breach]:
    file = known.files.get(turn.member_id) if turn.is_of_refund else None
    return [rules.in_another_file(known.names[turn.member_id], file)] if file is not None else []


def _check_claim(look: Seeing, known: _Known, turn: _Turn) -> list[Breach]:
    moments = known.money[turn.member_id].get(Bucket.REPAYABLE, ()) if turn.owed_again else ()
    released = [one.on for one in moments if one.amount > 0 and one.on <= turn.original_on]
    if not released:
        return []
    due_on = rules.due_back_on(max(released), look.rulebook)
    return rules.check_owed_again(known.names[turn.member_id], due_on, turn.on, look.rulebook)


def _check_call(look: Seeing, known: _Known, turn: _Turn) -> list[Breach]:
    if not turn.is_call:
        return []
    uncalled = known.money[turn.member_id].get(Bucket.SUBSCRIBED_UNCALLED, ())
    since = min((one.on for one in uncalled if one.amount > 0), default=turn.on)
    latest = balance_latest_on(since, look.rulebook)
    return rules.check_uncalled_again(known.names[turn.member_id], latest, turn.on, look.rulebook)

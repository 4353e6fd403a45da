"""Every ratio and limit of members, votes, capital and organs; and the same before and after a movement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.compliance.rules.capital import (
    employed_capital,
    floor_of_capital,
    largest_holder,
    minimum_of_capital,
    nominal,
    public_bodies,
)
from coopgov.compliance.rules.kinds import Obligation, Verdict
from coopgov.compliance.rules.organs import (
    categories,
    employees_of_scic,
    external_mandates,
    size_of_board,
    supervisory_board,
    weights_of_colleges,
)
from coopgov.compliance.rules.situation import Situation
from coopgov.compliance.rules.votes import (
    employed_at_least,
    external_votes,
    external_votes_with_cooperatives,
    members_at_most,
)
from coopgov.core.figures import Figures


def ratios(situation: Situation, figures: Figures, on: date) -> list[Obligation]:
    """Every ratio and limit that holds for this legal form: members, votes, capital, organs."""
    return [
        *employed_at_least(situation, figures, on),
        *members_at_most(situation, figures, on),
        *external_votes(situation, figures, on),
        *external_votes_with_cooperatives(situation, figures, on),
        *employed_capital(situation, figures, on),
        *largest_holder(situation, figures, on),
        *floor_of_capital(situation, figures, on),
        *minimum_of_capital(situation, figures, on),
        *nominal(situation, figures, on),
        *public_bodies(situation, figures, on),
        *categories(situation, figures, on),
        *employees_of_scic(situation, figures, on),
        *weights_of_colleges(situation, figures, on),
        *external_mandates(situation, figures, on),
        *size_of_board(situation, figures, on),
        *supervisory_board(situation, figures, on),
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """One obligation before and after a drafted movement."""

    before: Obligation | None
    after: Obligation

    @property
    def turns_red(self) -> bool:
        """Whether the movement itself breaks it."""
        was_red = self.before is not None and self.before.verdict is Verdict.RED
        return self.after.verdict is Verdict.RED and not was_red


def changes(before: Sequence[Obligation], after: Sequence[Obligation]) -> list[Change]:
    """Each obligation beside what it was, those that turn red first."""
    known = {one.code: one for one in before}
    found = [Change(known.get(one.code), one) for one in after]
    return sorted(found, key=lambda change: not change.turns_red)

"""State machines as tables: what is not in the table is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_, Word

# TypeVar, not the 3.12 syntax: Python 3.11 is the oldest we run on.
S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


def step(table: Mapping[tuple[S, T], S], state: S, transition: T) -> S:
    """The state a transition leads to; raises RuleBroken when the table does not have it."""
    try:
        return table[state, transition]
    except KeyError:
        raise RuleBroken([_not_from_here(state, transition)]) from None


def allowed(table: Mapping[tuple[S, T], S], state: S) -> list[T]:
    """The transitions that leave this state, in the table's order."""
    return [transition for (source, transition) in table if source == state]


def _not_from_here(state: StrEnum, transition: StrEnum) -> Breach:
    return Breach(
        "not_from_this_state",
        N_("This cannot be done now: “%(transition)s” is not open from the state “%(state)s”. Reload the page."),
        {"transition": Word(transition.value), "state": Word(state.value)},
    )

"""What the screen of the room shows: the resolution that the assembly is at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

from coopgov.assemblies.rules.states import ItemState

_UNDER_WAY: Final = (ItemState.VOTING, ItemState.URN_CLOSED, ItemState.COUNTED)


class Voted(Protocol):
    """A resolution, as far as its place on the screen goes."""

    @property
    def state(self) -> ItemState:
        """Where it stands."""

    @property
    def proclaimed_at(self) -> datetime | None:
        """When its result was told."""


Item = TypeVar("Item", bound=Voted)


def on_screen(items: Sequence[Item]) -> Item | None:
    """The one to show: whose vote is open, else the one to be told, else the last result, else the first to come."""
    for state in _UNDER_WAY:
        found = [item for item in items if item.state is state]
        if found:
            return found[-1]
    told = [item for item in items if item.proclaimed_at is not None]
    return max(told, key=_told_at) if told else next_on_screen(items, None)


def _told_at(item: Voted) -> datetime:
    assert item.proclaimed_at is not None  # noqa: S101 - only those that were proclaimed are compared
    return item.proclaimed_at


def next_on_screen(items: Sequence[Item], shown: Item | None) -> Item | None:
    """The one that comes after it."""
    return next((item for item in items if item.state is ItemState.PLANNED and item is not shown), None)

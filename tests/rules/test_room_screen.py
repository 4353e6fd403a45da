"""The screen of the room shows what the assembly is at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coopgov.assemblies.rules import ItemState
from coopgov.assemblies.rules.screen import next_on_screen, on_screen

AT = datetime.fromisoformat("2027-01-15T17:00:00+00:00")
PLANNED, VOTING, COUNTED = ItemState.PLANNED, ItemState.VOTING, ItemState.COUNTED


@dataclass(frozen=True)
class Item:
    state: ItemState
    proclaimed_at: datetime | None = None


def told(minutes: int) -> Item:
    return Item(ItemState.PROCLAIMED, AT + timedelta(minutes=minutes))


def test_an_open_vote_comes_before_all_then_what_waits_to_be_told_then_the_last_result():
    voting, counted, first, last, planned = Item(VOTING), Item(COUNTED), told(5), told(9), Item(PLANNED)
    assert on_screen([last, first, counted, voting, planned]) is voting
    assert on_screen([last, first, counted, planned]) is counted
    assert on_screen([last, first, planned]) is last
    assert next_on_screen([last, first, planned], last) is planned


def test_before_the_first_vote_it_is_the_first_resolution_and_an_empty_agenda_shows_nothing():
    one, two = Item(PLANNED), Item(PLANNED, None)
    assert on_screen([one, two]) is one
    assert on_screen([Item(ItemState.SET_ASIDE)]) is None
    assert on_screen([]) is None

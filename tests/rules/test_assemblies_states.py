"""What is not in the tables of an assembly and its resolutions is refused."""

import itertools

import pytest

from coopgov.assemblies.rules import ITEM_TRANSITIONS, TRANSITIONS, ItemState, ItemStep, State, Step
from coopgov.core.errors import RuleBroken
from coopgov.core.states import step


@pytest.mark.parametrize(("state", "transition"), list(itertools.product(State, Step)))
def test_every_pair_of_an_assembly_leads_where_the_table_says_or_is_refused(state, transition):
    if (state, transition) in TRANSITIONS:
        assert step(TRANSITIONS, state, transition) is TRANSITIONS[state, transition]
    else:
        with pytest.raises(RuleBroken, match="not_from_this_state"):
            step(TRANSITIONS, state, transition)


@pytest.mark.parametrize(("state", "transition"), list(itertools.product(ItemState, ItemStep)))
def test_every_pair_of_a_resolution_leads_where_the_table_says_or_is_refused(state, transition):
    if (state, transition) in ITEM_TRANSITIONS:
        assert step(ITEM_TRANSITIONS, state, transition) is ITEM_TRANSITIONS[state, transition]
    else:
        with pytest.raises(RuleBroken, match="not_from_this_state"):
            step(ITEM_TRANSITIONS, state, transition)


@pytest.mark.parametrize("ended", [State.CLOSED, State.INQUORATE, State.CANCELLED])
def test_an_assembly_that_has_ended_stays_so(ended):
    assert [pair for pair in TRANSITIONS if pair[0] is ended] == []


@pytest.mark.parametrize("done", [ItemState.PROCLAIMED, ItemState.NO_QUORUM, ItemState.SET_ASIDE])
def test_a_resolution_that_is_done_stays_so(done):
    assert [pair for pair in ITEM_TRANSITIONS if pair[0] is done] == []

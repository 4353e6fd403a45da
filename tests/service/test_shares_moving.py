"""Shares that change hands or come back, on both engines: lots, decisions, standing, periods, two persons."""

from datetime import date

import pytest

from coopgov.core.errors import RuleBroken
from coopgov.members import service as members
from coopgov.shares import queries, service
from coopgov.shares.rules import TxKind
from coopgov.shares.verify import verify
from tests.shares_world import wire

MARCH, APRIL, JUNE, TODAY = date(2026, 3, 2), date(2026, 4, 1), date(2026, 6, 1), date(2026, 11, 24)


@pytest.fixture
def world(app):
    made = wire(app)
    made.found()
    return made


@pytest.fixture
def pair(world):
    """Two members; the first holds 5 shares since March and 3 since April."""
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    for quantity, on in ((5, MARCH), (3, APRIL)):
        with world.act() as a:
            service.subscribe(a, member_id=alice, quantity=quantity, effective_on=on)
    return alice, bob


def move(world, do, **facts):
    with world.act() as a:
        return do(a, **{"effective_on": JUNE, "decision": "Conseil du 28 mai 2026", **facts})


def lots(session, member_id, on=TODAY):
    session.rollback()
    return [(lot.first_acquired_on, lot.quantity) for lot in queries.lots_held(session, member_id, on)]


def test_f15_a_transfer_keeps_first_days_and_prices_and_takes_the_oldest_lots(world, session, pair):
    alice, bob = pair
    seq = move(world, service.transfer, from_id=alice, to_id=bob, quantity=6)
    assert lots(session, alice) == [(APRIL, 2)]
    assert lots(session, bob) == [(MARCH, 5), (APRIL, 1)]
    gave, took = queries.sides_of(session, seq)
    assert (gave.member_id, gave.quantity, took.member_id, took.quantity) == (alice, -6, bob, 6)
    assert (took.kind, took.cents, took.resolution) == (TxKind.TRANSFER, 120_00, "Conseil du 28 mai 2026")
    assert list(verify(session)) == []


def test_an_exit_withdraws_all_the_shares(world, session, pair):
    alice, _ = pair
    with pytest.raises(RuleBroken, match="has_not_left"):
        move(world, service.redeem, member_id=alice, quantity=8)
    with world.act() as a:
        members.resign(a, member_id=alice, effective_on=JUNE, reason="Départ")
    move(world, service.redeem, member_id=alice, quantity=8)
    assert lots(session, alice) == []
    assert list(verify(session)) == []

"""Identifiers told as one value find what a list of parameters finds, and the database looks each of them up."""

from uuid import UUID

from sqlalchemy import select, text

from coopgov.core.among import among
from coopgov.core.direct import Question
from coopgov.members.models import Membership
from tests.service.counting import statements
from tests.shares_world import wire

_NUMBERS = select(Membership.number).where(among(Membership.id, "wanted")).order_by(Membership.number)


def test_any_number_of_them_is_one_and_the_same_statement(app, session):
    world = wire(app)
    world.found()
    ids = world.members("Alice Martin", "Bruno Petit", "Chloé Roux")
    with statements() as sent:
        found = [list(session.scalars(_NUMBERS, {"wanted": some})) for some in ([], ids[:1], ids[::-1], [UUID(int=0)])]
    assert [len(numbers) for numbers in found] == [0, 1, 3, 0]
    assert found[2] == sorted(found[2])
    assert len(set(sent)) == 1
    question = Question(_NUMBERS)
    assert [number for (number,) in question.rows(session, wanted=tuple(ids))] == found[2]


def test_they_are_looked_up_and_the_table_is_not_read_whole(session):
    if session.get_bind().dialect.name != "sqlite":
        return
    told = str(_NUMBERS.compile(session.get_bind()))
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {told.replace('?', ':wanted')}"), {"wanted": "[]"}).all()
    assert any(step[3].startswith("SEARCH membership USING INDEX") for step in plan), plan

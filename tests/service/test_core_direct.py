"""What is sent straight: rows that wait for the next message are written in order, before anything else, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, bindparam, func, literal, select
from sqlalchemy.exc import DBAPIError

from coopgov.ballots.models import Roll
from coopgov.core import journal
from coopgov.core.act import open_act
from coopgov.core.direct import Question, ask_ahead, insert_together, sent_together
from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.journal import JournalLine
from coopgov.core.policy import SYSTEM

on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)
SIZES = Question(select(Roll.size, Roll.hash).where(Roll.size >= bindparam("least")).order_by(Roll.size))
TWICE = Breach("twice", "It is there already.")


def row(size, words="é'\"\\"):
    return {
        "id": UUID(int=size), "reference_on": date(2026, 1, 1), "size": size, "colleges": "{}", "hash": words,
        "frozen_at": datetime(2026, 1, 1, 9, tzinfo=UTC),
    }  # fmt: skip


@contextmanager
def telling():
    try:
        yield
    except DBAPIError as error:
        if "roll" not in str(error.orig):
            raise
        raise RuleBroken([TWICE]) from error


def write(act, *sizes, told=telling):
    with sent_together(act.session, told):
        for size in sizes:
            insert_together(act.session, (Roll, [row(size)]))


def sizes_in(session):
    return [one.size for one in SIZES.rows(session, least=0)]


def test_rows_that_wait_are_kept_with_the_act(act, session):
    with act() as a:
        write(a, 1, 2)
        a.record("test.done", "rolls")
    assert [tuple(one) for one in SIZES.rows(session, least=2)] == [(2, "é'\"\\")]


def test_rows_that_wait_are_found_by_whatever_is_asked_after_them(act):
    with act() as a:
        write(a, 1)
        assert sizes_in(a.session) == [1]
        write(a, 2)
        assert a.session.scalar(select(func.count()).select_from(Roll)) == 2
        write(a, 3)
        ask_ahead(a.session, (SIZES, {"least": 3}))
        assert [one.size for one in SIZES.rows(a.session, least=3)] == [3]
        a.session.add(Roll(**row(4)))
        write(a, 5)
    with act() as a:
        assert sizes_in(a.session) == [1, 2, 3, 4, 5]


def refused_at_the_end(act):
    with act() as a:
        write(a, 1)
        a.record("test.done", "rolls")


def refused_by_a_question(act):
    with act() as a:
        write(a, 2, 1)
        sizes_in(a.session)


@pytest.mark.parametrize("refused", [refused_at_the_end, refused_by_a_question])
def test_what_is_refused_of_them_is_told_whenever_they_go_and_keeps_nothing(act, session, refused):
    with act() as a:
        write(a, 1)
    with pytest.raises(RuleBroken):
        refused(act)
    assert sizes_in(session) == [1]
    session.rollback()
    with act() as a:
        write(a, 2)
    assert sizes_in(session) == [1, 2]


def test_what_a_part_that_is_undone_wrote_is_undone_alone(act, session):
    def part(a, *sizes):
        with a.attempt():
            write(a, *sizes)
            raise RuleBroken([TWICE])

    with act() as a:
        write(a, 1)
        with pytest.raises(RuleBroken):
            part(a, 2)
        write(a, 3)
        with pytest.raises(RuleBroken), a.attempt():
            write(a, 1)
        with a.attempt():
            write(a, 4)
    assert sizes_in(session) == [1, 3, 4]


@on_postgresql
def test_a_line_made_ahead_of_the_key_comes_after_those_of_faster_acts(app, act, session):
    def another():
        with app.app_context(), open_act(app.extensions["coopgov.runtime"], SYSTEM) as a:
            a.record("test.done", "thing:faster")

    with act() as a:
        a.record("test.done", "thing:first")
    for name in ("alone", "overtaken"):
        with act() as a:
            ask_ahead(a.session, journal.asked())
            write(a, len(name))
            a.record("test.done", f"thing:{name}")
            if name == "overtaken":
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(another).result()
    assert sizes_in(session) == [5, 9]
    lines = session.scalars(select(JournalLine.about).order_by(JournalLine.seq)).all()
    assert lines == ["thing:first", "thing:alone", "thing:faster", "thing:overtaken"]
    assert list(journal.verify(session)) == []


def refused_beside_a_line(act):
    with act() as a:
        ask_ahead(a.session, journal.asked())
        write(a, 1)
        a.record("test.done", "thing:again")


@on_postgresql
def test_a_row_that_is_there_is_no_line_of_a_faster_act(act, session):
    with act() as a:
        write(a, 1)
        a.record("test.done", "thing:first")
    with pytest.raises(RuleBroken):
        refused_beside_a_line(act)
    assert (sizes_in(session), journal.head(session).size) == ([1], 1)


@on_postgresql
def test_a_text_that_postgresql_cannot_hold_is_refused_whole(act, session):
    with pytest.raises(DBAPIError, match="NUL"), act() as a:
        insert_together(a.session, (Roll, [row(1, "half\0lost")]))
    assert sizes_in(session) == []


def test_answers_come_whole_and_in_their_order(act, session):
    texts = ["é'\"\\", "\u2028 { [ null", "", "true", "12.50", "ǆ\U0001f5f3"]
    with act() as a:
        insert_together(a.session, (Roll, [row(2**30 - size, text) for size, text in enumerate(texts)]))
    told = select(Roll.id, Roll.reference_on, Roll.size, Roll.hash, Roll.frozen_at, func.sum(Roll.size).over())
    for statement in (told.order_by(Roll.size), told.order_by(Roll.size.desc()).limit(4), told.where(Roll.size < 0)):
        assert [tuple(one) for one in Question(statement).rows(session)] == [
            tuple(one) for one in session.execute(statement)
        ]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_answers_that_hold_bytes_come_one_by_one(act, session):
    with act() as a:
        insert_together(a.session, (Roll, [row(5)]))
    told = select(Roll.size, literal(b"\x00\xff", LargeBinary()).label("bytes"))
    assert [(one.size, one.bytes) for one in Question(told).rows(session)] == [(5, b"\x00\xff")]

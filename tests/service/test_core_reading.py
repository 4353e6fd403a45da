"""What one page asks twice, the database is asked once; an act always asks afresh."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from coopgov.core.db import db
from coopgov.core.reading import is_writing, once
from tests.service.counting import statements


@once
def _answer(session: Session, number: int = 1) -> int:
    return session.scalar(text("SELECT CAST(:number AS INTEGER)"), {"number": number}) or 0


def test_the_same_question_is_asked_once(session):
    with statements() as sent:
        assert [_answer(session), _answer(session)] == [1, 1]
    assert len(sent) == 1


def test_another_question_is_another_one(session):
    with statements() as sent:
        assert [_answer(session, 1), _answer(session, number=2), _answer(session, 3)] == [1, 2, 3]
    assert len(sent) == 3


def test_the_next_transaction_asks_again(session):
    with statements() as sent:
        _answer(session)
        session.rollback()
        _answer(session)
    assert len(sent) == 2


def test_an_act_always_asks_afresh(session, act):
    _answer(session)
    with statements() as sent, act() as a:
        assert is_writing(a.session)
        _answer(a.session)
        _answer(a.session)
    assert len([one for one in sent if "CAST" in one]) == 2
    assert not is_writing(db.session())

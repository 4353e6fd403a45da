"""What follows from a whole book is kept under the hash of its last line, and never under another."""

from coopgov.shares.chain import Head, Kept


def test_the_same_book_is_read_once():
    kept, reads = Kept(), []
    answers = [kept.answer(Head(3, "a" * 64), ("capital",), lambda: reads.append(1) or 12) for _ in range(2)]
    assert answers == [12, 12]
    assert len(reads) == 1


def test_a_new_line_is_another_book():
    kept = Kept()
    assert kept.answer(Head(3, "a" * 64), ("capital",), lambda: 12) == 12
    assert kept.answer(Head(4, "b" * 64), ("capital",), lambda: 15) == 15


def test_another_question_is_another_answer():
    kept, end = Kept(), Head(3, "a" * 64)
    assert kept.answer(end, ("capital", 2025), lambda: 12) == 12
    assert kept.answer(end, ("capital", 2026), lambda: 15) == 15


def test_it_does_not_grow_without_end():
    kept = Kept(most=2)
    for seq in range(5):
        kept.answer(Head(seq, str(seq)), (), lambda: 1)
    assert len(kept._answers) <= 2

"""What a voter marks: one function says what is wrong, at the border and at the count; bytes of one length seal it.

A ballot is told as plain data: `{"v": 1, "scrutin": "…", "blank": true}`, or instead of `blank` the marks of its kind:
`answers` (identifier: answer), `chosen` (identifiers), `grades` (identifier: grade), `ranks` (identifier: number).
Sealed it is a version, the tag of its form, a flag, then one byte for each option in the declared order.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopgov.ballots.counting.papers import (
    VERSION,
    Answer,
    Approval,
    Choices,
    Grades,
    Missing,
    Paper,
    Ranking,
    Resolutions,
)
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_

# A hundred options with their identifiers and ranks take a third of it.
LONGEST: Final = 16_384
# Nobody names options more often than that by mistake.
_MOST_NAMES: Final = 1_000
_HEAD: Final = 10
_MARKED, _BLANK, _NULL = range(3)
_ANSWERS: Final = tuple(Answer)
_ALL_BLANK: Final = {1 + _ANSWERS.index(Answer.BLANK)}
_UNREADABLE: Final = N_("This ballot cannot be read. Fill in the ballot paper of this vote again.")
_FIELDS: Final[Mapping[str, str]] = {
    "resolutions": "answers", "choices": "chosen", "approval": "chosen", "lists": "chosen", "grades": "grades",
    "ranking": "ranks", "rivals": "ranks",
}  # fmt: skip


def check_ballot(paper: Paper, told: object) -> list[Breach]:
    """List everything that is wrong with a ballot, told as JSON text or as the data it holds."""
    if isinstance(told, str | bytes):
        return _check_text(paper, told)
    marks = _FIELDS[paper.kind]
    if not isinstance(told, Mapping) or not {"v", "scrutin"} <= told.keys() <= {"v", "scrutin", "blank", marks}:
        return [Breach("ballot_unreadable", _UNREADABLE)]
    if told["v"] != VERSION or type(told["v"]) is not int:
        sentence = N_("This ballot paper is of a version that is not counted. Load the page again and vote.")
        return [Breach("version_unknown", sentence)]
    if told["scrutin"] != str(paper.scrutin):
        sentence = N_("This ballot belongs to another vote. Go back to the page of this vote.")
        return [Breach("other_vote", sentence)]
    return _check_marked(paper, told.get("blank", False), told.get(marks))


def _check_text(paper: Paper, text: str | bytes) -> list[Breach]:
    if len(text) > LONGEST:
        sentence = N_("This ballot is too long to be read. Fill in the ballot paper of this vote.")
        return [Breach("ballot_too_big", sentence)]
    told, twice = _parsed(text)
    return [*(_twice(paper, key) for key in twice), *check_ballot(paper, told)]


def _parsed(text: str | bytes) -> tuple[object, list[str]]:
    """What a text holds, and the names that stand in it twice."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        names = [name for name, _value in pairs]
        twice.extend(name for name in found if names.count(name) > 1)
        return found

    try:
        told = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None, []
    # A text within a text would be read for ever.
    return (None if isinstance(told, str) else told), twice


def _check_marked(paper: Paper, blank: object, marks: object) -> list[Breach]:
    if type(blank) is not bool:
        return [Breach("ballot_unreadable", _UNREADABLE)]
    if blank and marks:
        return [Breach("blank_with_choice", N_("A blank ballot bears no choice. Erase one or the other."))]
    if blank:
        return []
    if _FIELDS[paper.kind] == "chosen":
        return _check_chosen(paper, [] if marks is None else marks)
    return _check_each(paper, {} if marks is None else marks)


def _check_chosen(paper: Paper, chosen: object) -> list[Breach]:
    if not isinstance(chosen, list | tuple) or len(chosen) > _MOST_NAMES or not all(isinstance(o, str) for o in chosen):
        return [Breach("ballot_unreadable", _UNREADABLE)]
    seen = set(chosen)
    breaches = _check_offered(paper, seen)
    if len(seen) < len(chosen):
        breaches += [_twice(paper, one) for one in sorted(seen) if chosen.count(one) > 1]
    least, most = _bounds(paper)
    return breaches + _check_how_many(len(seen), least, most)


def _bounds(paper: Paper) -> tuple[int, int]:
    match paper:
        case Choices():
            return paper.least, paper.most
        case Approval():
            return 1, len(paper.options)
    return 1, 1


def _check_how_many(count: int, least: int, most: int) -> list[Breach]:
    if count < least:
        sentence = N_("At least %(least)s must be chosen, and this ballot has %(count)s. Add some, or vote blank.")
        return [Breach("too_few", sentence, {"least": least, "count": count})]
    if count > most:
        sentence = N_("At most %(most)s can be chosen, and this ballot has %(count)s. Take some off.")
        return [Breach("too_many", sentence, {"most": most, "count": count})]
    return []


def _check_each(paper: Paper, marks: object) -> list[Breach]:
    if not isinstance(marks, Mapping):
        return [Breach("ballot_unreadable", _UNREADABLE)]
    if not paper.ids_set.issuperset(marks):
        return _check_offered(paper, marks)
    match paper:
        case Resolutions():
            return _check_answers(paper, marks)
        case Grades():
            return _check_grades(paper, marks)
    return _check_ranks(paper, marks)


def _check_answers(paper: Paper, answers: Mapping[str, object]) -> list[Breach]:
    missing = N_("“%(option)s” has no answer. Answer each resolution; blank is an answer.")
    wrong = N_("“%(option)s” is answered by something that is not offered. Choose for, against, abstain or blank.")
    return [
        *(Breach("too_few", missing, _named(paper, one)) for one in paper.ids if one not in answers),
        *(
            Breach("answer_not_offered", wrong, _named(paper, one))
            for one in paper.ids
            if one in answers and answers[one] not in _ANSWERS
        ),
    ]


def _check_grades(paper: Grades, grades: Mapping[str, object]) -> list[Breach]:
    missing = N_("“%(option)s” has no grade. Grade every option, or vote blank.")
    wrong = N_("“%(option)s” is given a grade that is not offered. Choose one of the grades of the paper.")
    offered = [grade.id for grade in paper.grades]
    breaches = [
        Breach("grade_not_offered", wrong, _named(paper, one))
        for one in paper.ids
        if one in grades and grades[one] not in offered
    ]
    if paper.missing is Missing.REFUSED:
        breaches += [Breach("too_few", missing, _named(paper, one)) for one in paper.ids if one not in grades]
    elif not grades:
        breaches += _check_how_many(0, 1, len(paper.ids))
    return breaches


def _check_ranks(paper: Paper, ranks: Mapping[str, object]) -> list[Breach]:
    most = len(paper.ids)
    breaches = []
    for one, rank in ranks.items():
        if type(rank) is not int:
            sentence = N_(
                "The rank of “%(option)s” is not a whole number. Write 1 for your first choice, then 2, then 3."
            )
            breaches.append(Breach("rank_not_a_number", sentence, _named(paper, one)))
        elif not 1 <= rank <= most:
            sentence = N_("The rank of “%(option)s” must lie between 1 and %(most)s. Correct it.")
            breaches.append(Breach("rank_out_of_range", sentence, {**_named(paper, one), "most": most}))
    return breaches or _check_order(paper, list(ranks.values()))


def _check_order(paper: Paper, ranks: list[Any]) -> list[Breach]:
    """Ranks that are whole numbers, of the paper, must follow each other, and stand alone where ties are forbidden."""
    if not ranks:
        return _check_how_many(0, 1, len(paper.ids))
    given = set(ranks)
    breaches = []
    if len(given) < len(ranks) and isinstance(paper, Ranking):
        sentence = N_("Several options bear the rank %(rank)s. Give each its own.")
        breaches += [Breach("rank_tied", sentence, {"rank": rank}) for rank in sorted(given) if ranks.count(rank) > 1]
    if max(given) > len(given):
        sentence = N_("The rank %(rank)s is missing. Number your choices without a gap.")
        first = min(set(range(1, max(given))) - given)
        breaches.append(Breach("rank_missing", sentence, {"rank": first}))
    return breaches


def _check_offered(paper: Paper, ids: Mapping[str, object] | set[str]) -> list[Breach]:
    sentence = N_("“%(option)s” is not offered in this vote. Choose among the options of the paper.")
    foreign = sorted(str(one) for one in ids if one not in paper.ids_set)
    return [Breach("option_not_offered", sentence, _named(paper, one)) for one in foreign[:10]]


def _twice(paper: Paper, one: str) -> Breach:
    return Breach("option_twice", N_("“%(option)s” is named twice. Name it once."), _named(paper, one))


def _named(paper: Paper, one: object) -> dict[str, object]:
    return {"option": paper.label(one) if isinstance(one, str) and one in paper.ids_set else str(one)[:40]}


def encode(paper: Paper, told: object) -> bytes:
    """The bytes of a sound ballot, as many for every ballot of the vote; raises RuleBroken with all that is wrong."""
    refuse_if(check_ballot(paper, told))
    data: Any = json.loads(told) if isinstance(told, str | bytes) else told
    marks = b"" if data.get("blank") else _marks(paper, data[_FIELDS[paper.kind]])
    if not marks or (isinstance(paper, Resolutions) and set(marks) == _ALL_BLANK):
        return blank_ballot(paper)
    return _head(paper, _MARKED) + marks


def ballot_size(paper: Paper) -> int:
    """How many bytes every ballot on this form has, for its envelope."""
    return _HEAD + len(paper.options)


def blank_ballot(paper: Paper) -> bytes:
    """The bytes of a blank ballot (*bulletin blanc*)."""
    return _head(paper, _BLANK) + bytes(len(paper.options))


def null_ballot(paper: Paper) -> bytes:
    """The bytes by which tellers enter a paper that cannot be counted (*bulletin nul*)."""
    return _head(paper, _NULL) + bytes(len(paper.options))


def _head(paper: Paper, flag: int) -> bytes:
    return bytes([VERSION]) + paper.tag + bytes([flag])


def _marks(paper: Paper, marks: Any) -> bytes:
    match paper:
        case Resolutions():
            return bytes(1 + _ANSWERS.index(Answer(marks[one])) for one in paper.ids)
        case Grades():
            place = {grade.id: 1 + number for number, grade in enumerate(paper.grades)}
            return bytes(place[marks[one]] if one in marks else 0 for one in paper.ids)
    if _FIELDS[paper.kind] == "chosen":
        return bytes(one in marks for one in paper.ids)
    return bytes(marks.get(one, 0) for one in paper.ids)


class Reader:
    """Reads the bytes of one form back; what no sound ballot says is told so that `check_ballot` refuses it."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.ids = paper.ids
        self.size = ballot_size(paper)
        self.head = _head(paper, _MARKED)[:-1]
        self.scrutin = str(paper.scrutin)
        self.field = _FIELDS[paper.kind]
        words: Sequence[str] = _ANSWERS if isinstance(paper, Resolutions) else ()
        self.words = tuple(grade.id for grade in paper.grades) if isinstance(paper, Grades) else words

    def told(self, content: bytes) -> dict[str, Any]:
        """The ballot those bytes tell."""
        if len(content) != self.size:
            return {"v": VERSION, "scrutin": self.scrutin, "length": len(content)}
        flag, marks = content[_HEAD - 1], content[_HEAD:]
        scrutin = self.scrutin if content[1 : _HEAD - 1] == self.head[1:] else ""
        told: dict[str, Any] = {"v": content[0], "scrutin": scrutin}
        # A sheet with nothing but blank answers is a blank ballot, and has its bytes.
        if flag == _BLANK or (isinstance(self.paper, Resolutions) and set(marks) == _ALL_BLANK):
            told["blank"] = True
        elif flag != _MARKED:
            told["null"] = True
        if flag == _MARKED or any(marks):
            told[self.field] = self._marked(marks)
        return told

    def _marked(self, marks: bytes) -> Any:
        if self.field == "chosen":
            return [one for one, mark in zip(self.ids, marks, strict=True) for _time in range(mark)]
        if self.words:
            known = dict(enumerate(self.words, start=1))
            return {one: known.get(mark, f"?{mark}") for one, mark in zip(self.ids, marks, strict=True) if mark}
        return {one: mark for one, mark in zip(self.ids, marks, strict=True) if mark}


def decode(paper: Paper, content: bytes) -> dict[str, Any]:
    """The ballot that those bytes tell, to be checked before it is believed."""
    return Reader(paper).told(content)


def marks_of(content: bytes) -> bytes:
    """The marks of a sound ballot, one byte for each option."""
    return content[_HEAD:]


def is_blank(content: bytes) -> bool:
    """Whether those bytes are a blank ballot, once they were found sound."""
    return content[_HEAD - 1] == _BLANK

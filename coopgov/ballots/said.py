"""What a ballot says, and how it is counted, in the words of the page."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from coopgov.ballots.counting.marks import decode
from coopgov.ballots.counting.papers import Grades, Paper
from coopgov.ballots.counting.telling import how, tell
from coopgov.ballots.deciding import Form
from coopgov.web.filters import sentence


def said(paper: Paper, told: Mapping[str, Any]) -> list[str]:
    """What a ballot says, one line for each mark."""
    if told.get("blank"):
        return [_("Blank ballot")]
    if "grades" in told:
        return _graded(paper, told["grades"])
    if "ranks" in told:
        ranks: list[tuple[int, str]] = sorted((rank, one) for one, rank in told["ranks"].items())
        return [f"{rank}. {paper.label(one)}" for rank, one in ranks]
    return [paper.label(one) for one in paper.ids if one in told["chosen"]]


def _graded(paper: Paper, grades: Mapping[str, str]) -> list[str]:
    words = {grade.id: grade.label for grade in paper.grades} if isinstance(paper, Grades) else {}
    return [
        _("%(option)s: %(grade)s", option=paper.label(one), grade=words[grades[one]])
        for one in paper.ids
        if one in grades
    ]


def said_in(form: Form | None, content: bytes | None) -> list[str]:
    """What a named ballot says, from its bytes."""
    return [] if form is None or content is None else said(form.paper, decode(form.paper, content))


def how_lines(form: Form) -> list[str]:
    """How a paper is filled in and counted."""
    return [sentence(line) for line in how(form.paper, form.ties)]


def told_lines(paper: Paper, facts: Mapping[str, Any]) -> list[str]:
    """A count, stage by stage."""
    return [sentence(line) for line in tell(paper, facts)]

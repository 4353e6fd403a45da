"""The pre-flight (*contrôle préalable*): what an act is checked for before it is done, each point with its article."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from coopgov.core.errors import Breach, Citation
from coopgov.core.i18n import N_, Word

LONGEST_REASON = 1000


class Verdict(StrEnum):
    """What became of one point: kept, refused, or for a person to judge (*à apprécier*)."""

    GREEN = "green"
    RED = "red"
    TO_JUDGE = "to_judge"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure of law that was not read at its present source: which, how it is known, what the texts of law note."""

    name: Word
    known: Word
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One point of a pre-flight: what was found, the figure, the article or clause, the day by which to act."""

    code: str
    verdict: Verdict
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    due: date | None = None
    # The very refusal of the rule, of a point that is refused.
    refusal: Breach | None = None
    # What is doubtful in the figures themselves.
    doubts: tuple[Doubt, ...] = ()

    def __str__(self) -> str:
        return self.sentence % self.values

    @property
    def reason_field(self) -> str:
        """The name of the field in which a person writes what she checked."""
        return f"reason_{self.code}"


def green(
    code: str,
    sentence: str,
    values: Mapping[str, object] | None = None,
    citations: tuple[Citation, ...] = (),
    due: date | None = None,
) -> Check:
    """A point that is kept."""
    return Check(code, Verdict.GREEN, sentence, values or {}, citations, due)


def to_judge(
    code: str,
    sentence: str,
    values: Mapping[str, object] | None = None,
    citations: tuple[Citation, ...] = (),
    doubts: tuple[Doubt, ...] = (),
) -> Check:
    """A point that the law leaves to people."""
    return Check(code, Verdict.TO_JUDGE, sentence, values or {}, citations, doubts=doubts)


def red(breach: Breach, due: date | None = None) -> Check:
    """A point that is refused: the very refusal of the rule."""
    return Check(breach.code, Verdict.RED, breach.sentence, breach.values, breach.citations, due, refusal=breach)


def checked(breaches: Iterable[Breach], otherwise: Check) -> list[Check]:
    """What a rule refuses, with the day by which to act, or the point that is kept when it refuses nothing."""
    return [red(breach, otherwise.due) for breach in breaches] or [otherwise]


def points_to_judge(checks: Iterable[Check]) -> list[Check]:
    """The points that wait for a person."""
    return [check for check in checks if check.verdict is Verdict.TO_JUDGE]


def is_clear(checks: Iterable[Check]) -> bool:
    """Whether nothing is refused: only a person's judgement may be missing."""
    return all(check.verdict is not Verdict.RED for check in checks)


def check_preflight(checks: Sequence[Check], reasons: Mapping[str, str]) -> list[Breach]:
    """List why the act cannot go on: what is refused, and what nobody judged; no reason lifts a refusal."""
    refused = [check.refusal for check in checks if check.refusal is not None]
    unjudged = [b for check in points_to_judge(checks) for b in _check_reason(check, reasons.get(check.code, ""))]
    return refused + unjudged


def broken_by(checks: Iterable[Check]) -> list[Check]:
    """The points that are refused."""
    return [check for check in checks if check.verdict is Verdict.RED]


def check_acknowledged(checks: Sequence[Check], reason: str) -> list[Breach]:
    """List what a correction would break as long as nobody has written why it is made all the same.

    An entry that was wrong can always be undone: a reason of its own lifts each of these points.
    """
    broken = broken_by(checks)
    if broken and len(reason.strip()) > LONGEST_REASON:
        sentence = N_("What you checked is too long: keep at most %(most)s characters.")
        return [Breach("judgement_too_long", sentence, {"most": LONGEST_REASON}, field="acknowledged")]
    sentence = N_("%(point)s It corrects an entry that was wrong? Then write why it is undone all the same.")
    return [
        Breach(check.code, sentence, {"point": check}, check.citations, "acknowledged")
        for check in ([] if reason.strip() else broken)
    ]


def _check_reason(check: Check, reason: str) -> list[Breach]:
    if not reason.strip():
        sentence = N_("A person has to judge this first. %(point)s Write what you checked, then confirm again.")
        return [Breach("not_judged", sentence, {"point": check}, check.citations, check.reason_field)]
    if len(reason.strip()) > LONGEST_REASON:
        sentence = N_("What you checked is too long: keep at most %(most)s characters.")
        return [Breach("judgement_too_long", sentence, {"most": LONGEST_REASON}, field=check.reason_field)]
    return []

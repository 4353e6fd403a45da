"""The canonical facts of a roll, a seal, a ballot and an urn, and their hashes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from coopgov.ballots.deciding import Form
from coopgov.ballots.rules import Channel, Choice, Level, RollVoter, Window
from coopgov.core.canonical import digest
from coopgov.core.errors import Citation
from coopgov.law.arithmetic import Base, DecisionRule

VERSION = 1


@dataclass(frozen=True, slots=True)
class Seal:
    """All that is fixed before the first ballot (*scellé*)."""

    scrutin_id: UUID
    level: Level
    subject_hash: str
    title: str
    roll_hash: str
    rule: DecisionRule
    window: Window | None
    weights: Mapping[str, Fraction] | None
    form: Form | None = None

    @property
    def hash(self) -> str:
        """The SHA-256 that every page about the vote shows the beginning of."""
        return digest(
            {
                "v": VERSION, "scrutin": self.scrutin_id, "level": self.level, "choices": list(Choice),
                "subject": self.subject_hash, "title": self.title, "roll": self.roll_hash,
                "rule": rule_facts(self.rule), "weights": self.weights,
                "remote": None if self.window is None else [self.window.opens_at, self.window.closes_at],
                **({} if self.form is None else self.form.facts()),
            }
        )  # fmt: skip


def roll_hash(reference_on: date, voters: Iterable[RollVoter]) -> str:
    """The hash of a roll: its entries sorted by identifier."""
    entries = sorted([str(voter.id), voter.number, voter.name, voter.college] for voter in voters)
    return digest({"v": VERSION, "reference_on": reference_on, "entries": entries})


def strike_hash(before: str, *, voter_id: UUID, reason: str, document: str, at: datetime) -> str:
    """The hash of a roll once a line is struck: it follows from the one before, so that it tells both."""
    told = {"v": VERSION, "roll": before, "struck": voter_id, "reason": reason, "document": document, "at": at}
    return digest(told)


def receipt_hash(*, scrutin_id: UUID, voter_id: UUID, choice: Choice, channel: Channel, cast_by: UUID) -> str:
    """The hash of a named ballot; the scrutin's identifier stands in its seal, so one follows from the other."""
    return digest({"scrutin": scrutin_id, "voter": voter_id, "choice": choice, "channel": channel, "cast_by": cast_by})


def marked_hash(*, scrutin_id: UUID, voter_id: UUID, content: bytes, channel: Channel, cast_by: UUID) -> str:
    """The same of a named ballot on another paper than a resolution's."""
    told = {"scrutin": scrutin_id, "voter": voter_id, "content": content.hex(), "channel": channel, "cast_by": cast_by}
    return digest(told)


def opened_marked_hash(ballots: Iterable[tuple[UUID, bytes]]) -> str:
    """The hash of an open urn of such ballots: the random name and the bytes of each, in sorted order."""
    return hashlib.sha256(
        "\n".join(sorted(f"{name} {content.hex()}" for name, content in ballots)).encode()
    ).hexdigest()


def envelope_hash(scrutin_id: UUID, sealed: bytes) -> str:
    """The hash of a sealed ballot, the receipt its voter keeps."""
    # The canonical JSON of two plain texts, written by hand: a whole cooperative asks for it in the same minute.
    return hashlib.sha256(f'{{"envelope":"{sealed.hex()}","scrutin":"{scrutin_id}"}}'.encode()).hexdigest()


def opened_hash(ballots: Iterable[tuple[UUID, str, Choice]]) -> str:
    """The hash of an open urn: each ballot's random name, college where it is weighed, and answer, in sorted order."""
    lines = sorted(f"{ballot} {college} {choice.value}" for ballot, college, choice in ballots)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def urn_hash(receipts: Iterable[str]) -> str:
    """The hash of an urn: its ballots' hashes in sorted order, so that the order of arrival is not in it."""
    return hashlib.sha256("\n".join(sorted(receipts)).encode()).hexdigest()


def rule_facts(rule: DecisionRule) -> dict[str, Any]:
    """A decision rule as plain facts."""
    return {
        "fraction": str(rule.fraction),
        "strict": rule.strict,
        "base": rule.base.value,
        "citations": [asdict(citation) for citation in rule.citations],
    }


def rule_from_facts(facts: Mapping[str, Any]) -> DecisionRule:
    """The decision rule those facts were taken from."""
    citations = tuple(Citation(**citation) for citation in facts["citations"])
    return DecisionRule(Fraction(facts["fraction"]), facts["strict"], Base(facts["base"]), citations)


def weights_from_text(text: str | None) -> dict[str, Fraction] | None:
    """The weights of colleges as they were stored, or None when heads are counted."""
    if text is None:
        return None
    return {college: Fraction(weight) for college, weight in json.loads(text).items()}

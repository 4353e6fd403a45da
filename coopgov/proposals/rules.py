"""What a proposal is, the states it goes through, and what it must be to go on."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from coopgov.core.canonical import digest
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_, Word
from coopgov.core.preflight import Check, checked, green, to_judge
from coopgov.terms import rules as terms
from coopgov.terms.rules import FeeChange, VersionFact

# The house's own limits: a title that fits an agenda, a text that fits a resolution.
TITLE_LENGTH = 120
REASONS_LENGTH = 20_000
COMMENT_LENGTH = 4_000


class State(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    DEBATING = "debating"
    FROZEN = "frozen"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_QUORUM = "no-quorum"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What moves a proposal on."""

    SUBMIT = "submit"
    FREEZE = "freeze"
    RELEASE = "release"
    ADOPT = "adopt"
    REJECT = "reject"
    LACK_QUORUM = "lack-quorum"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.DEBATING,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.DEBATING, Step.FREEZE): State.FROZEN,
    (State.DEBATING, Step.WITHDRAW): State.WITHDRAWN,
    (State.FROZEN, Step.RELEASE): State.DEBATING,
    (State.FROZEN, Step.ADOPT): State.ADOPTED,
    (State.FROZEN, Step.REJECT): State.REJECTED,
    (State.FROZEN, Step.LACK_QUORUM): State.NO_QUORUM,
    (State.NO_QUORUM, Step.REOPEN): State.FROZEN,
    (State.NO_QUORUM, Step.RELEASE): State.DEBATING,
}
EDITABLE = frozenset({State.DRAFT, State.DEBATING})
# The words of a proclaimed result, from the ballots and from the assembly that could not vote.
STEP_OF_OUTCOME: Mapping[str, Step] = {
    "adopted": Step.ADOPT,
    "rejected": Step.REJECT,
    "no-decision": Step.REJECT,
    "no_decision": Step.REJECT,
    "no-quorum": Step.LACK_QUORUM,
    "no_quorum": Step.LACK_QUORUM,
}


class Position(StrEnum):
    """Which way an argument pulls."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Text:
    """One version of a proposal, whole: what is read, and what would change."""

    title: str
    reasons: str
    changes: tuple[FeeChange, ...] = ()
    wished_on: date | None = None

    def asks_the_same_as(self, other: "Text") -> bool:
        """True when a backer of the other text can be held to back this one: the same change, or the same words."""
        if self.changes or other.changes:
            return (self.changes, self.wished_on) == (other.changes, other.wished_on)
        return (self.title, self.reasons) == (other.title, other.reasons)


@dataclass(frozen=True, slots=True)
class FrozenSubject:
    """What is put to the vote and can no longer move: its hash is the vote's own subject."""

    proposal_id: UUID
    title: str
    text: str
    subject_hash: str
    change_text: str


def subject_of(number: int, version: int, text: Text) -> dict[str, object]:
    """All that a vote on this version is about: nothing can be changed without changing the hash."""
    return {
        "kind": "proposal",
        "number": number,
        "version": version,
        "title_sha256": digest(text.title),
        "text_sha256": digest(text.reasons),
        "change": terms.subject_of(text.changes) if text.changes else None,
        "not_before": text.wished_on,
    }


def subject_hash(number: int, version: int, text: Text) -> str:
    """The SHA-256 of the subject's canonical JSON (*empreinte de l'objet du vote*)."""
    return digest(subject_of(number, version, text))


def check_author(*, is_member: bool) -> list[Breach]:
    """List why somebody may not write here: proposals and debate belong to members."""
    if is_member:
        return []
    return [Breach("not_a_member", N_("Only a member of the cooperative may do this. Sign in as a member."))]


def check_is_author(*, is_author: bool) -> list[Breach]:
    """List why somebody may not touch a proposal: it belongs to its author."""
    if is_author:
        return []
    return [
        Breach(
            "not_the_author", N_("Only the author may change a proposal. Write in the debate what you would change.")
        )
    ]


def check_editable(state: State) -> list[Breach]:
    """List why a text can no longer change."""
    if state in EDITABLE:
        return []
    return [
        Breach(
            "text_is_frozen",
            N_("This text can no longer change: it is frozen for a vote, or decided. Write a new one."),
        )
    ]


def check_text(text: Text) -> list[Breach]:
    """List what is wrong with the words of a proposal, a draft's too."""
    found = []
    if not text.title.strip():
        found.append(Breach("no_title", N_("A proposal needs a title. Write what would be decided."), field="title"))
    for field, words, most in (("title", text.title, TITLE_LENGTH), ("reasons", text.reasons, REASONS_LENGTH)):
        if len(words) > most:
            sentence = N_("This is too long by %(excess)s characters. Keep at most %(most)s.")
            found.append(Breach("text_too_long", sentence, {"excess": len(words) - most, "most": most}, field=field))
    return found


def check_complete(text: Text) -> list[Breach]:
    """List what a text still needs before it is shown to the members."""
    found = check_text(text)
    if not text.reasons.strip():
        found.append(
            Breach("no_reasons", N_("Say why, before members read it: the reasons are empty."), field="reasons")
        )
    return found


def check_wish(text: Text, today: date) -> list[Breach]:
    """List what is wrong with the day the author wishes."""
    if text.wished_on is None:
        return []
    if not text.changes:
        sentence = N_("A wished day needs a change of fees. Give a new value, or leave the day empty.")
        return [Breach("wish_without_change", sentence, field="wished_on")]
    if text.wished_on <= today:
        sentence = N_("The wished day, %(day)s, is not to come. Choose a later one, or leave it empty.")
        return [Breach("wish_in_the_past", sentence, {"day": text.wished_on}, field="wished_on")]
    return []


def check_ready(*, backers: int, needed: int, by_board: bool) -> list[Breach]:
    """List why a proposal cannot go to an assembly yet: enough backers, or the board, must bring it."""
    if by_board or backers >= needed:
        return []
    return [
        Breach(
            "not_enough_backers",
            N_("This proposal has %(backers)s backers out of %(needed)s. Find more, or ask the board to bring it."),
            {"backers": backers, "needed": needed},
        )
    ]


def check_free_keys(changes: Sequence[FeeChange], frozen: Mapping[str, int], pending: Set[str]) -> list[Breach]:
    """List the lines that another frozen text, or a change on its way, is about to move: one decision at a time."""
    found = []
    for change in changes:
        label = Word(terms.PARAMETERS[change.key].label)
        if change.key in frozen:
            sentence = N_("%(label)s is already before the members in proposal %(number)s. Wait for their vote.")
            found.append(Breach("line_is_frozen", sentence, {"label": label, "number": frozen[change.key]}))
        if change.key in pending:
            sentence = N_("A change of %(label)s is decided and not in force yet. Wait until it is, then write again.")
            found.append(Breach("line_is_pending", sentence, {"label": label}))
    return found


def check_changes(text: Text, current: Mapping[str, VersionFact]) -> list[Breach]:
    """List what is wrong with the change itself; a proposal without one is a plain text."""
    return terms.check_changes(text.changes, current)


def check_comment(words: str) -> list[Breach]:
    """List what is wrong with an argument."""
    if not words.strip():
        return [Breach("empty_comment", N_("Write your argument before sending it."), field="text")]
    if len(words) > COMMENT_LENGTH:
        sentence = N_("This is too long by %(excess)s characters. Keep at most %(most)s.")
        values = {"excess": len(words) - COMMENT_LENGTH, "most": COMMENT_LENGTH}
        return [Breach("text_too_long", sentence, values, field="text")]
    return []


def check_same_subject(frozen: str | None, told: str) -> list[Breach]:
    """List why a result is not about this text."""
    if frozen == told:
        return []
    return [
        Breach(
            "another_subject",
            N_("This result is about another text than the frozen one: its fingerprint is %(told)s. Nothing was done."),
            {"told": told[:16]},
        )
    ]


# Before it goes to an assembly


@dataclass(frozen=True, slots=True)
class Brought:
    """What the pre-flight of a proposal looks at (*contrôle préalable*), should it be voted on that day."""

    text: Text
    backers: int
    needed: int
    by_board: bool
    current: Mapping[str, VersionFact]
    frozen: Mapping[str, int]
    pending: Set[str]
    decision_power: str
    voted_on: date


def preflight(facts: Brought, figures: Figures) -> list[Check]:
    """Everything that is right, wrong or for a person to judge before a proposal goes to an assembly."""
    title = green("complete", N_("It has a title and its reasons: members know what they vote on and why."))
    return [
        *checked(check_complete(facts.text), title),
        *_backing_checks(facts),
        *(_fee_checks(facts, figures) if facts.text.changes else [_free_text_check(facts.text)]),
    ]


def _backing_checks(facts: Brought) -> list[Check]:
    values = {"backers": facts.backers, "needed": facts.needed}
    if facts.by_board and facts.backers < facts.needed:
        sentence = N_("The board brings it: it does not need the %(needed)s backers (it has %(backers)s).")
    else:
        sentence = N_("Enough members back it: %(backers)s, and %(needed)s are needed.")
    breaches = check_ready(backers=facts.backers, needed=facts.needed, by_board=facts.by_board)
    return checked(breaches, green("backers", sentence, values))


def _fee_checks(facts: Brought, figures: Figures) -> list[Check]:
    base = green("base", N_("The fees it starts from are still those in force."))
    lines = green("lines", N_("No other text before the members, and no decided change, moves the same fees."))
    return [
        *checked(check_changes(facts.text, facts.current), base),
        *checked(check_free_keys(facts.text.changes, facts.frozen, facts.pending), lines),
        _effect_check(facts, figures),
        _power_check(facts, figures),
    ]


def _effect_check(facts: Brought, figures: Figures) -> Check:
    notice = figures.figure("terms.notice_days", on=facts.voted_on)
    earliest = terms.effect_day(
        not_before=facts.text.wished_on, last_notice_on=facts.voted_on, notice_days=notice.as_int()
    )
    sentence = N_(
        "Adopted on %(voted_on)s, it would take effect on %(earliest)s at the earliest: each seller is told "
        "%(days)s days before."
    )
    values = {"voted_on": facts.voted_on, "earliest": earliest, "days": notice.as_int()}
    return green("effect", sentence, values, notice.citations)


_POWERS = {
    "BINDING_AG": N_("The assembly decides: an adopted change of fees takes effect by itself."),
    "BOARD_AFTER_CONSULTATION": N_(
        "The assembly gives its opinion, then the board decides: an adopted change waits for the board's own decision."
    ),
    "CONSULTATIVE": N_(
        "The assembly's vote is an opinion only: an adopted change waits for the decision of the board."
    ),
}


def _power_check(facts: Brought, figures: Figures) -> Check:
    found = figures.find_figure("terms.decision_power", on=facts.voted_on)
    return green("power", _POWERS[facts.decision_power], {}, found.citations if found else ())


def _free_text_check(text: Text) -> Check:
    sentence = N_(
        "It changes no fee: only a person can tell which assembly may decide it. What changes the statutes, dissolves, "
        "merges or excludes belongs to an extraordinary one."
    )
    return to_judge("competence", sentence, {"title": text.title, "reasons": text.reasons})

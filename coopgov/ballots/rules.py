"""Who may cast, when, once; what the votes decide: pure rules of a vote."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.law.arithmetic import Base, Counts, DecisionRule, Tie, decide, reaches


class Choice(StrEnum):
    """What a ballot paper says (*bulletin*)."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    BLANK = "blank"


class Channel(StrEnum):
    """How a ballot came: before the assembly through the site, in the room, or on paper there (secret votes only)."""

    REMOTE = "remote"
    ROOM = "room"
    PAPER = "paper"


class Level(StrEnum):
    """How secret a vote is (*niveau de secret*); chosen before the seal, never weakened after it."""

    NAMED = "named"
    SECRET = "double_envelope"  # noqa: S105 - the name of a level, not a password


class State(StrEnum):
    """Where a vote stands; each state is also the name of the step that leads to it."""

    SEALED = "sealed"
    ROOM_OPENED = "room_opened"
    ROOM_CLOSED = "room_closed"
    COUNTED = "counted"
    PROCLAIMED = "proclaimed"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What is done to a vote."""

    OPEN_ROOM = "open_room"
    CLOSE_ROOM = "close_room"
    COUNT = "count"
    PROCLAIM = "proclaim"
    CANCEL = "cancel"


MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.SEALED, Move.OPEN_ROOM): State.ROOM_OPENED,
    # A vote held remotely only, or a room that never opened, still closes.
    (State.SEALED, Move.CLOSE_ROOM): State.ROOM_CLOSED,
    (State.SEALED, Move.CANCEL): State.CANCELLED,
    (State.ROOM_OPENED, Move.CLOSE_ROOM): State.ROOM_CLOSED,
    (State.ROOM_OPENED, Move.CANCEL): State.CANCELLED,
    (State.ROOM_CLOSED, Move.COUNT): State.COUNTED,
    (State.COUNTED, Move.PROCLAIM): State.PROCLAIMED,
}
# Once one of these steps is written no ballot enters the urn, whatever the clock says.
URN_CLOSED: Final = frozenset({State.ROOM_CLOSED, State.COUNTED, State.PROCLAIMED, State.CANCELLED})
# Only these are ever told: the ballots of a cancelled vote stay closed, for the same question may come back.
COUNTABLE: Final = URN_CLOSED - {State.CANCELLED}
_ORDER: Final = tuple(State)


class Outcome(StrEnum):
    """What a vote decided; without anybody to measure on, nothing is decided."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_DECISION = "no_decision"


@dataclass(frozen=True, slots=True)
class RollVoter:
    """One line of a roll (*liste électorale*): one line, one ballot."""

    id: UUID
    number: int
    name: str
    college: str


@dataclass(frozen=True, slots=True)
class Window:
    """When ballots are taken through the site: from `opens_at`, before `closes_at`."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether the instant lies inside; the closing instant itself is too late."""
        return self.opens_at <= now < self.closes_at


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter keeps: the hash of her ballot as it stands in the urn (*accusé*)."""

    scrutin_id: UUID
    voter_id: UUID
    # Nothing in a secret vote: nobody is shown again what an envelope holds.
    choice: Choice | None
    digest: str

    @property
    def code(self) -> str:
        """The first twelve characters, in groups of four, for people."""
        return " ".join(self.digest[i : i + 4] for i in (0, 4, 8))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many ballots say what."""

    for_: int = 0
    against: int = 0
    abstain: int = 0
    blank: int = 0

    @property
    def cast(self) -> int:
        """All ballots in the urn."""
        return self.for_ + self.against + self.abstain + self.blank

    @property
    def by_choice(self) -> dict[Choice, int]:
        """How many ballots give each answer."""
        return dict(zip(Choice, (self.for_, self.against, self.abstain, self.blank), strict=True))

    @property
    def expressed(self) -> int:
        """Votes for and against (*suffrages exprimés*)."""
        return self.for_ + self.against

    def __add__(self, other: "Tally") -> "Tally":
        """Both urns together."""
        return Tally(
            self.for_ + other.for_,
            self.against + other.against,
            self.abstain + other.abstain,
            self.blank + other.blank,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the votes decide, with the two numbers it rests on, and the rule on ties where they were equal."""

    outcome: Outcome
    numerator: int
    denominator: int
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a ballot that was not taken: enough to say every reason."""

    channel: Channel
    now: datetime
    state: State
    reference_on: date
    window: Window | None
    on_roll: bool
    closed_at: datetime | None = None
    voted_for: str | None = None
    voted_by: str | None = None
    on_paper: bool = False
    suspended_since: datetime | None = None


def latest(steps: Iterable[State]) -> State:
    """The state that follows from the steps written so far; raises ValueError without any."""
    return max(steps, key=_ORDER.index)


def decide_by_heads(counts: Counts, rule: DecisionRule) -> Verdict:
    """Say what the votes decide, one head one vote."""
    decision = decide(counts, rule)
    if decision.denominator == 0:
        return Verdict(Outcome.NO_DECISION, 0, 0)
    return Verdict(_outcome(adopted=decision.adopted), decision.numerator, decision.denominator, decision.tie)


def decide_by_colleges(colleges: Mapping[str, Counts], rule: DecisionRule, weights: Mapping[str, Fraction]) -> Verdict:
    """Weigh each college's share of votes for; a college without any member is left out of the weights.

    A college that has members of whom nobody counts in the base keeps its weight and brings no vote for.
    """
    peopled = {code: counts for code, counts in colleges.items() if counts.enrolled > 0}
    total = sum((weights[code] for code in peopled), Fraction(0))
    if total <= 0 or not any(counts.measured_on(rule.base) for counts in peopled.values()):
        return Verdict(Outcome.NO_DECISION, 0, 0)
    measured = [(weights[code] / total, counts, counts.measured_on(rule.base)) for code, counts in peopled.items()]
    share = sum((weight * _part(counts.for_, whole) for weight, counts, whole in measured), Fraction(0))
    against = sum((weight * _part(counts.against, whole) for weight, counts, whole in measured), Fraction(0))
    adopted = reaches(share.numerator, share.denominator, rule.fraction, strict=rule.strict)
    tie = Tie.REJECTED if share == against > 0 and not adopted else None
    return Verdict(_outcome(adopted=adopted), share.numerator, share.denominator, tie)


def _part(votes: int, whole: int) -> Fraction:
    return Fraction(votes, whole) if whole else Fraction(0)


def _outcome(*, adopted: bool) -> Outcome:
    return Outcome.ADOPTED if adopted else Outcome.REJECTED


def counts_of(tally: Tally, *, present_or_represented: int, enrolled: int) -> Counts:
    """A tally with the people it is measured on, as the law's arithmetic takes it."""
    return Counts(tally.for_, tally.against, tally.abstain, tally.blank, present_or_represented, enrolled)


def together(tallies: Iterable[Tally]) -> Tally:
    """All urns in one."""
    return sum(tallies, start=Tally())


def check_roll(voters: Sequence[RollVoter]) -> list[Breach]:
    """A roll has at least one voter, and each of them once."""
    if not voters:
        return [Breach("roll_empty", N_("There is nobody on this roll. Check the members on the reference day."))]
    twice = len(voters) - len({voter.id for voter in voters})
    if twice:
        return [Breach("roll_twice", N_("%(count)s people stand twice on this roll. Remove them."), {"count": twice})]
    return []


def check_seal(
    *, window: Window | None, now: datetime, colleges: Iterable[str], weights: Mapping[str, Fraction] | None
) -> list[Breach]:
    """What is sealed must be workable: a window in the future, a weight for each college."""
    return [*_check_window(window, now), *_check_weights(colleges, weights)]


def _check_window(window: Window | None, now: datetime) -> list[Breach]:
    if window is None:
        return []
    breaches = []
    if window.closes_at <= window.opens_at:
        sentence = N_("Remote voting would close on %(closes_at)s, before it opens. Choose a later end.")
        breaches.append(Breach("window_empty", sentence, {"closes_at": window.closes_at}, field="remote_closes_at"))
    if window.closes_at <= now:
        sentence = N_("Remote voting would already be over on %(closes_at)s. Choose a later end.")
        breaches.append(Breach("window_past", sentence, {"closes_at": window.closes_at}, field="remote_closes_at"))
    return breaches


def _check_weights(colleges: Iterable[str], weights: Mapping[str, Fraction] | None) -> list[Breach]:
    if weights is None:
        return []
    sentence = N_("The college “%(college)s” has no weight. Give it one in the statutes.")
    nowhere = N_(
        "Votes are weighed by college, and some members belong to none. Give each of them a college, on her page."
    )
    return [
        Breach("college_without_weight", sentence, {"college": college}) if college else Breach("no_college", nowhere)
        for college in sorted(colleges)
        if weights.get(college, Fraction(0)) <= 0
    ]


def check_told(state: State) -> list[Breach]:
    """List why nobody may read these ballots: the vote still runs, or it was cancelled."""
    if state in COUNTABLE:
        return []
    if state is State.CANCELLED:
        return [Breach("vote_cancelled", N_("This vote was cancelled: its ballots are never counted."))]
    return [Breach("tally_hidden", N_("Nobody sees how a vote goes before it is closed."))]


def check_close(*, window: Window | None, now: datetime) -> list[Breach]:
    """The end that was announced is never brought forward."""
    if window is None or now >= window.closes_at:
        return []
    sentence = N_("Remote voting was announced until %(closes_at)s. The vote cannot close before.")
    return [Breach("remote_still_open", sentence, {"closes_at": window.closes_at})]


@dataclass(frozen=True, slots=True)
class Heads:
    """The people of one college, or of all: who cast, who was there, who could have been."""

    cast: int
    present: int
    enrolled: int

    @property
    def fit(self) -> bool:
        """Nobody votes without being present or represented, nobody is there without being on the roll."""
        return self.cast <= self.present <= self.enrolled


def check_count(groups: Iterable[Heads]) -> list[Breach]:
    """The attendance sheet, the urn and the roll must fit, for each college and for all."""
    sentence = N_(
        "%(present)s people present or represented do not fit %(cast)s ballots and %(enrolled)s voters on the roll. "
        "Check the attendance sheet."
    )
    return [
        Breach("present_does_not_fit", sentence, asdict(heads), field="present_or_represented")
        for heads in groups
        if not heads.fit
    ]


def check_presence_known(rule: DecisionRule, weights: Mapping[str, Fraction] | None, *, known: bool) -> list[Breach]:
    """Colleges measured on the people in the room need to be counted in the room one by one."""
    if weights is None or known or rule.base is not Base.PRESENT_OR_REPRESENTED:
        return []
    sentence = N_("The colleges are measured on those present or represented: say how many in each college.")
    return [Breach("presence_by_college_unknown", sentence, field="present_or_represented")]


def why_not_cast(attempt: Attempt) -> list[Breach]:
    """Every reason why a ballot was not taken."""
    if attempt.voted_for is not None:
        return [_already_voted(attempt)]
    reasons = [] if attempt.on_roll else [_not_on_roll(attempt)]
    if attempt.state in URN_CLOSED:
        return [*reasons, _closed(attempt)]
    if attempt.suspended_since is not None:
        return [*reasons, _suspended(attempt.suspended_since)]
    return [*reasons, *_channel_not_open(attempt)]


def _suspended(since: datetime) -> Breach:
    sentence = N_(
        "This vote has been suspended since %(since)s: no ballot is taken until it is taken up again. What was cast "
        "before stands. Its end is put off by the time that is lost; you will be told."
    )
    return Breach("vote_suspended", sentence, {"since": since})


def _already_voted(attempt: Attempt) -> Breach:
    values = {"voter": attempt.voted_for, "by": attempt.voted_by}
    if attempt.on_paper:
        sentence = N_("%(voter)s has voted on paper in the room: that ballot is in the urn and stands.")
    elif not attempt.voted_by:
        sentence = N_(
            "A ballot is already recorded for %(voter)s, entered by the bureau. A named vote cannot be changed."
        )
    elif attempt.voted_by == attempt.voted_for:
        sentence = N_("%(voter)s has already voted. A named vote cannot be changed.")
    else:
        sentence = N_("A ballot is already recorded for %(voter)s, cast by %(by)s. A named vote cannot be changed.")
    return Breach("already_voted", sentence, values)


def _not_on_roll(attempt: Attempt) -> Breach:
    sentence = N_(
        "This person is not on the roll of this vote, which holds the members of %(reference_on)s. "
        "Ask the secretary if this seems wrong."
    )
    return Breach("not_on_roll", sentence, {"reference_on": attempt.reference_on})


def _closed(attempt: Attempt) -> Breach:
    if attempt.state is State.CANCELLED:
        sentence = N_("This vote was cancelled on %(closed_at)s. No ballot is taken.")
    else:
        sentence = N_("This vote closed on %(closed_at)s. No ballot is taken any more.")
    return Breach("vote_closed", sentence, {"closed_at": attempt.closed_at})


def _channel_not_open(attempt: Attempt) -> list[Breach]:
    if attempt.channel is Channel.REMOTE:
        return _window_not_open(attempt.window, attempt.now)
    if attempt.state is State.ROOM_OPENED:
        return []
    return [Breach("room_not_open", N_("The vote is not open in the room yet. Wait until the chair opens it."))]


def _window_not_open(window: Window | None, now: datetime) -> list[Breach]:
    if window is None:
        return [Breach("no_remote_vote", N_("This vote is held in the room only. Come, or give a proxy."))]
    if now < window.opens_at:
        sentence = N_("Remote voting opens on %(opens_at)s. Come back then.")
        return [Breach("remote_not_open_yet", sentence, {"opens_at": window.opens_at})]
    if now >= window.closes_at:
        sentence = N_("Remote voting closed on %(closes_at)s. You can still vote in the room of the assembly.")
        return [Breach("remote_closed", sentence, {"closes_at": window.closes_at})]
    return []


def turnout_shown(level: Level, cast: int, enrolled: int) -> int | None:
    """How many have voted, as far as it may be told while the vote is open.

    In a secret vote only from three ballots and half of the roll on: before, each arrival would tell of one person.
    """
    if level is Level.SECRET and cast < max(LEAST_TOLD, (enrolled + 1) // 2):
        return None
    return cast


LEAST_TOLD: Final = 3

"""The roll before and after it is frozen: am I on it and why, disputes, answers, and what may still be struck off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from coopgov.assemblies.rules.states import State
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_, Word
from coopgov.core.preflight import Check, checked, green
from coopgov.members.rules import PartyKind, Standing, Status

LONGEST_DISPUTE = 2000


@dataclass(frozen=True, slots=True)
class RollLine:
    """How one person stands to a roll: on it or not, in which college, and the sentence that says why."""

    is_on: bool
    number: int
    name: str
    college: str
    sentence: str
    values: Mapping[str, object]

    def facts(self) -> dict[str, object]:
        """What is compared when somebody says that it was corrected."""
        told = asdict(self)
        return {key: told[key] for key in ("is_on", "number", "name", "college", "sentence")}


# Who brings the ballot of a member that is not one human being.
_CAPACITIES = {
    PartyKind.ORGANISATION: Word(N_("Your organisation votes through its representative: one vote.")),
    PartyKind.JOINT: Word(N_("You hold your shares together: one of you votes for all, one vote.")),
}


def capacity(kind: PartyKind) -> Word | None:
    """What is told of who brings the ballot; nothing of a person who votes for herself."""
    return _CAPACITIES.get(kind)


def line_of(number: int, name: str, standing: Standing | None, *, on: date) -> RollLine:
    """How somebody stands to the roll of that day: membership decides, and nothing else."""
    values: dict[str, object] = {"on": on}
    if standing is None:
        return RollLine(False, number, name, "", N_("On %(on)s you had not applied for membership."), values)
    days = {"applied_on": standing.applied_on, "joined_on": standing.joined_on, "left_on": standing.left_on}
    values |= {name: day for name, day in days.items() if day is not None}
    is_on = standing.status is Status.MEMBER
    return RollLine(is_on, number, name, standing.college if is_on else "", _reason(standing, values), values)


def _reason(standing: Standing, values: Mapping[str, object]) -> str:
    if standing.status is Status.MEMBER:
        if "joined_on" in values:
            return N_(
                "You have been a member since %(joined_on)s, and still were on %(on)s: every member has one vote."
            )
        return N_("You were a member on %(on)s: every member has one vote.")
    if standing.status is Status.CANDIDATE:
        return N_("On %(on)s your application was not decided yet: only members vote.")
    if standing.status is Status.REFUSED:
        return N_("Your application was refused: only members vote.")
    return N_("Your membership ended on %(left_on)s: on %(on)s you were no member any more.")


def check_announced(*, state: State, is_open: bool) -> list[Breach]:
    """List what stands against showing the roll to the members: it is frozen, or shown already."""
    if state is not State.PLANNED:
        sentence = N_("The roll is frozen since the assembly is convened: each member sees her line on its page.")
        return [Breach("roll_frozen", sentence)]
    if is_open:
        return [Breach("roll_open_already", N_("The roll is open to the members already."))]
    return []


def check_dispute(*, state: State, is_open: bool, waits: bool, text: str) -> list[Breach]:
    """List what stands against disputing the roll: not shown yet, the session has begun, one waits already."""
    if state is State.PLANNED and not is_open:
        return [Breach("roll_not_open", N_("The roll of this assembly is not open to the members yet."))]
    if state not in (State.PLANNED, State.CONVENED):
        sentence = N_("The session has begun or is over: tell the bureau, who notes it in the minutes.")
        return [Breach("dispute_too_late", sentence)]
    if waits:
        sentence = N_("What you said of the roll waits for its answer. You can add something once it is given.")
        return [Breach("dispute_waits", sentence)]
    if not text.strip():
        return [Breach("dispute_empty", N_("Say what is wrong on the roll, and why."), field="text")]
    return []


def check_answer(
    *, is_answered: bool, is_corrected: bool, before: Mapping[str, object], now: Mapping[str, object], text: str
) -> list[Breach]:
    """An answer is given once, with its reason; what it calls corrected stands otherwise on the roll than before."""
    if is_answered:
        return [Breach("answered_already", N_("This dispute has its answer already. It stays as it was given."))]
    found = []
    if is_corrected and dict(before) == dict(now):
        sentence = N_(
            "The roll still tells the same of this person. Correct the register of members first (or strike her line "
            "off, once the roll is frozen), then answer."
        )
        found.append(Breach("nothing_corrected", sentence, field="verdict"))
    if not text.strip():
        found.append(Breach("answer_empty", N_("Give the reason of the answer: the member reads it."), field="text"))
    return found


def check_not_there(name: str, *, is_there: bool) -> list[Breach]:
    """Whoever is noted as present counts for the quorum: she is noted as gone before she is struck off."""
    if not is_there:
        return []
    sentence = N_("%(name)s is noted as present. Note her departure first.")
    return [Breach("struck_while_there", sentence, {"name": name})]


def roll_checks(unanswered: Sequence[str], *, disputes: int, is_open: bool) -> Iterable[Check]:
    """What the pre-flight says of disputes: one without an answer keeps the roll from being frozen."""
    sentence = N_("%(name)s disputes the roll and has no answer yet. Answer before the roll is frozen.")
    refused = [Breach("dispute_unanswered", sentence, {"name": name}) for name in unanswered]
    if is_open:
        told = N_("The roll is open to the members; disputes answered: %(count)s.")
        return checked(refused, green("roll_open", told, {"count": disputes}))
    told = N_(
        "The roll is not open to the members. Nothing obliges to show it before convening; open it to find errors "
        "while they can still be corrected."
    )
    return checked(refused, green("roll_closed", told))

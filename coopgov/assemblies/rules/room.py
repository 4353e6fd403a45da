"""The room: the bureau, the quorum, each vote, the end of the session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from coopgov.assemblies.rules.states import ItemState
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figure
from coopgov.core.i18n import N_, Word
from coopgov.law.arithmetic import quorum_heads, quorum_met

DONE = (ItemState.PROCLAIMED, ItemState.NO_QUORUM, ItemState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Presence:
    """Heads that count at one instant, each once: in the room, represented, having voted remotely."""

    present: int
    represented: int
    remote: int

    @property
    def total(self) -> int:
        """Everybody present, represented or deemed present."""
        return self.present + self.represented + self.remote


@dataclass(frozen=True, slots=True)
class Quorum:
    """The quorum at one instant: who counts, what is needed, whether it is met, under which article."""

    present: int
    represented: int
    remote: int
    enrolled: int
    needed: Fraction
    met: bool
    citations: tuple[Citation, ...] = ()

    @property
    def total(self) -> int:
        """Everybody present, represented or deemed present."""
        return self.present + self.represented + self.remote

    @property
    def heads_needed(self) -> int:
        """The smallest number of members that meets it."""
        return quorum_heads(self.enrolled, self.needed)

    @property
    def missing(self) -> int:
        """How many members are still missing."""
        return max(self.heads_needed - self.total, 0)

    @property
    def share(self) -> Fraction:
        """The members who count, as a share of those enrolled."""
        return Fraction(self.total, self.enrolled) if self.enrolled else Fraction(0)


def measure_quorum(presence: Presence, *, enrolled: int, figure: Figure) -> Quorum:
    """Measure the quorum in whole numbers; those who voted remotely count as present."""
    needed = figure.as_fraction()
    return Quorum(
        presence.present, presence.represented, presence.remote, enrolled, needed,
        met=quorum_met(presence.total, enrolled, needed), citations=figure.citations,
    )  # fmt: skip


def check_quorum(quorum: Quorum) -> list[Breach]:
    """List the missing quorum, with what can be done."""
    if quorum.met:
        return []
    sentence = N_(
        "The quorum is missing: %(there)s members of %(enrolled)s are present, represented or have voted remotely, "
        "%(needed)s are needed (%(share)s). Wait for %(missing)s more, or note that the quorum is missing."
    )
    values = {
        "there": quorum.total, "enrolled": quorum.enrolled, "needed": quorum.heads_needed,
        "share": quorum.needed, "missing": quorum.missing,
    }  # fmt: skip
    return [Breach("quorum_missing", sentence, values, quorum.citations)]


def check_no_quorum(quorum: Quorum, *, now: datetime, held_at: datetime) -> list[Breach]:
    """List what stands against noting that the quorum is missing."""
    if now < held_at:
        return [_too_early(held_at)]
    if not quorum.met:
        return []
    sentence = N_("The quorum is met: %(there)s members, %(needed)s needed. Open the session or go on with it.")
    values = {"there": quorum.total, "needed": quorum.heads_needed}
    return [Breach("quorum_is_met", sentence, values, quorum.citations)]


def check_opening(quorum: Quorum, *, now: datetime, held_at: datetime) -> list[Breach]:
    """List what stands against opening the session: the hour, the quorum."""
    return [*([_too_early(held_at)] if now < held_at else []), *check_quorum(quorum)]


def _too_early(held_at: datetime) -> Breach:
    sentence = N_("The assembly is convened for %(held_at)s: it cannot begin before. Wait until that hour.")
    return Breach("before_its_hour", sentence, {"held_at": held_at})


def check_bureau(*, has_chair: bool, tellers: Sequence[bool], needed: Figure | None) -> list[Breach]:
    """List what is missing from the bureau; `tellers` says of each whether a member on the roll."""
    found = []
    if not has_chair:
        sentence = N_("The assembly needs somebody in the chair. Choose the chair.")
        found.append(Breach("bureau_without_chair", sentence, {}, field="chair"))
    if needed is not None and len(tellers) < needed.as_int():
        sentence = N_("The bureau needs %(needed)s tellers. Choose members who accept.")
        found.append(Breach("bureau_tellers", sentence, {"needed": needed.as_int()}, needed.citations, field="tellers"))
    if not all(tellers):
        citations = needed.citations if needed is not None else ()
        sentence = N_("Tellers are chosen among the members on the roll. Choose others.")
        found.append(Breach("bureau_teller_stranger", sentence, {}, citations, field="tellers"))
    return found


@dataclass(frozen=True, slots=True)
class VoteFacts:
    """What is known when a ballot is brought for one member (the voter) by somebody (the caster)."""

    voter: str
    on_roll: bool
    holder: str | None
    """Who holds the voter's proxy, if the voter gave one."""
    caster_is_voter: bool
    caster_is_holder: bool
    caster_is_bureau: bool
    is_remote: bool
    voter_is_present: bool
    holder_is_present: bool
    is_convened: bool
    item_state: ItemState


def check_vote(facts: VoteFacts) -> list[Breach]:
    """List what stands against casting this ballot; the hours are kept by the scrutin itself."""
    found = [*_check_voter(facts)]
    if facts.is_remote:
        found.extend(_check_remote(facts))
    else:
        found.extend(_check_room(facts))
    return found


def check_own_hand(facts: VoteFacts, *, is_secret: bool) -> list[Breach]:
    """List what stands against the bureau entering a secret ballot: it would know what the ballot says."""
    if not is_secret or facts.caster_is_voter or facts.caster_is_holder:
        return []
    sentence = N_(
        "This vote is secret: the bureau does not enter ballots. %(voter)s votes from a telephone, or on paper."
    )
    return [Breach("secret_by_own_hand", sentence, {"voter": facts.voter})]


def _check_voter(facts: VoteFacts) -> Iterable[Breach]:
    voter = {"voter": facts.voter, "holder": facts.holder or ""}
    if not facts.on_roll:
        yield Breach("not_on_roll", N_("%(voter)s is not on the roll of this assembly."), voter)
    elif facts.caster_is_voter and facts.holder is not None:
        sentence = N_("You gave your proxy to %(holder)s, who votes for you. Revoke it first, or come to the room.")
        yield Breach("gave_proxy", sentence, voter)
    elif not (facts.caster_is_voter or facts.caster_is_holder or facts.caster_is_bureau):
        yield Breach("no_proxy", N_("You hold no proxy from %(voter)s and cannot vote for this member."), voter)


def _check_remote(facts: VoteFacts) -> Iterable[Breach]:
    if not facts.is_convened:
        sentence = N_("Voting remotely is over: the assembly has begun or is not convened. Vote in the room.")
        yield Breach("remote_over", sentence)


def _check_room(facts: VoteFacts) -> Iterable[Breach]:
    if facts.item_state is not ItemState.VOTING:
        yield Breach("vote_not_open", N_("The vote on this resolution is not open. Wait until the chair opens it."))
    there = facts.holder_is_present if facts.holder is not None else facts.voter_is_present
    if facts.on_roll and not there:
        sentence = N_("%(voter)s is neither in the room nor represented there. Note the arrival first.")
        yield Breach("not_in_room", sentence, {"voter": facts.voter})


def check_arrival(
    *, name: str, on_roll: bool, is_there: bool, is_open: bool, held_on: date, remote: Figure | None
) -> list[Breach]:
    """List what stands against noting an arrival; `remote` is the statutes' word when the member connects."""
    who = {"name": name, "held_on": held_on}
    found = []
    if not on_roll:
        found.append(Breach("not_on_roll", N_("%(name)s is not on the roll of this assembly."), who))
    if is_there:
        found.append(Breach("already_there", N_("%(name)s is already noted as present. Reload the page."), who))
    if not is_open:
        sentence = N_("Arrivals are noted on the day of the assembly, %(held_on)s, until the session is closed.")
        found.append(Breach("attendance_closed", sentence, who))
    if remote is not None and not remote.as_bool():
        sentence = N_("The statutes do not allow taking part through a connection. Come to the room, or give a proxy.")
        found.append(Breach("remote_not_in_statutes", sentence, who, remote.citations))
    return found


def check_departure(*, has_voted: bool, name: str, is_open: bool) -> list[Breach]:
    """List what stands against noting a departure: the session is over, or a ballot is in the vote still open."""
    if not is_open:
        sentence = N_("Departures are noted until the session is closed, not after.")
        return [Breach("attendance_closed", sentence)]
    if not has_voted:
        return []
    sentence = N_("%(name)s has a ballot in the vote that is open. Note the departure once this vote is closed.")
    return [Breach("ballot_in_open_vote", sentence, {"name": name})]


def check_incident(text: str, *, is_open: bool) -> list[Breach]:
    """List what stands against noting an incident: its words, or a session that is over."""
    breaches = []
    if not text.strip():
        breaches.append(Breach("incident_empty", N_("Write what happened."), field="text"))
    if not is_open:
        sentence = N_("Incidents are noted while the assembly is held. Afterwards, write it among the remarks.")
        breaches.append(Breach("incident_out_of_session", sentence, field="text"))
    return breaches


def check_sheet(*, is_open: bool) -> list[Breach]:
    """List what stands against printing the attendance sheet: it is that of a session under way."""
    if is_open:
        return []
    sentence = N_(
        "The attendance sheet is printed on the day of the assembly, until the session is closed: "
        "the closing prints the last one."
    )
    return [Breach("no_sheet_now", sentence)]


def check_closing(items: Sequence[tuple[int, str, ItemState]]) -> list[Breach]:
    """List the resolutions that keep the session from closing: position, title, state of each."""
    sentence = N_("Resolution %(position)s, “%(title)s”, is %(state)s. Finish its vote, or set it aside, then close.")
    return [
        Breach("item_not_done", sentence, {"position": position, "title": title, "state": Word(state.value)})
        for position, title, state in items
        if state not in DONE
    ]

"""What the pages of assemblies share: the blueprint, who asks, how rules are said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Blueprint, flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coopgov.assemblies import queries
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import MAJORITIES, ItemState, State, part_of_a_whole
from coopgov.ballots.queries import Result
from coopgov.ballots.said import told_lines
from coopgov.core.errors import Forbidden, NotFound
from coopgov.core.policy import Actor, Permission, Role
from coopgov.law.arithmetic import Base, DecisionRule
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.printing import archive
from coopgov.printing.archive import Document
from coopgov.web.acts import reading
from coopgov.web.guard import current_actor

bp = Blueprint("assemblies", __name__, url_prefix="/assemblies")

# More names than this make no sentence.
MOST_NAMED = 10

# The word and the shape of each state.
STATE_PILLS: Mapping[State, tuple[Any, str]] = {
    State.PLANNED: (_l("In preparation"), "neutral"),
    State.CONVENED: (_l("Convened"), "info"),
    State.OPEN: (_l("In session"), "active"),
    State.CLOSED: (_l("Closed"), "success"),
    State.INQUORATE: (_l("No quorum"), "danger"),
    State.CANCELLED: (_l("Cancelled"), "neutral"),
}
_NOT_HELD = (_l("Not held"), "warning")
ITEM_PILLS: Mapping[ItemState, tuple[Any, str]] = {
    ItemState.PLANNED: (_l("To be voted"), "neutral"),
    ItemState.VOTING: (_l("Vote open"), "active"),
    ItemState.URN_CLOSED: (_l("Vote closed, urn to be opened"), "warning"),
    ItemState.COUNTED: (_l("Counted, to be proclaimed"), "warning"),
    ItemState.PROCLAIMED: (_l("Proclaimed"), "success"),
    ItemState.NO_QUORUM: (_l("No quorum"), "danger"),
    ItemState.SET_ASIDE: (_l("Set aside"), "neutral"),
}
OUTCOME_PILLS: Mapping[str, tuple[Any, str]] = {
    "adopted": (_l("Adopted"), "success"),
    "rejected": (_l("Rejected"), "danger"),
    "no_decision": (_l("No decision"), "warning"),
}
# The same of an election, or of a choice among texts.
FORM_PILLS: Mapping[str, tuple[Any, str]] = {
    "adopted": (_l("Decided"), "success"),
    "rejected": (_l("Nothing changes"), "neutral"),
    "no_decision": (_l("No decision"), "warning"),
}


def pill(assembly: AssemblyRow, at: datetime) -> tuple[Any, str]:
    """The word and the shape of an assembly's state at an instant."""
    return _NOT_HELD if assembly.was_missed(at) else STATE_PILLS[assembly.state]


def rule_words(rule: DecisionRule, *, weighed: bool) -> str:
    """A rule of majority in a sentence, and a second one where each college weighs what the statutes say."""
    told = str(_(MAJORITIES[rule.base, rule.strict])) % {"part": part_words(rule.fraction)}
    if not weighed:
        return told
    return f"{told} {_('Votes are counted by college, and each college weighs what the statutes say.')}"


def part_words(part: Fraction) -> str:
    """A part of a whole as people say it: half, two thirds."""
    return str(_(part_of_a_whole(part)))


def base_words(base: Base) -> str:
    """What a majority is measured on, after its number."""
    return {
        Base.EXPRESSED: str(_("votes for and against")),
        Base.PRESENT_OR_REPRESENTED: str(_("members present or represented")),
        Base.ALL_MEMBERS: str(_("members")),
    }[base]


@dataclass(frozen=True, slots=True)
class ResultWords:
    """How pages say a result: its pill, its rule, its base, its share."""

    pills: Mapping[str, tuple[Any, str]]

    def rule(self, result: Result) -> str:
        """The majority it needed."""
        return rule_words(result.rule, weighed=result.weighted)

    def base(self, result: Result) -> str:
        """What the majority is measured on, after its number."""
        return base_words(result.base)

    def form_pill(self, result: Result) -> tuple[Any, str]:
        """The word and the shape of a result on another paper than a resolution's."""
        return FORM_PILLS[result.outcome.value]

    def told(self, result: Result) -> list[str]:
        """A count on another paper than a resolution's, in sentences."""
        return [] if result.paper is None or result.form is None else told_lines(result.paper, result.form)

    def share(self, result: Result) -> Fraction:
        """The votes for, as a share of the base."""
        return Fraction(result.numerator, result.denominator) if result.denominator else Fraction(0)


RESULT_WORDS = ResultWords(OUTCOME_PILLS)


def me() -> MemberRow | None:
    """The membership of the person asking, if there is one."""
    actor = current_actor()
    return members.find_by_account(reading(), actor.account_id) if actor.account_id else None


def my_membership() -> MemberRow:
    """The membership of the person asking; refuses who has none."""
    found = me()
    if found is None:
        raise Forbidden
    return found


def visible(assembly_id: UUID) -> AssemblyRow:
    """An assembly this actor may see: one in preparation is the board's own."""
    assembly = queries.get_assembly(reading(), assembly_id)
    if assembly.state is State.PLANNED and not sees_preparation(current_actor()):
        raise NotFound
    return assembly


def people_in_room(assembly_id: UUID) -> list[MemberRow]:
    """Those present or represented in the room, by name."""
    found = members.get_members(reading(), queries.in_room(reading(), assembly_id))
    return sorted(found.values(), key=lambda row: (row.sort_name, row.number))


def sees_preparation(actor: Actor) -> bool:
    """Whether this actor sees assemblies before they are convened."""
    return actor.may(Permission.ASSEMBLIES_PREPARE) or actor.has(Role.AUDITOR)


def papers(assembly: AssemblyRow, member: MemberRow | None) -> list[Document]:
    """The papers of an assembly that this actor may read."""
    actor = current_actor()
    mine = {"", f"member:{member.id}", str(member.account_id)} if member else {""}
    everything = actor.may(Permission.ASSEMBLIES_PREPARE) or actor.has(Role.AUDITOR)
    found = archive.documents_about(reading(), assembly.about)
    return [document for document in found if document.owner in mine or (everything and document.owner == "offices")]


def letters(assembly: AssemblyRow) -> list[Document]:
    """The letters to print and post, for those who do it, as long as the assembly is to come."""
    if assembly.state is not State.CONVENED or not current_actor().may(Permission.ASSEMBLIES_PREPARE):
        return []
    return archive.documents_about(reading(), assembly.about, kind="letter")


def tell_of_unreached(names: Sequence[str]) -> None:
    """Say which voters a mail to all of them did not reach: somebody tells them otherwise."""
    shown, more = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if more > 0:
        sentence = _("No mail reaches these voters: %(names)s, and %(count)s more. Tell them by telephone or letter.",
                     names=shown, count=more)  # fmt: skip
        flash(sentence, "warning")
    elif names:
        flash(_("No mail reaches these voters: %(names)s. Tell them by telephone or letter.", names=shown), "warning")

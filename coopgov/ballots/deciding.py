"""A vote on another paper than a resolution's: its form, what its count decides, which equal votes still wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from coopgov.ballots.counting.marks import ballot_size, check_ballot
from coopgov.ballots.counting.papers import Paper, Rivals, check_form, paper_from_facts
from coopgov.ballots.counting.ties import TieRule, Ties, check_ties
from coopgov.ballots.rules import Outcome
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


@dataclass(frozen=True, slots=True)
class Form:
    """A ballot paper and the rule on equal votes: together in the seal (*forme du scrutin*)."""

    paper: Paper
    ties: Ties

    def facts(self) -> dict[str, Any]:
        """What is sealed."""
        return {"form": self.paper.facts(), "ties": self.ties.declared()}

    def of(self, scrutin_id: UUID) -> "Form":
        """The same form, as the paper of that vote."""
        return replace(self, paper=replace(self.paper, scrutin=scrutin_id))

    @property
    def size(self) -> int:
        """How many bytes each ballot has."""
        return ballot_size(self.paper)


def form_from_facts(facts: Mapping[str, Any]) -> Form:
    """The form those facts were taken from."""
    return Form(paper_from_facts(facts["form"]), Ties(TieRule(facts["ties"]["tie"]), facts["ties"]["seed"]))


def check_whole(form: Form) -> list[Breach]:
    """List what would make no sense in a form, before it is sealed."""
    return [*check_form(form.paper), *check_ties(form.paper, form.ties)]


def check_told(form: Form | None, told: object) -> list[Breach]:
    """List what is wrong with a ballot, whatever the vote; the same before it is shown again and before it is cast."""
    if form is not None:
        return check_ballot(form.paper, told)
    sentence = N_("This vote answers a resolution: choose for, against, abstain or blank.")
    return [Breach("ballot_unreadable", sentence)]


def outcome_of(paper: Paper, facts: Mapping[str, Any]) -> Outcome:
    """What a count decides: somebody or something is chosen, nothing changes, or nothing is decided."""
    if not facts["elected"]:
        return Outcome.NO_DECISION
    if isinstance(paper, Rivals) and facts["elected"] == [paper.status_quo]:
        return Outcome.REJECTED
    return Outcome.ADOPTED


def waiting_for_chair(facts: Mapping[str, Any]) -> list[str]:
    """The options whose equal votes the chair has not put in order yet."""
    cases = [case for case in facts["ties"] if case["rule"] == TieRule.CHAIR and not case["chosen"]]
    return sorted({one for case in cases for one in case["among"]})


def check_settled(paper: Paper, facts: Mapping[str, Any]) -> list[Breach]:
    """List the equal votes that keep a result from being proclaimed: those the chair was to settle."""
    among = waiting_for_chair(facts)
    if not among:
        return []
    sentence = N_(
        "Equal votes: %(among)s. The rule sealed before the vote says that the chair decides. Put them in order."
    )
    return [Breach("chair_decides", sentence, {"among": tuple(map(paper.label, among))}, field="chair")]


def check_not_weighed(form: Form | None, weights: object) -> list[Breach]:
    """A ballot paper of this kind counts heads: the weights of colleges have no place in its vote."""
    if form is None or weights is None:
        return []
    sentence = N_("Votes on this kind of ballot paper count heads, not colleges. Put resolutions to the vote instead.")
    return [Breach("form_not_weighed", sentence)]


def check_programs_agree(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Breach]:
    """Two counting programs must find the same, fact for fact; otherwise nothing is proclaimed."""
    if dict(first) == dict(second):
        return []
    sentence = N_("The two counting programs do not agree: nothing can be proclaimed. Tell the administrator.")
    return [Breach("counts_differ", sentence)]


def check_ranks(ranks: Mapping[str, int | None]) -> list[Breach]:
    """The chair gives each of the equal options a number of its own."""
    given = [rank for rank in ranks.values() if rank is not None]
    if len(set(given)) == len(ranks):
        return []
    sentence = N_("The chair puts each of the equal options in order, once, and no other.")
    return [Breach("chair_order_unsound", sentence, field="chair")]


def chair_order(ranks: Mapping[str, int | None]) -> Sequence[str]:
    """The options in the order of the numbers that the chair wrote."""
    given = {one: rank for one, rank in ranks.items() if rank is not None}
    return sorted(given, key=lambda one: (given[one], one))

"""How many members there must and may be, what votes those who are not employed may hold."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from coopgov.compliance.rules.kinds import Obligation, Part, Said, Verdict
from coopgov.compliance.rules.measures import (
    margins,
    more_to_pass,
    nothing,
    others_gone_to_pass,
    others_to_come_back,
    to_do,
    verdict_of,
)
from coopgov.compliance.rules.situation import Situation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.law.weights import Heads, external_weights


def employed_at_least(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    least = figures.find_figure("membership.min_employed", on=on)
    if least is None:
        return
    spare = situation.employed - least.as_int()
    years = figures.find_figure("membership.below_minimum_years", on=on)
    yield Obligation(
        "employed_at_least", N_("Employed members at least"),
        Verdict.RED if spare < 0 else Verdict.NEAR if spare == 0 else Verdict.FINE,
        Said(N_("Employed members: %(employed)s; at least %(least)s."),
             {"employed": situation.employed, "least": least.as_int()}),
        margins(
            (N_("Departures of employed members that would cross it: %(count)s."), spare + 1 if spare >= 0 else None),
        ),
        to_do(spare < 0, N_("Admit employed members: %(count)s. The law leaves a limited time, then anyone concerned "
                             "may ask for dissolution."), {"count": -spare}),
        (least, years) if spare < 0 and years else (least,),
    )  # fmt: skip


def members_at_most(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    most = figures.find_figure("membership.max_members", on=on)
    if most is None:
        return
    alert = figures.find_figure("membership.alert_members", on=on)
    left = most.as_int() - situation.members
    is_near = left == 0 or (alert is not None and situation.members >= alert.as_int())
    years = figures.find_figure("membership.over_limit_years", on=on)
    yield Obligation(
        "members_at_most", N_("Members at most"),
        Verdict.RED if left < 0 else Verdict.NEAR if is_near else Verdict.FINE,
        Said(N_("Members: %(members)s; at most %(most)s."), {"members": situation.members, "most": most.as_int()}),
        margins((N_("Admissions that would cross it: %(count)s."), left + 1 if left >= 0 else None)),
        to_do(left < 0 or is_near, N_("Prepare a change of the legal form: an SA or SAS has no such limit.")),
        (most, years) if left < 0 and years else (most,),
        Part(Fraction(situation.members, most.as_int()), Fraction(1)),
    )  # fmt: skip


# Votes


def external_votes(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    cap = figures.find_figure("membership.external_votes_max", on=on)
    if cap is None:
        return
    own, total, limit = situation.external - situation.cooperatives, situation.members, cap.as_fraction()
    label = N_("Votes of external members")
    if total == 0:
        yield nothing("external_votes", label, N_("There is no member yet: nobody votes."), cap)
        return
    joins, leaves = more_to_pass(own, total, limit), others_gone_to_pass(own, total, limit)
    part = Part(Fraction(own, total), limit)
    verdict = verdict_of(part, next_head_passes=1 in {joins, leaves})
    is_red = verdict is Verdict.RED
    yield Obligation(
        "external_votes", label, verdict,
        Said(N_("External members, cooperative societies apart, hold %(part)s of the votes, %(own)s out of %(total)s; "
                "at most %(limit)s. Employed members hold %(employed)s."),
             {"part": part.share, "own": own, "total": total, "limit": limit,
              "employed": Fraction(situation.employed, total)}),
        () if is_red else margins(
            (N_("Admissions of external members that would cross it: %(count)s."), joins),
            (N_("Departures of employed members that would cross it: %(count)s."), leaves),
        ),
        _bring_back(situation, figures, on) if is_red else None, (cap,), part,
    )  # fmt: skip


def _bring_back(situation: Situation, figures: Figures, on: date) -> Said:
    own, total = situation.external - situation.cooperatives, situation.members
    limit = figures.figure("membership.external_votes_max", on=on).as_fraction()
    weight = external_weights(Heads(situation.employed, own, situation.cooperatives), figures, on).others
    back = others_to_come_back(own, total, limit)
    if back is None:
        return Said(N_("Until then, each external vote weighs %(weight)s of a vote."), {"weight": weight})
    sentence = N_(
        "Admit employed members first: %(count)s. Until then, each external vote weighs %(weight)s of a vote."
    )
    return Said(sentence, {"count": back, "weight": weight})


def external_votes_with_cooperatives(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    cap = figures.find_figure("membership.external_votes_max_with_cooperatives", on=on)
    if cap is None or situation.cooperatives == 0:
        return
    external, total, limit = situation.external, situation.members, cap.as_fraction()
    joins, part = more_to_pass(external, total, limit), Part(Fraction(external, total), limit)
    verdict = verdict_of(part, next_head_passes=joins == 1)
    is_red = verdict is Verdict.RED
    yield Obligation(
        "external_votes_with_cooperatives", N_("The same votes, with those of cooperative societies"), verdict,
        Said(N_("All external members hold %(part)s of the votes, cooperative societies included; at most %(limit)s."),
             {"part": part.share, "limit": limit}),
        () if is_red else margins((N_("Admissions of cooperative societies that would cross it: %(count)s."), joins)),
        to_do(is_red, N_("Admit employed members first: %(count)s."),
               {"count": others_to_come_back(external, total, limit)}),
        (cap,), part,
    )  # fmt: skip

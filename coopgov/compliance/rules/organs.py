"""Who sits in the organs, and the colleges and categories of a SCIC."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from coopgov.compliance.rules.kinds import Obligation, Part, Said, Verdict
from coopgov.compliance.rules.measures import (
    margins,
    more_to_pass,
    nothing,
    to_do,
    verdict_of,
)
from coopgov.compliance.rules.situation import Situation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_

# Colleges of a SCIC


def categories(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    least = figures.find_figure("colleges.categories_min", on=on)
    if least is None:
        return
    label = N_("Categories of members")
    if not situation.colleges:
        sentence = N_("The statutes have no colleges: the categories of members are not known here. Count them.")
        yield nothing("categories", label, sentence, least)
        return
    present = sum(1 for heads in situation.by_college.values() if heads)
    smallest = min((heads for heads in situation.by_college.values() if heads), default=0)
    spare = present - least.as_int()
    yield Obligation(
        "categories", label, _by_spare(spare, smallest),
        Said(N_("Categories with members, one for each college: %(present)s; at least %(least)s, at all times."),
             {"present": present, "least": least.as_int()}),
        (Said(N_("Members of the smallest one: %(count)s."), {"count": smallest}),),
        to_do(spare < 0, N_("Admit a member in a category that has none.")), (least,),
    )  # fmt: skip


def _by_spare(spare: int, smallest: int) -> Verdict:
    if spare < 0:
        return Verdict.RED
    return Verdict.NEAR if spare == 0 and smallest <= 1 else Verdict.FINE


def employees_of_scic(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    rule = figures.find_figure("colleges.employees_or_producers_required", on=on)
    if rule is None or not rule.as_bool():
        return
    employed = situation.employed
    verdict = Verdict.TO_JUDGE if employed == 0 else Verdict.NEAR if employed == 1 else Verdict.FINE
    yield Obligation(
        "employees_of_scic", N_("Employees among the members"), verdict,
        Said(N_("Employed members: %(employed)s; one at least, or producers where the cooperative employs nobody."),
             {"employed": employed}),
        (), to_do(employed == 0, N_("Say whether producers of the goods or services are members.")), (rule,),
    )  # fmt: skip


def weights_of_colleges(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    low, high = (figures.find_figure(f"colleges.weight_{end}", on=on) for end in ("min", "max"))
    if low is None or high is None or not situation.colleges:
        return
    weights = [college.weight for college in situation.colleges]
    outside = [one for one in weights if not low.as_fraction() <= one <= high.as_fraction()]
    yield Obligation(
        "weights_of_colleges", N_("Weights of the colleges"), Verdict.RED if outside else Verdict.FINE,
        Said(N_("The lightest college weighs %(lightest)s of a vote and the heaviest %(heaviest)s; "
                "between %(low)s and %(high)s."),
             {"lightest": min(weights), "heaviest": max(weights), "low": low.as_fraction(),
              "high": high.as_fraction()}),
        (), to_do(bool(outside), N_("Change the weights in the statutes.")), (low, high),
    )  # fmt: skip


# Organs


def external_mandates(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    cap = figures.find_figure("membership.external_mandates_max", on=on)
    if cap is None:
        return
    label, total, limit = N_("Mandates of external members"), len(situation.directors), cap.as_fraction()
    if total == 0:
        yield nothing("external_mandates", label, N_("No mandate of director is recorded here. Record them."), cap)
        return
    external = sum(1 for director in situation.directors if not director.is_employed)
    joins, part = more_to_pass(external, total, limit), Part(Fraction(external, total), limit)
    is_red = part.room < 0
    yield Obligation(
        "external_mandates", label, verdict_of(part),
        Said(N_("Directors who are not employed members: %(external)s out of %(total)s; at most %(limit)s."),
             {"external": external, "total": total, "limit": limit}),
        () if is_red else margins((N_("Elections of external members that would cross it: %(count)s."), joins)),
        to_do(is_red, N_("Have employed members elected, or external mandates end.")), (cap,), part,
    )  # fmt: skip


def size_of_board(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    low, high = (figures.find_figure(f"organs.board.{end}", on=on) for end in ("min", "max"))
    if low is None or high is None:
        return
    directors = len(situation.directors)
    is_within = low.as_int() <= directors <= high.as_int()
    yield Obligation(
        "size_of_board", N_("Size of the board"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("Directors whose mandate is recorded here: %(directors)s; between %(low)s and %(high)s."),
             {"directors": directors, "low": low.as_int(), "high": high.as_int()}),
        (), to_do(not is_within, N_("Record the mandates that are missing or have ended, or have directors elected.")),
        (low, high),
    )  # fmt: skip


def supervisory_board(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    above = figures.find_figure("organs.supervisory_board.required_above", on=on)
    if above is None:
        return
    left = above.as_int() - situation.members
    verdict = Verdict.TO_JUDGE if left < 0 else Verdict.NEAR if left == 0 else Verdict.FINE
    yield Obligation(
        "supervisory_board", N_("Supervisory board"), verdict,
        Said(N_("Members: %(members)s; beyond %(above)s a supervisory board is required."),
             {"members": situation.members, "above": above.as_int()}),
        margins((N_("Admissions that would require it: %(count)s."), left + 1 if left >= 0 else None)),
        to_do(left < 0, N_("Say whether the assembly has elected one: it is not known here.")), (above,),
    )  # fmt: skip

"""What the law asks of members, votes, capital and organs: each measured, with what would cross the limit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from coopgov.compliance.rules.kinds import Obligation, Part, Said, Verdict
from coopgov.compliance.rules.situation import Situation
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.law.weights import Heads, external_weights

# Five points of the whole, or one head: when this page begins to warn. Chosen here, not by the law.
NEAR = Fraction(1, 20)


def ratios(situation: Situation, figures: Figures, on: date) -> list[Obligation]:
    """Every ratio and limit that holds for this legal form: members, votes, capital, organs."""
    return [
        *_employed_at_least(situation, figures, on),
        *_members_at_most(situation, figures, on),
        *_external_votes(situation, figures, on),
        *_external_votes_with_cooperatives(situation, figures, on),
        *_employed_capital(situation, figures, on),
        *_largest_holder(situation, figures, on),
        *_floor_of_capital(situation, figures, on),
        *_minimum_of_capital(situation, figures, on),
        *_nominal(situation, figures, on),
        *_public_bodies(situation, figures, on),
        *_categories(situation, figures, on),
        *_employees_of_scic(situation, figures, on),
        *_weights_of_colleges(situation, figures, on),
        *_external_mandates(situation, figures, on),
        *_size_of_board(situation, figures, on),
        *_supervisory_board(situation, figures, on),
    ]


def more_to_pass(part: int, whole: int, limit: Fraction, step: int = 1) -> int | None:
    """How many steps more of the part take it beyond the limit (the whole grows too); None when none ever do."""
    if limit >= 1:
        return None
    return max(floor((limit * whole - part) / (step * (1 - limit))) + 1, 0)


def others_to_come_back(part: int, whole: int, limit: Fraction, step: int = 1) -> int | None:
    """How many steps more of the rest bring the part back to its limit; None when none ever do."""
    if limit <= 0:
        return None
    return max(ceil((part / limit - whole) / step), 0)


def others_gone_to_pass(part: int, whole: int, limit: Fraction) -> int | None:
    """How many heads of the rest must leave until the part passes its limit; None when none are enough."""
    if limit <= 0 or part == 0:
        return None
    gone = floor(whole - part / limit) + 1
    return gone if 0 < gone <= whole - part else None


def verdict_of(part: Part, *, next_head_passes: bool = False) -> Verdict:
    """Broken beyond the limit, near within five points of it or when one head more would pass it."""
    if part.room < 0:
        return Verdict.RED
    return Verdict.NEAR if part.room < NEAR or next_head_passes else Verdict.FINE


def _margins(*told: tuple[str, int | None]) -> tuple[Said, ...]:
    return tuple(Said(sentence, {"count": count}) for sentence, count in told if count is not None)


def _nothing(code: str, label: str, sentence: str, *figures: Figure) -> Obligation:
    return Obligation(code, label, Verdict.TO_JUDGE, Said(sentence), figures=figures)


# Members


def _employed_at_least(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
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
        _margins(
            (N_("Departures of employed members that would cross it: %(count)s."), spare + 1 if spare >= 0 else None),
        ),
        _to_do(spare < 0, N_("Admit employed members: %(count)s. The law leaves a limited time, then anyone concerned "
                             "may ask for dissolution."), {"count": -spare}),
        (least, years) if spare < 0 and years else (least,),
    )  # fmt: skip


def _to_do(is_needed: bool, sentence: str, values: dict[str, object] | None = None) -> Said | None:  # noqa: FBT001 - the condition reads first
    return Said(sentence, values or {}) if is_needed else None


def _members_at_most(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
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
        _margins((N_("Admissions that would cross it: %(count)s."), left + 1 if left >= 0 else None)),
        _to_do(left < 0 or is_near, N_("Prepare a change of the legal form: an SA or SAS has no such limit.")),
        (most, years) if left < 0 and years else (most,),
        Part(Fraction(situation.members, most.as_int()), Fraction(1)),
    )  # fmt: skip


# Votes


def _external_votes(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    cap = figures.find_figure("membership.external_votes_max", on=on)
    if cap is None:
        return
    own, total, limit = situation.external - situation.cooperatives, situation.members, cap.as_fraction()
    label = N_("Votes of external members")
    if total == 0:
        yield _nothing("external_votes", label, N_("There is no member yet: nobody votes."), cap)
        return
    joins, leaves = more_to_pass(own, total, limit), others_gone_to_pass(own, total, limit)
    part = Part(Fraction(own, total), limit)
    verdict = verdict_of(part, next_head_passes=1 in {joins, leaves})
    is_red = verdict is Verdict.RED
    yield Obligation(
        "external_votes", label, verdict,
        Said(N_("External members hold %(part)s of the votes, %(own)s out of %(total)s; at most %(limit)s. "
                "Employed members hold the rest."),
             {"part": part.share, "own": own, "total": total, "limit": limit}),
        () if is_red else _margins(
            (N_("Admissions of external members that would cross it: %(count)s."), joins),
            (N_("Departures of employed members that would cross it: %(count)s."), leaves),
        ),
        _external_votes_to_do(situation, figures, on) if is_red else None, (cap,), part,
    )  # fmt: skip


def _external_votes_to_do(situation: Situation, figures: Figures, on: date) -> Said:
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


def _external_votes_with_cooperatives(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
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
        () if is_red else _margins((N_("Admissions of cooperative societies that would cross it: %(count)s."), joins)),
        _to_do(is_red, N_("Admit employed members first: %(count)s."),
               {"count": others_to_come_back(external, total, limit)}),
        (cap,), part,
    )  # fmt: skip


# Capital


def _employed_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    least = figures.find_figure("membership.employed_capital_min", on=on)
    if least is None:
        return
    label = N_("Capital held by employed members")
    held, capital, limit = situation.employed_capital, situation.capital, least.as_fraction()
    if capital == 0:
        yield _nothing("employed_capital", label, N_("No share is subscribed: there is no capital to hold."), least)
        return
    part, others = Part(Fraction(held, capital), limit, is_floor=True), capital - held
    is_red = part.room < 0
    yield Obligation(
        "employed_capital", label, verdict_of(part),
        Said(N_("Employed members hold %(part)s of the capital, %(held)s out of %(capital)s; at least %(limit)s."),
             {"part": part.share, "held": Euros(Cents(held)), "capital": Euros(Cents(capital)), "limit": limit}),
        () if is_red else _margins(
            (N_("Shares subscribed by others that would cross it: %(count)s."),
             more_to_pass(others, capital, 1 - limit, situation.nominal)),
        ),
        _to_do(is_red, N_("Shares that employed members must subscribe to come back: %(count)s."),
               {"count": others_to_come_back(others, capital, 1 - limit, situation.nominal)}),
        (least,), part,
    )  # fmt: skip


def _largest_holder(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    most, largest = figures.find_figure("share.max_holder_fraction", on=on), situation.largest
    if most is None:
        return
    label = N_("Largest holder")
    if largest is None or situation.capital == 0:
        yield _nothing("largest_holder", label, N_("No share is subscribed: there is no capital to hold."), most)
        return
    capital, limit = situation.capital, most.as_fraction()
    part = Part(Fraction(largest.cents, capital), limit)
    is_red = part.room < 0
    yield Obligation(
        "largest_holder", label, verdict_of(part),
        Said(N_("The largest holder has %(part)s of the capital, %(held)s; at most %(limit)s."),
             {"part": part.share, "held": Euros(Cents(largest.cents)), "limit": limit}),
        () if is_red else _margins(
            (N_("Shares this holder would subscribe to cross it: %(count)s."),
             more_to_pass(largest.cents, capital, limit, situation.nominal)),
        ),
        _to_do(is_red, N_("Shares that others must subscribe to come back: %(count)s."),
               {"count": others_to_come_back(largest.cents, capital, limit, situation.nominal)}),
        (most,), part,
    )  # fmt: skip


def _floor_of_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    ratio = figures.figure("capital.floor_ratio", on=on)
    lowest = ceil(situation.peak * ratio.as_fraction())
    part = Part(_part(situation.capital, situation.peak), ratio.as_fraction(), is_floor=True)
    is_red = situation.capital < lowest
    yield Obligation(
        "floor_of_capital", N_("Floor of the capital"), verdict_of(part) if situation.peak else Verdict.FINE,
        Said(N_("Capital: %(capital)s; floor: %(floor)s, which is %(ratio)s of the highest it ever was, %(peak)s."),
             {"capital": Euros(Cents(situation.capital)), "floor": Euros(Cents(lowest)), "ratio": ratio.as_fraction(),
              "peak": Euros(Cents(situation.peak))}),
        () if is_red else (Said(N_("What may still be paid back above this floor: %(amount)s."),
                                {"amount": Euros(Cents(situation.capital - lowest))}),),
        _to_do(is_red, N_("Pay nothing back: reimbursements wait, in their order, until shares are subscribed.")),
        (ratio,), part if situation.peak else None,
    )  # fmt: skip


def _part(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(1)


def _minimum_of_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    names = ("capital.statutory_minimum_cents", "capital.form_minimum_cents")
    found = [figure for name in names if (figure := figures.find_figure(name, on=on)) is not None]
    if not found:
        return
    least = max(figure.as_int() for figure in found)
    missing = least - situation.capital
    is_near = 0 <= -missing < least * NEAR
    yield Obligation(
        "minimum_of_capital", N_("Minimum of the capital"),
        Verdict.RED if missing > 0 else Verdict.NEAR if is_near else Verdict.FINE,
        Said(N_("Capital: %(capital)s; at least %(least)s."),
             {"capital": Euros(Cents(situation.capital)), "least": Euros(Cents(least))}),
        (Said(N_("What may still be paid back above this minimum: %(amount)s."), {"amount": Euros(Cents(-missing))}),)
        if missing <= 0 else (),
        _to_do(missing > 0, N_("Subscribe at least %(amount)s more, and pay nothing back until then."),
               {"amount": Euros(Cents(max(missing, 0)))}),
        tuple(figure for figure in found if figure.as_int() == least),
    )  # fmt: skip


def _nominal(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    low = figures.find_figure("share.nominal_min_cents", on=on)
    high = figures.find_figure("share.nominal_max_cents", on=on)
    if low is None or high is None:
        return
    is_within = low.as_int() <= situation.nominal <= high.as_int()
    yield Obligation(
        "nominal", N_("Nominal value of a share"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("A share is worth %(nominal)s; between %(low)s and %(high)s."),
             {"nominal": Euros(Cents(situation.nominal)), "low": Euros(Cents(low.as_int())),
              "high": Euros(Cents(high.as_int()))}),
        (), _to_do(not is_within, N_("Ask whether the decree still holds before anything is changed.")), (low, high),
    )  # fmt: skip


def _public_bodies(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    most = figures.find_figure("capital.public_bodies_max", on=on)
    if most is None or situation.capital == 0:
        return
    held = situation.cents(lambda kind: kind.is_organisation)
    part = Part(Fraction(held, situation.capital), most.as_fraction())
    is_within = part.room >= 0
    yield Obligation(
        "public_bodies", N_("Capital held by public bodies"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("Organisations of every kind hold %(part)s of the capital together; public bodies at most %(limit)s."),
             {"part": part.share, "limit": most.as_fraction()}),
        (), _to_do(not is_within, N_("Count the shares of public bodies among them.")), (most,), part,
    )  # fmt: skip


# Colleges of a SCIC


def _categories(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    least = figures.find_figure("colleges.categories_min", on=on)
    if least is None:
        return
    label = N_("Categories of members")
    if not situation.colleges:
        sentence = N_("The statutes have no colleges: the categories of members are not known here. Count them.")
        yield _nothing("categories", label, sentence, least)
        return
    present = sum(1 for heads in situation.by_college.values() if heads)
    smallest = min((heads for heads in situation.by_college.values() if heads), default=0)
    spare = present - least.as_int()
    yield Obligation(
        "categories", label, _by_spare(spare, smallest),
        Said(N_("Categories with members, one for each college: %(present)s; at least %(least)s, at all times."),
             {"present": present, "least": least.as_int()}),
        (Said(N_("Members of the smallest one: %(count)s."), {"count": smallest}),),
        _to_do(spare < 0, N_("Admit a member in a category that has none.")), (least,),
    )  # fmt: skip


def _by_spare(spare: int, smallest: int) -> Verdict:
    if spare < 0:
        return Verdict.RED
    return Verdict.NEAR if spare == 0 and smallest <= 1 else Verdict.FINE


def _employees_of_scic(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    rule = figures.find_figure("colleges.employees_or_producers_required", on=on)
    if rule is None or not rule.as_bool():
        return
    employed = situation.employed
    verdict = Verdict.TO_JUDGE if employed == 0 else Verdict.NEAR if employed == 1 else Verdict.FINE
    yield Obligation(
        "employees_of_scic", N_("Employees among the members"), verdict,
        Said(N_("Employed members: %(employed)s; one at least, or producers where the cooperative employs nobody."),
             {"employed": employed}),
        (), _to_do(employed == 0, N_("Say whether producers of the goods or services are members.")), (rule,),
    )  # fmt: skip


def _weights_of_colleges(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
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
        (), _to_do(bool(outside), N_("Change the weights in the statutes.")), (low, high),
    )  # fmt: skip


# Organs


def _external_mandates(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    cap = figures.find_figure("membership.external_mandates_max", on=on)
    if cap is None:
        return
    label, total, limit = N_("Mandates of external members"), len(situation.directors), cap.as_fraction()
    if total == 0:
        yield _nothing("external_mandates", label, N_("No mandate of director is recorded here. Record them."), cap)
        return
    external = sum(1 for director in situation.directors if not director.is_employed)
    joins, part = more_to_pass(external, total, limit), Part(Fraction(external, total), limit)
    is_red = part.room < 0
    yield Obligation(
        "external_mandates", label, verdict_of(part),
        Said(N_("Directors who are not employed members: %(external)s out of %(total)s; at most %(limit)s."),
             {"external": external, "total": total, "limit": limit}),
        () if is_red else _margins((N_("Elections of external members that would cross it: %(count)s."), joins)),
        _to_do(is_red, N_("Have employed members elected, or external mandates end.")), (cap,), part,
    )  # fmt: skip


def _size_of_board(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    low, high = (figures.find_figure(f"organs.board.{end}", on=on) for end in ("min", "max"))
    if low is None or high is None:
        return
    directors = len(situation.directors)
    is_within = low.as_int() <= directors <= high.as_int()
    yield Obligation(
        "size_of_board", N_("Size of the board"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("Directors whose mandate is recorded here: %(directors)s; between %(low)s and %(high)s."),
             {"directors": directors, "low": low.as_int(), "high": high.as_int()}),
        (), _to_do(not is_within, N_("Record the mandates that are missing or have ended, or have directors elected.")),
        (low, high),
    )  # fmt: skip


def _supervisory_board(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    above = figures.find_figure("organs.supervisory_board.required_above", on=on)
    if above is None:
        return
    left = above.as_int() - situation.members
    verdict = Verdict.TO_JUDGE if left < 0 else Verdict.NEAR if left == 0 else Verdict.FINE
    yield Obligation(
        "supervisory_board", N_("Supervisory board"), verdict,
        Said(N_("Members: %(members)s; beyond %(above)s a supervisory board is required."),
             {"members": situation.members, "above": above.as_int()}),
        _margins((N_("Admissions that would require it: %(count)s."), left + 1 if left >= 0 else None)),
        _to_do(left < 0, N_("Say whether the assembly has elected one: it is not known here.")), (above,),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One obligation before and after a drafted movement."""

    before: Obligation | None
    after: Obligation

    @property
    def turns_red(self) -> bool:
        """Whether the movement itself breaks it."""
        was_red = self.before is not None and self.before.verdict is Verdict.RED
        return self.after.verdict is Verdict.RED and not was_red


def changes(before: Sequence[Obligation], after: Sequence[Obligation]) -> list[Change]:
    """Each obligation beside what it was, those that turn red first."""
    known = {one.code: one for one in before}
    found = [Change(known.get(one.code), one) for one in after]
    return sorted(found, key=lambda change: not change.turns_red)

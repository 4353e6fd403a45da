"""What the law and the statutes ask of an admission and a departure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Breach
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_
from coopgov.members.rules.kinds import Category, DecidedBy
from coopgov.members.rules.people import College


@dataclass(frozen=True, slots=True)
class Heads:
    """The members of a day, counted by what they are to the cooperative."""

    employed: int
    external: int
    external_cooperatives: int = 0

    @property
    def total(self) -> int:
        return self.employed + self.external

    def plus(self, category: Category, *, is_cooperative: bool = False) -> "Heads":
        """The same heads with one member more."""
        if category is Category.EMPLOYED:
            return Heads(self.employed + 1, self.external, self.external_cooperatives)
        return Heads(self.employed, self.external + 1, self.external_cooperatives + int(is_cooperative))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an admission looks at."""

    category: Category
    college: str
    applied_on: date | None
    is_cooperative: bool = False
    on_own_account: bool = False
    """Sells on the marketplace without being employed by the cooperative for it: see `check_employed`."""


def check_admission(
    candidate: Candidate, heads: Heads, colleges: Sequence[College], *, decided_by: DecidedBy, on: date, law: Figures
) -> list[Breach]:
    """List what stands against this admission: the wrong body, too many members, too many external votes."""
    return [
        *check_admission_body(candidate.category, decided_by=decided_by, on=on, law=law),
        *_check_after_application(candidate.applied_on, on),
        *check_category_allowed(candidate.category, on=on, law=law),
        *check_employed(candidate.category, on_own_account=candidate.on_own_account, on=on, law=law),
        *check_college(candidate.college, colleges),
        *check_composition(heads.plus(candidate.category, is_cooperative=candidate.is_cooperative), on=on, law=law),
    ]


def check_admission_body(category: Category, *, decided_by: DecidedBy, on: date, law: Figures) -> list[Breach]:
    """Only the body the law or the statutes name may admit (*organe d'admission*)."""
    body = law.figure("membership.admission_body", on=on)
    if decided_by in bodies_that_admit(body) or _employees_admitted_without_assembly(category, on=on, law=law):
        return []
    if body.as_text() in {DecidedBy.BOARD, DecidedBy.MANAGEMENT}:
        sentence = N_("The statutes leave admissions to another body. Ask that body to decide.")
    elif body.as_text() == DecidedBy.EXTRAORDINARY_ASSEMBLY:
        sentence = N_(
            "Only an extraordinary assembly can admit a member here. "
            "Put this candidature on the agenda of an extraordinary assembly."
        )
    else:
        sentence = N_(
            "Only the ordinary assembly can admit a member here, not the board alone. "
            "Put this candidature on the agenda of an assembly."
        )
    return [Breach("wrong_admission_body", sentence, {"body": body.as_text()}, body.citations)]


def bodies_that_admit(body: Figure) -> frozenset[DecidedBy]:
    """The bodies whose decision admits: the one named, or an assembly where a board or a manager would do."""
    named = DecidedBy(body.as_text())
    if named in {DecidedBy.BOARD, DecidedBy.MANAGEMENT}:
        return frozenset({named, DecidedBy.ORDINARY_ASSEMBLY, DecidedBy.EXTRAORDINARY_ASSEMBLY})
    return frozenset({named})


def _employees_admitted_without_assembly(category: Category, *, on: date, law: Figures) -> bool:
    # Loi 78-763, art. 8: the statutes may admit employees on simple request or by right; management records it.
    route = law.find_figure("membership.admission_of_employees", on=on)
    return category is Category.EMPLOYED and route is not None and route.as_text() in {"on_request", "by_right"}


def board_may_admit(category: Category, *, on: date, law: Figures) -> bool:
    """True when the board's own decision is enough to admit a candidate of this category."""
    return any(
        not check_admission_body(category, decided_by=body, on=on, law=law)
        for body in (DecidedBy.BOARD, DecidedBy.MANAGEMENT)
    )


def _check_after_application(applied_on: date | None, on: date) -> list[Breach]:
    if applied_on is None or on >= applied_on:
        return []
    sentence = N_("The admission would be before the application of %(applied_on)s. Choose that day or a later one.")
    return [Breach("admitted_before_application", sentence, {"applied_on": applied_on}, field="effective_on")]


def check_category_allowed(category: Category, *, on: date, law: Figures) -> list[Breach]:
    """A SCOP admits external members only where its statutes say so."""
    allowed = law.find_figure("membership.external_allowed", on=on)
    if category is Category.EMPLOYED or allowed is None or allowed.as_bool():
        return []
    sentence = N_(
        "The statutes do not admit external members. Only people employed by the cooperative can be members, "
        "unless the statutes are changed first."
    )
    return [Breach("external_not_allowed", sentence, {}, allowed.citations, field="category")]


def check_employed(category: Category, *, on_own_account: bool, on: date, law: Figures) -> list[Breach]:
    """In a SCOP who sells on her own account is no employed member (loi 78-763, art. 5 and 17)."""
    counted = law.find_figure("membership.self_employed_is_employed", on=on)
    if category is not Category.EMPLOYED or not on_own_account or counted is None or counted.as_bool():
        return []
    sentence = N_(
        "Who sells on the marketplace on her own account is not employed by the cooperative. "
        "Choose an external member, or leave the shop out if she has a work contract with the cooperative."
    )
    return [Breach("seller_not_employed", sentence, {}, counted.citations, field="category")]


def check_college(code: str, colleges: Sequence[College]) -> list[Breach]:
    """Where the statutes have colleges, every member belongs to one of them; elsewhere to none."""
    if code in {college.code for college in colleges} or (not code and not colleges):
        return []
    if not colleges:
        return [
            Breach("no_colleges", N_("The statutes have no colleges. Leave the college empty."), {}, field="college")
        ]
    labels = ", ".join(college.label for college in colleges)
    sentence = N_("Every member belongs to one college. Choose one of these: %(colleges)s.")
    return [Breach("college_unknown", sentence, {"colleges": labels}, field="college")]


def check_composition(after: Heads, *, on: date, law: Figures) -> list[Breach]:
    """List what the law refuses in the members as they would be: their number, and the votes of external members."""
    return [*_check_number(after, on=on, law=law), *_check_external_votes(after, on=on, law=law)]


def _check_number(after: Heads, *, on: date, law: Figures) -> list[Breach]:
    most = law.find_figure("membership.max_members", on=on)
    if most is None or after.total <= most.as_int():
        return []
    sentence = N_(
        "A company of this form has at most %(most)s members and would have %(after)s. "
        "Change the legal form before admitting more."
    )
    values = {"most": most.as_int(), "after": after.total}
    return [Breach("too_many_members", sentence, values, most.citations)]


def _check_external_votes(after: Heads, *, on: date, law: Figures) -> list[Breach]:
    """External members hold at most 35 % of the votes; up to 49 % only thanks to cooperatives (loi 47, art. 3 bis)."""
    most = law.find_figure("membership.external_votes_max", on=on)
    with_cooperatives = law.find_figure("membership.external_votes_max_with_cooperatives", on=on)
    if most is None or not after.external:
        return []
    own = after.external - after.external_cooperatives
    breaches = []
    if own > most.as_fraction() * after.total:
        breaches.append(_too_many_votes(own, after, most))
    if (
        after.external_cooperatives
        and with_cooperatives is not None
        and after.external > with_cooperatives.as_fraction() * after.total
    ):
        breaches.append(_too_many_votes(after.external, after, with_cooperatives))
    return breaches


def _too_many_votes(external: int, after: Heads, most: Figure) -> Breach:
    sentence = N_(
        "External members would hold %(external)s votes out of %(total)s; they may hold at most %(most)s. "
        "Admit employed members first."
    )
    values: dict[str, object] = {"external": external, "total": after.total, "most": most.as_fraction()}
    return Breach("too_many_external_votes", sentence, values, most.citations, field="category")


def contract_end_keeps(on: date, law: Figures, *, excepted: bool) -> bool:
    """Whether the end of the work contract leaves the member in (retirement, economic dismissal, unfitness)."""
    ends = law.find_figure("membership.loss_with_work", on=on)
    return excepted or ends is None or not ends.as_bool()


def external_share(heads: Heads) -> Fraction:
    """The part of the votes that external members hold."""
    return Fraction(heads.external, heads.total) if heads.total else Fraction(0)


def check_exclusion_body(decided_by: DecidedBy, *, on: date, law: Figures) -> list[Breach]:
    """Only the assembly that changes the statutes excludes a member (code de commerce, art. L231-6)."""
    body = law.figure("membership.exclusion_body", on=on)
    if body.as_text() == decided_by:
        return []
    sentence = N_("Only an extraordinary assembly can exclude a member. Put it on the agenda of one.")
    return [Breach("wrong_exclusion_body", sentence, {}, body.citations)]

"""What the law and the statutes ask of a candidature, an admission and a departure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_


class PartyKind(StrEnum):
    """A human being or a legal person."""

    PERSON = "person"
    ORGANISATION = "organisation"


class ContactKind(StrEnum):
    """A way to reach a party."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


class Status(StrEnum):
    """Where a membership stands."""

    CANDIDATE = "candidate"
    MEMBER = "member"
    REFUSED = "refused"
    FORMER = "former"


class Category(StrEnum):
    """What a member is to the cooperative: employed by it (*associé coopérateur*), or not (*associé extérieur*)."""

    EMPLOYED = "employed"
    EXTERNAL = "external"


class EventKind(StrEnum):
    """What happens to a membership."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    REFUSED = "refused"
    RESIGNED = "resigned"
    EXCLUDED = "excluded"
    DECEASED = "deceased"
    CONTRACT_ENDED = "contract_ended"
    REINSTATED = "reinstated"
    COLLEGE_CHANGED = "college_changed"
    REVERSAL = "reversal"


class DecidedBy(StrEnum):
    """The body that decided."""

    ORDINARY_ASSEMBLY = "ordinary_assembly"
    EXTRAORDINARY_ASSEMBLY = "extraordinary_assembly"
    BOARD = "board"
    MANAGEMENT = "management"


# A departure by the end of the work contract keeps the member where the statutes say so: see `after_contract`.
TRANSITIONS: dict[tuple[Status, EventKind], Status] = {
    (Status.CANDIDATE, EventKind.ADMITTED): Status.MEMBER,
    (Status.CANDIDATE, EventKind.REFUSED): Status.REFUSED,
    (Status.MEMBER, EventKind.COLLEGE_CHANGED): Status.MEMBER,
    (Status.MEMBER, EventKind.RESIGNED): Status.FORMER,
    (Status.MEMBER, EventKind.EXCLUDED): Status.FORMER,
    (Status.MEMBER, EventKind.DECEASED): Status.FORMER,
    (Status.MEMBER, EventKind.CONTRACT_ENDED): Status.FORMER,
    (Status.FORMER, EventKind.REINSTATED): Status.MEMBER,
}


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event as rules see it."""

    id: int
    kind: EventKind
    effective_on: date
    status: Status
    category: Category
    college: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is on a day, folded from the events."""

    status: Status
    category: Category
    college: str
    applied_on: date | None = None
    joined_on: date | None = None
    left_on: date | None = None


def standing_of(events: Iterable[EventFact], *, on: date) -> Standing | None:
    """Fold the events up to the end of that day; a reversed event never was."""
    known = list(events)
    reversed_ids = {event.reverses_id for event in known if event.reverses_id is not None}
    live = sorted(
        (e for e in known if e.kind is not EventKind.REVERSAL and e.id not in reversed_ids and e.effective_on <= on),
        key=lambda event: (event.effective_on, event.id),
    )
    if not live:
        return None
    last = live[-1]
    return Standing(
        status=last.status,
        category=last.category,
        college=last.college,
        applied_on=_last_day(live, EventKind.APPLIED),
        joined_on=_last_day(live, EventKind.ADMITTED),
        left_on=last.effective_on if last.status is Status.FORMER else None,
    )


def _last_day(events: Sequence[EventFact], kind: EventKind) -> date | None:
    return next((event.effective_on for event in reversed(events) if event.kind is kind), None)


@dataclass(frozen=True, slots=True)
class College:
    """A college as members see it: its code and its name."""

    code: str
    label: str


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


def check_admission(
    candidate: Candidate, heads: Heads, colleges: Sequence[College], *, decided_by: DecidedBy, on: date, law: Figures
) -> list[Breach]:
    """List what stands against this admission: the wrong body, too many members, too many external votes."""
    return [
        *check_admission_body(candidate.category, decided_by=decided_by, on=on, law=law),
        *_check_after_application(candidate.applied_on, on),
        *check_category_allowed(candidate.category, on=on, law=law),
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
    if with_cooperatives is not None and after.external > with_cooperatives.as_fraction() * after.total:
        breaches.append(_too_many_votes(after.external, after, with_cooperatives))
    return breaches


def _too_many_votes(external: int, after: Heads, most: Figure) -> Breach:
    sentence = N_(
        "External members would hold %(external)s votes out of %(total)s; they may hold at most %(most)s. "
        "Admit employed members first."
    )
    values: dict[str, object] = {"external": external, "total": after.total, "most": most.as_fraction()}
    return Breach("too_many_external_votes", sentence, values, most.citations, field="category")


@dataclass(frozen=True, slots=True)
class Person:
    """Who applies or is enrolled: a person, or an organisation and its representative."""

    kind: PartyKind
    legal_name: str
    given_names: str = ""
    birth_date: date | None = None
    birth_place: str = ""
    siren: str = ""
    representative: str = ""
    is_cooperative: bool = False

    @property
    def name(self) -> str:
        """The name as it is shown: given names first, or the organisation's name."""
        return f"{self.given_names} {self.legal_name}".strip()

    @property
    def sort_name(self) -> str:
        """The folded name by which lists are ordered: family name first."""
        return fold(f"{self.legal_name} {self.given_names}")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a member is reached: e-mail, telephone, postal address (the town is its last line)."""

    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    town: str = ""

    @property
    def postal_lines(self) -> tuple[str, ...]:
        return tuple(line for line in (*self.address, self.town) if line)


@dataclass(frozen=True, slots=True)
class Application:
    """A candidature (*candidature*) as it is sent."""

    person: Person
    reach: Reach
    craft: str
    category: Category
    college: str = ""
    shares_wished: int = 1
    has_shop: bool = False
    consents_to_email: bool = False
    accepts_statutes: bool = False


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is a member already, with the days of the past: for an import or a demonstration."""

    person: Person
    joined_on: date
    category: Category
    number: int | None = None
    reach: Reach = field(default_factory=Reach)
    craft: str = ""
    college: str = ""
    has_shop: bool = False
    applied_on: date | None = None
    decision: str = ""
    consent_on: date | None = None
    consent_proof: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier membership of somebody with the same name and e-mail."""

    id: UUID
    number: int
    status: Status
    since: date


# One address may serve a household, but not fill the secretary's desk: a defence of a public form, not a rule of law.
MOST_APPLICATIONS_PER_EMAIL = 3


def check_application(
    application: Application,
    earlier: Sequence[Earlier],
    colleges: Sequence[College],
    *,
    from_same_email: int,
    on: date,
    law: Figures,
) -> list[Breach]:
    """List what stands against a candidature: an earlier one, too few shares, a category the statutes do not admit."""
    return [
        *check_earlier(earlier, on=on, law=law),
        *_check_crowd(from_same_email),
        *check_shares_wished(application.shares_wished, on=on, law=law),
        *check_category_allowed(application.category, on=on, law=law),
        *check_college(application.college, colleges),
        *_check_accepts(accepts_statutes=application.accepts_statutes),
    ]


def check_earlier(earlier: Sequence[Earlier], *, on: date, law: Figures) -> list[Breach]:
    """Tell somebody who is here already, or was refused lately."""
    breaches = []
    for known in earlier:
        if known.status is Status.CANDIDATE:
            sentence = N_(
                "We already have your application of %(since)s: you need not send it again. "
                "You will be told of the decision by e-mail."
            )
            breaches.append(Breach("already_applied", sentence, {"since": known.since}, field="email"))
        elif known.status is Status.MEMBER:
            sentence = N_("You are already a member, under number %(number)s. Sign in with this e-mail address.")
            breaches.append(Breach("already_member", sentence, {"number": str(known.number)}, field="email"))
        elif known.status is Status.REFUSED:
            breaches.extend(_check_wait(known.since, on=on, law=law))
    return breaches


def _check_wait(refused_on: date, *, on: date, law: Figures) -> list[Breach]:
    wait = law.find_figure("membership.reapplication_years", on=on)
    if wait is None or on >= (again := add_years(refused_on, wait.as_int())):
        return []
    sentence = N_("Your last application was refused on %(refused_on)s. You may apply again from %(again)s.")
    return [Breach("applied_too_soon", sentence, {"refused_on": refused_on, "again": again}, wait.citations)]


def _check_crowd(from_same_email: int) -> list[Breach]:
    if from_same_email < MOST_APPLICATIONS_PER_EMAIL:
        return []
    sentence = N_("Several applications with this e-mail address are already waiting. Use another one, or write to us.")
    return [Breach("too_many_applications", sentence, {}, field="email")]


def check_shares_wished(wished: int, *, on: date, law: Figures) -> list[Breach]:
    """A member holds at least the shares that admission asks for; she may wish for more."""
    least = law.find_figure("share.min_for_admission", on=on)
    if least is None or wished >= least.as_int():
        return []
    sentence = N_("A member holds at least %(least)s shares. Write that number or a larger one.")
    return [Breach("too_few_shares", sentence, {"least": least.as_int()}, least.citations, field="shares_wished")]


def _check_accepts(*, accepts_statutes: bool) -> list[Breach]:
    if accepts_statutes:
        return []
    sentence = N_("A member keeps the statutes. Read them and tick the box to go on.")
    return [Breach("statutes_not_accepted", sentence, {}, field="accepts_statutes")]


def check_siren(siren: str) -> list[Breach]:
    """A SIREN has nine figures and a check digit."""
    from stdnum.fr import siren as checked  # noqa: PLC0415 - the package is slow to load and few pages need it

    if checked.is_valid(siren):
        return []
    sentence = N_("This SIREN is not right: it has nine figures, the last of which checks the others.")
    return [Breach("bad_siren", sentence, {}, field="siren")]


def contract_end_keeps(on: date, law: Figures, *, excepted: bool) -> bool:
    """Whether the end of the work contract leaves the member in (retirement, economic dismissal, unfitness)."""
    ends = law.find_figure("membership.loss_with_work", on=on)
    return excepted or ends is None or not ends.as_bool()


def check_day_order(events: Sequence[EventFact], effective_on: date) -> list[Breach]:
    """An event is dated no earlier than those it follows."""
    last = max((event.effective_on for event in events), default=None)
    if last is None or effective_on >= last:
        return []
    sentence = N_("Something is already recorded on %(last)s. Choose that day or a later one.")
    return [Breach("before_the_last_event", sentence, {"last": last}, field="effective_on")]


def check_said(text: str, *, field: str = "decision") -> list[Breach]:
    """A decision names itself, so that it can be found again."""
    if text.strip():
        return []
    sentence = N_("Say which decision this is: the body, the day, the resolution.")
    return [Breach("decision_missing", sentence, {}, field=field)]


_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
# Letters that decomposition leaves alone.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """The text in plain small letters and figures, words one blank apart: Œuvré-Müller gives “oeuvre muller”."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return _NOT_A_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def words_of(*texts: str) -> list[str]:
    """The distinct folded words by which something is found."""
    return list(dict.fromkeys(word[:60] for text in texts for word in fold(text).split()))


def fold_email(email: str) -> str:
    """The address as it is compared: no blanks, small letters."""
    return email.strip().casefold()


def external_share(heads: Heads) -> Fraction:
    """The part of the votes that external members hold."""
    return Fraction(heads.external, heads.total) if heads.total else Fraction(0)

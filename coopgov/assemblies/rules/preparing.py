"""The pre-flight of an assembly in preparation (*contrôle préalable*): what it will be held to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from coopgov.assemblies.rules.convening import (
    AgendaDraft,
    check_agenda,
    check_notice,
    check_remote_vote,
    check_second_call,
    notice_days,
    remote_closes_at,
)
from coopgov.assemblies.rules.proxies import proxy_limit
from coopgov.assemblies.rules.states import AssemblyKind, SubjectKind, law_call, law_kind
from coopgov.core.dates import paris_day
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Confidence, Figure, Figures, Speaker
from coopgov.core.i18n import N_, Word
from coopgov.core.preflight import Check, Doubt, checked, green, to_judge
from coopgov.law.arithmetic import (
    Base,
    DecisionRule,
    add_months,
    decision_rule,
    latest_sending_day,
    quorum,
    quorum_heads,
)
from coopgov.law.competence import Matter, competent_body

# What a majority asks, by what it is measured on and whether it must be passed.
MAJORITIES: Mapping[tuple[Base, bool], str] = {
    (Base.EXPRESSED, True): N_("Adopted with more than %(part)s of the votes cast for and against."),
    (Base.EXPRESSED, False): N_("Adopted with at least %(part)s of the votes cast for and against."),
    (Base.PRESENT_OR_REPRESENTED, True): N_("Adopted with more than %(part)s of the members present or represented."),
    (Base.PRESENT_OR_REPRESENTED, False): N_("Adopted with at least %(part)s of the members present or represented."),
    (Base.ALL_MEMBERS, True): N_("Adopted with more than %(part)s of all the members."),
    (Base.ALL_MEMBERS, False): N_("Adopted with at least %(part)s of all the members."),
}
_KNOWN = {
    Confidence.BASELINE: Word(N_("read in the text of about 2015, which may have changed since")),
    Confidence.RECALLED: Word(N_("known from memory, not read in the text")),
}
_BODIES = {"manager": Word(N_("the management")), "board": Word(N_("the board"))}


@dataclass(frozen=True, slots=True)
class Told:
    """How many members a notice that left today would reach, by e-mail and by letter."""

    by_mail: int
    by_letter: int


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the pre-flight of an assembly looks at."""

    kind: AssemblyKind
    call: int
    held_at: datetime
    remote_vote: bool
    items: Sequence[AgendaDraft]
    enrolled: int
    told: Told | None = None
    """Looked up only where it matters: on the page from which the notice leaves."""
    first_on: date | None = None
    """The day of the first call, of a second one."""
    by_the_body: bool = False
    """Whether who convenes holds an office of the body that has to."""
    plain: Collection[UUID] = ()
    """The proposals that change no fee: nothing tells the program what they decide."""
    subjects: Sequence[Check] = ()
    """What was found of the candidates and the proposals on the agenda."""
    colleges: Sequence[tuple[str, Fraction]] = ()
    """The colleges of the statutes of that day, with their weights."""

    @property
    def held_on(self) -> date:
        """The legal day of the assembly, for which most figures are read."""
        return paris_day(self.held_at)


def preparation(facts: Preparation, figures: Figures, *, on: date) -> list[Check]:
    """Everything that is right, wrong or for a person to judge, should the notice leave that day."""
    return [
        *_agenda_checks(facts, figures),
        *facts.subjects,
        *_competence_checks(facts, figures),
        *_convenor_check(facts, figures, on),
        *_notice_checks(facts, figures, on),
        *_second_call_checks(facts, figures),
        *checked(check_roll(facts.enrolled), _roll_check(facts)),
        *_channel_check(facts, figures, on),
        *_remote_checks(facts, figures),
        _quorum_check(facts, figures),
        _majority_check(facts, figures),
        *_colleges_check(facts, figures),
        _proxy_check(facts, figures),
        *_doubts_check(facts, figures, on),
    ]


def check_roll(enrolled: int) -> list[Breach]:
    """List what stands against convening nobody."""
    if enrolled:
        return []
    return [Breach("roll_empty", N_("No member could vote today. Admit members first."))]


def part_of_a_whole(part: Fraction) -> str:
    """A part as people say it: half, two thirds."""
    return Word(N_("half")) if part == Fraction(1, 2) else str(part)


def _agenda_checks(facts: Preparation, figures: Figures) -> list[Check]:
    matters = (Matter.ADMISSION, Matter.ACCOUNTS, Matter.STATUTES)
    admits, accounts, amends = (competent_body(figures, matter, on=facts.held_on) for matter in matters)
    sentence = N_("The agenda is complete: %(count)s resolutions, each with its text.")
    kept = green("agenda", sentence, {"count": len(facts.items)})
    return checked(check_agenda(facts.items, kind=facts.kind, admits=admits, accounts=accounts, amends=amends), kept)


def _competence_checks(facts: Preparation, figures: Figures) -> list[Check]:
    # A second call brings back the same words: they were judged before the first.
    if facts.call > 1:
        return []
    return [_competence_check(item, facts, figures) for item in facts.items if _is_free_text(item, facts)]


# What a person alone can tell to belong to this assembly.
_FREE_TEXTS = frozenset({SubjectKind.TEXT, SubjectKind.ELECTION, SubjectKind.CHOICE})


def _is_free_text(item: AgendaDraft, facts: Preparation) -> bool:
    return item.subject_kind in _FREE_TEXTS or item.subject_id in facts.plain


def _competence_check(item: AgendaDraft, facts: Preparation, figures: Figures) -> Check:
    if facts.kind is AssemblyKind.ORDINARY:
        other = Matter.STATUTES
        sentence = N_(
            "Resolution %(position)s, “%(title)s”, is a free text: only a person can tell that an ordinary assembly "
            "may decide it. What changes the statutes, dissolves, merges or excludes belongs to an extraordinary one."
        )
    else:
        other = Matter.ACCOUNTS
        sentence = N_(
            "Resolution %(position)s, “%(title)s”, is a free text: only a person can tell that an extraordinary "
            "assembly may decide it. Accounts, elections and what is neither belong to an ordinary one."
        )
    found = competent_body(figures, other, on=facts.held_on)
    values = {"position": item.position, "title": item.title, "text": item.text}
    return to_judge(f"competence-{item.position}", sentence, values, found.citations if found else ())


def _convenor_check(facts: Preparation, figures: Figures, on: date) -> list[Check]:
    figure = figures.find_figure("assembly.convenor", on=on)
    body = _BODIES.get(figure.as_text(), "") if figure else Word(N_("the body that the statutes name"))
    citations = figure.citations if figure else ()
    if facts.by_the_body and figure:
        sentence = N_("The assembly is convened by %(body)s, and you hold an office there.")
        return [green("convenor", sentence, {"body": body}, citations)]
    sentence = N_(
        "The assembly is convened by %(body)s. Make sure that it decided to do so, and write its decision and its day."
    )
    return [to_judge("convenor", sentence, {"body": body}, citations)]


def _notice_checks(facts: Preparation, figures: Figures, on: date) -> list[Check]:
    figure = notice_days(figures, call=facts.call, on=on)
    latest = latest_sending_day(facts.held_on, figure.as_int())
    sentence = N_("The notice must leave %(days)s days before the assembly: by %(latest)s.")
    kept = green("notice", sentence, {"days": figure.as_int(), "latest": latest}, figure.citations, latest)
    return checked(check_notice(figures, call=facts.call, held_on=facts.held_on, sent_on=on), kept)


def _second_call_checks(facts: Preparation, figures: Figures) -> list[Check]:
    if facts.first_on is not None:
        kept = green(
            "second_call", N_("It is held after the first call, of %(first_on)s."), {"first_on": facts.first_on}
        )
        breaches = check_second_call(figures, kind=facts.kind, first_on=facts.first_on, held_on=facts.held_on)
        return checked(breaches, kept)
    if not _quorum(facts, figures).as_fraction():
        return []
    days = notice_days(figures, call=2, on=facts.held_on)
    latest = _latest_second_call(facts, figures)
    if latest is None:
        sentence = N_("Without quorum, a second call is held: its notice leaves %(days)s days before.")
        return [green("second_call", sentence, {"days": days.as_int()}, days.citations)]
    sentence = N_("Without quorum, a second call is held by %(latest)s: its notice leaves %(days)s days before.")
    return [green("second_call", sentence, {"days": days.as_int(), "latest": latest}, days.citations)]


def _latest_second_call(facts: Preparation, figures: Figures) -> date | None:
    figure = figures.find_figure("assembly.second_call_max_months", on=facts.held_on)
    if figure is None or facts.kind is AssemblyKind.ORDINARY:
        return None
    return add_months(facts.held_on, figure.as_int())


def _roll_check(facts: Preparation) -> Check:
    return green("roll", N_("%(enrolled)s members are on the roll as it stands today."), {"enrolled": facts.enrolled})


def _channel_check(facts: Preparation, figures: Figures, on: date) -> list[Check]:
    if facts.told is None:
        return []
    days = figures.figure("assembly.email_consent_days", on=on)
    sentence = N_(
        "%(by_mail)s members accepted e-mail by %(before)s, %(days)s days before the assembly; "
        "%(by_letter)s are convened by letter."
    )
    values: dict[str, object] = {
        "by_mail": facts.told.by_mail, "by_letter": facts.told.by_letter, "days": days.as_int(),
        "before": facts.held_on - timedelta(days=days.as_int()),
    }  # fmt: skip
    return [green("channel", sentence, values, days.citations)]


def _remote_checks(facts: Preparation, figures: Figures) -> list[Check]:
    if not facts.remote_vote:
        return []
    closes_at, citations = remote_closes_at(figures, held_at=facts.held_at)
    sentence = N_("Voting remotely opens with the notice and ends on %(closes_at)s.")
    kept = green("remote", sentence, {"closes_at": closes_at}, citations)
    return checked(check_remote_vote(figures, remote_vote=True, on=facts.held_on), kept)


def _quorum(facts: Preparation, figures: Figures) -> Figure:
    return quorum(figures, kind=law_kind(facts.kind), call=law_call(facts.call), on=facts.held_on)


def _quorum_check(facts: Preparation, figures: Figures) -> Check:
    figure = _quorum(facts, figures)
    needed = figure.as_fraction()
    if not needed:
        return green("quorum", N_("No quorum is asked: the assembly decides however few come."), {}, figure.citations)
    sentence = N_(
        "Quorum: at least %(heads)s members of %(enrolled)s (%(needed)s), present, represented or voting remotely."
    )
    values = {"heads": quorum_heads(facts.enrolled, needed), "enrolled": facts.enrolled, "needed": needed}
    return green("quorum", sentence, values, figure.citations)


def _majority_check(facts: Preparation, figures: Figures) -> Check:
    rule = _majority(facts, figures)
    values = {"part": part_of_a_whole(rule.fraction)}
    return green("majority", MAJORITIES[rule.base, rule.strict], values, rule.citations)


def _colleges_check(facts: Preparation, figures: Figures) -> list[Check]:
    if not facts.colleges:
        return []
    weights = tuple(
        green("weight", N_("%(college)s %(weight)s"), {"college": label, "weight": weight})
        for label, weight in facts.colleges
    )
    figure = figures.find_figure("colleges.weight_min", on=facts.held_on)
    sentence = N_("Votes are counted college by college, and each college weighs its part of the whole: %(weights)s.")
    return [green("colleges", sentence, {"weights": weights}, figure.citations if figure else ())]


def _majority(facts: Preparation, figures: Figures) -> DecisionRule:
    return decision_rule(figures, kind=law_kind(facts.kind), call=law_call(facts.call), on=facts.held_on)


def _proxy_check(facts: Preparation, figures: Figures) -> Check:
    found = proxy_limit(figures, members=facts.enrolled, on=facts.held_on)
    if found.limit is None:
        return green("proxies", N_("Nothing limits how many proxies one member may hold."), {}, found.citations)
    sentence = N_("Proxies that one member may hold: %(limit)s at most.")
    return green("proxies", sentence, {"limit": found.limit}, found.citations)


def _doubts_check(facts: Preparation, figures: Figures, on: date) -> list[Check]:
    """What was read in an older text or recalled, and would void the assembly if it were wrong; a clause settles it."""
    doubtful = [(name, figure) for name, figure in _that_matter(facts, figures, on) if _is_doubtful(figure)]
    if not doubtful:
        return []
    # Minutes print this sentence as it stands: the doubt itself is told beside it, to who convenes.
    sentence = N_("Rules to be compared with their articles as they stand today: %(figures)s (%(articles)s).")
    names = tuple(name for name, _figure in doubtful)
    articles = tuple(citation.text for citation in _citations(doubtful))
    doubts = tuple(Doubt(name, _KNOWN[figure.confidence], figure.note) for name, figure in doubtful)
    return [to_judge("doubts", sentence, {"figures": names, "articles": articles}, _citations(doubtful), doubts)]


def _is_doubtful(figure: Figure) -> bool:
    return figure.confidence is not Confidence.VERIFIED and figure.speaker is Speaker.LAW


def _citations(found: Sequence[tuple[Word, Figure]]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for _name, figure in found for citation in figure.citations))


def _that_matter(facts: Preparation, figures: Figures, on: date) -> Iterator[tuple[Word, Figure]]:
    kind, call = law_kind(facts.kind), law_call(facts.call)
    asked = [
        (Word(N_("who convenes")), "assembly.convenor", on),
        (Word(N_("days of notice")), f"assembly.notice_days.{call}", on),
        (Word(N_("channel of the notice")), "assembly.channel.without_consent", on),
        (Word(N_("quorum")), f"assembly.quorum.{kind}.{call}", facts.held_on),
        (Word(N_("majority")), f"assembly.majority.{kind}.{call}", facts.held_on),
        (Word(N_("what the majority is measured on")), f"assembly.majority_base.{kind}.{call}", facts.held_on),
    ]
    if facts.remote_vote:
        asked.append((Word(N_("end of the remote vote")), "assembly.remote_vote_cutoff_time", facts.held_on))
    for label, name, day in asked:
        figure = figures.find_figure(name, on=day)
        if figure is not None:
            yield label, figure

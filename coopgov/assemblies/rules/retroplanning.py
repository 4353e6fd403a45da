"""Retro-planning (*rétroplanning*): from the day of an assembly to every deadline around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, date, datetime, timedelta
from enum import StrEnum

from coopgov.assemblies.rules.convening import remote_closes_at
from coopgov.assemblies.rules.states import AssemblyKind, law_call, law_kind
from coopgov.core.calendar import Calendar
from coopgov.core.dates import paris_day
from coopgov.core.errors import Citation
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_
from coopgov.law.arithmetic import add_months, earliest_assembly_day, latest_sending_day

# Not a figure of law: a notice that leaves on the last day has no room for an accident.
_MARGIN = timedelta(days=1)


class DoneBy(StrEnum):
    """Whose deadline it is."""

    BOARD = "board"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the retro-planning knows of an assembly."""

    held_at: datetime
    kind: AssemblyKind
    call: int
    has_accounts: bool
    remote_vote: bool
    calendar: Calendar
    closes_at: datetime | None = None
    """The end of remote votes and proxies as convened; None before: the law's own is shown."""
    may_be_called_again: bool = True
    year_end: date | None = None
    """The end of the financial year whose accounts are on the agenda."""

    @property
    def held_on(self) -> date:
        """The legal day of the assembly."""
        return paris_day(self.held_at)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date around an assembly: what is due, by whom, under which article, and whether it is past."""

    code: str
    label: str
    sentence: str
    due: date | datetime
    done_by: DoneBy
    concerns_members: bool
    citations: tuple[Citation, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    past: bool = False
    days_left: int = 0
    is_working_day: bool = True

    @property
    def day(self) -> date:
        """The legal day it falls on."""
        return paris_day(self.due) if isinstance(self.due, datetime) else self.due

    @property
    def is_timed(self) -> bool:
        """Whether it falls at an hour, not on a whole day."""
        return isinstance(self.due, datetime)


def plan(figures: Figures, meeting: Meeting, *, now: datetime) -> list[Deadline]:
    """Every deadline of the assembly in the order of time; what the legal form does not know is left out."""
    # The figures of today while it is to come; those of its day afterwards.
    on = min(paris_day(now), meeting.held_on)
    found = [
        *_by_members_early(figures, meeting, on),
        *_notice(figures, meeting, on),
        *_papers(figures, meeting, on),
        *_questions(figures, meeting, on),
        *_votes(figures, meeting, on),
        _meeting(meeting),
    ]
    # A slip of the hand may plan the last year there is; nothing can be dated after it.
    if meeting.held_on.year < MAXYEAR:
        found += [
            *_annual(figures, meeting, on),
            *_second_call(figures, meeting, on),
            *_afterwards(figures, meeting, on),
        ]
    return sorted((_seen(one, meeting, now) for one in found), key=lambda one: (one.day, one.is_timed, _hour(one)))


def _hour(deadline: Deadline) -> str:
    return deadline.due.isoformat() if isinstance(deadline.due, datetime) else ""


def _seen(one: Deadline, meeting: Meeting, now: datetime) -> Deadline:
    """The same deadline as it stands at that instant."""
    today = paris_day(now)
    past = one.due <= now if isinstance(one.due, datetime) else one.due < today
    working = meeting.calendar.is_working_day(one.day)
    return replace(one, past=past, days_left=(one.day - today).days, is_working_day=working)


def _before(meeting: Meeting, figure: Figure) -> date:
    return meeting.held_on - timedelta(days=figure.as_int())


def _days(figure: Figure) -> dict[str, object]:
    return {"days": figure.as_int()}


def _by_members_early(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    if consent := figures.find_figure("assembly.email_consent_days", on=on):
        sentence = N_(
            "Last day for a member to accept notice by e-mail, or to go back to letters, for this assembly: "
            "%(days)s days before it."
        )
        yield Deadline(
            "email_consent", N_("Agreement to e-mail"), sentence, _before(meeting, consent),
            DoneBy.MEMBER, True, consent.citations, _days(consent),
        )  # fmt: skip
    # A second call keeps the agenda of the first.
    if meeting.call == 1 and (items := figures.find_figure("assembly.items_request_days", on=on)):
        yield from _items(figures, meeting, items, on)


def _items(figures: Figures, meeting: Meeting, items: Figure, on: date) -> Iterator[Deadline]:
    last = _before(meeting, items)
    sentence = N_("Last day for members to ask for an item or a resolution on the agenda: %(days)s days before.")
    label = N_("Items and resolutions of members")
    yield Deadline("items", label, sentence, last, DoneBy.MEMBER, True, items.citations, _days(items))
    if answer := figures.find_figure("assembly.items_acknowledgement_days", on=on):
        sentence = N_("A request that came on the last day is acknowledged by then, %(days)s days after it came.")
        yield Deadline(
            "items_acknowledged", N_("Receipt for the last request"), sentence,
            last + timedelta(days=answer.as_int()), DoneBy.BOARD, False, answer.citations, _days(answer),
        )  # fmt: skip


def _notice(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    figure = figures.find_figure(f"assembly.notice_days.{law_call(meeting.call)}", on=on)
    if figure is None:
        return
    latest = latest_sending_day(meeting.held_on, figure.as_int())
    values = _days(figure) | {"advised": meeting.calendar.last_working_day(latest - _MARGIN)}
    sentence = N_(
        "Last day for the notice to leave: %(days)s days before the assembly. "
        "Keep a margin and send it on %(advised)s, a working day."
    )
    yield Deadline("notice", N_("Notice to members"), sentence, latest, DoneBy.BOARD, True, figure.citations, values)


def _papers(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    if papers := figures.find_figure("assembly.documents_days", on=on):
        sentence = N_("The resolutions, the reports and the accounts if any are sent to members by then.")
        if figures.form.company == "sa":
            sentence = N_("From that day members may read the resolutions, the reports and the accounts if any.")
        due = _before(meeting, papers)
        yield Deadline("documents", N_("Papers for members"), sentence, due, DoneBy.BOARD, True, papers.citations)
    if request := figures.find_figure("assembly.documents_request_days", on=on):
        sentence = N_("Last day for a member to ask that the papers be sent: %(days)s days before the assembly.")
        yield Deadline(
            "documents_request", N_("Request for papers"), sentence, _before(meeting, request),
            DoneBy.MEMBER, True, request.citations, _days(request),
        )  # fmt: skip
    yield from _list_of_members(figures, meeting, on)


def _list_of_members(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    if closing := figures.find_figure("membership.list_closing_days", on=on):
        sentence = N_("The list of members is closed: surname, usual first name and address of each.")
        due = _before(meeting, closing)
        yield Deadline("list_closed", N_("List closed"), sentence, due, DoneBy.BOARD, False, closing.citations)
    if reading := figures.find_figure("membership.list_reading_days", on=on):
        sentence = N_("From that day until the assembly, members may read the list of members and copy it.")
        due = _before(meeting, reading)
        yield Deadline("list", N_("List of members to read"), sentence, due, DoneBy.BOARD, True, reading.citations)


def _questions(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    figure = figures.find_figure("assembly.written_questions_business_days", on=on)
    if figure is None:
        return
    due = meeting.calendar.working_day_before(meeting.held_on, figure.as_int())
    sentence = N_(
        "Last day for members to send written questions: the working day number %(days)s before the assembly, "
        "without Saturdays, Sundays and public holidays. The board answers in the assembly."
    )
    label = N_("Written questions")
    yield Deadline("questions", label, sentence, due, DoneBy.MEMBER, True, figure.citations, _days(figure))


def _votes(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    paper = figures.find_figure("assembly.postal_form_cutoff_days", on=on)
    if paper is not None:
        sentence = N_("A voting form on paper counts if the cooperative has it by then, %(days)s days before.")
        yield Deadline(
            "paper_forms", N_("Voting forms on paper"), sentence, _before(meeting, paper),
            DoneBy.MEMBER, True, paper.citations, _days(paper),
        )  # fmt: skip
    legal, citations = remote_closes_at(figures, held_at=meeting.held_at)
    closes_at = meeting.closes_at or legal
    sentence = N_("Proxies can be given on this site until then.")
    yield Deadline("proxies", N_("End of proxies online"), sentence, closes_at, DoneBy.MEMBER, True, citations)
    if meeting.remote_vote:
        sentence = N_("Votes from a distance are taken until then; afterwards, members vote in the room.")
        label = N_("End of votes from a distance")
        yield Deadline("remote_vote", label, sentence, closes_at, DoneBy.MEMBER, True, citations)


def _annual(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    """The last day of the yearly assembly, where it is the one that hears the accounts."""
    months = figures.find_figure("assembly.annual_months", on=on)
    if months is None or meeting.year_end is None:
        return
    sentence = N_(
        "Last day for the yearly assembly: the accounts of the year that ended on %(year_end)s are put to the members "
        "within %(months)s months."
    )
    yield Deadline(
        "annual", N_("Yearly assembly held"), sentence, add_months(meeting.year_end, months.as_int()),
        DoneBy.BOARD, False, months.citations, {"months": months.as_int(), "year_end": meeting.year_end},
    )  # fmt: skip


def _meeting(meeting: Meeting) -> Deadline:
    sentence = N_("The session cannot begin before this hour.")
    return Deadline("assembly", N_("The assembly meets"), sentence, meeting.held_at, DoneBy.BOARD, True)


def _second_call(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    quorum = figures.find_figure(f"assembly.quorum.{law_kind(meeting.kind)}.first", on=on)
    notice = figures.find_figure("assembly.notice_days.second", on=on)
    asks_for_one = quorum is not None and quorum.as_fraction() > 0
    if meeting.call > 1 or not meeting.may_be_called_again or notice is None or not asks_for_one:
        return
    first = earliest_assembly_day(meeting.held_on, notice.as_int())
    sentence = N_("If the quorum is missing: first day of a second call, if its notice leaves on the same evening.")
    yield Deadline("second_call", N_("Second call, from"), sentence, first, DoneBy.BOARD, True, notice.citations)
    months = figures.find_figure("assembly.second_call_max_months", on=on)
    if months is not None and meeting.kind is AssemblyKind.EXTRAORDINARY:
        last = add_months(meeting.held_on, months.as_int())
        sentence = N_("If the quorum is missing: last day of a second call, %(months)s months after the first.")
        yield Deadline(
            "second_call_last", N_("Second call, until"), sentence, last,
            DoneBy.BOARD, True, months.citations, {"months": months.as_int()},
        )  # fmt: skip


def _afterwards(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    if minutes := figures.find_figure("minutes.delay_days", on=on):
        sentence = N_("The minutes are drawn up and signed by then, %(days)s days after the assembly.")
        due = meeting.held_on + timedelta(days=minutes.as_int())
        yield Deadline(
            "minutes", N_("Minutes drawn up"), sentence, due, DoneBy.BOARD, False, minutes.citations, _days(minutes)
        )
    if meeting.has_accounts:
        yield from _filing(figures, meeting, on)


def _filing(figures: Figures, meeting: Meeting, on: date) -> Iterator[Deadline]:
    paper = figures.find_figure("year_end.filing_months.paper", on=on)
    online = figures.find_figure("year_end.filing_months.online", on=on)
    if paper is not None:
        sentence = N_("Last day to file the approved accounts on paper, in months after the assembly: %(months)s.")
        yield _filed("filing_paper", N_("Accounts filed on paper"), sentence, paper, meeting)
    if online is not None:
        sentence = N_("Last day to file the approved accounts online, in months after the assembly: %(months)s.")
        yield _filed("filing_online", N_("Accounts filed online"), sentence, online, meeting)


def _filed(code: str, label: str, sentence: str, figure: Figure, meeting: Meeting) -> Deadline:
    due, values = add_months(meeting.held_on, figure.as_int()), {"months": figure.as_int()}
    return Deadline(code, label, sentence, due, DoneBy.BOARD, False, figure.citations, values)

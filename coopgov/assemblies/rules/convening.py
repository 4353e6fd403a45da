"""Convening (*convocation*): the days of notice, the agenda, the channel for each member."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from coopgov.assemblies.rules.states import AssemblyKind, SubjectKind, law_call
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_
from coopgov.law.arithmetic import add_months, earliest_assembly_day, latest_sending_day
from coopgov.law.competence import TOGETHER
from coopgov.members.rules import DecidedBy, bodies_that_admit

# What an agenda may not be made of: its scope must be clear without another paper.
VAGUE = frozenset({"divers", "questions diverses", "points divers", "miscellaneous", "any other business"})
_ASSEMBLIES = {
    DecidedBy.ORDINARY_ASSEMBLY: AssemblyKind.ORDINARY,
    DecidedBy.EXTRAORDINARY_ASSEMBLY: AssemblyKind.EXTRAORDINARY,
}
# Who decides where nothing says it.
_WITHOUT_FIGURE = {SubjectKind.STATUTES: AssemblyKind.EXTRAORDINARY}


class NoticeChannel(StrEnum):
    """How the notice reaches one member."""

    EMAIL = "email"
    LETTER = "letter"
    REGISTERED_LETTER = "registered_letter"


@dataclass(frozen=True, slots=True)
class AgendaDraft:
    """One resolution as the rules read it."""

    position: int
    title: str
    text: str
    subject_kind: SubjectKind
    subject_id: UUID | None = None


def notice_days(figures: Figures, *, call: int, on: date) -> Figure:
    """The days of notice at that call, on the day the notice leaves."""
    return figures.figure(f"assembly.notice_days.{law_call(call)}", on=on)


def check_notice(figures: Figures, *, call: int, held_on: date, sent_on: date) -> list[Breach]:
    """List what is wrong with the notice's days when it leaves that day."""
    figure = notice_days(figures, call=call, on=sent_on)
    latest = latest_sending_day(held_on, figure.as_int())
    if sent_on <= latest:
        return []
    values = {
        "held_on": held_on,
        "days": figure.as_int(),
        "latest": latest,
        "earliest": earliest_assembly_day(sent_on, figure.as_int()),
    }
    sentence = N_(
        "An assembly on %(held_on)s needs %(days)s days of notice: the notice had to leave by %(latest)s. "
        "Choose a day from %(earliest)s on."
    )
    return [Breach("notice_too_short", sentence, values, figure.citations, field="held_on")]


def check_second_call(figures: Figures, *, kind: AssemblyKind, first_on: date, held_on: date) -> list[Breach]:
    """List what is wrong with the day of a second call: after the first, and not too long after."""
    if held_on <= first_on:
        sentence = N_("The second call is held after %(first_on)s, the day of the first. Choose a later day.")
        return [Breach("second_call_too_early", sentence, {"first_on": first_on}, field="held_on")]
    figure = figures.find_figure("assembly.second_call_max_months", on=held_on)
    if figure is None or kind is AssemblyKind.ORDINARY:
        return []
    last = add_months(first_on, figure.as_int())
    if held_on <= last:
        return []
    sentence = N_("An extraordinary assembly is postponed by %(months)s months at most. Choose a day until %(last)s.")
    values = {"months": figure.as_int(), "last": last}
    return [Breach("second_call_too_late", sentence, values, figure.citations, field="held_on")]


def check_remote_vote(figures: Figures, *, remote_vote: bool, on: date) -> list[Breach]:
    """List what is wrong with voting remotely before the assembly, if it is wanted."""
    figure = figures.figure("assembly.postal_vote_allowed", on=on)
    if not remote_vote or figure.as_bool():
        return []
    sentence = N_(
        "The statutes do not allow voting remotely before the assembly. "
        "Hold the votes in the room only, or have the statutes amended first."
    )
    return [Breach("remote_vote_not_allowed", sentence, {}, figure.citations, field="remote_vote")]


def remote_closes_at(figures: Figures, *, held_at: datetime) -> tuple[datetime, tuple[Citation, ...]]:
    """The last instant for electronic votes and proxies, with its articles; without a figure, the opening hour."""
    held_on = paris_day(held_at)
    hour = figures.find_figure("assembly.remote_vote_cutoff_time", on=held_on)
    days = figures.find_figure("assembly.remote_vote_cutoff_days_before", on=held_on)
    if hour is None or days is None:
        return held_at, ()
    last = held_on - timedelta(days=days.as_int())
    return paris_instant(last, time.fromisoformat(hour.as_text())), hour.citations


def channel_for(*, consented: bool, email: str | None, without_consent: str) -> NoticeChannel:
    """How one member is convened: by e-mail only with timely consent, else as the law says."""
    if consented and email:
        return NoticeChannel.EMAIL
    channel = NoticeChannel(without_consent)
    return NoticeChannel.LETTER if channel is NoticeChannel.EMAIL and not email else channel


def check_agenda(
    items: Sequence[AgendaDraft], *, kind: AssemblyKind, admits: Figure | None = None, accounts: Figure | None = None,
    amends: Figure | None = None,
) -> list[Breach]:  # fmt: skip
    """List what is wrong with an agenda: empty, vague, without text, beyond this kind of assembly.

    `admits`, `accounts` and `amends` are the figures that say who admits a member, who approves the accounts, who
    amends the statutes.
    """
    if not items:
        sentence = N_("The agenda is empty. Add at least one resolution.")
        return [Breach("agenda_empty", sentence, {}, field="agenda")]
    bodies = {SubjectKind.ADMISSION: admits, SubjectKind.ACCOUNTS: accounts, SubjectKind.STATUTES: amends}
    return [breach for item in items for breach in _check_item(item, items, kind, bodies.get(item.subject_kind))]


def _check_item(
    item: AgendaDraft, items: Sequence[AgendaDraft], kind: AssemblyKind, body: Figure | None
) -> list[Breach]:
    where = {"position": item.position, "title": item.title}
    found = []
    if not item.title.strip() or item.title.strip().rstrip(".").casefold() in VAGUE:
        sentence = N_("Resolution %(position)s has a vague title. Word it so that its scope is clear by itself.")
        found.append(Breach("agenda_vague", sentence, where, field="agenda"))
    if not item.text.strip():
        sentence = N_("Resolution %(position)s, “%(title)s”, has no text. Write what is put to the vote.")
        found.append(Breach("agenda_without_text", sentence, where, field="agenda"))
    found += _check_competence(item, kind, body, where)
    if item.subject_id is not None and _comes_before(item, items):
        sentence = N_("Resolution %(position)s, “%(title)s”, is on the agenda twice. Remove one of them.")
        found.append(Breach("agenda_twice", sentence, where, field="agenda"))
    return found


def _check_competence(
    item: AgendaDraft, kind: AssemblyKind, body: Figure | None, where: Mapping[str, object]
) -> list[Breach]:
    competent, citations = _competent(item.subject_kind, body)
    if kind in competent:
        return []
    if AssemblyKind.ORDINARY in competent:
        sentence = N_(
            "Resolution %(position)s, “%(title)s”, belongs to an ordinary assembly. "
            "Remove it, or convene an ordinary assembly for it."
        )
    else:
        sentence = N_(
            "Resolution %(position)s, “%(title)s”, belongs to an extraordinary assembly. "
            "Remove it, or convene an extraordinary assembly for it."
        )
    return [Breach("agenda_not_competent", sentence, where, citations, field="agenda")]


def _competent(subject: SubjectKind, body: Figure | None) -> tuple[Collection[AssemblyKind], tuple[Citation, ...]]:
    """The kinds of assembly that may decide this, and the articles that say so."""
    if subject not in {SubjectKind.ACCOUNTS, SubjectKind.ADMISSION, SubjectKind.STATUTES}:
        return set(AssemblyKind), ()
    if body is None:
        return {_WITHOUT_FIGURE.get(subject, AssemblyKind.ORDINARY)}, ()
    # Where members only have to decide together (SAS), either assembly will do.
    if body.as_text() == TOGETHER:
        return set(AssemblyKind), ()
    return {kind for named, kind in _ASSEMBLIES.items() if named in bodies_that_admit(body)}, body.citations


def _comes_before(item: AgendaDraft, items: Sequence[AgendaDraft]) -> bool:
    return any(
        other.position < item.position
        and (other.subject_kind, other.subject_id) == (item.subject_kind, item.subject_id)
        for other in items
    )

"""The retro-planning (*rétroplanning*) on paper: every deadline of an assembly, as it stands on the day it is asked."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask_babel import force_locale
from flask_babel import gettext as _

from coopgov.assemblies import documents, queries
from coopgov.assemblies.documents import Retroplanning
from coopgov.assemblies.plot import line_of
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import Deadline, Meeting, State, plan_deadlines
from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_
from coopgov.printing import archive
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes
from coopgov.web.filters import sentence

KIND = "retroplanning"


def issue_retroplanning(act: Act, *, assembly_id: UUID, language: str = "fr") -> UUID:
    """Issue the retro-planning as it stands today; gives the last one when it says the same already."""
    assembly = queries.get_assembly(act.session, assembly_id)
    refuse_if(_check_is_kept(assembly))
    with force_locale(language):
        paper = _paper(act, assembly, language)
    last = _last_saying(act, assembly, digest(paper.facts))
    document_id = last or archive.issue(act, paper)
    act.record("assembly.retroplanning_issued", assembly.about, {"document": document_id, "on": act.today})
    return document_id


def _check_is_kept(assembly: AssemblyRow) -> list[Breach]:
    if assembly.state is not State.CANCELLED:
        return []
    sentence = N_("This assembly is cancelled: none of its deadlines has to be kept. Plan another one.")
    return [Breach("no_deadline_to_keep", sentence)]


def _last_saying(act: Act, assembly: AssemblyRow, facts_sha256: str) -> UUID | None:
    found = archive.documents_about(act.session, assembly.about, kind=KIND)
    return found[-1].id if found and found[-1].facts_sha256 == facts_sha256 else None


def _paper(act: Act, assembly: AssemblyRow, language: str) -> archive.Paper:
    title = _("Retro-planning – %(assembly)s", assembly=assembly.title)
    return archive.Paper(
        kind=KIND, series="retroplanning", about=assembly.about, title=title[:200], template="retroplanning.html",
        facts=documents.facts(_facts(act, assembly, language)), owner="offices", language=language,
    )  # fmt: skip


def _facts(act: Act, assembly: AssemblyRow, language: str) -> Retroplanning:
    found = statutes.statutes_on(act.session, act.today)
    [meeting] = queries.meetings(act.session, [assembly], act.today)
    deadlines = plan_deadlines(act.rulebook, meeting, now=act.now)
    previous = queries.find_assembly(act.session, assembly.previous_id) if assembly.previous_id else None
    return Retroplanning(
        cooperative=documents.letterhead(found, shares.capital_on(act.session, act.today), language),
        meeting=documents.meeting(assembly, previous), as_of=act.today, seat=found.seat,
        alsace_moselle=meeting.calendar.alsace_moselle, deadlines=[_told(one, meeting) for one in deadlines],
        line=_line(deadlines, act.today, language),
    )  # fmt: skip


def _told(one: Deadline, meeting: Meeting) -> dict[str, Any]:
    return {
        "code": one.code, "label": _(one.label), "sentence": sentence(one), "due": one.due, "is_timed": one.is_timed,
        "done_by": one.done_by, "past": one.past, "is_working_day": one.is_working_day,
        "holiday": meeting.calendar.holiday(one.day), "articles": documents.articles(one.citations),
    }  # fmt: skip


def _line(deadlines: list[Deadline], today: date, language: str) -> dict[str, Any]:
    """The drawing, the names of its months written out."""
    drawn = asdict(line_of(deadlines, today))
    months = [
        {"x": month["x"], "label": format_date(month["first"], "LLL y", locale=language)} for month in drawn["months"]
    ]
    return drawn | {"months": months}

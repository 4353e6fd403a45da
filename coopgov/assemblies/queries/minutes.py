"""Everything the minutes of an assembly need, told as plain facts."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.assemblies.models import AssemblyIncident, Convocation
from coopgov.assemblies.queries.meetings import AssemblyRow, ItemRow, agenda, get_assembly, officers
from coopgov.assemblies.queries.presence import attendees
from coopgov.assemblies.queries.proxies import list_proxies
from coopgov.assemblies.rules import NoticeChannel, Office, Presence, law_call, law_kind, measure_quorum, notice_days
from coopgov.assemblies.wording import in_language, in_print
from coopgov.ballots import queries as ballots
from coopgov.ballots.queries import Result
from coopgov.ballots.said import told_lines
from coopgov.core.dates import paris_day
from coopgov.core.errors import Citation
from coopgov.core.figures import Figures
from coopgov.core.judgements import judged_about
from coopgov.law import arithmetic
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.statutes import queries as statutes

# Beyond this the minutes refer to the attendance sheet instead of naming everybody.
MOST_NAMES = 1000
# Papers that concern one person, or the offices alone, are not listed among those laid before the assembly.
PERSONAL = frozenset({"letter", "letter_list", "retroplanning"})


def minutes_facts(session: Session, assembly_id: UUID) -> dict[str, Any]:
    """The facts of an assembly as its minutes freeze them."""
    assembly, items = get_assembly(session, assembly_id), agenda(session, assembly_id)
    figures = statutes.rulebook(session, statutes.the_law())
    scrutins = [item.scrutin_id for item in items if item.scrutin_id is not None]
    results = ballots.results(session, scrutins)
    return {
        "assembly": _assembly(assembly),
        "convocation": _convocation(session, assembly, figures),
        "bureau": _bureau(session, assembly_id),
        "presence": _presence(assembly, figures),
        "roll_hash": ballots.get_roll(session, assembly.roll_id).hash_now if assembly.roll_id else "",
        "agenda": [{"position": item.position, "title": item.title} for item in items],
        "resolutions": [_resolution(item, _result_of(item, results)) for item in items],
        "judgements": _judgements(session, assembly),
        "incidents": _incidents(session, assembly_id),
        "proxies": [{"grantor": p.grantor_name, "holder": p.holder_name} for p in list_proxies(session, assembly_id)],
        "documents": [
            {"title": document.title, "number": document.number}
            for document in archive.documents_about(session, assembly.about)
            if document.kind not in PERSONAL
        ],
        "attendance": _names(session, assembly),
    }


def count_by_channel(session: Session, assembly_id: UUID) -> dict[NoticeChannel, int]:
    """How many members were convened by each channel."""
    rows = session.execute(
        select(Convocation.channel, func.count())
        .where(Convocation.assembly_id == assembly_id)
        .group_by(Convocation.channel)
    )
    found = {channel: count for channel, count in rows}  # noqa: C416 - dict() loses the row's types
    return {channel: found.get(channel, 0) for channel in NoticeChannel}


def _assembly(row: AssemblyRow) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "kind": row.kind.value, "call": row.call, "held_at": row.held_at,
        "place": row.place, "remote_allowed": row.remote_vote, "opened_at": row.opened_at, "closed_at": row.closed_at,
    }  # fmt: skip


def _convocation(session: Session, row: AssemblyRow, figures: Figures) -> dict[str, Any]:
    sent_on = paris_day(row.convened_at) if row.convened_at else row.held_on
    channels = count_by_channel(session, row.id)
    days = notice_days(figures, call=row.call, on=sent_on)
    without = NoticeChannel(figures.figure("assembly.channel.without_consent", on=sent_on).as_text())
    return {
        "sent_on": sent_on,
        "by_mail": channels[NoticeChannel.EMAIL],
        "by_letter": channels[NoticeChannel.LETTER] + channels[NoticeChannel.REGISTERED_LETTER],
        "registered": without is NoticeChannel.REGISTERED_LETTER,
        "is_by_consent": without is not NoticeChannel.EMAIL,
        "notice_days": days.as_int(),
        "citation": _citations(days.citations),
    }


def _bureau(session: Session, assembly_id: UUID) -> dict[str, Any]:
    people: dict[Office, list[dict[str, Any]]] = {office: [] for office in Office}
    for officer in officers(session, assembly_id):
        people[officer.office].append({"name": officer.name, "account_id": str(officer.account_id)})
    return {
        "chair": next(iter(people[Office.CHAIR]), None),
        "secretary": next(iter(people[Office.SECRETARY]), None),
        "tellers": people[Office.TELLER],
    }


def _presence(row: AssemblyRow, figures: Figures) -> dict[str, Any]:
    figure = arithmetic.quorum(figures, kind=law_kind(row.kind), call=law_call(row.call), on=row.held_on)
    quorum = measure_quorum(Presence(row.present, row.represented, row.remote), enrolled=row.enrolled, figure=figure)
    return {
        "enrolled": row.enrolled, "present": row.present, "represented": row.represented, "remote": row.remote,
        "quorum_needed": quorum.heads_needed, "quorum_met": quorum.met, "citation": _citations(figure.citations),
    }  # fmt: skip


def _result_of(item: ItemRow, results: dict[UUID, Result]) -> Result | None:
    return results.get(item.scrutin_id) if item.scrutin_id is not None else None


def _resolution(item: ItemRow, result: Result | None) -> dict[str, Any]:
    told = {
        "position": item.position, "title": item.title, "kind": item.subject_kind.value,
        "text": in_print(item.subject_kind, item.text),
        "change_text": item.change_text, "subject_hash": item.subject_hash, "outcome": item.outcome,
        "is_secret": item.is_secret,
    }  # fmt: skip
    if result is None:
        return {**told, "citations": []}
    if result.form is not None:
        return told | {"paper": _paper(result), "citations": []}
    counts = result.counts
    return told | {
        "for": counts.for_, "against": counts.against, "abstain": counts.abstain, "blank": counts.blank,
        "numerator": result.numerator, "denominator": result.denominator, "base": result.base.value,
        "fraction": result.fraction, "strict": result.strict, "citations": _citations(result.citations),
        "archive": result.archive,
    }  # fmt: skip


def _paper(result: Result) -> dict[str, Any]:
    """A count on another paper than a resolution's, told in each language, with the hash that a recount asks for."""
    paper, form = result.paper, result.form
    assert paper is not None  # noqa: S101 - kept together
    assert form is not None  # noqa: S101 - with the count
    told = {language: in_language(language, lambda: told_lines(paper, form)) for language in ("fr", "en")}
    return {"told": told, "archive": result.archive}


def _judgements(session: Session, row: AssemblyRow) -> list[dict[str, Any]]:
    """What a person judged before convening, as it was shown and as it was answered."""
    found = judged_about(session, row.about)
    names = accounts.names_of(session, {UUID(judged.by) for judged in found if _is_account(judged.by)})
    return [
        {
            "sentence": judged.sentence, "reason": judged.reason, "at": judged.at,
            "by": names.get(UUID(judged.by), "") if _is_account(judged.by) else "",
        }
        for judged in found
    ]  # fmt: skip


def _is_account(pseudonym: str) -> bool:
    return len(pseudonym) == len(str(UUID(int=0)))


def _incidents(session: Session, assembly_id: UUID) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AssemblyIncident)
        .where(AssemblyIncident.assembly_id == assembly_id)
        .order_by(AssemblyIncident.at, AssemblyIncident.id)
    )
    return [{"at": row.at, "text": row.text} for row in rows]


def _names(session: Session, row: AssemblyRow) -> dict[str, list[str]]:
    """Who took part, by name, as the minutes of a small company tell it (C. com. R223-24)."""
    if row.enrolled > MOST_NAMES:
        return {"present": [], "represented": [], "remote": []}
    people = list(attendees(session, row.id))
    known = members.get_members(session, [person.member_id for person in people])
    return {
        "present": _sorted(known[p.member_id] for p in people if p.present),
        "represented": _sorted(known[p.member_id] for p in people if not p.present and not p.remote),
        "remote": _sorted(known[p.member_id] for p in people if not p.present and p.remote),
    }


def _sorted(people: Iterable[members.MemberRow]) -> list[str]:
    return [person.name for person in sorted(people, key=lambda person: person.number)]


def _citations(found: Sequence[Citation]) -> list[dict[str, str | None]]:
    return [{"text": citation.text, "url": citation.url} for citation in found]

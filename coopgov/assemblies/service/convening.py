"""Convening (*convoquer*): one act freezes the roll and the texts, seals the votes, and tells every member."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from coopgov.assemblies import documents, queries
from coopgov.assemblies.documents import MOST_LETTERS, ROWS_PER_SHEET, LetterList, Sending
from coopgov.assemblies.models import AgendaItem, Assembly, Convocation, Proxy
from coopgov.assemblies.rules import (
    TRANSITIONS,
    NoticeChannel,
    ProxyState,
    Step,
    channel_for,
    law_call,
    law_kind,
    proxy_limit,
    remote_closes_at,
)
from coopgov.assemblies.rules.papers import read_form
from coopgov.assemblies.service.planning import LONGEST_TITLE, locked
from coopgov.ballots import queries as rolls
from coopgov.ballots import service as ballots
from coopgov.ballots.rules import Level, RollVoter
from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.dates import paris_day
from coopgov.core.ids import new_id
from coopgov.core.outbox import OutboxMessage
from coopgov.core.preflight import Check
from coopgov.core.states import step
from coopgov.law.arithmetic import decision_rule
from coopgov.members import queries as members
from coopgov.members.queries import RecipientRow
from coopgov.printing import archive
from coopgov.proposals import service as proposals
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes
from coopgov.statutes import service as drafts
from coopgov.statutes.queries import Statutes
from coopgov.web.mails import address_of, render_mail
from coopgov.web.preflight import judge

BATCH = 2000
# Stands for the reader's name while a mail to everybody is rendered once.
_NAME = "\ue000name\ue000"
MAIL_KIND = "assembly.notice"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A member to convene, and how."""

    row: RecipientRow
    channel: NoticeChannel
    paper_id: UUID


def convene(act: Act, *, assembly_id: UUID, reasons: Mapping[str, str] | None = None) -> None:
    """Convene the members: checks everything, freezes, seals, sends; nothing of it can be taken back.

    `reasons` says, by its code, what a person checked of each point that the pre-flight leaves to people.
    """
    assembly = locked(act, assembly_id)
    convened = step(TRANSITIONS, assembly.state, Step.CONVENE)
    judged = judge(act, f"assembly:{assembly_id}", _preflight(act, assembly_id), reasons or {})
    assembly.state = convened
    found = statutes.statutes_on(act.session, act.today)
    _freeze_roll(act, assembly)
    _freeze_items(act, assembly, found)
    _carry_proxies(act, assembly)
    act.session.flush()
    sent = _send(act, assembly, found)
    payload = {"roll": assembly.roll_hash, "enrolled": assembly.enrolled, "held_at": assembly.held_at, **sent}
    payload["judged"] = judged
    act.record("assembly.convened", f"assembly:{assembly_id}", payload)


def _preflight(act: Act, assembly_id: UUID) -> list[Check]:
    assembly = queries.get_assembly(act.session, assembly_id)
    return queries.preflight(act.session, act.rulebook, assembly, act.actor, on=act.today)


def _freeze_roll(act: Act, assembly: Assembly) -> None:
    voters = members.voters_on(act.session, act.today)
    entries = [RollVoter(voter.id, voter.number, voter.name, voter.college) for voter in voters]
    assembly.roll_id = ballots.freeze_roll(act, reference_on=act.today, voters=entries)
    roll = rolls.get_roll(act.session, assembly.roll_id)
    assembly.roll_hash, assembly.enrolled, assembly.convened_at = roll.hash, roll.size, act.now
    assembly.remote_closes_at = remote_closes_at(act.rulebook, held_at=assembly.held_at)[0]


def _freeze_items(act: Act, assembly: Assembly, found: Statutes) -> None:
    weights = {college.code: college.weight for college in found.colleges} or None
    for item in act.session.scalars(select(AgendaItem).where(AgendaItem.assembly_id == assembly.id)):
        # A second call brings back what the first froze, word for word.
        if not item.subject_hash:
            _freeze(act, item, paris_day(assembly.held_at))
        item.scrutin_id = _seal(act, assembly, item, weights)


def _freeze(act: Act, item: AgendaItem, held_on: date) -> None:
    if item.proposal_id is not None:
        subject = proposals.freeze(act, proposal_id=item.proposal_id)
        item.title, item.text, item.change_text = subject.title, subject.text, subject.change_text
        item.subject_hash = subject.subject_hash
        return
    if item.draft_id is not None:
        statutes_text = drafts.freeze_draft(act, draft_id=item.draft_id, held_on=held_on)
        item.title, item.text = statutes_text.title[:LONGEST_TITLE], statutes_text.text
        item.subject_hash = statutes_text.subject_hash
        return
    item.subject_hash = subject_hash(item)


def subject_hash(item: AgendaItem) -> str:
    """The hash of a resolution of the board, as it is put to the vote."""
    told = {"kind": item.subject_kind, "subject": item.subject_id, "item": item.id, "title": item.title}
    return digest({**told, "text": item.text, **({"form": item.form} if item.form else {})})


def _seal(act: Act, assembly: Assembly, item: AgendaItem, weights: dict[str, Fraction] | None) -> UUID:
    rule = decision_rule(
        act.rulebook, kind=law_kind(assembly.kind), call=law_call(assembly.call), on=paris_day(assembly.held_at)
    )  # fmt: skip
    assert assembly.roll_id is not None  # noqa: S101 - frozen just before
    return ballots.seal_scrutin(
        act, roll_id=assembly.roll_id, subject_hash=item.subject_hash, title=item.title, rule=rule,
        remote_opens_at=act.now if assembly.remote_vote else None,
        remote_closes_at=assembly.remote_closes_at if assembly.remote_vote else None,
        college_weights=None if item.form else weights, form=read_form(item.form),
        level=Level.SECRET if item.is_secret else Level.NAMED,
        tellers=queries.tellers_on(act.session, act.today) if item.is_secret else (),
    )  # fmt: skip


def _carry_proxies(act: Act, assembly: Assembly) -> None:
    """A proxy is good for successive assemblies with the same agenda (C. com. R223-21, R225-79)."""
    if assembly.previous_id is None:
        return
    assert assembly.roll_id is not None  # noqa: S101 - frozen just before
    enrolled = {voter.id for voter in rolls.roll_voters(act.session, assembly.roll_id)}
    limit = proxy_limit(act.rulebook, members=assembly.enrolled, on=paris_day(assembly.held_at)).limit
    former = act.session.scalars(
        select(Proxy)
        .where(Proxy.assembly_id == assembly.previous_id, Proxy.state == ProxyState.ACTIVE)
        .order_by(Proxy.given_at, Proxy.id)
    ).all()
    held: Counter[UUID] = Counter()
    for proxy in former:
        # The roll may have shrunk since, and the limit with it: the oldest proxies stand.
        if {proxy.grantor_id, proxy.holder_id} <= enrolled and (limit is None or held[proxy.holder_id] < limit):
            held[proxy.holder_id] += 1
            act.session.add(_carried(proxy, assembly))


def _carried(proxy: Proxy, assembly: Assembly) -> Proxy:
    return Proxy(
        id=new_id(), assembly_id=assembly.id, grantor_id=proxy.grantor_id, grantor_name=proxy.grantor_name,
        holder_id=proxy.holder_id, holder_name=proxy.holder_name, on_paper=proxy.on_paper, state=ProxyState.ACTIVE,
        given_at=proxy.given_at,
    )  # fmt: skip


def _send(act: Act, assembly: Assembly, found: Statutes) -> dict[str, Any]:
    """Print the notice, then tell each member by the channel that is right for this one."""
    sending = _sending(act, assembly, found)
    notice = documents.notice(sending, act.rulebook)
    notice_id = archive.issue(act, _paper(sending, "notice", _notice_title(sending), documents.facts(notice)))
    form = documents.facts(documents.proxy_form(sending, act.rulebook))
    archive.issue(act, _paper(sending, "proxy_form", f"Formule de pouvoir – {assembly.title}", form))
    people = _addressees(act, assembly, notice_id)
    letters = [person for person in people if person.channel is not NoticeChannel.EMAIL]
    if len(letters) > MOST_LETTERS:
        _issue_list(act, sending, letters)
    else:
        people = _issue_letters(act, sending, notice, people)
    _write_convocations(act, sending, people)
    return {"by_mail": len(people) - len(letters), "by_letter": len(letters), "notice": notice_id}


def _sending(act: Act, assembly: Assembly, found: Statutes) -> Sending:
    row = queries.get_assembly(act.session, assembly.id)
    return Sending(
        cooperative=documents.letterhead(found, shares.capital_on(act.session, act.today)),
        assembly=row,
        previous=queries.find_assembly(act.session, row.previous_id) if row.previous_id else None,
        items=queries.agenda(act.session, assembly.id),
        company=found.legal_form.company,
        sent_on=act.today,
        head=journal.head(act.session),
        address=address_of("assemblies.show", assembly_id=assembly.id),
        colleges=[{"label": college.label, "weight": str(college.weight)} for college in found.colleges],
        is_by_consent=_without_consent(act) is not NoticeChannel.EMAIL,
    )


def _notice_title(sending: Sending) -> str:
    return f"Convocation – {sending.assembly.title}"


def _paper(sending: Sending, kind: str, title: str, facts: dict[str, Any], owner: str = "") -> archive.Paper:
    template = "notice.html" if kind == "letter" else f"{kind}.html"
    return archive.Paper(
        kind=kind, series=kind, about=sending.assembly.about, title=title[:200], template=template, facts=facts,
        owner=owner,
    )  # fmt: skip


def _addressees(act: Act, assembly: Assembly, notice_id: UUID) -> list[Addressee]:
    consent_before = consent_day(act, paris_day(assembly.held_at))
    without = _without_consent(act)
    return [
        Addressee(row, channel_for(consented=row.consented, email=row.email, without_consent=without), notice_id)
        for row in members.recipients(act.session, act.today, consent_before=consent_before)
    ]


def _without_consent(act: Act) -> NoticeChannel:
    """How those who did not accept e-mail are told."""
    return NoticeChannel(act.rulebook.figure("assembly.channel.without_consent", on=act.today).as_text())


def consent_day(act: Act, held_on: date) -> date:
    """The last day on which agreeing to e-mail is good for an assembly of that day."""
    days = act.rulebook.figure("assembly.email_consent_days", on=act.today).as_int()
    return held_on - timedelta(days=days)


def _issue_letters(
    act: Act, sending: Sending, notice: documents.Notice, people: Sequence[Addressee]
) -> list[Addressee]:
    """One personal letter for each member without e-mail; the others keep the common notice."""
    return [
        person
        if person.channel is NoticeChannel.EMAIL
        else replace(person, paper_id=_letter(act, sending, notice, person))
        for person in people
    ]


def _letter(act: Act, sending: Sending, notice: documents.Notice, person: Addressee) -> UUID:
    to = documents.Recipient(person.row.name, person.row.postal_address)
    facts = documents.facts(replace(notice, recipient=to))
    title, owner = f"Lettre de convocation – {person.row.name}", f"member:{person.row.member_id}"
    return archive.issue(act, _paper(sending, "letter", title, facts, owner))


def _issue_list(act: Act, sending: Sending, letters: Sequence[Addressee]) -> None:
    """The addresses of those convened by letter, when a paper for each would be too many; owned by the offices."""
    parts = list(_batches(letters, ROWS_PER_SHEET))
    for part, people in enumerate(parts, start=1):
        rows = [{"number": p.row.number, "name": p.row.name, "lines": list(p.row.postal_address)} for p in people]
        paper = LetterList(
            cooperative=sending.cooperative, meeting=documents.meeting(sending.assembly, sending.previous),
            sent_on=sending.sent_on, registered=people[0].channel is NoticeChannel.REGISTERED_LETTER, part=part,
            parts=len(parts), rows=rows,
        )  # fmt: skip
        title = f"Liste des lettres de convocation ({part}/{len(parts)}) – {sending.assembly.title}"
        archive.issue(act, _paper(sending, "letter_list", title, documents.facts(paper), owner="offices"))


def _write_convocations(act: Act, sending: Sending, people: Sequence[Addressee]) -> None:
    """The mails and the evidence of each notice, in large statements."""
    subject, body = render_mail("assembly_notice", "fr", name=_NAME, sending=sending, items=sending.items)
    for batch in _batches(people, BATCH):
        rows = [_convocation(act, sending, person) for person in batch]
        mails = [
            _message(act, sending, person, row["message_id"], subject, body)
            for person, row in zip(batch, rows, strict=True)
            if row["message_id"] is not None
        ]
        if mails:
            act.session.execute(insert(OutboxMessage), mails)
        act.session.execute(insert(Convocation), rows)


def _convocation(act: Act, sending: Sending, person: Addressee) -> dict[str, Any]:
    is_mail = person.channel is NoticeChannel.EMAIL
    return {
        "assembly_id": sending.assembly.id, "member_id": person.row.member_id, "channel": person.channel,
        "message_id": new_id() if is_mail else None, "document_id": person.paper_id, "sent_on": act.today,
    }  # fmt: skip


def _message(
    act: Act, sending: Sending, person: Addressee, message_id: UUID, subject: str, body: str
) -> dict[str, Any]:
    return {
        "id": message_id, "kind": MAIL_KIND, "about": sending.assembly.about, "to_address": person.row.email,
        "to_name": person.row.name, "recipient": f"member:{person.row.member_id}", "subject": subject[:300],
        "body": body.replace(_NAME, person.row.name), "created_at": act.now,
    }  # fmt: skip


def _batches(people: Sequence[Addressee], size: int) -> Iterator[Sequence[Addressee]]:
    return (people[start : start + size] for start in range(0, len(people), size))

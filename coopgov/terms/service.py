"""Commands on the terms: set the first schedule, queue what was voted, notify, put into force."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import insert, select

from coopgov.core import states
from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.outbox import OutboxMessage
from coopgov.members import queries as members
from coopgov.terms import queries, rules
from coopgov.terms.documents import Notice, notice_mail
from coopgov.terms.events import FeeChanged
from coopgov.terms.models import ChangeStep, ParameterVersion, ScheduledChange, ScheduledValue
from coopgov.terms.queries import ChangeRow
from coopgov.terms.rules import FeeChange, State, Step, Timeline, VersionFact
from coopgov.web.mails import render_mail

NOTICE_DAYS = "terms.notice_days"


def set_schedule(
    act: Act, *, values: Mapping[str, int], effective_from: date, decision: str, decided_on: date | None = None
) -> None:
    """Set the first schedule of the marketplace, whole, from one day on."""
    refuse_if([*rules.check_schedule(values), *_check_first(act)])
    versions = (
        ParameterVersion(
            id=new_id(), key=key, effective_from=effective_from, value=value, decision=decision,
            decided_on=decided_on or act.today, recorded_at=act.now,
        )
        for key, value in values.items()
    )  # fmt: skip
    act.keep(*versions)
    act.record(
        "terms.set", "terms:schedule", {"values": values, "effective_from": effective_from, "decision": decision}
    )


def _check_first(act: Act) -> list[Breach]:
    if not queries.booked_versions(act.session):
        return []
    return [Breach("schedule_exists", N_("There is a schedule already. Change it by a proposal that is voted."))]


def queue_change(
    act: Act,
    *,
    changes: Sequence[FeeChange],
    subject_hash: str,
    decided_on: date,
    decision: str,
    proposal_id: UUID | None,
    not_before: date | None = None,
) -> UUID:
    """Queue an adopted change and write the notice of every seller, or halt it when the schedule has moved."""
    timeline = queries.timeline(act.session)
    refuse_if(
        [*(breach for change in changes for breach in rules.check_change(change)), *_check_queued(act, subject_hash)]
    )
    stands = not rules.check_base(changes, timeline.newest())
    not_before = _not_before(not_before, changes, timeline)
    change = ScheduledChange(
        id=new_id(), subject_hash=subject_hash, change_hash=rules.change_hash(changes), proposal_id=proposal_id,
        decision=decision, decided_on=decided_on, not_before=not_before,
        expires_on=rules.expiry_day(decided_on, not_before), notices=0, unreached=0, created_at=act.now,
    )  # fmt: skip
    if stands:
        _write_notices(act, change, changes)
    _add_change(act, change, changes)
    if not stands:
        _halt(act, queries.get_change(act.session, change.id))
    return change.id


def _check_queued(act: Act, subject_hash: str) -> list[Breach]:
    if not queries.is_queued(act.session, subject_hash):
        return []
    return [Breach("change_queued_already", N_("This decision is queued already: it takes effect once. See the fees."))]


def _not_before(wished: date | None, changes: Iterable[FeeChange], timeline: Timeline) -> date | None:
    # A version begins after the one it replaces, even where that one is itself still to come.
    newest = timeline.newest()
    days = [newest[change.key].effective_from + timedelta(days=1) for change in changes if change.key in newest]
    return max([*days, *([wished] if wished else [])], default=None)


def _add_change(act: Act, change: ScheduledChange, changes: Sequence[FeeChange]) -> None:
    act.keep(change)  # first: the lines and the step name it
    lines = (
        ScheduledValue(change_id=change.id, key=line.key, old=line.old, new=line.new, base_id=line.base_version)
        for line in changes
    )
    act.keep(*lines, ChangeStep(change_id=change.id, state=State.QUEUED, n=1, at=act.now))
    about = queries.about(change.id)
    act.record(
        "terms.queued", about, {"subject_hash": change.subject_hash, "changes": rules.subject_of(changes)["changes"]}
    )


def _write_notices(act: Act, change: ScheduledChange, changes: Sequence[FeeChange]) -> None:
    """One message for each seller, in one statement: a hundred thousand of them must fit in one act."""
    sellers = members.sellers(act.session, act.today)
    subject, body = notice_mail(_notice(act, change, changes))
    messages = [
        {
            "id": new_id(), "kind": queries.NOTICE_KIND, "about": queries.about(change.id), "to_address": seller.email,
            "to_name": seller.name, "recipient": f"member:{seller.member_id}", "subject": subject, "body": body,
            "created_at": act.now,
        }
        for seller in sellers
        if seller.email
    ]  # fmt: skip
    if messages:
        act.session.connection().execute(insert(OutboxMessage.__table__), messages)  # type: ignore[arg-type]  # declarative's FromClause is a Table
    change.notices, change.unreached = len(messages), len(sellers) - len(messages)


def _notice(act: Act, change: ScheduledChange, changes: Sequence[FeeChange]) -> Notice:
    figure = act.rulebook.figure(NOTICE_DAYS, on=act.today)
    days = figure.as_int()
    earliest = rules.effect_day(not_before=change.not_before, last_notice_on=act.today, notice_days=days)
    article = figure.citations[-1].text if figure.citations else ""
    return Notice(change.id, changes, change.decision, change.decided_on, earliest, days, article)


def note_notices(act: Act) -> list[UUID]:
    """Set the day of effect of each queued change whose every notice has left; end those that waited too long."""
    noted = []
    for change in _locked(act):
        if change.state is not State.QUEUED:
            continue
        if act.today >= change.expires_on:
            _end(act, change, Step.EXPIRE, "terms.expired", N_("its notices did not leave in time"))
        elif not queries.some_notice_waits(act.session, change.id):
            _notify(act, change)
            noted.append(change.id)
    return noted


def _notify(act: Act, change: ChangeRow) -> None:
    count = queries.notices(act.session, change.id)
    last = count.last_on or act.today
    days = act.rulebook.figure(NOTICE_DAYS, on=last).as_int()
    eta = rules.effect_day(not_before=change.not_before, last_notice_on=last, notice_days=days)
    if eta >= change.expires_on:
        _end(act, change, Step.EXPIRE, "terms.expired", N_("its day of effect would come after its last day"))
        return
    state = states.step(rules.TRANSITIONS, change.state, Step.NOTIFY)
    act.keep(
        ChangeStep(
            change_id=change.id, state=state, n=len(change.steps) + 1, at=act.now,
            eta=eta, last_notice_on=last, notice_days=days, given_up=count.given_up,
        )
    )  # fmt: skip
    facts = {"eta": eta, "last_notice_on": last, "notice_days": days, "sent": count.sent, "given_up": count.given_up}
    act.record("terms.notified", queries.about(change.id), facts)


def execute_due(act: Act) -> list[UUID]:
    """Put into force each notified change whose day has come, once; halt those whose schedule has moved."""
    done = []
    for change in queries.in_turn(_locked(act)):
        if change.eta is None or change.eta > act.today:
            continue
        if _may_execute(act, change):
            _execute(act, change)
            done.append(change.id)
        else:
            _halt(act, change)
    return done


def _may_execute(act: Act, change: ChangeRow) -> bool:
    booked = Timeline(queries.booked_versions(act.session))
    return queries.is_as_decided(change) and booked.accepts(queries.announcement(change).versions)


def _execute(act: Act, change: ChangeRow) -> None:
    announced = queries.announcement(change)
    _end(act, change, Step.EXECUTE, "terms.effective", "", {"effective_on": announced.eta})
    # Written at once: the next change of this sweep must see the version it would build on.
    act.keep(*(_booked(version, act) for version in announced.versions))
    act.publish(FeeChanged(change.id, announced.eta))


def _booked(version: VersionFact, act: Act) -> ParameterVersion:
    return ParameterVersion(
        id=version.id, key=version.key, effective_from=version.effective_from, value=version.value,
        base_id=version.base_id, change_id=version.change_id, decision=version.decision,
        decided_on=version.decided_on, recorded_at=act.now,
    )  # fmt: skip


def _halt(act: Act, change: ChangeRow) -> None:
    _end(act, change, Step.HALT, "terms.halted", N_("the schedule had moved since the text was frozen"))


def undo(act: Act, *, subject_hash: str, decision: str, on: date) -> UUID | None:
    """Stop what an annulled decision changed: halted while it waits, else queued the other way, with its own notice.

    Nothing in force is deleted: the values before come back as new versions. Gives the change that undoes, if any.
    """
    found = queries.find_by_subject(act.session, subject_hash)
    if found is None:
        return None
    pending = next((change for change in _locked(act) if change.id == found.id), None)
    if pending is not None:
        _end(act, pending, Step.HALT, "terms.halted", N_("the vote that decided it was annulled by a judge"))
        _tell_stopped(act, pending, decision)
        return None
    if found.state is not State.EFFECTIVE:
        return None
    booked = queries.booked_versions(act.session)
    versions = {version.key: version.id for version in booked if version.change_id == found.id}
    back = [FeeChange(line.key, line.new, line.old, versions[line.key]) for line in found.changes]
    return queue_change(
        act, changes=back, subject_hash=digest({"undoes": subject_hash}), decided_on=on, decision=decision,
        proposal_id=None,
    )  # fmt: skip


def _tell_stopped(act: Act, change: ChangeRow, decision: str) -> None:
    """Whoever was told of the change is told that it does not come, in one statement."""
    about = queries.about(change.id)
    told = OutboxMessage.about == about, OutboxMessage.kind == queries.NOTICE_KIND
    people = act.session.execute(
        select(OutboxMessage.to_address, OutboxMessage.to_name, OutboxMessage.recipient).where(*told)
    ).all()
    subject, body = render_mail("terms_stopped", "fr", change_id=change.id, decision=decision)
    messages = [
        {
            "id": new_id(), "kind": "terms.stopped", "about": about, "to_address": one.to_address,
            "to_name": one.to_name, "recipient": one.recipient, "subject": subject, "body": body,
            "created_at": act.now,
        }
        for one in people
    ]  # fmt: skip
    if messages:
        act.session.execute(insert(OutboxMessage), messages)


def _end(
    act: Act, change: ChangeRow, step: Step, kind: str, detail: str, facts: Mapping[str, object] | None = None
) -> None:
    state = states.step(rules.TRANSITIONS, change.state, step)
    # A second end, by whatever road, is refused here and nothing after it happens.
    act.keep(ChangeStep(change_id=change.id, state=state, n=len(change.steps) + 1, at=act.now, detail=detail))
    act.record(kind, queries.about(change.id), {"subject_hash": change.subject_hash, "detail": detail, **(facts or {})})


def _locked(act: Act) -> list[ChangeRow]:
    """The pending changes, held against another worker; their steps are read after the wait."""
    act.session.execute(queries.pending_only().with_for_update()).all()
    return queries.pending_changes(act.session)

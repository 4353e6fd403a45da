"""Commands on the statutes: adopting a version, writing a draft, taking what an assembly decided of it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json, digest
from coopgov.core.errors import Breach, Forbidden, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.law.values import value_to_text
from coopgov.statutes import documents, queries
from coopgov.statutes.drafting import (
    STEP_OF_OUTCOME,
    TRANSITIONS,
    DraftState,
    DraftStep,
    Edit,
    FrozenStatutes,
    apply_edit,
    as_json,
    check_amendment,
    check_draft,
    check_not_far,
    check_subject,
    check_wish,
    check_wished_day,
    check_words,
    effect_day,
    may_write,
    rebase,
    subject_of,
    with_minimum_as_figure,
)
from coopgov.statutes.events import StatutesAdopted, StatutesWeighed
from coopgov.statutes.models import StatutesCollegeRow, StatutesDraft, StatutesFigureRow, StatutesFrozen, StatutesRow
from coopgov.statutes.queries import DraftRow, Statutes
from coopgov.statutes.ready import ready_set
from coopgov.statutes.rules import StatutesText, check_statutes


def adopt_statutes(act: Act, *, text: StatutesText, in_force_from: date, decision: str) -> UUID:
    """Write a new version of the statutes, in force from a day, by the decision that voted it."""
    text = with_minimum_as_figure(text)
    latest = queries.find_latest(act.session)
    refuse_if(_check_adoption(act, text, latest, in_force_from))
    statutes_id = _write(act, text, in_force_from, decision)
    act.record("statutes.adopted", f"statutes:{statutes_id}", _payload(text, in_force_from, decision))
    # The act may have asked the rule book before; from here on it must know this version.
    act.__dict__.pop("rulebook", None)
    return statutes_id


def _check_adoption(act: Act, text: StatutesText, latest: Statutes | None, on: date) -> list[Breach]:
    previous_from, law = latest.in_force_from if latest else None, queries.the_law()
    return [
        *check_statutes(text, in_force_from=on, previous_from=previous_from, law=law),
        *check_amendment(text, latest.text if latest else None, law=law, on=on),
        *_objections(act, text, latest),
    ]


def _write(act: Act, text: StatutesText, in_force_from: date, decision: str) -> UUID:
    row = StatutesRow(
        id=new_id(), in_force_from=in_force_from, name=text.name, legal_form=text.legal_form, is_cae=text.is_cae,
        object_text=text.object_text, seat=text.seat, siren=text.siren, rcs_city=text.rcs_city,
        founded_on=text.founded_on, share_nominal_cents=text.share_nominal_cents,
        statutory_minimum_cents=text.statutory_minimum_cents, year_end=text.year_end,
        proposal_backers=text.proposal_backers, decision=decision, recorded_at=act.now,
        recorded_by=act.actor.pseudonym,
    )  # fmt: skip
    act.keep(row)
    figures = (
        StatutesFigureRow(statutes_id=row.id, name=name, value=value_to_text(figure.value), clause=figure.clause)
        for name, figure in text.figures.items()
    )
    colleges = (
        StatutesCollegeRow(
            statutes_id=row.id, code=college.code, position=position, label=college.label, weight=str(college.weight)
        )
        for position, college in enumerate(text.colleges)
    )
    act.keep(*figures, *colleges)
    act.publish(StatutesAdopted(text, in_force_from, decision))
    return row.id


def _payload(text: StatutesText, in_force_from: date, decision: str) -> dict[str, object]:
    return {
        "name": text.name,
        "legal_form": text.legal_form.value,
        "in_force_from": in_force_from,
        "decision": decision,
        "siren": text.siren,
        "share_nominal_cents": text.share_nominal_cents,
        "figures": {name: value_to_text(figure.value) for name, figure in text.figures.items()},
        "colleges": {college.code: str(college.weight) for college in text.colleges},
    }


# Drafts: written by the board, put before an assembly, in force from their day


def draft_statutes(
    act: Act, *, title: str, reasons: str, wished_on: date | None = None, ready: str | None = None
) -> UUID:
    """Begin a draft: from the version in place or from a ready set; the first statutes, from a ready set only."""
    latest = queries.find_latest(act.session)
    _check_may_write(act, latest)
    text = _first_words(latest, ready)
    refuse_if(
        [
            *check_words(title, reasons),
            *check_wished_day(wished_on, act.today),
            *check_amendment(text, latest.text if latest else None, law=queries.the_law(), on=act.today),
        ]
    )
    row = StatutesDraft(
        id=new_id(), base_id=latest.id if latest else None, title=title.strip(), reasons=_paragraphs(reasons),
        text=_kept(text), wished_on=wished_on, author=act.actor.name[:80], created_at=act.now, changed_at=act.now,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    act.record("statutes_draft.begun", _about(row.id), {"title": row.title, "base": row.base_id, "ready": ready})
    return row.id


def _first_words(latest: Statutes | None, ready: str | None) -> StatutesText:
    """The text a draft begins with; a ready set gives its figures, the identity and the colleges stay."""
    if latest is None:
        return with_minimum_as_figure(ready_set(ready or ""))
    if ready is None:
        return latest.text
    offered = ready_set(ready)
    return with_minimum_as_figure(replace(latest.text, legal_form=offered.legal_form, figures=offered.figures))


def revise_draft(act: Act, *, draft_id: UUID, edit: Edit) -> None:
    """Keep what one section of the editor says; what the law refuses in that section is told, the rest can wait."""
    row = _writable(act, draft_id)
    draft = queries.get_draft(act.session, draft_id)
    base = _base(act, row)
    text = apply_edit(draft.text, edit)
    against = [*_objections(act, text, base), *_check(text, base, effect_day(row.wished_on, act.today))]
    refuse_if([breach for breach in against if edit.concerns(breach.field)])
    row.text, row.changed_at = _kept(text), act.now
    act.record("statutes_draft.revised", _about(draft_id), {"fields": sorted([*edit.facts, *edit.figures])})


def reword_draft(act: Act, *, draft_id: UUID, title: str, reasons: str, wished_on: date | None) -> None:
    """Change the title, the reasons or the wished day of a draft."""
    row = _writable(act, draft_id)
    refuse_if([*check_words(title, reasons), *check_wished_day(wished_on, act.today)])
    row.title, row.reasons, row.wished_on, row.changed_at = title.strip(), _paragraphs(reasons), wished_on, act.now
    act.record("statutes_draft.reworded", _about(draft_id), {"title": row.title, "wished_on": wished_on})


def rebase_draft(act: Act, *, draft_id: UUID) -> None:
    """Take the changes of a draft over to the version in place, where the statutes changed meanwhile."""
    row = _writable(act, draft_id)
    latest, draft = queries.find_latest(act.session), queries.get_draft(act.session, draft_id)
    if latest is None or row.base_id is None or latest.id == row.base_id:
        refuse_if([Breach("draft_is_on_latest", N_("This draft already amends the version in place."))])
    assert latest is not None  # noqa: S101 - refused just above
    assert row.base_id is not None  # noqa: S101 - refused just above
    before = queries.get_statutes(act.session, row.base_id).text
    row.text, row.base_id = _kept(rebase(draft.text, before=before, onto=latest.text)), latest.id
    row.changed_at = act.now
    act.record("statutes_draft.rebased", _about(draft_id), {"base": latest.id})


def withdraw_draft(act: Act, *, draft_id: UUID) -> None:
    """Give a draft up; it stays readable for those who wrote it."""
    row = _locked(act, draft_id)
    _check_may_write(act, _base(act, row))
    _move(row, DraftStep.WITHDRAW)
    act.record("statutes_draft.withdrawn", _about(draft_id))


def take_up_draft(act: Act, *, draft_id: UUID) -> None:
    """Write on a draft that an assembly could not vote for want of a quorum."""
    row = _locked(act, draft_id)
    _check_may_write(act, _base(act, row))
    if row.state is not DraftState.NO_QUORUM:
        refuse_if([Breach("draft_not_left", N_("Only a draft left without a quorum is taken up again."))])
    _release(row)
    act.record("statutes_draft.taken_up", _about(draft_id))


def freeze_draft(act: Act, *, draft_id: UUID, held_on: date) -> FrozenStatutes:
    """Fix the text that an assembly will vote; checked again on the day it would take force."""
    row, draft = _locked(act, draft_id), queries.get_draft(act.session, draft_id)
    refuse_if(
        [
            *check_wish(row.wished_on, held_on),
            *queries.waits_behind(act.session, draft),
            *_check_ready(act, draft, held_on),
        ]
    )
    _move(row, DraftStep.FREEZE)
    frozen = _freeze(act, draft, held_on)
    row.subject_hash = frozen.subject_hash
    act.record("statutes_draft.frozen", _about(draft_id), {"subject_hash": row.subject_hash})
    return frozen


def reopen_draft(act: Act, *, draft_id: UUID, held_on: date) -> None:
    """Put the very same text before the second call of an assembly that lacked its quorum."""
    row, draft = _locked(act, draft_id), queries.get_draft(act.session, draft_id)
    if row.state is not DraftState.NO_QUORUM:
        sentence = N_("The draft “%(title)s” was taken up again since. Put it before a new assembly.")
        refuse_if([Breach("draft_taken_up", sentence, {"title": row.title})])
    against = [*queries.waits_behind(act.session, draft), *_check_ready(act, draft, held_on)]
    refuse_if([*_check_unchanged(act, draft), *against])
    _move(row, DraftStep.REOPEN)
    act.record("statutes_draft.reopened", _about(draft_id), {"subject_hash": row.subject_hash})


def release_draft(act: Act, *, draft_id: UUID) -> None:
    """Give a frozen draft back to those who write it: it left the agenda before any vote."""
    row = _locked(act, draft_id)
    _release(row)
    act.record("statutes_draft.released", _about(draft_id))


def take_result(
    act: Act, *, draft_id: UUID, subject_hash: str, outcome: str, decided_on: date, decision: str
) -> UUID | None:
    """Note the proclaimed result; adopted statutes are written as the next version. Gives that version, if any."""
    row, draft = _locked(act, draft_id), queries.get_draft(act.session, draft_id)
    # The stored hash is not trusted alone: the text that was frozen must still give it.
    refuse_if([*check_subject(row.subject_hash, subject_hash), *_check_unchanged(act, draft)])
    _note_result(act, row, outcome, decided_on, decision)
    if row.state is not DraftState.ADOPTED:
        return None
    refuse_if(_check_ready(act, draft, decided_on))
    day = effect_day(row.wished_on, decided_on)
    row.statutes_id = adopt_statutes(act, text=draft.text, in_force_from=day, decision=decision)
    return row.statutes_id


def leave_without_effect(act: Act, *, draft_id: UUID, outcome: str, decided_on: date, decision: str) -> None:
    """Note a result whose effect was refused: the vote stands, no version comes of it."""
    _note_result(act, _locked(act, draft_id), outcome, decided_on, decision)


def _note_result(act: Act, row: StatutesDraft, outcome: str, decided_on: date, decision: str) -> None:
    _move(row, STEP_OF_OUTCOME[outcome])
    # Without a quorum nothing was decided: the text waits for the second call.
    if row.state is not DraftState.NO_QUORUM:
        row.decision, row.decided_on = decision, decided_on
    row.changed_at = act.now
    facts = {"outcome": outcome, "decision": decision, "subject_hash": row.subject_hash}
    act.record("statutes_draft.decided", _about(row.id), facts)


def adopt_first(act: Act, *, draft_id: UUID, in_force_from: date, decision: str) -> UUID:
    """Adopt the first statutes of the cooperative from a draft; every later version is voted in an assembly."""
    row, draft = _writable(act, draft_id), queries.get_draft(act.session, draft_id)
    if queries.find_latest(act.session) is not None:
        sentence = N_("The cooperative has its statutes. They are changed by a vote of the assembly.")
        refuse_if([Breach("statutes_exist", sentence)])
    if not decision.strip():
        refuse_if([Breach("decision_missing", N_("Name the decision that adopts these statutes."), field="decision")])
    refuse_if(check_not_far(in_force_from, act.today, field="in_force_from"))
    _move(row, DraftStep.ADOPT)
    row.decision, row.decided_on = decision.strip(), act.today
    row.statutes_id = adopt_statutes(act, text=draft.text, in_force_from=in_force_from, decision=decision.strip())
    return row.statutes_id


def _check_ready(act: Act, draft: DraftRow, held_on: date) -> list[Breach]:
    """List what stands against voting this draft on that day, or against its effect."""
    on = effect_day(draft.wished_on, held_on)
    return [*queries.stands_against(act.session, draft, on), *_objections(act, draft.text, _base(act, draft))]


def _check(text: StatutesText, base: Statutes | None, on: date) -> list[Breach]:
    return check_draft(
        text, before=base.text if base else None, before_from=base.in_force_from if base else None, on=on,
        law=queries.the_law(),
    )  # fmt: skip


def _objections(act: Act, text: StatutesText, base: Statutes | None) -> list[Breach]:
    """What the features above have against these statutes: members in a college, shares of another value."""
    if base is None:
        return []
    weighed = StatutesWeighed(base.text, text)
    act.publish(weighed)
    return weighed.objections


def _freeze(act: Act, draft: DraftRow, held_on: date) -> FrozenStatutes:
    """Keep the whole subject of the vote; the same words, put to a vote again, are the same subject."""
    title, text = documents.resolution(act.session, draft, held_on)
    facts = subject_of(draft.words, title=title, text=text)
    hashed = digest(facts)
    if act.session.get(StatutesFrozen, hashed) is None:
        kept = canonical_json(facts).decode()
        act.keep(StatutesFrozen(subject_hash=hashed, draft_id=draft.id, facts=kept, frozen_at=act.now))
    return FrozenStatutes(draft.id, title, text, hashed)


def _check_unchanged(act: Act, draft: DraftRow) -> list[Breach]:
    return check_subject(draft.subject_hash, queries.hash_of_frozen(act.session, draft))


def _base(act: Act, row: StatutesDraft | DraftRow) -> Statutes | None:
    return queries.get_statutes(act.session, row.base_id) if row.base_id is not None else None


def _check_may_write(act: Act, base: Statutes | None) -> None:
    if not may_write(act.actor, is_first=base is None):
        raise Forbidden


def _writable(act: Act, draft_id: UUID) -> StatutesDraft:
    row = _locked(act, draft_id)
    _check_may_write(act, _base(act, row))
    if row.state is not DraftState.DRAFT:
        sentence = N_("This draft can no longer change: it is before the assembly, or decided. Begin another one.")
        refuse_if([Breach("draft_not_writable", sentence)])
    return row


def _locked(act: Act, draft_id: UUID) -> StatutesDraft:
    """The draft, held until the end of the act so that two commands on it cannot cross."""
    found = act.session.scalars(
        select(StatutesDraft)
        .where(StatutesDraft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def _move(row: StatutesDraft, transition: DraftStep) -> None:
    row.state = step(TRANSITIONS, row.state, transition)


def _release(row: StatutesDraft) -> None:
    _move(row, DraftStep.RELEASE)
    row.subject_hash = ""


def _kept(text: StatutesText) -> str:
    return canonical_json(as_json(text)).decode()


def _paragraphs(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _about(draft_id: UUID) -> str:
    return f"statutes-draft:{draft_id}"

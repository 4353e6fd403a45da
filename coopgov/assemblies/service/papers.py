"""Elections and choices on the agenda: their ballot papers, written by the board until the assembly is convened."""

import secrets
from dataclasses import replace
from uuid import UUID

from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.rules import ItemState, SubjectKind
from coopgov.assemblies.rules.papers import PaperDraft, first_draft, form_of_draft, write_form
from coopgov.assemblies.service.planning import add_text_item, planned_item
from coopgov.ballots.counting.ties import TieRule
from coopgov.ballots.deciding import check_whole
from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.i18n import N_

SEED_BYTES = 8


def add_election_item(
    act: Act, *, assembly_id: UUID, title: str, text: str, paper: str, subject: SubjectKind = SubjectKind.ELECTION
) -> UUID:
    """Put an election of persons, or a choice among texts, on the agenda; persons are chosen by secret ballot."""
    item_id = add_text_item(act, assembly_id=assembly_id, title=title, text=text)
    item = act.session.get_one(AgendaItem, item_id)
    item.subject_kind, item.is_secret = subject, subject is SubjectKind.ELECTION
    item.form = write_form(form_of_draft(first_draft(paper), item_id))
    act.record("assembly.item_paper", f"assembly:{assembly_id}", {"item": item_id, "kind": subject, "paper": paper})
    return item_id


def set_paper(act: Act, *, item_id: UUID, draft: PaperDraft) -> None:
    """Write the ballot paper of an election or a choice; a lot needs a seed, drawn now unless one is given."""
    item = planned_item(act, item_id)
    refuse_if(_check_has_paper(item))
    seed = draft.seed.strip() or secrets.token_hex(SEED_BYTES)
    form = form_of_draft(replace(draft, seed=seed if draft.tie is TieRule.SEED else ""), item_id)
    refuse_if(check_whole(form))
    item.form = write_form(form)
    act.record("assembly.item_paper", f"assembly:{item.assembly_id}", {"item": item_id, **form.facts()})


def _check_has_paper(item: AgendaItem) -> list[Breach]:
    if item.form is not None and item.state is ItemState.PLANNED:
        return []
    sentence = N_("This resolution is answered for or against: it has no ballot paper to write.")
    return [Breach("no_paper_to_write", sentence)]

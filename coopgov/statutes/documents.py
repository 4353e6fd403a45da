"""The words in which a change of the statutes is put to the vote: French texts, never translated strings."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from flask_babel import force_locale
from sqlalchemy.orm import Session

from coopgov.core.figures import LegalForm
from coopgov.law.book import Law
from coopgov.statutes import queries
from coopgov.statutes.changes import ORDER, Change
from coopgov.statutes.drafting import effect_day
from coopgov.statutes.queries import DraftRow
from coopgov.statutes.rules import College
from coopgov.statutes.sheet import ChangeLine, change_lines


def resolution(session: Session, draft: DraftRow, held_on: date) -> tuple[str, str]:
    """The title and the text of the resolution that puts a draft before the assembly of that day."""
    found, on = queries.changes_of(session, draft), effect_day(draft.wished_on, held_on)
    sentences = change_sentences(found, queries.the_law(), draft.text.legal_form, on)
    return resolution_title(draft.title), resolution_text(sentences, reasons=draft.reasons, wished_on=draft.wished_on)


def resolution_title(title: str) -> str:
    """The title of the resolution that changes the statutes."""
    return f"Modification des statuts\u00a0: {title}"


def resolution_text(sentences: Sequence[str], *, reasons: str, wished_on: date | None) -> str:
    """The resolution that changes the statutes."""
    decides = (
        "L’assemblée générale, après avoir pris connaissance du projet de statuts, décide de modifier les statuts "
        "comme suit\u00a0:"
    )
    lines = [f"– {sentence}" for sentence in sentences]
    return "\n\n".join([f"Exposé des motifs\u00a0: {reasons}", decides, *lines, _effect(wished_on)])


def _effect(wished_on: date | None) -> str:
    if wished_on is None:
        return "Les statuts ainsi modifiés entrent en vigueur le lendemain de l’assemblée qui les adopte."
    return (
        f"Les statuts ainsi modifiés entrent en vigueur le {_day(wished_on)}, "
        "et au plus tôt le lendemain de l’assemblée qui les adopte."
    )


def _day(value: date) -> str:
    text = format_date(value, "long", locale="fr")
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def change_sentences(found: Sequence[Change], law: Law, form: LegalForm, on: date) -> list[str]:
    """Each change as the resolution says it."""
    with force_locale("fr"):
        lines = change_lines(found, law, form, on)
    return [_sentence(change, line) for change, line in zip(found, lines, strict=True)]


def _sentence(change: Change, line: ChangeLine) -> str:
    what = f"{line.label} ({line.clause})" if line.clause else line.label
    if change.name == ORDER:
        return f"{what}\u00a0: {line.new}."
    if change.new is None:
        return f"{what}\u00a0: clause supprimée, qui disait {line.old}."
    if change.old is None:
        return f"{what}\u00a0: {line.new}, ce que les statuts ne disaient pas."
    share = " des voix" if _is_same_college(change) else ""
    return f"{what}\u00a0: {line.new}{share}, au lieu de {line.old}."


def _is_same_college(change: Change) -> bool:
    """Whether a college kept its name, so that only its weight differs."""
    old, new = change.old, change.new
    return isinstance(old, College) and isinstance(new, College) and old.label == new.label

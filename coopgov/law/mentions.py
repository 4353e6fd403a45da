"""What a paper must say: the mentions the law asks for, paper by paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from coopgov.core.figures import Figure, LegalForm
from coopgov.law.book import Law


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing a paper must say, with the article that asks for it."""

    key: str
    label: str
    label_en: str
    figure: Figure


def mentions(law: Law, paper: str, *, form: LegalForm, on: date) -> list[Mention]:
    """The mentions of that paper ("minutes", "notice", "roll"…) for that form on that day, in the order of the text.

    Raises KeyError for a paper no text knows.
    """
    prefix = f"mentions.{paper}."
    entries = [entry for entry in law if entry.name.startswith(prefix)]
    if not entries:
        raise KeyError(paper)
    found = ((entry, law.find_figure(entry.name, form=form, on=on)) for entry in entries)
    return [
        Mention(entry.name.removeprefix(prefix), entry.label, entry.label_en, figure)
        for entry, figure in found
        if figure is not None and figure.as_bool()
    ]


def missing_mentions(law: Law, paper: str, said: Iterable[str], *, form: LegalForm, on: date) -> list[Mention]:
    """The mentions that a paper which says those (by key) still lacks."""
    there = set(said)
    return [mention for mention in mentions(law, paper, form=form, on=on) if mention.key not in there]

"""The French words of the resolutions the law knows: what is put to the vote is a text, never a translated string."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_date
from flask_babel import force_locale
from markupsafe import Markup

from coopgov.assemblies.rules import AssemblyKind, SubjectKind
from coopgov.core.dates import paris_time
from coopgov.proposals import markdown

KIND_NAMES: Final[Mapping[AssemblyKind, str]] = {
    AssemblyKind.ORDINARY: "assemblée générale ordinaire",
    AssemblyKind.EXTRAORDINARY: "assemblée générale extraordinaire",
}
# Who receives the quitus, by company type.
_MANAGERS: Final[Mapping[str, str]] = {
    "sa": "aux administrateurs",
    "sarl": "à la gérance",
    "sas": "à la présidence",
}


def day(value: date) -> str:
    """A day as a French act writes it: 1er janvier 2027."""
    text = format_date(value, "long", locale="fr")
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def accounts_title(year_end: date) -> str:
    """The title of the resolution that approves the accounts."""
    return f"Approbation des comptes de l’exercice clos le {day(year_end)} et quitus"


def accounts_text(year_end: date, company: str) -> str:
    """The resolution that approves the accounts and gives quitus."""
    return (
        "L’assemblée générale ordinaire, après avoir pris connaissance des comptes annuels et du rapport de gestion, "
        f"approuve les comptes de l’exercice clos le {day(year_end)} tels qu’ils lui ont été présentés, ainsi que les "
        "opérations traduites dans ces comptes ou résumées dans ce rapport. "
        f"Elle donne quitus {_MANAGERS[company]} pour l’exercice écoulé."
    )


def admission_title(name: str) -> str:
    """The title of the resolution that admits a candidate."""
    return f"Admission de {name} en qualité d’associé"


def admission_text(name: str, kind: AssemblyKind) -> str:
    """The resolution that admits a candidate."""
    return (
        f"L’{KIND_NAMES[kind]}, après avoir pris connaissance de la candidature de {name}, décide de "
        "l’admettre en qualité d’associé de la coopérative, avec effet à l’issue du présent vote."
    )


def set_aside(position: int, reason: str) -> str:
    """What the minutes tell of a resolution that was taken off the session."""
    return f"Résolution n°\u00a0{position} retirée de l’ordre du jour. Motif : {reason}"


def struck_off(name: str, number: int, reason: str, document: str) -> str:
    """What the minutes tell of a line struck off the frozen roll."""
    return f"Liste des votants : inscription n°\u00a0{number} ({name}) radiée. Motif : {reason} Pièce : {document}"


def suspended(since: datetime, noted: datetime, incident: str) -> str:
    """What the minutes tell of votes that were suspended; they bear the instant at which that was noted."""
    return f"Votes suspendus depuis {_since(since, noted)}. Incident : {incident}"


def resumed(since: datetime, until: datetime, announced: datetime | None, closes_at: datetime | None) -> str:
    """What the minutes tell of votes that were taken up again, with the end that was announced and the new one."""
    told = f"Votes repris après une suspension de {_span(until - since)}, depuis {_since(since, until)}."
    if closes_at is None or announced is None:
        return f"{told} Le vote en séance n’a pas d’heure de clôture annoncée : le président le clôt."
    return (
        f"{told} Le temps perdu est rendu : le vote à distance, annoncé jusqu’au {_instant(announced)}, "
        f"est clos le {_instant(closes_at)}."
    )


def _since(since: datetime, noted: datetime) -> str:
    same_day = paris_time(since).date() == paris_time(noted).date()
    return f"{paris_time(since):%H:%M}" if same_day else f"le {_instant(since)}"


def _instant(value: datetime) -> str:
    at = paris_time(value)
    return f"{day(at.date())} à {at:%H:%M}"


def _span(length: timedelta) -> str:
    minutes = max(int(length.total_seconds()) // 60, 1)
    hours, rest = divmod(minutes, 60)
    return f"{hours}\u00a0h\u00a0{rest:02}" if hours else f"{rest}\u00a0min"


def decision_reference(kind: AssemblyKind, on: date, position: int) -> str:
    """How later papers name a decision."""
    name = KIND_NAMES[kind]
    return f"{name[0].upper()}{name[1:]} du {day(on)}, résolution n°\u00a0{position}"


def assembly_title(kind: AssemblyKind, on: date, call: int) -> str:
    """How papers name an assembly."""
    name = KIND_NAMES[kind]
    again = ", deuxième convocation" if call > 1 else ""
    return f"{name[0].upper()}{name[1:]} du {day(on)}{again}"


_END_OF_BLOCK = re.compile(r"</(?:p|li|h[1-6]|tr|blockquote|pre)>")


def in_print(kind: SubjectKind, text: str) -> str:
    """A resolution's text for papers: the board's own, or a proposal's Markdown as plain paragraphs."""
    if kind is not SubjectKind.PROPOSAL:
        return text
    blocks = _END_OF_BLOCK.split(str(markdown.render(text)).replace("<li>", "<li>– "))
    plain = (Markup(block).striptags() for block in blocks)  # noqa: S704 - its tags are taken out, nothing is shown
    return "\n\n".join(str(block) for block in plain if block)


def in_language(language: str, tell: Callable[[], list[str]]) -> list[str]:
    """Sentences in the language of a paper, whoever has it made."""
    with force_locale(language):
        return tell()

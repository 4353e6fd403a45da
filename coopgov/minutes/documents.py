"""The facts of the minutes as a paper (*procès-verbal*)."""

from collections.abc import Mapping
from typing import Any

from coopgov.assemblies.documents import letterhead
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.minutes.queries import MinutesRow
from coopgov.minutes.rules import Part
from coopgov.printing.archive import Paper
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes

SERIES = "minutes"
TITLES = {"fr": "Procès-verbal – %s", "en": "Minutes – %s"}


def minutes_paper(act: Act, minutes: MinutesRow, language: str = "fr") -> Paper:
    """The final minutes, ready to be issued under the next number of their register."""
    return Paper(
        kind=SERIES, series=SERIES, about=f"assembly:{minutes.assembly_id}", title=TITLES[language] % minutes.title,
        template="minutes.html", facts=_facts(act, minutes), language=language,
    )  # fmt: skip


def _facts(act: Act, minutes: MinutesRow) -> dict[str, Any]:
    return {
        "cooperative": _letterhead(act, minutes),
        **minutes.facts,
        "prose": {part.value: paragraphs(minutes.prose.get(part.value, "")) for part in _WHOLE},
        "debate_of": _debates(minutes.prose),
        "approvals": [
            {"signer": row.signer, "name": row.name, "at": row.approved_at}
            for row in minutes.approvals
            if row.content_hash == minutes.content_hash
        ],
        "content_hash": minutes.content_hash,
    }


_WHOLE = (Part.REPORTS, Part.DEBATES, Part.REMARKS)


def _debates(prose: Mapping[str, str]) -> dict[str, list[str]]:
    opening = f"{Part.RESOLUTION_DEBATE.value}:"
    return {slot.removeprefix(opening): paragraphs(text) for slot, text in prose.items() if slot.startswith(opening)}


def paragraphs(text: str) -> list[str]:
    """A text cut at its empty lines; the breaks inside are only those of the screen."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(part.split()) for part in parts if part.strip()]


def _letterhead(act: Act, minutes: MinutesRow) -> dict[str, Any]:
    day = paris_day(minutes.held_at)
    return letterhead(statutes.statutes_on(act.session, day), shares.capital_on(act.session, day))

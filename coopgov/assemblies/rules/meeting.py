"""What makes a decision an assembly's: members meet somewhere, and never answer a letter instead."""

from datetime import date

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_


def check_meeting(figures: Figures, *, place: str, on: date) -> list[Breach]:
    """An assembly without a place, in a room or online, would be a written consultation (*consultation écrite*)."""
    if place.strip():
        return []
    allowed = figures.find_figure("assembly.written_consultation_allowed", on=on)
    if allowed is not None and allowed.as_bool():
        sentence = N_(
            "The statutes allow a written consultation, but decisions are taken in assemblies here. "
            "Say where this one meets, in a room or online."
        )
        return [Breach("written_consultation_not_held", sentence, {}, allowed.citations, field="place")]
    sentence = N_(
        "Without a place where members meet this would be a written consultation, which this company may not hold. "
        "Say where the assembly meets, in a room or online; members may still vote remotely before it."
    )
    citations = allowed.citations if allowed is not None else ()
    return [Breach("written_consultation", sentence, {}, citations, field="place")]

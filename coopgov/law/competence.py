"""Who decides what: the body that the law, or the statutes where the law leaves it to them, makes competent."""

from datetime import date
from enum import StrEnum

from coopgov.core.figures import Figure, Figures


class Matter(StrEnum):
    """What a decision is about (*objet*)."""

    ACCOUNTS = "accounts"
    ALLOCATION = "allocation"
    ELECTIONS = "elections"
    AUDITORS = "auditors"
    STATUTES = "statutes"
    FORM_SWITCH = "form_switch"
    DISSOLUTION = "dissolution"
    MERGER = "merger"
    ADMISSION = "admission"
    EXCLUSION = "exclusion"
    OTHER = "everything_else"


# The word for a body where the law says only that the members decide together (SAS).
TOGETHER = "members_together"
_ELSEWHERE = {Matter.ADMISSION: "membership.admission_body", Matter.EXCLUSION: "membership.exclusion_body"}


def competent_body(figures: Figures, matter: Matter, *, on: date) -> Figure | None:
    """The figure that names the body for this matter on that day; None where a SAS leaves it to its statutes."""
    name = _ELSEWHERE.get(matter)
    return figures.find_figure(name or f"assembly.competence.{matter.value}", on=on)

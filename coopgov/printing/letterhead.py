"""Who speaks on a paper: the mentions the law asks of every letter and act of a company."""

from dataclasses import asdict, dataclass
from typing import Any

from coopgov.core.money import Cents


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The cooperative as its papers name it (*mentions obligatoires*); goes into facts as `cooperative`.

    `legal_form` is the whole wording, "société coopérative d’intérêt collectif anonyme, à capital variable";
    `capital` and `registry` may be unknown while the company is being founded.
    """

    name: str
    legal_form: str
    seat: str
    capital: Cents | None = None
    siren: str | None = None
    registry: str | None = None

    def as_facts(self) -> dict[str, Any]:
        """Plain values, ready to be frozen."""
        return asdict(self)

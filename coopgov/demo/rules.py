"""How far the demonstration's clock may go, which links of a mail are its own, what its members are."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopgov.core.errors import Breach
from coopgov.core.figures import LegalForm
from coopgov.core.i18n import N_
from coopgov.members.rules import Category

FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a mail's text, perhaps a link to a page of this site."""

    text: str
    href: str | None = None


def category_of(form: LegalForm, group: str) -> Category:
    """Who sells is employed in the CAE, takes part in the cooperative of 1947, and is independent in the SCIC."""
    employed = {"salaries"} if form.is_scic else {"createurs", "salaries"}
    return Category.EMPLOYED if group in employed else Category.EXTERNAL


def check_move(*, present: datetime, target: datetime, real: datetime) -> list[Breach]:
    """List why the clock cannot be set to that instant: what was done is never undone."""
    if target <= present:
        sentence = N_("The date only moves forward, and it is already %(present)s. Choose a later one.")
        return [Breach("clock_back", sentence, {"present": present}, field="to")]
    if target > real + FARTHEST:
        sentence = N_("The demonstration goes no farther than %(farthest)s. Choose an earlier date.")
        return [Breach("clock_too_far", sentence, {"farthest": real + FARTHEST}, field="to")]
    return []


def pieces(text: str, base_url: str) -> list[Piece]:
    """Cut a text at the addresses of this site; any other address stays plain text."""
    own = re.compile(rf"({re.escape(base_url)}(?:/(?!/)[^\s<>\"']*)?)(?=[\s<>\"']|$)")
    parts = own.split(text)
    return [
        Piece(part, (part.removeprefix(base_url) or "/") if index % 2 else None)
        for index, part in enumerate(parts)
        if part
    ]

"""Headings as people write them: “N° sociétaire”, “Nb de parts au 31/12/2025” and “Entré(e) le” are known too."""

import re

from coopgov.members.rules import fold

_SHORT = {"n": "numero", "no": "numero", "num": "numero", "nb": "nombre", "nbre": "nombre"}
# Small words, and the endings in brackets of “associé(e)s”.
_EMPTY = frozenset(["de", "d", "du", "des", "le", "la", "l", "les", "e", "s", "es"])
_AT_A_DAY = re.compile(r" (?:au|a la date du|en date du) \d{1,2} \d{1,2} \d{2,4}$")


def plain_heading(heading: str) -> str:
    """A heading without what does not tell headings apart: abbreviations, small words, the day of a balance."""
    words = _AT_A_DAY.sub("", fold(heading)).split()
    return " ".join(_SHORT.get(word, word) for word in words if word not in _EMPTY) or fold(heading)

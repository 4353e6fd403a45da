"""French is complete: every sentence of the code and of the pages has its translation."""

import io
import re

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.house.reading import PACKAGE, TEMPLATES, modules

KEYWORDS = {
    "_": None, "gettext": None, "_l": None, "lazy_gettext": None, "N_": None,
    "ngettext": (1, 2), "lazy_ngettext": (1, 2),
}  # fmt: skip


def _translated() -> dict[object, object]:
    known: dict[object, object] = {}
    for path in sorted((PACKAGE / "translations" / "fr").glob("*.po")):
        with path.open("rb") as file:
            known.update({_key(m.id): m.string for m in read_po(file, locale="fr") if m.id})
    return known


def _key(message: object) -> object:
    return message if isinstance(message, str) else tuple(message)  # type: ignore[call-overload]


def _asked() -> set[object]:
    files = [("python", path) for path in modules()]
    files += [("jinja2.ext:babel_extract", path) for path in TEMPLATES.rglob("*.html") if "documents" not in path.parts]
    found: set[object] = set()
    for method, path in files:
        options = {"trimmed": "true", "silent": "false"} if method != "python" else {}
        for _line, message, _comments, _context in extract(
            method, io.BytesIO(path.read_bytes()), KEYWORDS, options=options
        ):
            found.add(_key(message))
    return found


def test_every_sentence_is_in_french():
    known = _translated()
    missing = sorted(str(message) for message in _asked() if not known.get(message))
    assert missing == []


def test_places_in_a_sentence_are_the_same_in_french():

    place = re.compile(r"%\((\w+)\)")
    wrong = [
        message
        for message, french in _translated().items()
        if isinstance(message, str)
        and isinstance(french, str)
        and french
        and set(place.findall(message)) != set(place.findall(french))
    ]
    assert wrong == []

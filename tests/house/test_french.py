"""French as it is printed: numbers that hold together, and one word for whoever holds shares (docs/glossary.md)."""

import ast
import re

import pytest
from babel.messages.pofile import read_po

from coopgov.law.loader import load_law
from tests.house.reading import PACKAGE, TEMPLATES, modules, name_of, tree

PARTED = re.compile(r"\b[Nn]°(?: |$)")
# A member of an organ or of a college is one: whoever holds shares is an associé.
MEMBRE = re.compile(
    r"\b[Mm]embres?\b(?! (?:du|de l’|de la|d’un|d’une|élus? du) ?(?:bureau|conseil|directoire|organe|collège))"
)
OF_A_COLLEGE = {"Chaque collège pèse cette part d’un vote, quel que soit le nombre de ses membres."}
PAGES = sorted(path for kind in ("*.html", "*.txt") for path in TEMPLATES.rglob(kind))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_numbers_hold_together_in_templates(language):
    other = {"fr": "en", "en": "fr"}[language]
    pages = [path for path in PAGES if other not in path.parts]
    assert [str(path.relative_to(TEMPLATES)) for path in pages if PARTED.search(path.read_text())] == []


def _translations():
    for path in sorted((PACKAGE / "translations" / "fr").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                yield from [message.string] if isinstance(message.string, str) else message.string


def test_numbers_hold_together_in_translations():
    assert [text for text in _translations() if PARTED.search(text)] == []


def test_whoever_holds_shares_is_an_associe():
    assert {text for text in _translations() if MEMBRE.search(text)} <= OF_A_COLLEGE
    papers = [path for path in PAGES if "fr" in path.parts]
    assert [str(path.relative_to(TEMPLATES)) for path in papers if MEMBRE.search(path.read_text())] == []


def test_numbers_hold_together_in_french_sentences_of_the_code():
    wrong = [f"{name_of(path)}:{node.lineno}" for path in modules() for node in _texts(tree(path)) if _is_parted(node)]
    assert wrong == []


def _texts(module):
    """The texts of a module, but for what explains it to its readers."""
    told = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    return [node for node in ast.walk(module) if isinstance(node, ast.Constant) and id(node) not in told]


def _is_parted(node):
    # The sign alone is what somebody looks for, not what is printed.
    return isinstance(node.value, str) and node.value != "n° " and bool(PARTED.search(node.value))


def test_numbers_hold_together_in_the_articles_of_law():
    said = [
        version.citation.text for entry in load_law() for version in entry.versions
    ]  # fmt: skip
    assert any("n°\u00a0" in text for text in said)
    assert [text for text in said if PARTED.search(text)] == []

"""Every template is used, and none carries what the CSP forbids."""

import re

import pytest

from tests.house.reading import ROOT, TEMPLATES, modules

ALL = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
HTML = [name for name in ALL if name.endswith(".html")]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.legifrance|www\.w3\.org)",
    re.IGNORECASE,
)


def test_every_template_is_named_somewhere():
    text = "\n".join(path.read_text() for path in [*modules(), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")])
    unused = [name for name in ALL if not _is_named(name, text)]
    assert unused == []


def _is_named(name: str, text: str) -> bool:
    parts = name.split("/")
    # Mails and papers are named without their folder of language and without their ending.
    short = "/".join(parts[2:]).rsplit(".", 1)[0] if parts[0] in {"emails", "documents"} and len(parts) > 2 else name
    return (
        f'"{name}"' in text
        or f'"{short}"' in text
        or f"'{short}'" in text
        or f'"{short}.html"' in text
        or f'"{name.split("/", 1)[1]}"' in text
    )


@pytest.mark.parametrize("name", [name for name in HTML if not name.startswith("documents/")])
def test_a_page_has_nothing_inline_and_nothing_foreign(name):
    assert INLINE.findall((TEMPLATES / name).read_text()) == []


def test_whole_templates_exist_in_both_languages():
    for folder in ("emails", "documents"):
        french = {path.name for path in (ROOT / "templates" / folder / "fr").glob("*")}
        english = {path.name for path in (ROOT / "templates" / folder / "en").glob("*")}
        assert french == english


SERIES = re.compile(r"""\b(?:series|SERIES)\b[^=\n"]*=\s*("[^"]+"|\{[^}]*\})""")
IN_SERIES = re.compile(r"""(?:^|: )"([^"]+)\"""")


def test_every_series_of_papers_is_named_in_both_languages():
    told = [found for path in modules() for found in SERIES.findall(path.read_text())]
    used = {name for found in told for name in IN_SERIES.findall(found)}
    assert {"minutes", "relevé", "registre-associes", "ordre-mouvement", "fiche-associe"} <= used
    for language in ("fr", "en"):
        words = (TEMPLATES / "documents" / language / "_words.html").read_text()
        assert [name for name in sorted(used) if f'"{name}"' not in words] == []

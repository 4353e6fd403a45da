"""The look keeps its promises: readable colours, no inline style, icons that exist, files as vendored."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "coopgov/static"
THEME = (STATIC / "css/theme.css").read_text()
PAGES = [page for page in (ROOT / "templates").rglob("*.html") if "documents" not in page.parts]
GROUNDS = ("paper", "surface", "sunken")
PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "plum", "success", "warning", "danger", "info") for ground in GROUNDS),
    *((ink, f"{ink}-soft") for ink in ("plum", "success", "warning", "danger", "info")),
    *(("ink", f"{kind}-soft") for kind in ("plum", "success", "warning", "danger", "info")),
    ("on-plum", "plum"), ("on-plum", "plum-strong"), ("saffron-ink", "saffron-soft"),
]  # fmt: skip


def palette(scheme: str) -> dict[str, str]:
    start = THEME.index("prefers-color-scheme: dark") if scheme == "dark" else 0
    block = THEME[start : THEME.index("--bs-primary-rgb", start)]
    return dict(re.findall(r"--coop-([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_every_ground(scheme):
    colours = palette(scheme)
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert {pair: found for pair, found in weak.items() if found < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_and_the_focus_ring_are_seen(scheme):
    colours = palette(scheme)
    for line in ("edge", "focus"):
        assert all(contrast(colours[line], colours[ground]) >= 3 for ground in GROUNDS)


def test_no_page_carries_a_style_or_a_script_of_its_own():
    inline = re.compile(r"<style|<[a-z][^>]*\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|hx-on|javascript:")
    assert [str(page.relative_to(ROOT)) for page in PAGES if inline.search(page.read_text())] == []


def test_our_own_scripts_ask_nobody_and_write_no_markup():
    written = {path.name: path.read_text() for path in (STATIC / "js").glob("*.js")}
    roads = re.compile(
        r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import|eval|innerHTML|outerHTML)\b *[(=.]"
    )
    assert set(written) == {"recount.js", "recount-page.js"}
    assert {name: roads.findall(text) for name, text in written.items() if roads.search(text)} == {}


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for page in PAGES for name in re.findall(r'\bicon\("([a-z-]+)"', page.read_text())}
    navigation = re.findall(r', "([a-z-]+)"\),$', (ROOT / "coopgov/web/globals.py").read_text(), re.MULTILINE)
    assert named | set(navigation) <= drawn


@pytest.mark.parametrize("folder", ["coopgov/static/vendor", "coopgov/printing/fonts", "tests/browser/vendor"])
def test_vendored_files_are_what_was_copied(folder):
    lines = (ROOT / folder / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.name: path for path in (ROOT / folder).iterdir() if path.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == listed


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()

"""Every page that a character can reach by following links, in both languages, on a phone and on a desk."""

import re
from collections import deque
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from coopgov.demo.cast import CAST, Part
from tests.browser.conftest import Serve, Visit
from tests.browser.visitor import DESK, PHONE, Visitor

TRANSLATIONS = Path(__file__).parents[2] / "coopgov" / "translations" / "fr"
# An address without its identifiers and questions: one page of each kind is enough.
PARTS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
NOT_PAGES = re.compile(r"^/api/|\.(pdf|csv|ics|xlsx|zip|json|jsonl|xml|txt)$|^/static/")
TOKENS = re.compile(r'name="csrf_token"[^>]*')
# A page as text: without its tags, and without what nobody reads.
TAGS = re.compile(r"<[^>]+>")
SILENT = re.compile(r"(?s)<(script|style|svg)\b.*?</\1>")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HREFS = re.compile(r'<a [^>]*href="(/[^"]*)"')
A4 = {"width": 794, "height": 1123}
# Shorter ones may be the same in both languages, or a name.
LONG_ENOUGH = 25
# An assembly's title and what is put to its vote are acts in French, whoever reads them.
ACTS = {
    "Assemblée générale ordinaire",
    "Assemblée générale extraordinaire",
    "Abonnement mensuel de la boutique",
    "Commission sur les ventes",
}


@cache
def sentences(language: str) -> set[str]:
    """The sentences of the other language: none of them belongs on a page of this one."""
    found: set[str] = set()
    for file in TRANSLATIONS.glob("*.po"):
        with file.open("rb") as opened:
            catalog = [message for message in read_po(opened, locale="fr") if isinstance(message.id, str)]
        found |= {str(m.string if language == "en" else m.id) for m in catalog if m.id and m.id != m.string}
    return {words(text) for text in found if len(text) >= LONG_ENOUGH and "%(" not in text} - ACTS


def words(text: str) -> str:
    """A text with plain single spaces."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What was already looked at: kinds of pages, and contents to the letter."""
    return set()


@pytest.mark.parametrize("name", [part.name for part in CAST])
def test_pages_are_accessible_fit_and_speak_french(name: str, serve: Serve, visit: Visit, seen: set[str]):
    visitor = visit(serve("sqlite", "pages"), PHONE).be(name)
    foreign, menu = sentences("fr"), menu_of(visitor)
    waiting = deque(menu)
    while waiting:
        path = waiting.popleft()
        if path not in menu and (kind_of(path) in seen or NOT_PAGES.search(urlsplit(path).path)):
            continue
        visitor.go(path)
        seen.add(kind_of(path))
        if (content := content_of(visitor)) not in seen:
            seen.add(content)
            look_at_both_widths(visitor)
            text = words(visitor.page.locator("body").inner_text())
            assert [one for one in foreign if one in text] == [], path
        waiting += [found for found in links_of(visitor) if kind_of(found) not in seen]


def content_of(visitor: Visitor) -> str:
    """The content of a page, without what is new each time: another's page may be the same to the letter."""
    return TOKENS.sub("", visitor.main.inner_html())


def menu_of(visitor: Visitor) -> list[str]:
    """The addresses of the main menu and of the account's."""
    return list(dict.fromkeys([*links_of(visitor, ".site-nav"), *links_of(visitor, ".account-panel")]))


def links_of(visitor: Visitor, part: str = "body") -> list[str]:
    """The pages of this site that a part of the page links to."""
    hrefs = visitor.page.eval_on_selector_all(f"{part} a[href]", "all => all.map(one => one.href)")
    own = [urlsplit(urldefrag(href).url) for href in hrefs if href.startswith(visitor.site.url)]
    return [f"{url.path}?{url.query}" if url.query else url.path for url in own]


def kind_of(path: str) -> str:
    """What kind of page that address is."""
    url = urlsplit(path)
    return PARTS.sub("*", url.path) + "?" + ",".join(sorted(part.split("=")[0] for part in url.query.split("&")))


@pytest.fixture(scope="module")
def read() -> set[str]:
    """The kinds of pages that were already read in English."""
    return set()


@pytest.mark.parametrize("part", CAST, ids=lambda part: part.key)
def test_pages_are_english_throughout_for_who_reads_english(part: Part, serve: Serve, read: set[str]):
    """Their elements are those of the French pages, which a browser looks at; here only their words are read."""
    browser = serve("postgresql", "pages").app.test_client()
    for path, answers in ((f"/demo/characters/{part.key}", {}), ("/language", {"language": "en"})):
        [token, *_] = TOKEN.findall(browser.get("/demo/").text)
        browser.post(path, data={"csrf_token": token, **answers})
    foreign, menu = sentences("en"), links_in(browser.get("/").text)
    assert part.given in browser.get("/").text
    waiting = deque(menu)
    while waiting:
        path = waiting.popleft()
        if kind_of(path) not in read and not NOT_PAGES.search(urlsplit(path).path):
            read.add(kind_of(path))
            page = browser.get(path, follow_redirects=True)
            assert page.mimetype == "text/html", path
            text = words(unescape(TAGS.sub(" ", SILENT.sub("", page.text))))
            assert page.status_code in {200, 503}, path
            assert [one for one in foreign if one in text] == [], path
            waiting += links_in(page.text)


def links_in(page: str) -> list[str]:
    """The pages of this site that a page links to."""
    return [unescape(urldefrag(path).url) for path in HREFS.findall(page)]


def look_at_both_widths(visitor: Visitor) -> None:
    """Check that the page fits at the other width, then that it fits and is accessible at the visitor's own."""
    other = DESK if visitor.width == PHONE else PHONE
    for width in (other, visitor.width):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.check_width(str(width))
    visitor.check(str(visitor.width))


def test_pages_are_accessible_in_the_dark(serve: Serve, visit: Visit):
    malik = visit(serve("sqlite", "pages"), DESK, color_scheme="dark").be("Malik Haddad")
    for path in ["/demo/composants", *menu_of(malik)]:
        malik.go(path)
        malik.look("sombre")


def test_strangers_find_accessible_pages(serve: Serve, visit: Visit):
    stranger = visit(serve("sqlite", "pages"), PHONE)
    paths = ("/", "/sign-in", "/sign-in/password", "/members/apply", "/members/applied", "/demo/", "/demo/composants")
    for path in (*paths, "/demo/clock", "/demo/mailbox"):
        stranger.go(path)
        look_at_both_widths(stranger)


def test_an_assembly_and_its_deadlines_print_without_their_frame(serve: Serve, visit: Visit):
    olivier = visit(serve("sqlite", "pages"), DESK).be("Olivier Roche")
    olivier.menu("Assemblées")
    olivier.follow("Assemblée générale ordinaire du 20 juin 2025")
    look_at_the_print(olivier)
    olivier.sees("Adoptée", "Passer la commission à 5 %")
    olivier.follow("Échéances")
    look_at_the_print(olivier)
    olivier.sees("Convocation des associés", "Réunion de l’assemblée", "Questions écrites")


def look_at_the_print(visitor: Visitor) -> None:
    """Check the page as it comes on paper."""
    visitor.page.emulate_media(media="print")
    visitor.page.set_viewport_size(A4)
    for part in (".site-header", ".site-nav", ".site-footer", ".demo-bar"):
        expect(visitor.page.locator(part)).to_be_hidden()
    visitor.look("imprimee")
    visitor.page.emulate_media(media="screen")

"""French first, English complete beside it: the choice is kept and never leads outside."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from flask_babel import gettext
from hypothesis import given
from hypothesis import strategies as st

from coopgov.web.redirects import inside

SITE = "http://localhost:8000/somewhere"
# What browsers do to an address before they read it (WHATWG URL, "basic URL parser").
REMOVED = str.maketrans("", "", "\t\n\r")
TRICKS = st.lists(st.sampled_from(["/", "\\", "//", ":", "@", ".", "..", "?", "#", "%2f", "%5c", "\t", "\n", "\r", " ", "\x00",
                                   "http", "javascript", "data", "evil.example", "a", "\u2044", "\uff0f", "\u3000", "\xa0"]),
                  max_size=8).map("".join)  # fmt: skip
OUTSIDE = (
    "http://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", " //evil.example", "\t//evil.example", "http:/evil.example", "http:evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "@evil.example", ".evil.example",
    "https:evil.example", "/ /evil.example", "/\r\nLocation: http://evil.example", "/\x00/evil.example", "", "?x", "#x", "..",
)  # fmt: skip
INSIDE = ("/", "/members", "/members?q=a&b=c#d", "/a/b//c", "/%2f%2fevil.example", "/é", "/x@y", "/x:80")


def language_of(answer) -> str:
    return re.search(r'<html lang="(\w+)">', answer.text)[1]


def as_a_browser_reads(address: str) -> str:
    """The address a browser goes to, backslashes and forgotten characters included."""
    cleaned = address.strip("".join(map(chr, range(33)))).translate(REMOVED)
    path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", cleaned, re.DOTALL).groups()
    return urljoin(SITE, path.replace("\\", "/") + mark + rest)


@given(st.one_of(TRICKS, st.text(), TRICKS.map("/".__add__)))
def test_a_redirect_stays_on_the_site_whatever_was_asked(target):
    kept = inside(target, "/home")
    assert kept in {target, "/home"}
    assert urlsplit(as_a_browser_reads(kept)).netloc == "localhost:8000"
    assert not re.search(r"[\r\n\x00]", kept)


@pytest.mark.parametrize("target", OUTSIDE)
def test_an_address_that_leads_outside_is_left_aside(target):
    assert inside(target, "/home") == "/home"


@pytest.mark.parametrize("target", INSIDE)
def test_an_address_of_the_site_is_followed(target):
    assert inside(target, "/home") == target


def test_the_language_is_the_browser_s_and_french_when_it_is_neither(client):
    asked = {"en": "en", "en-US,en;q=0.9": "en", "EN-gb": "en", "fr-CA": "fr", "de,en;q=0.3": "en", "de": "fr", "*": "fr",
             "": "fr", "en;q=0": "fr", "fr;q=0.5,en;q=0.6": "en", "x" * 3000: "fr"}  # fmt: skip
    for header, language in asked.items():
        assert language_of(client.get("/", headers={"Accept-Language": header})) == language, header


def test_the_language_chosen_is_kept_against_the_browser_s(client):
    client.post("/language", data={"language": "en"})
    assert language_of(client.get("/", headers={"Accept-Language": "fr"})) == "en"
    client.post("/language", data={"language": "fr"})
    assert language_of(client.get("/", headers={"Accept-Language": "en"})) == "fr"


def test_a_language_that_is_none_changes_nothing(client):
    for chosen in ("de", "", "../../en", "en\x00"):
        assert client.post("/language", data={"language": chosen}).status_code == 303
        assert language_of(client.get("/")) == "fr"


def test_a_job_or_a_command_speaks_french(app):
    assert gettext("Home") == "Accueil"


def test_choosing_a_language_comes_back_to_the_page_with_its_question(client):
    page = client.get("/sign-in?next=/members%3Fq%3D1").text
    form = re.search(r'<form[^>]*action="/language".*?</form>', page, re.DOTALL)[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    button = re.search(r'<button[^>]*name="language" value="(\w+)"', form)[1]
    answer = client.post("/language", data={**hidden, "language": button})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/members%3Fq%3D1")
    assert language_of(client.get("/")) == "en"


def test_choosing_a_language_never_leads_outside(client):
    for target in OUTSIDE:
        answer = client.post("/language", data={"language": "en", "next": target})
        assert answer.headers["Location"] == "/", target

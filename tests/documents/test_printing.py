"""A paper is the same bytes each time, readable by machines and by people who do not see."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from jinja2 import UndefinedError

from coopgov.printing import render
from coopgov.printing.filters import filters_in
from coopgov.printing.render import PrintingUnavailable, render_html, render_pdf

ATTACHED = b'{"number":7}'


def print_specimen(facts: dict[str, Any], language: str = "fr") -> bytes:
    return render_pdf(
        "specimen.html", facts, language=language, title="Procès-verbal d’essai", attachment=ATTACHED
    )  # fmt: skip


@pytest.fixture
def paper(facts, tmp_path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(print_specimen(facts))
    return path


def ask(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_the_text_comes_out_in_reading_order(paper):
    text = " ".join(ask("pdftotext", paper, "-").split())
    places = [
        text.find(part)
        for part in ("Coopérative des Trois", "Mme Zoé Œuvrard", "L’assemblée", "Łukasz", "La présidente")
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_the_mentions_of_the_company_open_the_paper(paper):
    head = " ".join(ask("pdftotext", "-l", "1", paper, "-").split())
    for mention in (
        "à capital variable",
        "1 234 567,00 €",
        "732 829 320 RCS Rennes",
        "12 rue du Pont",
    ):
        assert mention in head


def test_every_page_is_counted_and_names_the_paper(paper):
    for page in (1, 2, 3):
        text = ask("pdftotext", "-f", str(page), "-l", str(page), paper, "-")
        assert re.search(rf"page {page} sur \d", text)
        assert "essai n°\u00a07 · empreinte des faits 9f2c41aa" in text.replace("essai n° 7", "essai n°\u00a07")


def test_the_headings_of_a_table_come_again_on_each_page(paper):
    for page in (1, 2):
        assert "Collège" in ask("pdftotext", "-f", str(page), "-l", str(page), paper, "-")


def test_only_our_fonts_are_embedded_even_for_narrow_spaces_and_hyphens(facts, paper):
    assert "\u202f" in render_html("specimen.html", facts, language="fr", title="Essai")
    assert re.search(r"\w[-\u2010\u00ad]\n", ask("pdftotext", paper, "-"))
    lines = ask("pdffonts", paper).splitlines()[2:]
    assert lines
    assert all(re.match(r"[A-Z]{6}\+Source-(Sans-3|Serif-4)", line) and " yes yes yes " in line for line in lines)


def test_headings_nest_from_the_first_and_tables_are_tagged(paper):
    tree = ask("pdfinfo", "-struct", paper)
    assert [int(level) for level in re.findall(r"\bH(\d)\b", tree)] == [1, 2, 2, 3]
    assert "Tagged:          yes" in ask("pdfinfo", paper)
    assert {"Caption", "THead", "TBody"} <= set(tree.split())


def test_the_file_claims_both_archiving_and_accessibility(paper):
    with pikepdf.open(paper) as pdf:
        metadata = pdf.Root.Metadata
        xmp = metadata.read_raw_bytes()
        assert "/Filter" not in metadata
        assert str(pdf.Root.Lang) == "fr"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert re.search(rb'pdfaid:part="3"', xmp)
    assert re.search(rb'pdfaid:conformance="A"', xmp)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_the_frozen_facts_travel_inside(paper):
    with pikepdf.open(paper) as pdf:
        assert {str(spec.AFRelationship) for spec in pdf.Root.AF} == {"/Source"}
        assert pdf.attachments["facts.json"].get_file().read_bytes() == ATTACHED


def test_the_same_facts_give_the_same_bytes_in_any_process(facts, paper):
    first = hashlib.sha256(paper.read_bytes()).hexdigest()
    assert hashlib.sha256(print_specimen(facts)).hexdigest() == first
    assert _printed_elsewhere(facts) == first


def _printed_elsewhere(facts: dict[str, Any]) -> str:
    program = (
        "import hashlib, json, sys; from datetime import datetime; from pathlib import Path\n"
        "from coopgov.printing import render\n"
        "facts = json.load(sys.stdin); stamp = facts['document']\n"
        "stamp['issued_at'] = datetime.fromisoformat(stamp['issued_at'])\n"
        f"render.TEMPLATES.append(Path({str(render.TEMPLATES[-1])!r}))\n"
        "asked = {'language': 'fr', 'title': 'Procès-verbal d’essai'}\n"
        f"pdf = render.render_pdf('specimen.html', facts, attachment={ATTACHED!r}, **asked)\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    given = json.dumps(facts, default=str)
    done = subprocess.run([sys.executable, "-c", program], input=given, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout.strip()


def test_the_english_version_says_that_french_prevails(facts, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(print_specimen(facts, "en"))
    text = " ".join(ask("pdftotext", path, "-").split())
    assert "The French version alone has legal force." in text
    assert "€1,234,567.00" in text
    assert "page 1 of 1" in text


def test_a_fact_that_is_missing_is_an_error_and_not_a_blank(facts):
    del facts["vote"]["capital"]
    with pytest.raises(UndefinedError):
        render_html("specimen.html", facts, language="fr", title="Essai")


def test_a_name_never_becomes_markup(facts):
    facts["person"]["name"] = "<script>alert(1)</script>"
    assert "<script>" not in render_html("specimen.html", facts, language="fr", title="Essai")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("day", "2026-12-01", "1er décembre 2026"),
        ("day", "2026-12-11", "11 décembre 2026"),
        ("instant", "2026-07-01T22:30:00Z", "2 juillet 2026 à 00:30"),
        ("percent", "2/3", "66,67\u202f%"),
        ("rate", 450, "4,5\u202f%"),
        ("money", 123450, "1\u202f234,50\u00a0€"),
    ],
)
def test_frozen_facts_are_written_as_a_person_reads_them(name, value, shown):
    assert filters_in("fr")[name](value) == shown


def test_without_pango_the_refusal_says_what_to_install():
    program = (
        "import cffi, sys; from datetime import datetime\n"
        "def missing(*_): raise OSError('cannot load library')\n"
        "cffi.FFI.dlopen = missing\n"
        "from coopgov.printing import render\n"
        "render.render_html = lambda *_, **__: '<p>'\n"
        "try: render.render_pdf('x.html', {'document': {'issued_at': None}}, language='fr', title='x')\n"
        "except render.PrintingUnavailable as refusal: print(refusal)"
    )
    said = ask(sys.executable, "-c", program)
    assert str(PrintingUnavailable()) in said
    assert "sudo apt-get install -y libpango-1.0-0" in said

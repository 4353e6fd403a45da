"""WeasyPrint, held short: own assets only, one file that is both PDF/A-3a and PDF/UA-1, the same bytes each time.

Importing this module needs Pango; `render` imports it when a paper is printed and not before.
"""

import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

ASSETS = Path(__file__).resolve().parent
MEDIA_TYPES = {".ttf": "font/ttf", ".css": "text/css"}
SCHEME = "coopgov:"

# Pango's font map is shared by all papers and is not safe between threads.
_PRESS = threading.Lock()

# PDF/A allows a property of another standard only with its description beside it (ISO 19005-3, 6.6.2.3).
_PDF_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class ClosedFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
    """Serve the fonts and style sheets of this folder and nothing else: no file, no network, no data."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The asset of that name; raises ValueError for anything that is not ours."""
        if not url.startswith(SCHEME):
            raise ValueError(f"not an asset of ours: {url[:200]}")
        path = (ASSETS / url.removeprefix(SCHEME)).resolve()
        if path.parent not in (ASSETS / "fonts", ASSETS / "css") or path.suffix not in MEDIA_TYPES:
            raise ValueError(f"not an asset of ours: {url[:200]}")
        return _asset(url, path)


def _asset(url: str, path: Path) -> URLFetcherResponse:
    # A paper printed without its fonts would not be the paper: better none.
    try:
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": MEDIA_TYPES[path.suffix]})
    except OSError as error:
        raise FatalURLFetchingError(f"the asset {path.name} is missing") from error


def print_pdf(html: str, *, issued_at: datetime, attachment: bytes | None) -> bytes:
    """Print HTML as one PDF/A-3a and PDF/UA-1 file, dated by its issue, with the JSON of its facts inside."""
    with _PRESS:
        fonts, sheet = _style()
        pdf = HTML(string=html, url_fetcher=ClosedFetcher()).write_pdf(
            stylesheets=[sheet],
            font_config=fonts,
            pdf_variant="pdf/a-3a",
            attachments=[_facts(attachment, issued_at)] if attachment is not None else None,
            finisher=_claim_accessibility,
        )
    return bytes(pdf)


@cache
def _style() -> tuple[FontConfiguration, CSS]:
    fonts = FontConfiguration()
    return fonts, CSS(url=f"{SCHEME}css/document.css", font_config=fonts, url_fetcher=ClosedFetcher())


def _facts(data: bytes, issued_at: datetime) -> Attachment:
    # WeasyPrint writes the hour it is given and calls it UTC.
    instant = issued_at.astimezone(UTC)
    return Attachment(
        string=data, name="facts.json", description="Facts the document was printed from", relationship="Source",
        created=instant, modified=instant, url_fetcher=ClosedFetcher(),
    )  # fmt: skip


def _claim_accessibility(_document: Any, pdf: Any) -> None:
    """Add the PDF/UA-1 mark to the PDF/A metadata, and leave it readable without inflating it."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _PDF_UA) for part in metadata.stream]
    metadata.compress = False

"""Make the PDF of a paper from its frozen facts: same facts, same bytes."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coopgov.core.i18n import N_
from coopgov.printing.filters import filters_in
from coopgov.printing.plain import PLAIN_TABLE, print_table

TEMPLATES = [Path(__file__).resolve().parent.parent.parent / "templates" / "documents"]
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PrintingUnavailable(Exception):
    """Indicate that this machine cannot make PDFs: Pango is missing. The sentence says what to install."""

    sentence = N_("PDF documents cannot be made on this machine. Install what is missing with: %(command)s")
    command = f"sudo apt-get install -y {PACKAGES}"

    def __init__(self) -> None:
        super().__init__(
            "Les documents PDF ne peuvent pas être produits sur cette machine, car la bibliothèque Pango manque. "
            f"Installez-la avec\u00a0: {self.command}"
        )


def render_pdf(
    template: str, facts: Mapping[str, Any], *, language: str, title: str, attachment: bytes | None = None
) -> bytes:
    """Print a paper as PDF/A-3a and PDF/UA-1, its facts attached as they were frozen.

    `facts["document"]` is the stamp of issue: number, series, issued_at, facts_sha256. Raises PrintingUnavailable.
    """
    if template == PLAIN_TABLE:
        return print_table(facts, language=language, title=title, attachment=attachment)
    html = render_html(template, facts, language=language, title=title)
    issued_at: datetime = facts["document"]["issued_at"]
    try:
        from coopgov.printing import press  # noqa: PLC0415 - WeasyPrint is heavy and may be absent
    except (ImportError, OSError) as error:
        raise PrintingUnavailable from error
    return press.print_pdf(html, issued_at=issued_at, attachment=attachment)


def render_html(template: str, facts: Mapping[str, Any], *, language: str, title: str) -> str:
    """Write a paper as the HTML it is printed from; a fact the template asks for and does not get is an error."""
    page = environment(language).get_template(f"{language}/{template}")
    return page.render({**facts, "language": language, "title": title})


@cache
def environment(language: str) -> Environment:
    """The templates of papers in one language, with no link to the web's own."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(filters_in(language))
    return jinja

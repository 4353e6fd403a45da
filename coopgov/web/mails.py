"""The text of a mail: a whole template in the reader's language, never a translated sentence."""

from typing import Any

from flask import current_app, g
from flask_babel import force_locale

from coopgov.config import Config

SUBJECT = "Subject:"


def render_mail(template: str, language: str, **values: Any) -> tuple[str, str]:
    """The subject and text of `templates/emails/<language>/<template>.txt`, whose first line is `Subject: …`.

    Templates extend `emails/<language>/_layout.txt` and also know `base_url`, `cooperative_name` and
    `address_of(endpoint, **params)`.
    """
    page = current_app.jinja_env.get_template(f"emails/{language}/{template}.txt")
    with force_locale(language):
        text = page.render({**_shared(), **values})
    first, _, body = text.partition("\n")
    return first.removeprefix(SUBJECT).strip(), body.strip() + "\n"


def address_of(endpoint: str, **params: Any) -> str:
    """The public address of a page, right in a job as in a request."""
    adapter = current_app.url_map.bind("unused.invalid")
    return _base_url() + adapter.build(endpoint, params)


def _shared() -> dict[str, Any]:
    return {"base_url": _base_url(), "cooperative_name": _cooperative_name(), "address_of": address_of}


def _base_url() -> str:
    config = current_app.extensions["coopgov.config"]
    assert isinstance(config, Config)  # noqa: S101 - narrows Flask's untyped extensions
    return config.base_url


def _cooperative_name() -> str:
    # Asked once per request or job: an assembly is told to thousands of people.
    if "cooperative_name" not in g:
        cooperative = current_app.extensions.get("coopgov.cooperative", lambda: None)()
        g.cooperative_name = cooperative.name if cooperative else ""
    return str(g.cooperative_name)

"""French first, English complete beside it."""

from functools import cached_property, lru_cache
from typing import Any, cast

from flask import g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale, get_translations

LANGUAGES = ("fr", "en")


def language() -> str:
    """The language of this request: the one chosen, else the browser's, else French; French outside any request."""
    if not has_request_context():
        return "fr"  # a job or a command: nobody is asking
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    # "en-GB" is English: Werkzeug would pass over it for any exact match further down the list.
    liked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in liked if tag in LANGUAGES), "fr")


def language_in_force() -> str:
    """The language that is written in just now: that of the page, or of the paper or mail that is made in its midst."""
    # A page asks hundreds of times: Flask-Babel's own note of it is looked at first, without its several proxies.
    try:
        told = cast("Any", g)._get_current_object()._flask_babel.babel_locale.language  # noqa: SLF001 - see above
    except (AttributeError, RuntimeError):  # not asked yet, or no application at work
        told = str(get_locale() or "fr")
    return str(told)


def gettext(message: str, **values: object) -> str:
    """A sentence of ours in the language in force: what Flask-Babel gives, for templates, which ask in each row."""
    text = _written(message, language_in_force()) if has_app_context() else message
    return text % values if values else text


@lru_cache(maxsize=8192)
def _written(message: str, _language: str) -> str:
    return str(get_translations().ugettext(message))


class Sentences(Domain):  # type: ignore[misc]  # Flask-Babel tells no types
    """Flask-Babel's sentences, but each is looked up once a process: its labels of forms and pages come this way."""

    def gettext(self, string: str, **variables: object) -> str:
        """A sentence in the language in force."""
        return gettext(string, **variables)


class Languages(Babel):  # type: ignore[misc]  # the same
    """Flask-Babel with these sentences."""

    @cached_property
    def domain_instance(self) -> Sentences:
        """The sentences of an application."""
        return Sentences(domain=self.domain)

"""French first, English complete beside it."""

from flask import request, session

LANGUAGES = ("fr", "en")


def language() -> str:
    """The language of this request: the one chosen, else the browser's, else French."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, "fr") or "fr"

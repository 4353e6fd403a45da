"""French first, English complete beside it."""

from flask import has_request_context, request, session

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

"""Forms that were sent from our own pages: what is right is seen quickly, all else is Flask-WTF's to refuse."""

import hmac
from functools import lru_cache
from typing import Any

from flask import Request, g
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData

from coopgov.web.signing import KeptSigner

_FIELD = "csrf_token"


class Csrf(CSRFProtect):  # type: ignore[misc]  # Flask-WTF tells no types
    """Flask-WTF's check of every form, which asks the same of it with a signer that is kept."""

    def protect(self, *told: Any, **more: Any) -> None:
        """Let a form with the token of its session pass; whatever is not that goes the library's own way."""
        if _is_of_session(request_ctx.request):
            g.csrf_valid = True
        else:
            super().protect(*told, **more)


def _is_of_session(request: Request) -> bool:
    if request.method != "POST" or not request.endpoint:
        return False
    held = request_ctx.session.get(_FIELD)
    if not held:
        return False
    try:
        told = _signer(request_ctx.app.secret_key).loads(request.form.get(_FIELD, ""))
    except BadData:
        return False
    return isinstance(told, str) and hmac.compare_digest(held, told)


@lru_cache(maxsize=4)
def _signer(secret_key: str) -> KeptSigner:
    return KeptSigner(secret_key, salt="wtf-csrf-token")

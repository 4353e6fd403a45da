"""The public page that a certificate's code opens."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from coopgov.registers import queries
from coopgov.registers.rules import CODES_PER_NETWORK
from coopgov.registers.throttle import Tries
from coopgov.registers.views.blueprint import bp
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import public

LONGEST_CODE = 64
_wrong = Tries(CODES_PER_NETWORK)


@bp.get("/verify/<token>")
@public
def certificate(token: str) -> ResponseReturnValue:
    """Whether a certificate still holds; a code that leads nowhere is counted, whatever is wrong with it.

    Too many of those, and no code is looked at for a while: a right one would tell itself apart.
    """
    origin = request.remote_addr or ""
    if _wrong.are_too_many(origin, now()):
        abort(429)
    found = queries.find_certificate(reading(), token, today()) if len(token) <= LONGEST_CODE else None
    if found is None:
        _wrong.note(origin, now())
    page = render_template("registers/certificate.html", found=found, on=today())
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return page, 200 if found else 404, headers

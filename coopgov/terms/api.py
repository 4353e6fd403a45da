"""What the marketplace asks: the fees of a day, as JSON; openapi.json beside it describes them (OpenAPI 3.1)."""

import re
from contextlib import suppress
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from coopgov.terms import queries, rules
from coopgov.terms.rules import PARAMETERS, Timeline, VersionFact
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import public

bp = Blueprint("api", __name__, url_prefix="/api/v1")
CACHE_SECONDS = 60
DESCRIPTION = Path(__file__).with_name("openapi.json")
# A day written YYYY-MM-DD and in no other of ISO 8601's ways.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """The description of the interface."""
    return _cacheable(Response(DESCRIPTION.read_bytes(), mimetype="application/json"))


@bp.get("/terms/fees")
@public
def fees() -> Response:
    """The fees of the day asked for, else of today."""
    asked = request.args.get("on")
    on = today() if asked is None else _find_day(asked)
    if on is None:
        return _problem(422, _("“on” must be a day written YYYY-MM-DD, for example 2026-12-01."))
    timeline = queries.timeline(reading())
    if not timeline.on(on):
        return _problem(404, _("No schedule of fees was in force on that day. Ask for a later one."))
    seconds = rules.seconds_to_keep(CACHE_SECONDS, now()) if asked is None else CACHE_SECONDS
    return _cacheable(jsonify(_answer(timeline, on)), seconds)


def _find_day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    return None


def _answer(timeline: Timeline, on: date) -> dict[str, Any]:
    versions = timeline.on(on)
    return {"on": on.isoformat(), "schedule": [_line(versions[key]) for key in PARAMETERS if key in versions]}


def _line(version: VersionFact) -> dict[str, Any]:
    parameter = PARAMETERS[version.key]
    return {
        "key": version.key,
        "label": _(parameter.label),
        "unit": parameter.unit.value,
        "value": version.value,
        "version": version.id,
        "effective_from": version.effective_from.isoformat(),
        "decision": {
            "reference": version.decision,
            "decided_on": version.decided_on.isoformat(),
            "proposal": version.proposal_id,
            "subject_hash": version.subject_hash,
        },
    }


def _cacheable(response: Response, seconds: int = CACHE_SECONDS) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.vary.add("Accept-Language")
    response.add_etag()
    response.make_conditional(request)
    return response


def _problem(status: int, detail: str) -> Response:
    response = jsonify({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail})
    response.status_code, response.content_type = status, "application/problem+json"
    return response

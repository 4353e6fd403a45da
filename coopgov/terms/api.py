"""What the marketplace asks: the fees of a day, as JSON with an OpenAPI 3.1 description."""

from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_babel import gettext as _

from coopgov.terms import queries, rules
from coopgov.terms.rules import PARAMETERS, Timeline, VersionFact
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import public

CACHE_SECONDS = 60
PROBLEM = "application/problem+json"
HEADERS = {
    "ETag": {"description": "Names this very answer", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long the answer may be kept", "schema": {"type": "string"}},
}


def register_api(app: Flask) -> None:
    """Add `/api/v1/terms/fees` and `/api/v1/openapi.json`; the HTML site keeps its own error pages."""
    from flask_smorest import Api, Blueprint  # noqa: PLC0415 - a tenth of a second that commands need not pay

    from coopgov.terms import api_schemas as schemas  # noqa: PLC0415 - the same

    class QuietApi(Api):
        """An Api that leaves the site's error handlers alone and documents only what is answered."""

        DEFAULT_ERROR_RESPONSE_NAME = None

        def _register_error_handlers(self) -> None:
            """Nothing: flask-smorest would answer every missing page of the site in JSON."""

    app.config.update(_settings())
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1", description=schemas.DESCRIPTION)
    _add_fees(blueprint, schemas)
    blueprint.register_error_handler(422, _bad_question)
    api = QuietApi(app)
    api.register_blueprint(blueprint)
    app.add_url_rule("/api/v1/openapi.json", "api.openapi", public(lambda: _cacheable(jsonify(api.spec.to_dict()))))


def _settings() -> dict[str, Any]:
    return {
        "API_TITLE": "coopgov",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }


def _add_fees(blueprint: Any, schemas: Any) -> None:
    @blueprint.route("/terms/fees", methods=["GET"])
    @public
    @blueprint.arguments(schemas.FeesQuery, location="query")
    @blueprint.alt_response(422, schema=schemas.ProblemSchema, content_type=PROBLEM, description="Not a day")
    @blueprint.alt_response(404, schema=schemas.ProblemSchema, content_type=PROBLEM, description="No schedule yet")
    @blueprint.alt_response(304, description="The answer you hold is still right")
    @blueprint.response(200, schemas.FeesSchema, headers=HEADERS, description="The schedule of that day")
    def fees(query: dict[str, date]) -> Response:
        """The fees of a day.

        Everyone may ask. The answer may be kept for a minute, that of today not beyond midnight in Paris; after that,
        send its `ETag` as `If-None-Match`.
        """
        on = query.get("on") or today()
        timeline = queries.timeline(reading())
        if not timeline.on(on):
            return _problem(404, _("No schedule of fees was in force on that day. Ask for a later one."))
        seconds = CACHE_SECONDS if "on" in query else rules.seconds_to_keep(CACHE_SECONDS, now())
        return _cacheable(jsonify(schemas.FeesSchema().dump(_answer(timeline, on))), seconds)


def _answer(timeline: Timeline, on: date) -> dict[str, Any]:
    versions = timeline.on(on)
    return {"on": on, "schedule": [_line(versions[key]) for key in PARAMETERS if key in versions]}


def _line(version: VersionFact) -> dict[str, Any]:
    parameter = PARAMETERS[version.key]
    return {
        "key": version.key,
        "label": _(parameter.label),
        "unit": parameter.unit.value,
        "value": version.value,
        "version": version.id,
        "effective_from": version.effective_from,
        "decision": {
            "reference": version.decision,
            "decided_on": version.decided_on,
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


def _bad_question(_error: Exception) -> Response:
    return _problem(422, _("“on” must be a day written YYYY-MM-DD, for example 2026-12-01."))


def _problem(status: int, detail: str) -> Response:
    response = jsonify({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail})
    response.status_code, response.content_type = status, PROBLEM
    return response

"""The JSON of the fee interface, as its OpenAPI document describes it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DESCRIPTION = "The terms of the marketplace, as its members voted them."


class Day(fields.Date):
    """A day written YYYY-MM-DD and in no other of ISO 8601's ways."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError("not a day")
        return super()._deserialize(value, attr, data, **kwargs)


class FeesQuery(Schema):
    """The question."""

    on = Day(
        metadata={
            "description": "The day, in Paris; today when absent. A day to come counts the changes already notified."
        },
    )


class DecisionSchema(Schema):
    """The decision behind a version."""

    reference = fields.String(required=True, metadata={"description": "What was decided, in the cooperative's words."})
    decided_on = fields.Date(required=True)
    proposal = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The proposal that was voted, if any."}
    )
    subject_hash = fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of all that was put to the vote."}
    )


class LineSchema(Schema):
    """One line of the schedule."""

    key = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "For people; in the language asked for."})
    unit = fields.String(
        required=True,
        metadata={"enum": ["basis-points", "cents"], "description": "Hundredths of a percent, or cents of a euro."},
    )
    value = fields.Integer(required=True)
    version = fields.UUID(required=True, metadata={"description": "Keep it with each order: refunds use the same fee."})
    effective_from = fields.Date(required=True)
    decision = fields.Nested(DecisionSchema, required=True)


class FeesSchema(Schema):
    """The schedule of one day."""

    on = fields.Date(required=True)
    schedule = fields.List(fields.Nested(LineSchema), required=True)


class ProblemSchema(Schema):
    """A refusal, after RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What is wrong and what to do."})

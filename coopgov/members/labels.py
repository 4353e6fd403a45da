"""The words of membership as pages say them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from coopgov.members.rules import Category, DecidedBy, EventKind, Status

STATUS_LABELS: Mapping[Status, Any] = {
    Status.CANDIDATE: _l("Candidate for membership"),
    Status.MEMBER: _l("Present member"),
    Status.REFUSED: _l("Refused"),
    Status.FORMER: _l("Former member"),
}
STATUS_KINDS: Mapping[Status, str] = {
    Status.CANDIDATE: "info",
    Status.MEMBER: "success",
    Status.REFUSED: "danger",
    Status.FORMER: "neutral",
}
CATEGORY_LABELS: Mapping[Category, Any] = {
    Category.EMPLOYED: _l("Employed member"),
    Category.EXTERNAL: _l("External member"),
}
EVENT_LABELS: Mapping[EventKind, Any] = {
    EventKind.APPLIED: _l("Applied"),
    EventKind.ADMITTED: _l("Admitted"),
    EventKind.REFUSED: _l("Application refused"),
    EventKind.RESIGNED: _l("Resigned"),
    EventKind.EXCLUDED: _l("Excluded"),
    EventKind.DECEASED: _l("Deceased"),
    EventKind.CONTRACT_ENDED: _l("Work contract ended"),
    EventKind.REINSTATED: _l("Taken back as a member"),
    EventKind.COLLEGE_CHANGED: _l("Changed college or category"),
    EventKind.REVERSAL: _l("Undone"),
}
BODY_LABELS: Mapping[DecidedBy, Any] = {
    DecidedBy.ORDINARY_ASSEMBLY: _l("ordinary assembly"),
    DecidedBy.EXTRAORDINARY_ASSEMBLY: _l("extraordinary assembly"),
    DecidedBy.BOARD: _l("board"),
    DecidedBy.MANAGEMENT: _l("management"),
}

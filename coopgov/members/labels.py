"""The words of membership as pages say them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from coopgov.members.rules import Category, DecidedBy, EventKind, HeirWish, ReasonCode, Status
from coopgov.members.rules.doubles import Alike

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
    EventKind.MERGED: _l("Joined to another number"),
    EventKind.REVERSAL: _l("Undone"),
}
BODY_LABELS: Mapping[DecidedBy, Any] = {
    DecidedBy.ORDINARY_ASSEMBLY: _l("ordinary assembly"),
    DecidedBy.EXTRAORDINARY_ASSEMBLY: _l("extraordinary assembly"),
    DecidedBy.BOARD: _l("board"),
    DecidedBy.MANAGEMENT: _l("management"),
}
REASON_LABELS: Mapping[ReasonCode, Any] = {
    ReasonCode.OWN_WILL: _l("by choice, without giving a reason"),
    ReasonCode.NEW_ACTIVITY: _l("another activity"),
    ReasonCode.END_OF_ACTIVITY: _l("end of the activity"),
    ReasonCode.RETIREMENT: _l("retirement"),
    ReasonCode.ECONOMIC_DISMISSAL: _l("economic dismissal"),
    ReasonCode.UNFIT: _l("unfitness for work"),
    ReasonCode.DISMISSAL: _l("another dismissal"),
    ReasonCode.CONTRACT_TERM: _l("end of a fixed-term contract"),
    ReasonCode.UNPAID_CALLS: _l("shares called and not paid"),
    ReasonCode.BREACH_OF_STATUTES: _l("the statutes were not kept"),
    ReasonCode.HARM_DONE: _l("harm done to the cooperative"),
    ReasonCode.CONDITIONS_LOST: _l("no longer fulfils the conditions"),
    ReasonCode.DISSOLVED: _l("organisation dissolved"),
    ReasonCode.NO_ROOM: _l("no room now"),
    ReasonCode.INCOMPLETE: _l("incomplete application"),
    ReasonCode.OUTSIDE_PURPOSE: _l("outside the purpose of the cooperative"),
    ReasonCode.OTHER: _l("another reason"),
}
WISH_LABELS: Mapping[HeirWish, Any] = {
    HeirWish.UNKNOWN: _l("not known yet"),
    HeirWish.APPLY: _l("applies for membership"),
    HeirWish.REFUND: _l("wants to be paid back"),
}
ALIKE_LABELS: Mapping[Alike, Any] = {
    Alike.NAME_AND_BIRTH: _l("same name and day of birth"),
    Alike.SIREN: _l("same SIREN"),
    Alike.EMAIL: _l("same e-mail address"),
    Alike.IBAN: _l("same account number"),
}

"""The life of a request about shares (*demande*): from its draft to its movement."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


class RequestKind(StrEnum):
    """What is asked for."""

    REFUND = "refund"
    TRANSFER = "transfer"
    INHERIT = "inherit"
    CONVERT = "convert"
    REVERSAL = "reversal"


class RequestState(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"


class RequestStep(StrEnum):
    """What is done with a request."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXECUTE = "execute"
    WITHDRAW = "withdraw"


class Cause(StrEnum):
    """Why shares are withdrawn (*annulation*): the member leaves, or keeps fewer."""

    EXIT = "exit"
    REDUCTION = "reduction"


REQUEST_LABELS = {
    RequestKind.REFUND: N_("Refund of shares"),
    RequestKind.TRANSFER: N_("Transfer"),
    RequestKind.INHERIT: N_("Passing to heirs"),
    RequestKind.CONVERT: N_("Change of class"),
    RequestKind.REVERSAL: N_("Reversal"),
}
STATE_LABELS = {
    RequestState.DRAFT: N_("Draft"),
    RequestState.SUBMITTED: N_("Waits for an answer"),
    RequestState.ACCEPTED: N_("Accepted, not done yet"),
    RequestState.REFUSED: N_("Refused"),
    RequestState.EXECUTED: N_("Done"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
}
OPEN = (RequestState.SUBMITTED, RequestState.ACCEPTED)
# Where one person is enough, what is submitted may be done at once.
REQUEST_STEPS: Mapping[tuple[RequestState, RequestStep], RequestState] = {
    (RequestState.DRAFT, RequestStep.SUBMIT): RequestState.SUBMITTED,
    (RequestState.SUBMITTED, RequestStep.ACCEPT): RequestState.ACCEPTED,
    (RequestState.SUBMITTED, RequestStep.REFUSE): RequestState.REFUSED,
    (RequestState.SUBMITTED, RequestStep.EXECUTE): RequestState.EXECUTED,
    (RequestState.ACCEPTED, RequestStep.EXECUTE): RequestState.EXECUTED,
    (RequestState.DRAFT, RequestStep.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.SUBMITTED, RequestStep.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.ACCEPTED, RequestStep.WITHDRAW): RequestState.WITHDRAWN,
}


def check_wish(kind: RequestKind, quantity: int, asked_on: date, today: date, *, names_other: bool) -> list[Breach]:
    """List what stands against asking for this."""
    breaches = []
    if kind is not RequestKind.REVERSAL and quantity < 1:
        sentence = N_("At least one share moves. Give 1 or more.")
        breaches.append(Breach("not_a_number_of_shares", sentence, {"quantity": quantity}, field="quantity"))
    if asked_on > today:
        sentence = N_("%(day)s has not come yet: a request is dated the day it was received.")
        breaches.append(Breach("day_not_come", sentence, {"day": asked_on}, field="asked_on"))
    if kind in (RequestKind.TRANSFER, RequestKind.INHERIT) and not names_other:
        breaches.append(Breach("nobody_named", N_("Say who receives the shares."), field="to"))
    return breaches


def check_answer(decision: str, drafted_by: str, answered_by: str, *, needs_two: bool) -> list[Breach]:
    """List what stands against accepting a request: an unnamed decision, the very person who drafted it."""
    breaches = []
    if not decision.strip():
        sentence = N_("This movement needs a decision. Write which one: who decided, on which day.")
        breaches.append(Breach("no_decision", sentence, field="resolution"))
    if needs_two and drafted_by == answered_by:
        sentence = N_("Nobody approves what she drafted herself. Ask another person.")
        breaches.append(Breach("approved_by_oneself", sentence))
    return breaches


def check_may_end(name: str, *, is_of_exit: bool, has_left: bool) -> list[Breach]:
    """List what stands against ending a request undone: whoever has left keeps the place in the queue of refunds."""
    if not (is_of_exit and has_left):
        return []
    sentence = N_(
        "%(name)s has left and holds shares: the refund waits at its place until it is carried out. Pay the shares "
        "back in turn, or let them go to another member."
    )
    return [Breach("refund_is_due", sentence, {"name": name})]


def check_left_since(name: str, gained: tuple[date, int] | None, left_on: date) -> list[Breach]:
    """List what stands against an exit on that day: shares were acquired on it or after, by that movement."""
    if gained is None or gained[0] < left_on:
        return []
    sentence = N_(
        "%(name)s acquired shares on %(day)s, by movement %(seq)s. Give a later day, or reverse that movement first."
    )
    return [
        Breach("acquired_since", sentence, {"name": name, "day": gained[0], "seq": gained[1]}, field="effective_on")
    ]


def check_exit_undone(seq: int | None) -> list[Breach]:
    """List what stands against undoing an exit: the shares it freed are withdrawn already."""
    if seq is None:
        return []
    sentence = N_("Movement %(seq)s took the shares after this exit. Reverse it in the share book first.")
    return [Breach("exit_was_carried_out", sentence, {"seq": seq})]

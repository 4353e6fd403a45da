"""Who may read a document, which register is asked for: pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from coopgov.accounts.rules import Limit
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.policy import Actor, Permission

MEMBERS = ""


def may_read(owner: str, actor: Actor, member_id: UUID | None) -> bool:
    """Whether somebody may read a paper: her own, one for all members, or any with an office that sees registers.

    The owner is an account, `member:id`, `offices`, or empty when every member may.
    """
    if actor.may(Permission.REGISTERS_SEE):
        return True
    if owner == MEMBERS:
        return actor.may(Permission.DOCUMENTS_SEE)
    mine = {str(actor.account_id), f"account:{actor.account_id}"} if actor.account_id else set()
    if member_id is not None:
        mine.add(f"member:{member_id}")
    return owner in mine


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which register is asked for: as it stood at the end of a legal day, as it was known at an instant."""

    on: date
    known_at: datetime

    def is_late(self, recorded_on: date) -> bool:
        """True for a line that was written after the day it is asked for."""
        return recorded_on > self.on


def as_of(on: date | None, known_on: date | None, *, now: datetime) -> AsOf:
    """The register of a day, known at the end of another; without them, of now. What is to come is not known."""
    today = paris_day(now)
    day, known = min(on or today, today), min(known_on or today, today)
    end = paris_instant(known + timedelta(days=1), time(0)) - timedelta(microseconds=1)
    return AsOf(day, min(end, now))


class Standing(StrEnum):
    """What a stranger is told of a certificate: it still holds, or something came after it."""

    VALID = "valid"
    SUPERSEDED = "superseded"


# So many codes that lead nowhere may one network try in an hour; a phone that reads badly tries a few.
CODES_PER_NETWORK = Limit(60, timedelta(hours=1))


def standing_of(quantity: int, *, then: int, now: int, is_last: bool) -> Standing:
    """A certificate holds while it is the last one and its holder holds, then and now, what it tells."""
    return Standing.VALID if is_last and quantity == then == now else Standing.SUPERSEDED


# A proof that is older than this attests nothing of today.
FRESH = timedelta(hours=24)


def check_attestable(faults: int | None, proved_at: datetime | None, now: datetime) -> list[Breach]:
    """List what stands against attesting that nothing is amiss."""
    if faults is None or proved_at is None or now - proved_at > FRESH:
        sentence = N_("Nothing was proved in the last day. Check everything first, then ask for the attestation.")
        return [Breach("not_proved", sentence)]
    if faults:
        sentence = N_(
            "The last proof found %(count)s anomalies. Repair them, check again, then ask for the attestation."
        )
        return [Breach("anomalies", sentence, {"count": faults})]
    return []

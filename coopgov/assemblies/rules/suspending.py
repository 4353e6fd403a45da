"""How far votes that were suspended may reach: pure rules."""

from datetime import datetime

from coopgov.ballots.changing_rules import Since
from coopgov.core.dates import paris_day
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


def check_same_day(closes_at: datetime | None, *, held_at: datetime) -> list[Breach]:
    """The session begins once remote voting is over: on the day that the notice told, or it is convened again."""
    if closes_at is None or paris_day(closes_at) <= paris_day(held_at):
        return []
    sentence = N_(
        "With the time lost, remote voting would end on %(closes_at)s, after the day of the assembly. Cancel the "
        "assembly and convene it again."
    )
    return [Breach("resumed_after_the_day", sentence, {"closes_at": closes_at})]


def starts_at(held_at: datetime, put_off_until: datetime | None) -> datetime:
    """From when the session can begin: its hour, or the end of remote voting where a suspension put it off."""
    return held_at if put_off_until is None else max(held_at, put_off_until)


def check_taken_up(suspended: Since | None) -> list[Breach]:
    """The session begins once every vote takes ballots again."""
    if suspended is None:
        return []
    sentence = N_("The votes have been suspended since %(since)s. Take them up again before the session begins.")
    return [Breach("votes_suspended", sentence, {"since": suspended.since})]

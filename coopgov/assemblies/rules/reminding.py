"""When those who have not voted are reminded: pure rules."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from coopgov.assemblies.rules.states import State
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

# Three days and one day before the end: time to ask a question, then to vote. The board may choose others.
DEFAULT_HOURS = (72, 24)
MOST_REMINDERS = 4
MOST_HOURS = 24 * 30


def check_hours(hours: Sequence[int]) -> list[Breach]:
    """List what is wrong with the moments that were chosen: too many, too early, twice the same."""
    found = []
    if len(hours) > MOST_REMINDERS:
        sentence = N_("At most %(most)s reminders: more are not read.")
        found.append(Breach("too_many_reminders", sentence, {"most": MOST_REMINDERS}, field="hours"))
    if len(set(hours)) < len(hours) or any(not 1 <= one <= MOST_HOURS for one in hours):
        sentence = N_("Each reminder leaves between 1 and %(most)s hours before the end, each at another moment.")
        found.append(Breach("reminder_hours", sentence, {"most": MOST_HOURS}, field="hours"))
    return found


def check_plannable(state: State, *, remote_vote: bool) -> list[Breach]:
    """Reminders are for votes from home that are not over."""
    if state in (State.PLANNED, State.CONVENED) and remote_vote:
        return []
    sentence = N_("Nobody votes from home in this assembly, or not any more: there is nothing to remind of.")
    return [Breach("nothing_to_remind", sentence)]


def due(
    hours: Sequence[int], sent: Collection[int], *, opens_at: datetime, closes_at: datetime, now: datetime
) -> list[int]:
    """The moments that have come and were not told, the earliest first; none before the vote, none once it closed.

    A worker that wakes late tells them together: one mail for all that are due, each moment noted.
    """
    if not opens_at <= now < closes_at:
        return []
    return [one for one in sorted(hours, reverse=True) if one not in sent and closes_at - timedelta(hours=one) <= now]


def moments(hours: Sequence[int], *, opens_at: datetime, closes_at: datetime) -> list[datetime]:
    """When the reminders leave; a moment before the vote opens is left out."""
    found = (closes_at - timedelta(hours=one) for one in sorted(hours, reverse=True))
    return [at for at in found if at > opens_at]

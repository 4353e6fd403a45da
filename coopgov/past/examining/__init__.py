"""Reading a past into the sandbox and following it there; nothing is written anywhere else."""

from coopgov.past.examining.around import MANY_LINES, Coop, Follower, Progress, Sheets, Tell, coop_of
from coopgov.past.examining.comparing import buckets_of_account
from coopgov.past.examining.moves import follow_movements
from coopgov.past.examining.people import whom_known
from coopgov.past.examining.whole import examine, follow_people

__all__ = [
    "MANY_LINES", "Coop", "Follower", "Progress", "Sheets", "Tell", "buckets_of_account", "coop_of", "examine",
    "follow_movements", "follow_people", "whom_known",
]  # fmt: skip

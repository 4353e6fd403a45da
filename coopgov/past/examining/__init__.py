"""Reading a past into the sandbox and following it there; nothing is written anywhere else."""

from coopgov.past.examining.around import Coop, Follower, Following, Progress, Sheets, Tell, coop_of
from coopgov.past.examining.comparing import buckets_of_account
from coopgov.past.examining.moves import follow_movements
from coopgov.past.examining.whole import examine, follow_people

__all__ = [
    "Coop", "Follower", "Following", "Progress", "Sheets", "Tell", "buckets_of_account", "coop_of", "examine",
    "follow_movements", "follow_people",
]  # fmt: skip

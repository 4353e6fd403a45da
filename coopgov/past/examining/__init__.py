"""Reading a past into the sandbox and following it there; nothing is written anywhere else."""

from coopgov.past.examining.around import Coop, Follower, Progress, Sheets, Tell, coop_of
from coopgov.past.examining.comparing import buckets_of_account
from coopgov.past.examining.whole import examine, follow

__all__ = ["Coop", "Follower", "Progress", "Sheets", "Tell", "buckets_of_account", "coop_of", "examine", "follow"]

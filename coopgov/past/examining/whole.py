"""Reading a past into the sandbox and following it there: all that is wrong, and the registers as they would be."""

from coopgov.past.examining.around import Coop, Follower, Following, Progress, Sheets, Tell
from coopgov.past.examining.comparing import reconcile
from coopgov.past.examining.lines import read_balances, read_events, read_members_in, read_movements
from coopgov.past.examining.moves import follow_movements
from coopgov.past.examining.people import follow_members, follow_strangers
from coopgov.past.scratch import Scratch


def examine(scratch: Scratch, sheets: Sheets, coop: Coop, tell: Tell = lambda _done, _total: None) -> None:
    """Read every sheet into the sandbox and follow it there; nothing is written anywhere else."""
    # Each line is looked at twice: when it is read, and when it is followed.
    progress = Progress(tell, 2 * sheets.lines())
    read_events(scratch, sheets, coop, progress)
    scratch.index_events()
    for read in (read_members_in, read_movements, read_balances):
        read(scratch, sheets, coop, progress)
    scratch.index_lines()
    follow(scratch, sheets, coop, progress)
    scratch.index_results()


def follow(scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> None:
    """Follow what was read: members and their lives, then every movement in order of days and lines."""
    following = follow_people(scratch, sheets, coop, Follower(), progress, notes=True)
    follow_movements(following)
    reconcile(following)
    following.flush()


def follow_people(
    scratch: Scratch, sheets: Sheets, coop: Coop, follower: Follower, progress: Progress, *, notes: bool
) -> Following:
    """Follow the members and their lives: who can move, before anything has."""
    following = Following(scratch, sheets, coop, follower, progress, notes)
    follow_members(following)
    follow_strangers(following)
    following.books.__post_init__()
    return following

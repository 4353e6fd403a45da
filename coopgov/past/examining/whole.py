"""Reading a past into the sandbox and following it there: all that is wrong, and the registers as they would be."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from coopgov.core.beside import Make, Send, beside
from coopgov.past.examining.around import MANY_LINES, Coop, Follower, Following, Known, Progress, Sheets, Tell
from coopgov.past.examining.comparing import reconcile
from coopgov.past.examining.lines import read_balances, read_events, read_members_in, read_movements
from coopgov.past.examining.moves import follow_movements
from coopgov.past.examining.people import follow_members, follow_strangers, whom_known
from coopgov.past.scratch import Scratch, opened_again


def examine(scratch: Scratch, sheets: Sheets, coop: Coop, session: Session, tell: Tell = lambda *_far: None) -> None:
    """Read every sheet into the sandbox and follow it there; nothing is written anywhere else."""
    # Each line is looked at twice: when it is read, and when it is followed.
    progress = Progress(tell, 2 * sheets.lines())
    read_events(scratch, sheets, coop, progress)
    scratch.index_events()
    for read in (read_members_in, read_movements, read_balances):
        read(scratch, sheets, coop, progress)
    scratch.index_lines()
    make = _follower(scratch, sheets, coop, whom_known(scratch, session), progress.total)
    # By another process: what it needs of memory goes with it.
    with scratch.let_go(), beside(make, is_worth_it=progress.total >= 2 * MANY_LINES) as sent:
        for lines in sent:
            progress.step(lines)


def _follower(scratch: Scratch, sheets: Sheets, coop: Coop, known: Known, lines: int) -> Make:
    def make(send: Send) -> None:
        with opened_again(scratch) as own:
            progress = Progress(_steps(send), lines)
            following = follow_people(own, sheets, coop, known, Follower(), progress, notes=True)
            follow_movements(following)
            reconcile(following)
            following.flush()
            own.index_results()

    return make


def _steps(send: Send) -> Callable[[int, int], None]:
    last = 0

    def tell(done: int, _total: int) -> None:
        nonlocal last
        send(done - last)
        last = done

    return tell


def follow_people(
    scratch: Scratch, sheets: Sheets, coop: Coop, known: Known, follower: Follower, progress: Progress, *, notes: bool
) -> Following:
    """Follow the members and their lives: who can move, before anything has."""
    following = Following(scratch, sheets, coop, known, follower, progress, notes)
    follow_members(following)
    follow_strangers(following)
    following.books.__post_init__()
    return following

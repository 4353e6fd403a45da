"""Commands of paper ballots: two tellers type each of them, apart; the same twice is a ballot."""

from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from coopgov.ballots.bundle import (
    check_bundle,
    check_moment,
    check_none_waits,
    check_not_voted,
    check_number,
    check_reason,
    is_whole,
)
from coopgov.ballots.cast import Ballot, cast_paper
from coopgov.ballots.counting.marks import encode, null_ballot
from coopgov.ballots.deciding import check_told
from coopgov.ballots.models import PaperTyped
from coopgov.ballots.queries import ScrutinRow, get_scrutin, has_voted, papers_by_college, typed_papers
from coopgov.ballots.rules import Choice, Level, Receipt, RollVoter
from coopgov.ballots.secret_rules import paper_of
from coopgov.core.act import Act
from coopgov.core.errors import RuleBroken, refuse_if


def type_paper(act: Act, *, scrutin_id: UUID, number: int, by: UUID, ballot: Ballot | None, reason: str = "") -> None:
    """Keep what one teller read on a paper of a secret vote, by its place in the bundle; None: the paper is null."""
    scrutin = get_scrutin(act.session, scrutin_id)
    typed, voted = typed_papers(act.session, scrutin_id), voters_on_paper(act.session, scrutin)
    # Each stays blind until two entries are whole: from then on a change is a correction.
    others = [other for other, papers in typed.items() if other != by and is_whole(papers, voted)]
    corrects = bool(others) and is_whole(typed.get(by, {}), voted)
    refuse_if(
        [
            *check_moment(scrutin.level, scrutin.state),
            *check_number(number, voted),
            *check_reason(reason, corrects=corrects),
        ]
    )
    _keep(act, scrutin, number, by, content_of(scrutin, ballot), reason)


def type_named_paper(
    act: Act, *, scrutin_id: UUID, voter: RollVoter, by: UUID, ballot: Ballot | None, reason: str = ""
) -> Receipt | None:
    """Keep what one teller read on a voter's paper of a named vote; the second one who reads the same casts it."""
    scrutin = get_scrutin(act.session, scrutin_id)
    typed = typed_papers(act.session, scrutin_id)
    others = [papers[voter.number] for teller, papers in typed.items() if teller != by and voter.number in papers]
    corrects = bool(others) and voter.number in typed.get(by, {})
    refuse_if(
        [
            *check_moment(scrutin.level, scrutin.state),
            *check_not_voted(voter.name, has_voted=has_voted(act.session, scrutin_id, voter.id)),
            *check_reason(reason, corrects=corrects),
        ]
    )
    content = content_of(scrutin, ballot)
    _keep(act, scrutin, voter.number, by, content, reason)
    if not others or set(others) != {content}:
        return None
    _forget(act, scrutin_id, voter.number)
    return cast_paper(act, scrutin_id=scrutin_id, voter_id=voter.id, content=content, cast_by=by)


def withdraw_named_paper(act: Act, *, scrutin_id: UUID, number: int, reason: str) -> None:
    """Forget what was typed for a voter who votes otherwise, or never had a paper, with the reason."""
    refuse_if(check_reason(reason, corrects=True))
    _forget(act, scrutin_id, number)
    told = {"number": number, "reason": reason.strip()[:1000]}
    act.record("ballots.paper_withdrawn", f"scrutin:{scrutin_id}", told)


def _forget(act: Act, scrutin_id: UUID, number: int) -> None:
    here = (PaperTyped.scrutin_id == scrutin_id) & (PaperTyped.number == number)
    act.session.execute(delete(PaperTyped).where(here))


def content_of(scrutin: ScrutinRow, ballot: Ballot | None) -> bytes:
    """The bytes of a paper, by the same check as a ballot on the screen; raises RuleBroken with all that is wrong."""
    if scrutin.form is not None:
        return null_ballot(scrutin.form.paper) if ballot is None else encode(scrutin.form.paper, ballot)
    if isinstance(ballot, Choice):
        return paper_of(ballot)
    raise RuleBroken(check_told(None, ballot))


def voters_on_paper(session: Session, scrutin: ScrutinRow) -> int:
    """How many people put a paper in the urn of a secret vote."""
    return sum(papers_by_college(session, scrutin).values())


def agreed_papers(session: Session, scrutin: ScrutinRow) -> list[bytes]:
    """What the papers of a secret vote say; raises RuleBroken unless two tellers typed all of them, and the same."""
    typed, voted = typed_papers(session, scrutin.id), voters_on_paper(session, scrutin)
    refuse_if(check_bundle(typed, voted))
    whole = next((papers for papers in typed.values() if is_whole(papers, voted)), {})
    return list(whole.values())


def refuse_waiting(session: Session, scrutin: ScrutinRow) -> None:
    """Refuse to close a named vote as long as papers of it wait to be typed twice."""
    if scrutin.level is Level.NAMED:
        refuse_if(check_none_waits(typed_papers(session, scrutin.id)))


def throw_typed_away(act: Act, scrutin_id: UUID) -> None:
    """Forget what was typed: the urn holds the ballots, or the vote is given up."""
    act.session.execute(delete(PaperTyped).where(PaperTyped.scrutin_id == scrutin_id))


def _keep(act: Act, scrutin: ScrutinRow, number: int, by: UUID, content: bytes, reason: str) -> None:
    key = {"scrutin_id": scrutin.id, "number": number, "by": by}
    act.session.execute(delete(PaperTyped).filter_by(**key))
    act.session.execute(insert(PaperTyped), [{**key, "content": content}])
    # Never what the paper says: the journal is read before the count.
    act.record("ballots.paper_typed", f"scrutin:{scrutin.id}", {**key, "reason": reason.strip()[:1000]})

"""Paper ballots of the room, typed in by two tellers."""

from uuid import UUID

from coopgov.assemblies import queries
from coopgov.assemblies.queries import ItemRow
from coopgov.assemblies.rules import check_vote
from coopgov.assemblies.service.voting import vote_facts
from coopgov.ballots import queries as rolls
from coopgov.ballots import service as ballots
from coopgov.ballots.cast import Ballot
from coopgov.ballots.rules import Channel, RollVoter
from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.members import queries as members


def type_paper(act: Act, *, item_id: UUID, number: int, by: UUID, ballot: Ballot | None, reason: str = "") -> bool:
    """Keep what one teller read on a paper; True when it went into the urn, a named one read the same twice.

    `number` is its place in the bundle of a secret vote, the voter's in a named one; without a `ballot` it is null.
    """
    item = queries.get_item(act.session, item_id)
    if item.scrutin_id is None or (item.is_secret and item.form is None):
        raise NotFound
    if item.is_secret:
        ballots.type_paper(act, scrutin_id=item.scrutin_id, number=number, by=by, ballot=ballot, reason=reason)
        return False
    voter = _voter(act, item, number)
    assembly = queries.get_assembly(act.session, item.assembly_id)
    refuse_if(check_vote(vote_facts(act, assembly, item, voter_id=voter.id, channel=Channel.ROOM, cast_by=by)))
    cast = ballots.type_named_paper(act, scrutin_id=item.scrutin_id, voter=voter, by=by, ballot=ballot, reason=reason)
    return cast is not None


def _voter(act: Act, item: ItemRow, number: int) -> RollVoter:
    member = members.find_by_number(act.session, number)
    roll_id = queries.get_assembly(act.session, item.assembly_id).roll_id
    found = rolls.find_roll_voter(act.session, roll_id, member.id) if member and roll_id else None
    if found is None:
        sentence = N_("No member has the number %(number)s. Read the paper again.")
        raise RuleBroken([Breach("number_unknown", sentence, {"number": number})])
    return found


def withdraw_paper(act: Act, *, item_id: UUID, number: int, reason: str) -> None:
    """Forget what was typed for a voter of a named vote whose paper is not to be counted."""
    item = queries.get_item(act.session, item_id)
    if item.scrutin_id is None or item.is_secret:
        raise NotFound
    ballots.withdraw_named_paper(act, scrutin_id=item.scrutin_id, number=number, reason=reason)

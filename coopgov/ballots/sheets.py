"""Reading votes on other papers than a resolution's: their ballots grouped, their count, their archive."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.ballots.counting import archive, methods, second
from coopgov.ballots.counting.ties import check_ties
from coopgov.ballots.counting.urn import CheckedUrn, read_groups
from coopgov.ballots.deciding import Form, check_programs_agree
from coopgov.ballots.models import BallotMarked, ScrutinArchive, UrnMarked
from coopgov.ballots.queries import ScrutinRow, get_roll, get_scrutin
from coopgov.ballots.rules import Level, check_told
from coopgov.core.canonical import plain
from coopgov.core.errors import NotFound, refuse_if

Facts = dict[str, Any]
Groups = dict[tuple[str, bytes], int]


def form_of(scrutin: ScrutinRow) -> Form:
    """The form of its ballots; raises NotFound for a vote that answers a resolution."""
    if scrutin.form is None:
        raise NotFound
    return scrutin.form


def grouped(session: Session, scrutin: ScrutinRow) -> Groups:
    """How many ballots say the same, of a closed vote: colleges are not told, since heads are counted."""
    refuse_if(check_told(scrutin.state))
    kind: Any = UrnMarked if scrutin.level is Level.SECRET else BallotMarked
    rows = session.execute(
        select(kind.content, func.count()).where(kind.scrutin_id == scrutin.id).group_by(kind.content)
    )  # fmt: skip
    return {("", bytes(content)): number for content, number in rows}


def counted_by_both(session: Session, scrutin: ScrutinRow, chair: tuple[str, ...] = ()) -> tuple[Facts, Facts]:
    """What the count finds and the archive that tells it; raises RuleBroken where the two programs differ."""
    form, groups, roll = form_of(scrutin), grouped(session, scrutin), get_roll(session, scrutin.roll_id)
    ties = replace(form.ties, chair=chair)
    refuse_if(check_ties(form.paper, ties))
    found = plain(methods.count(read_groups(form.paper, groups), ties))
    # What happened since the seal stands beside the roll, under its hash.
    enrolled = {"size": roll.voters, "hash": roll.hash_now, "colleges": {}, **plain(scrutin.happened(roll))}
    told = archive.archive(form.paper, ties, roll=enrolled, ballots=groups, result=found)
    refuse_if(check_programs_agree(found, second_count(told)))
    return found, told


def second_count(told: Facts) -> Facts:
    """What the second program finds in an archive; nothing where it cannot read it."""
    try:
        return second.count_archive(told)
    except second.BadArchive:
        return {}


def find_archive(session: Session, scrutin_id: UUID) -> Facts | None:
    """All that a recount of that vote needs, once its result is proclaimed."""
    row = session.get(ScrutinArchive, scrutin_id)
    return None if row is None else json.loads(row.archive)


def get_archive(session: Session, scrutin_id: UUID) -> Facts:
    """The same; raises NotFound before."""
    found = find_archive(session, scrutin_id)
    if found is None:
        raise NotFound
    return found


def urn_of(session: Session, scrutin_id: UUID) -> CheckedUrn:
    """The ballots of a proclaimed vote for foreign programs; raises NotFound before."""
    get_archive(session, scrutin_id)
    scrutin = get_scrutin(session, scrutin_id)
    return read_groups(form_of(scrutin).paper, grouped(session, scrutin))

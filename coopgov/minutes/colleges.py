"""The votes college by college, for the resolutions whose colleges are weighed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.assemblies import queries as assemblies
from coopgov.ballots import queries as ballots
from coopgov.ballots.queries import CollegeLine, ScrutinRow
from coopgov.statutes import queries as statutes


def votes_by_college(session: Session, assembly_id: UUID, on: date) -> dict[int, list[dict[str, Any]]]:
    """By position of the resolution: one line for each college; nothing where heads are counted."""
    places = {item.scrutin_id: item.position for item in assemblies.agenda(session, assembly_id) if item.scrutin_id}
    scrutins, results = ballots.get_scrutins(session, list(places)), ballots.results(session, list(places))
    labels = _labels(session, on)
    return {
        places[found.scrutin_id]: [_line(line, labels, scrutins[found.scrutin_id]) for line in found.colleges]
        for found in results.values()
        if found.weighted
    }


def _labels(session: Session, on: date) -> dict[str, str]:
    found = statutes.find_statutes_on(session, on)
    return {} if found is None else {college.code: college.label for college in found.colleges}


def _line(line: CollegeLine, labels: dict[str, str], scrutin: ScrutinRow) -> dict[str, Any]:
    weights = scrutin.college_weights or {}
    return {
        "label": labels.get(line.college, line.college), "weight": str(weights.get(line.college, 0)),
        "for": line.tally.for_, "against": line.tally.against, "abstain": line.tally.abstain,
        "blank": line.tally.blank, "enrolled": line.enrolled,
    }  # fmt: skip

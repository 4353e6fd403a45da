"""Commands on the statutes: adopting a new version."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.law.rulebook import StatutesFigure
from coopgov.law.values import value_to_text
from coopgov.statutes import queries
from coopgov.statutes.models import StatutesCollegeRow, StatutesFigureRow, StatutesRow
from coopgov.statutes.rules import StatutesText, check_statutes


def adopt_statutes(act: Act, *, text: StatutesText, in_force_from: date, decision: str) -> UUID:
    """Write a new version of the statutes, in force from a day, by the decision that voted it."""
    text = _with_minimum_as_figure(text)
    latest = queries.find_latest(act.session)
    previous_from = latest.in_force_from if latest else None
    law = queries.the_law()
    refuse_if(check_statutes(text, in_force_from=in_force_from, previous_from=previous_from, law=law))
    statutes_id = _write(act, text, in_force_from, decision)
    act.record("statutes.adopted", f"statutes:{statutes_id}", _payload(text, in_force_from, decision))
    # The act may have asked the rule book before; from here on it must know this version.
    act.__dict__.pop("rulebook", None)
    return statutes_id


def _with_minimum_as_figure(text: StatutesText) -> StatutesText:
    """The capital's minimum is asked of the rule book like any figure; its clause is kept where one is given."""
    name = "capital.statutory_minimum_cents"
    clause = text.figures[name].clause if name in text.figures else "capital social"
    return replace(text, figures={**text.figures, name: StatutesFigure(text.statutory_minimum_cents, clause)})


def _write(act: Act, text: StatutesText, in_force_from: date, decision: str) -> UUID:
    row = StatutesRow(
        id=new_id(), in_force_from=in_force_from, name=text.name, legal_form=text.legal_form, is_cae=text.is_cae,
        object_text=text.object_text, seat=text.seat, siren=text.siren, rcs_city=text.rcs_city,
        share_nominal_cents=text.share_nominal_cents, statutory_minimum_cents=text.statutory_minimum_cents,
        year_end=text.year_end, proposal_backers=text.proposal_backers, decision=decision,
        recorded_at=act.now, recorded_by=act.actor.pseudonym,
    )  # fmt: skip
    act.keep(row)
    figures = (
        StatutesFigureRow(statutes_id=row.id, name=name, value=value_to_text(figure.value), clause=figure.clause)
        for name, figure in text.figures.items()
    )
    colleges = (
        StatutesCollegeRow(
            statutes_id=row.id, code=college.code, position=position, label=college.label, weight=str(college.weight)
        )
        for position, college in enumerate(text.colleges)
    )
    act.keep(*figures, *colleges)
    return row.id


def _payload(text: StatutesText, in_force_from: date, decision: str) -> dict[str, object]:
    return {
        "name": text.name,
        "legal_form": text.legal_form.value,
        "in_force_from": in_force_from,
        "decision": decision,
        "siren": text.siren,
        "share_nominal_cents": text.share_nominal_cents,
        "figures": {name: value_to_text(figure.value) for name, figure in text.figures.items()},
        "colleges": {college.code: str(college.weight) for college in text.colleges},
    }

"""Commands of votes on other papers than a resolution's: the form in the seal, the count, the result, its archive."""

import hashlib
from typing import Any
from uuid import UUID

from coopgov.ballots.counting.archive import to_text
from coopgov.ballots.deciding import Form, check_not_weighed, check_settled, check_whole, outcome_of
from coopgov.ballots.models import ScrutinArchive, ScrutinForm
from coopgov.ballots.proof import rule_facts
from coopgov.ballots.queries import Count, ScrutinRow, get_roll
from coopgov.ballots.rules import Heads, check_count
from coopgov.ballots.sheets import Facts, counted_by_both, form_of
from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.errors import refuse_if


def keep_form(act: Act, scrutin_id: UUID, form: Form, *, weights: object) -> None:
    """Keep what the ballots of a vote are, as its seal has it; refuses a form that makes no sense."""
    refuse_if([*check_whole(form), *check_not_weighed(form, weights)])
    facts = form.facts()
    act.keep(
        ScrutinForm(
            scrutin_id=scrutin_id,
            form=canonical_json(facts["form"]).decode(),
            ties=canonical_json(facts["ties"]).decode(),
        )
    )


def count_facts(act: Act, scrutin: ScrutinRow, present: int) -> Facts:
    """Count a closed urn with both programs; equal votes that the chair settles stay open until the proclamation."""
    found, _archive = counted_by_both(act.session, scrutin)
    roll = get_roll(act.session, scrutin.roll_id)
    refuse_if(check_count([Heads(_cast(found), present, roll.voters)]))
    return {"present_or_represented": present, "enrolled": roll.voters, "colleges": [], "form": found}


def _cast(found: Facts) -> int:
    return sum(number for line in found["turnout"].values() for number in line.values())


def result_facts(
    act: Act, scrutin: ScrutinRow, counted: Count, *, urn: str, by: UUID, chair: tuple[str, ...]
) -> dict[str, Any]:
    """Count once more, with the order that the chair gives to equal votes; keeps the archive of the vote."""
    form = form_of(scrutin)
    found, told = counted_by_both(act.session, scrutin, chair)
    refuse_if(check_settled(form.paper, found))
    kept = keep_archive(act, scrutin.id, told)
    blank = sum(line["blank"] for line in found["turnout"].values())
    roll = get_roll(act.session, scrutin.roll_id)
    counts = {
        "for_": 0, "against": 0, "abstain": 0, "blank": blank,
        "present_or_represented": counted.present_or_represented, "enrolled": roll.voters,
    }  # fmt: skip
    return {
        "scrutin": scrutin.id, "seal": scrutin.seal, "subject": scrutin.subject_hash, "urn": urn,
        "outcome": outcome_of(form.paper, found), "numerator": "0", "denominator": "0", "tie": None,
        "counts": counts, "rule": rule_facts(scrutin.rule), "weights": None, "colleges": [],
        "paper": form.paper.facts(), "form": found, "chair": list(chair), "archive": kept,
        "proclaimed_at": act.now, "proclaimed_by": by, **scrutin.happened(roll),
    }  # fmt: skip


def keep_archive(act: Act, scrutin_id: UUID, told: Facts) -> str:
    """Keep the archive of a vote that is proclaimed; gives the hash of the whole."""
    text, whole = to_text(told), str(told["hashes"]["whole"])
    row = ScrutinArchive(scrutin_id=scrutin_id, archive=text.decode(), hash=hashlib.sha256(text).hexdigest())
    act.keep(row)
    return whole

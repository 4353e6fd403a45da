"""What the database itself refuses in the money book, beyond what it refuses in both books."""

from string import Template

from coopgov.shares.guards import ALWAYS, WHOLE, Guard, among
from coopgov.treasury.rules import CAPITAL, FORMS, Bucket


def money_guards() -> list[Guard]:
    """The triggers of the money book alone: form, claim, the tie to the share book."""
    return [
        _leg(_WRONG_FORM, "this kind does not move that bucket that way"),
        _leg(_WRONG_CLAIM, "what is not paid is a claim"),
        _leg(_UNTIED, "capital moves with shares of that value, on their day"),
    ]


def run_guards() -> list[Guard]:
    """The triggers of yearly runs: once a year until it is undone, and undone as a whole."""
    return [
        Guard(
            "capital_run", ALWAYS, _TWICE,
            "capital_run: a run is done once for a year, and again only when it is undone",
        ),
        Guard(
            "capital_run_reversal", ALWAYS, _IN_PART,
            "capital_run_reversal: a run is undone as a whole",
        ),
    ]  # fmt: skip


def _leg(wrong: str, refusal: str) -> Guard:
    return Guard("capital_leg", WHOLE, wrong, f"capital_leg: {refusal}")


_FORMS = "|".join(
    sorted(f"{kind}{'+' if way > 0 else '-'}{bucket}" for kind, moves in FORMS.items() for bucket, way in moves)
)
_WRONG_FORM = Template(
    "EXISTS (SELECT 1 FROM $told l WHERE l.kind <> 'reversal' AND $place('|$forms|', "
    "'|' || l.kind || CASE WHEN l.cents > 0 THEN '+' ELSE '-' END || l.bucket || '|') = 0)"
).safe_substitute(forms=_FORMS)
_CLAIMED = (Bucket.CLAIM, Bucket.CALLED_UNPAID, Bucket.SUBSCRIBED_UNCALLED)
_WRONG_CLAIM = (
    f"EXISTS (SELECT 1 FROM $moved WHERE {among('bucket', _CLAIMED)} "  # noqa: S608 - our names
    "GROUP BY tx_seq, membership_id HAVING sum(cents) <> 0)"
)
# Money that answers shares may take several lines; the one that moves capital must make the sum right.
_UNTIED = Template(
    "EXISTS (SELECT 1 FROM $told l WHERE $capital GROUP BY l.tx_seq, l.membership_id, l.share_tx_seq, l.effective_on "
    "HAVING sum(l.cents) <> 0 AND (l.share_tx_seq IS NULL "
    "OR NOT EXISTS (SELECT 1 FROM share_tx s WHERE s.seq = l.share_tx_seq AND s.effective_on = l.effective_on) "
    "OR (SELECT sum(o.cents) FROM capital_tx p JOIN capital_leg o ON o.tx_seq = p.seq "
    "WHERE p.share_tx_seq = l.share_tx_seq AND o.membership_id = l.membership_id AND $others) "
    "<> (SELECT coalesce(sum(h.qty * h.unit_cents), 0) FROM share_leg h WHERE h.tx_seq = l.share_tx_seq "
    "AND h.membership_id = l.membership_id)))"
).safe_substitute(capital=among("l.bucket", CAPITAL), others=among("o.bucket", CAPITAL))
_TWICE = (
    "NEW.attempt <> (SELECT count(*) FROM capital_run WHERE kind = NEW.kind AND year = NEW.year) "
    "OR EXISTS (SELECT 1 FROM capital_run r WHERE r.kind = NEW.kind AND r.year = NEW.year AND r.id <> NEW.id "
    "AND NOT EXISTS (SELECT 1 FROM capital_run_reversal x WHERE x.run_id = r.id))"
)
_IN_PART = (
    "EXISTS (SELECT 1 FROM capital_tx t WHERE t.run_id = NEW.run_id AND t.kind <> 'reversal' "
    "AND NOT EXISTS (SELECT 1 FROM capital_tx r WHERE r.reverses_seq = t.seq))"
)

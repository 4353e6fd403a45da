"""The database's own refusals that are the share book's alone: the form of each movement, lots, standing, closes."""

from string import Template

from coopgov.shares.guards import ALWAYS, WHOLE, Guard, among

# The refusal that commands tell in their own words.
NO_STANDING = "who holds or leaves is not one on that day"
_LEGS = "SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq"
_HELD = "FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder'"
_OTHER_PRICE = (
    "NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = NEW.lot_id AND o.class_id = NEW.class_id "
    "AND o.issue_unit_cents = NEW.unit_cents)"
)
# Shares that are new are of a lot that begins with them: none is as old as shares there were before.
_NEW = among("t.kind", ("subscribe", "opening", "convert", "split", "nominal_change"))
FOREIGN_LOT = (
    f"{_NEW} AND l.account = 'holder' AND l.qty > 0 "  # noqa: S608 - our own words
    "AND NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = l.lot_id AND o.opened_by_tx = t.seq "
    "AND (t.kind <> 'subscribe' OR o.first_acquired_on = coalesce(t.late_for, t.effective_on)) "
    "AND (t.kind IN ('subscribe', 'opening') OR EXISTS (SELECT 1 FROM share_leg g WHERE g.tx_seq = t.seq "
    "AND g.lot_id = o.parent_lot_id AND g.account = 'holder' AND g.qty < 0)))"
)
# Lot by lot what one side gives the other takes; who gives and who takes is the kind's.
_WRONG_FORM = (
    "EXISTS (SELECT 1 FROM $told WHERE kind <> 'reversal' GROUP BY tx_seq, lot_id HAVING sum(qty) <> 0) "
    "OR EXISTS (SELECT 1 FROM $told WHERE kind IN ('subscribe', 'opening') AND (account = 'holder') <> (qty > 0)) "
    "OR EXISTS (SELECT 1 FROM $told WHERE kind <> 'reversal' GROUP BY tx_seq "
    "HAVING count(DISTINCT membership_id) <> CASE WHEN min(kind) IN ('transfer', 'inherit') THEN 2 ELSE 1 END) "
    "OR EXISTS (SELECT 1 FROM $done t JOIN share_leg l ON l.tx_seq = t.seq WHERE $foreign)"
)
_NOT_ISSUED = "kind NOT IN ('subscribe', 'opening', 'reversal')"
_WRONG_FORM_NOT_ISSUED = (
    "EXISTS (SELECT 1 FROM $done t WHERE t.kind = 'redeem' AND EXISTS ($legs AND (l.account = 'holder') = (l.qty > 0)) "
    "OR t.kind IN ('transfer', 'inherit') AND (EXISTS ($legs AND l.account = 'issuer') "
    "OR EXISTS ($legs GROUP BY l.membership_id HAVING min(l.qty) < 0 AND max(l.qty) > 0)) "
    "OR t.kind = 'split' AND (SELECT sum(l.qty * l.unit_cents) $held) <> 0 "
    "OR t.kind = 'nominal_change' AND (SELECT sum(l.qty) $held) <> 0 "
    "OR t.kind IN ('split', 'nominal_change') "
    "AND (SELECT count(DISTINCT l.class_id) FROM share_leg l WHERE l.tx_seq = t.seq) <> 1 "
    "OR t.kind = 'convert' AND NOT coalesce((SELECT sum(l.qty * l.unit_cents) <= 0 "
    "AND sum(l.qty * l.unit_cents) > -min(CASE WHEN l.qty > 0 THEN l.unit_cents END) "
    "$held), false))"
)
# What a membership is on the day a movement truly happens; whom no event names yet is a candidate.
_STATUS = (
    "coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id "
    "AND e.effective_on <= coalesce(l.late_for, l.effective_on) AND e.kind <> 'reversal' "
    "AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) "
    "ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate')"
)
_TAKES = among("l.kind", ("subscribe", "transfer", "inherit"))
_MAY_BE = (
    "CASE WHEN l.kind = 'redeem' THEN '|former|' "
    "WHEN l.kind = 'subscribe' AND l.reason_code = 'conditional_on_admission' THEN '|member|candidate|' "
    "ELSE '|member|' END"
)
_NO_STANDING = (
    "EXISTS (SELECT 1 FROM $told l WHERE l.account = 'holder' "
    "AND ($takes AND l.qty > 0 OR l.kind = 'redeem' AND l.reason_code <> 'reduction') "
    "AND $place($may_be, '|' || $status || '|') = 0)"
)
_WRONG_LOT = (
    "NOT EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.opened_by_tx "
    "AND NEW.first_acquired_on <= coalesce(t.late_for, t.effective_on) AND ("
    "NEW.parent_lot_id IS NULL AND t.kind IN ('subscribe', 'opening') "
    "OR t.kind IN ('convert', 'split', 'nominal_change') AND EXISTS (SELECT 1 FROM share_lot p "
    "WHERE p.id = NEW.parent_lot_id AND p.first_acquired_on = NEW.first_acquired_on)))"
)
_WRONG_CLOSE = (
    "NEW.through_date < (SELECT max(through_date) FROM period_close) "
    "OR NEW.share_seq <> coalesce((SELECT max(seq) FROM share_tx), 0) "
    "OR NEW.share_seq > 0 AND NEW.share_hash <> (SELECT hash FROM share_tx WHERE seq = NEW.share_seq) "
    "OR NEW.capital_seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) "
    "OR NEW.capital_seq > 0 AND NEW.capital_hash <> (SELECT hash FROM capital_tx WHERE seq = NEW.capital_seq)"
)


_NAMES = {
    "legs": _LEGS, "held": _HELD, "status": _STATUS, "foreign": FOREIGN_LOT, "takes": _TAKES, "may_be": _MAY_BE,
}  # fmt: skip


def _guard(table: str, when: str, wrong: str, refusal: str, rare: str = "") -> Guard:
    return Guard(table, when, Template(wrong).safe_substitute(_NAMES), f"{table}: {refusal}", rare=rare)


_OTHER_FORM = "the legs are not those of this kind"
LEG_GUARDS = [
    _guard("share_leg", ALWAYS, _OTHER_PRICE, "a share has the price of its lot"),
    _guard("share_leg", WHOLE, _WRONG_FORM, _OTHER_FORM),
    _guard("share_leg", WHOLE, _WRONG_FORM_NOT_ISSUED, _OTHER_FORM, _NOT_ISSUED),
    _guard("share_leg", WHOLE, _NO_STANDING, NO_STANDING),
]  # fmt: skip
LOT_GUARDS = [
    _guard("share_lot", ALWAYS, _WRONG_LOT, "a lot keeps its first day"),
]  # fmt: skip
CLOSE_GUARDS = [
    _guard("period_close", ALWAYS, _WRONG_CLOSE, "it tells the heads there are"),
]  # fmt: skip

"""What the law and the statutes ask of a cooperative, measured: pure, no database, no web."""

from coopgov.compliance.rules.deadlines import (
    AHEAD_MONTHS,
    Dated,
    LawChecks,
    MandateHeld,
    Minutes,
    Year,
    deadlines,
    last_day_of,
)
from coopgov.compliance.rules.kinds import (
    FACT_LABELS,
    FactKind,
    Obligation,
    Part,
    Said,
    Verdict,
    pressing_first,
)
from coopgov.compliance.rules.measures import NEAR, more_to_pass, others_gone_to_pass, others_to_come_back
from coopgov.compliance.rules.ratios import Change, changes, ratios
from coopgov.compliance.rules.situation import (
    MOST_DRAFTED,
    Director,
    Draft,
    Group,
    Holder,
    Kind,
    Move,
    Named,
    Situation,
    check_draft,
    is_employed,
    merged,
    situation_after,
)
from coopgov.compliance.rules.telling import (
    LONGEST_NOTE,
    Fact,
    check_fact,
    check_withdrawal,
    last_days,
    standing,
)

__all__ = [
    "AHEAD_MONTHS", "FACT_LABELS", "LONGEST_NOTE", "MOST_DRAFTED", "NEAR", "Change", "Dated", "Director", "Draft",
    "Fact", "FactKind", "Group", "Holder", "Kind", "LawChecks", "MandateHeld", "Minutes", "Move", "Named",
    "Obligation", "Part", "Said", "Situation", "Verdict", "Year", "changes", "check_draft", "check_fact",
    "check_withdrawal", "deadlines", "is_employed", "last_day_of", "last_days", "merged", "more_to_pass",
    "others_gone_to_pass", "others_to_come_back", "pressing_first", "ratios", "situation_after", "standing",
]  # fmt: skip

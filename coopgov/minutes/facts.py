"""The facts of an assembly as minutes freeze them: every key there, whatever the assembly left out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from coopgov.core.canonical import plain
from coopgov.core.dates import paris_day
from coopgov.law.arithmetic import quorum_heads

_ASSEMBLY = {
    "id": "", "title": "", "kind": "ordinary", "call": 1, "held_at": None, "place": "", "remote_allowed": False,
    "opened_at": None, "closed_at": None,
}  # fmt: skip
_CONVOCATION = {
    "sent_on": None, "by_mail": 0, "by_letter": 0, "registered": False, "is_by_consent": True, "notice_days": None,
    "citation": None,
}  # fmt: skip
_PRESENCE = {
    "enrolled": 0, "present": 0, "represented": 0, "remote": 0, "quorum_needed": None, "quorum_met": None,
    "citation": None,
}  # fmt: skip
_RESOLUTION = {
    "position": 0, "title": "", "text": "", "kind": "text", "change_text": "", "subject_hash": "", "outcome": "",
    "for": None, "against": None, "abstain": None, "blank": None, "numerator": None, "denominator": None,
    "base": None, "fraction": None, "strict": None, "colleges": [], "paper": None, "archive": None,
}  # fmt: skip
_JUDGEMENT = {"sentence": "", "reason": "", "at": None, "by": ""}


def complete(told: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in plain values with every key, so that a page or a paper never finds a hole."""
    facts = plain(told)
    presence = {**_PRESENCE, **facts.get("presence", {})}
    return {
        "assembly": _assembly(facts["assembly"]),
        "convocation": {
            **_CONVOCATION,
            **facts.get("convocation", {}),
            "citations": _citations(facts.get("convocation", {})),
        },
        "bureau": _bureau(facts.get("bureau") or {}),
        "presence": {
            **presence,
            "citations": _citations(presence),
            "total": _total(presence),
            "quorum_heads": _quorum_heads(presence),
        },
        "roll_hash": facts.get("roll_hash") or "",
        "agenda": [{"position": item["position"], "title": item["title"]} for item in facts.get("agenda", [])],
        "resolutions": [_resolution(resolution) for resolution in facts.get("resolutions", [])],
        "judgements": [{**_JUDGEMENT, **judged} for judged in facts.get("judgements", [])],
        "incidents": [_incident(incident) for incident in facts.get("incidents", [])],
        "proxies": list(facts.get("proxies", [])),
        "documents": [{"title": d["title"], "number": d.get("number")} for d in facts.get("documents", [])],
    }


def _assembly(told: Mapping[str, Any]) -> dict[str, Any]:
    held_at = datetime.fromisoformat(told["held_at"])
    return {**_ASSEMBLY, **told, "held_on": paris_day(held_at).isoformat()}


def _quorum_heads(presence: Mapping[str, Any]) -> int:
    """How many members the quorum needs, whether it was told in heads or as a fraction of the roll."""
    needed = presence["quorum_needed"]
    if isinstance(needed, str):
        return quorum_heads(presence["enrolled"], Fraction(needed))
    return int(needed or 0)


def _bureau(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "chair": _person(told.get("chair")),
        "secretary": _person(told.get("secretary")),
        "tellers": [_person(teller) for teller in told.get("tellers") or []],
    }


def _person(told: Any) -> dict[str, str] | None:
    if not told:
        return None
    if isinstance(told, str):
        return {"name": told, "account_id": ""}
    return {"name": told["name"], "account_id": told.get("account_id") or ""}


def _total(presence: Mapping[str, Any]) -> int:
    return int(presence["present"] + presence["represented"] + presence["remote"])


def _resolution(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**_RESOLUTION, **told, "citations": _citations(told)}


def _incident(told: Any) -> dict[str, Any]:
    if isinstance(told, str):
        return {"at": None, "text": told}
    return {"at": told.get("at"), "text": told["text"]}


def _citations(told: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """Citations as text and address, whether one, several or bare texts were told."""
    raw = told.get("citations") or told.get("citation") or []
    found: Iterable[Any] = [raw] if isinstance(raw, str | Mapping) else raw
    return [{"text": c, "url": None} if isinstance(c, str) else {"text": c["text"], "url": c.get("url")} for c in found]

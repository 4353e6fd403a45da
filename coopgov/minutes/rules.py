"""What minutes hold, what the secretary writes in them, who approves them: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from coopgov.core.canonical import digest
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figure, Figures
from coopgov.core.i18n import N_

LONGEST_PROSE = 20_000


class BlockKind(StrEnum):
    """What a part of the minutes is made of: facts, which nobody edits, or prose."""

    FACT = "fact"
    PROSE = "prose"


class Part(StrEnum):
    """The parts of minutes, in their order (code de commerce, art. R225-106 and R223-24)."""

    OPENING = "opening"
    BUREAU = "bureau"
    PRESENCE = "presence"
    DOCUMENTS = "documents"
    AGENDA = "agenda"
    REPORTS = "reports"
    DEBATES = "debates"
    RESOLUTION = "resolution"
    RESOLUTION_DEBATE = "debate"
    RESULT = "result"
    INCIDENTS = "incidents"
    REMARKS = "remarks"
    CLOSING = "closing"


class Signer(StrEnum):
    """In which quality somebody approves the minutes."""

    CHAIR = "chair"
    SECRETARY = "secretary"


class State(StrEnum):
    """Where minutes stand: to be written, to be approved, final."""

    TO_WRITE = "to_write"
    TO_APPROVE = "to_approve"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the minutes; `slot` names a prose, `position` the resolution it belongs to."""

    kind: BlockKind
    part: Part
    slot: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's approval of the very text whose hash it holds."""

    signer: Signer
    account_id: UUID | None
    name: str
    content_hash: str


_BEFORE: Final = (Part.OPENING, Part.BUREAU, Part.PRESENCE, Part.DOCUMENTS, Part.AGENDA)


def blocks_of(facts: Mapping[str, Any]) -> list[Block]:
    """The parts of these minutes in their order."""
    blocks = [Block(BlockKind.FACT, part) for part in _BEFORE]
    blocks += [_prose(Part.REPORTS), _prose(Part.DEBATES)]
    for resolution in facts["resolutions"]:
        blocks += _blocks_of_resolution(resolution["position"])
    return [*blocks, Block(BlockKind.FACT, Part.INCIDENTS), _prose(Part.REMARKS), Block(BlockKind.FACT, Part.CLOSING)]


def _blocks_of_resolution(position: int) -> list[Block]:
    return [
        Block(BlockKind.FACT, Part.RESOLUTION, position=position),
        Block(BlockKind.PROSE, Part.RESOLUTION_DEBATE, f"{Part.RESOLUTION_DEBATE.value}:{position}", position),
        Block(BlockKind.FACT, Part.RESULT, position=position),
    ]


def _prose(part: Part) -> Block:
    return Block(BlockKind.PROSE, part, part.value)


def slots_of(facts: Mapping[str, Any]) -> list[str]:
    """The names of the proses, in their order."""
    return [block.slot for block in blocks_of(facts) if block.kind is BlockKind.PROSE]


def content_hash(facts_hash: str, prose: Mapping[str, str]) -> str:
    """The hash of the whole text: what is approved and what is issued."""
    return digest({"facts": facts_hash, "prose": {slot: text for slot, text in prose.items() if text}})


def is_written(prose: Mapping[str, str]) -> bool:
    """Whether what only a person can write is there: the summary of the debates."""
    return bool(prose.get(Part.DEBATES, "").strip())


def state_of(*, issued: bool, prose: Mapping[str, str]) -> State:
    """Where minutes stand."""
    if issued:
        return State.ISSUED
    return State.TO_APPROVE if is_written(prose) else State.TO_WRITE


def check_edit(
    *, issued: bool, facts: Mapping[str, Any], texts: Mapping[str, str], based_on: str | None, current: str
) -> list[Breach]:
    """Final minutes are never edited; facts are not prose; nobody overwrites what she has not read."""
    if issued:
        return [_final()]
    breaches = [_unknown(slot) for slot in texts if slot not in slots_of(facts)]
    breaches += [_too_long(slot) for slot, text in texts.items() if len(text) > LONGEST_PROSE]
    if based_on is not None and based_on != current:
        breaches.append(_changed())
    return breaches


def _final() -> Breach:
    return Breach(
        "minutes_are_final",
        N_("These minutes are final: they are never changed. A mistake is told in the minutes of the next assembly."),
    )


def _unknown(slot: str) -> Breach:
    sentence = N_("“%(part)s” is a fact, or is not part of these minutes: it cannot be written by hand.")
    return Breach("not_a_prose", sentence, {"part": slot})


def _too_long(slot: str) -> Breach:
    sentence = N_("This text is longer than %(longest)s characters. Shorten it, or attach it as a document.")
    return Breach("prose_too_long", sentence, {"longest": LONGEST_PROSE}, field=slot)


def _changed() -> Breach:
    sentence = N_("Somebody changed these minutes since you opened them. Copy what you wrote, reload, write it again.")
    return Breach("minutes_changed", sentence)


def check_approval(
    *,
    issued: bool,
    facts: Mapping[str, Any],
    prose: Mapping[str, str],
    signer: Signer,
    account_id: UUID | None,
    approvals: Sequence[Approval],
    current: str,
    read: str | None,
) -> list[Breach]:
    """Two people who were there approve the same complete text, each in her own quality."""
    if issued:
        return [_final()]
    breaches = [] if is_written(prose) else [_debates_missing(facts)]
    if read is not None and read != current:
        breaches.append(_changed_before_approval())
    breaches += _check_person(facts["bureau"][signer.value], signer, account_id)
    breaches += _check_other(signer, account_id, [a for a in approvals if a.content_hash == current])
    return breaches


def _debates_missing(facts: Mapping[str, Any]) -> Breach:
    sentence = N_("The summary of the debates is missing. Write it; if nobody asked to speak, say so.")
    return Breach("debates_missing", sentence, citations=signature_citations(facts), field=Part.DEBATES.value)


def _changed_before_approval() -> Breach:
    sentence = N_("The text changed since you read it. Read it again, then approve it.")
    return Breach("minutes_changed", sentence)


def _check_person(person: Mapping[str, Any] | None, signer: Signer, account_id: UUID | None) -> list[Breach]:
    if person is None or not person["account_id"] or person["account_id"] == str(account_id):
        return []
    if signer is Signer.CHAIR:
        sentence = N_("Only %(name)s, who chaired the assembly, approves as its chair.")
    else:
        sentence = N_("Only %(name)s, who was the secretary of the assembly, approves as its secretary.")
    return [Breach("not_the_signer", sentence, {"name": person["name"]})]


def _check_other(signer: Signer, account_id: UUID | None, approvals: Sequence[Approval]) -> list[Breach]:
    breaches = []
    if any(approval.signer is signer for approval in approvals):
        breaches.append(Breach("approved_already", N_("This text is already approved in this quality.")))
    if any(approval.signer is not signer and approval.account_id == account_id for approval in approvals):
        sentence = N_("The chair and the secretary are two people: you have already approved these minutes.")
        breaches.append(Breach("same_signer_twice", sentence))
    return breaches


def is_approved(approvals: Sequence[Approval], current: str) -> bool:
    """Whether chair and secretary have approved this very text."""
    return {a.signer for a in approvals if a.content_hash == current} == set(Signer)


def signers_left(approvals: Sequence[Approval], current: str) -> list[Signer]:
    """The qualities in which this very text is still to be approved."""
    done = {approval.signer for approval in approvals if approval.content_hash == current}
    return [signer for signer in Signer if signer not in done]


def signature_facts(figures: Figures, on: date) -> dict[str, Any]:
    """Who signs the printed copy, what an electronic signature would need, under which articles, on that day."""
    signers = figures.find_figure("minutes.signature", on=on)
    electronic = figures.find_figure("minutes.electronic_signature", on=on)
    return {
        "who": "chair_and_secretary" if signers is None else signers.as_text(),
        "citations": _cited(signers),
        "electronic_citations": _cited(electronic),
    }


def _cited(figure: Figure | None) -> list[dict[str, str | None]]:
    return [] if figure is None else [{"text": c.text, "url": c.url} for c in figure.citations]


def names_are_listed(figures: Figures) -> bool:
    """Whether the minutes name everybody with her shares: a SARL keeps no attendance sheet by law (art. R223-24)."""
    return figures.form.company == "sarl"


def signature_citations(facts: Mapping[str, Any]) -> tuple[Citation, ...]:
    """The article that says what minutes hold and who signs them."""
    return tuple(Citation(c["text"], c["url"]) for c in facts["signature"]["citations"])

"""The shape of what is written in minutes."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import AnyOf, Length

from coopgov.minutes.queries import MinutesRow
from coopgov.minutes.rules import LONGEST_PROSE, Block, BlockKind, Part, Signer
from coopgov.web.forms import BaseForm

LABELS = {
    Part.REPORTS: _l("Reports and presentations"),
    Part.DEBATES: _l("Summary of the debates"),
    Part.REMARKS: _l("Other remarks"),
}
HINTS = {
    Part.REPORTS: _l("What was read or presented before the vote: management report, accounts, proposals."),
    Part.DEBATES: _l("Who asked what, what was answered, in a few sentences. If nobody asked to speak, say so."),
    Part.REMARKS: _l("Anything else that happened and should be remembered."),
}


class ProseForm(BaseForm):
    """All the proses of some minutes, and the text they start from."""

    based_on = HiddenField()


class ApprovalForm(BaseForm):
    """The text that was read and the quality in which it is approved."""

    content_hash = HiddenField()
    signer: Any = HiddenField(
        validators=[AnyOf([signer.value for signer in Signer], message=_l("Approve as chair or secretary."))]
    )


def prose_form(minutes: MinutesRow) -> Any:
    """The form for these minutes: one text for each prose, named by its slot."""
    fields = {_name(block.slot): _field(block) for block in minutes.blocks if block.kind is BlockKind.PROSE}
    kind: Any = type("MinutesProseForm", (ProseForm,), fields)
    start = {_name(slot): text for slot, text in minutes.prose.items()}
    return kind(based_on=minutes.content_hash, **start)


def texts_of(form: Any, minutes: MinutesRow) -> dict[str, str]:
    """What was typed, by slot."""
    return {b.slot: form[_name(b.slot)].data or "" for b in minutes.blocks if b.kind is BlockKind.PROSE}


def field_of(form: Any, block: Block) -> Any:
    """The field of one prose."""
    return form[_name(block.slot)]


def _name(slot: str) -> str:
    return slot.replace(":", "_")


def _field(block: Block) -> Any:
    label = LABELS.get(block.part) or _l("Debate on this resolution")
    rows = 8 if block.part is Part.DEBATES else 4
    return TextAreaField(
        label, [Length(max=LONGEST_PROSE)], description=HINTS.get(block.part, ""), render_kw={"rows": rows}
    )

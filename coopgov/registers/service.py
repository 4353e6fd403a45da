"""The commands of the registers: print one, attest that nothing is amiss."""

from uuid import UUID

from coopgov.core.act import Act
from coopgov.printing import archive
from coopgov.registers import documents
from coopgov.registers.documents import RegisterPaper


def print_register(act: Act, facts: RegisterPaper, *, language: str = "fr") -> UUID:
    """Issue a register that was read before this act: a long one must hold up no other writer."""
    document_id = archive.issue(act, documents.paper_of(facts, language=language))
    told = {"document": document_id, "on": facts.on, "known_at": facts.known_at, "lines": facts.count}
    act.record("registers.printed", f"register:{facts.register}", told)
    return document_id

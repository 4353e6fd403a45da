"""The commands of the registers: print one, keep the code of a certificate, keep a proof, attest."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.printing import archive
from coopgov.registers import documents, queries, rules
from coopgov.registers.documents import Heads, RegisterPaper
from coopgov.registers.models import IntegrityProof, ShareCertificate
from coopgov.registers.queries import code_hash, told_reports
from coopgov.registers.verify import Report
from coopgov.shares import service as shares
from coopgov.shares.events import CertificateIssued


def print_register(act: Act, facts: RegisterPaper, *, language: str = "fr") -> UUID:
    """Issue a register that was read before this act: a long one must hold up no other writer."""
    document_id = archive.issue(act, documents.paper_of(facts, language=language))
    told = {"document": document_id, "on": facts.on, "known_at": facts.known_at, "lines": facts.count}
    act.record("registers.printed", f"register:{facts.register}", told)
    return document_id


def on_certificate_issued(act: Act, event: CertificateIssued) -> None:
    """Keep where the code of a certificate leads; the code itself stands on the paper alone."""
    act.keep(
        ShareCertificate(
            token_hash=code_hash(event.code), document_id=event.document_id, membership_id=event.member_id,
            on_day=event.on, quantity=event.quantity, issued_at=act.now,
        )
    )  # fmt: skip


def keep_proof(act: Act, reports: Sequence[Report], heads: Heads, *, milliseconds: int) -> UUID:
    """Keep what a check of everything found."""
    faults = sum(len(report.faults) for report in reports)
    proof = IntegrityProof(
        id=new_id(), proved_at=act.now, milliseconds=milliseconds, faults=faults, heads=json.dumps(asdict(heads)),
        report=told_reports(reports),
    )  # fmt: skip
    act.keep(proof)
    act.record("registers.proved", "registers", {"faults": faults, "heads": heads.written})
    return proof.id


def attest(act: Act, *, language: str = "fr") -> UUID:
    """Issue the attestation that the last proof found nothing amiss (*attestation d’intégrité*)."""
    proof = queries.find_last_proof(act.session)
    refuse_if(rules.check_attestable(proof.faults if proof else None, proof.proved_at if proof else None, act.now))
    assert proof is not None  # noqa: S101 - refused above otherwise
    document_id = archive.issue(act, documents.attestation(act.session, proof, on=act.today, language=language))
    act.record("registers.attested", "registers", {"document": document_id, "proof": proof.id})
    return document_id


def draft_repair(act: Act, *, seq: int, reason: str) -> list[UUID]:
    """Draft the reversals that undo a movement found amiss, those that rest on it first."""
    drafts = shares.draft_cascade(act, seq=seq, reason=reason)
    act.record("registers.repair_drafted", f"share-tx:{seq}", {"drafts": drafts})
    return drafts

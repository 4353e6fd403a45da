"""The share ledger as an Open Cap Format package, version 1.1.0: what other programs of capital registers read.

Each lot that a holder has shares of is a *security* there; who gives some of them up closes it and opens another for
the rest. Votes do not follow shares here, so that the class says none and a comment says why.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import IO, Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from coopgov.members.rules import Category, PartyKind, Status
from coopgov.registers import queries
from coopgov.registers.rules import AsOf
from coopgov.shares import asof as shares
from coopgov.shares.asof import ClassLine, LegLine
from coopgov.statutes import queries as statutes

VERSION = "1.1.0"
# Any will do; it makes the identifiers of a package the same each time.
_NAMESPACE = UUID("6f63662e-636f-6f70-8000-676f76000000")
_RELATIONS = {
    (Category.EMPLOYED, Status.MEMBER): "EMPLOYEE",
    (Category.EMPLOYED, Status.FORMER): "EX_EMPLOYEE",
}
Item = dict[str, Any]


def write_package(file: IO[bytes], session: Session, asked: AsOf, *, made_at: datetime) -> None:
    """Write the whole package, row by row: memory grows with the lots still held, not with the movements."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        classes = shares.classes_on(session, asked.on)
        parts = {
            "stakeholders": _write(package, "Stakeholders", "STAKEHOLDERS", _stakeholders(session, asked)),
            "stock_classes": _write(package, "StockClasses", "STOCK_CLASSES", map(_stock_class, classes)),
            "transactions": _write(package, "Transactions", "TRANSACTIONS", _transactions(session, asked)),
        }
        empty = ("stock_plans", "stock_legend_templates", "vesting_terms", "valuations")
        manifest = {
            "file_type": "OCF_MANIFEST_FILE", "ocf_version": VERSION, "issuer": _issuer(session, asked),
            "as_of": asked.on.isoformat(), "generated_at": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "comments": ["One member, one vote: votes do not follow the number of shares."],
            **{f"{name}_files": [part] for name, part in parts.items()}, **{f"{name}_files": [] for name in empty},
        }  # fmt: skip
        package.writestr("Manifest.ocf.json", _json(manifest))


def _write(package: zipfile.ZipFile, name: str, file_type: str, items: Iterable[Item]) -> Item:
    """One file of the package, with the checksum that the manifest gives."""
    path, told = f"{name}.ocf.json", hashlib.md5(usedforsecurity=False)
    with package.open(path, "w", force_zip64=True) as out:

        def write(text: str) -> None:
            data = text.encode()
            told.update(data)
            out.write(data)

        write(f'{{"file_type":"OCF_{file_type}_FILE","items":[')
        for number, item in enumerate(items):
            write(("," if number else "") + "\n" + _json(item))
        write("\n]}\n")
    return {"filepath": path, "md5": told.hexdigest()}


def _issuer(session: Session, asked: AsOf) -> Item:
    versions = statutes.history(session)
    now = statutes.find_statutes_on(session, asked.on) or versions[-1]
    issuer = {
        "id": str(_id("issuer")), "object_type": "ISSUER", "legal_name": now.name,
        "formation_date": min(one.in_force_from for one in versions).isoformat(), "country_of_formation": "FR",
        "address": {"address_type": "LEGAL", "street_suite": now.seat, "country": "FR"},
    }  # fmt: skip
    return issuer | ({"tax_ids": [{"tax_id": now.siren, "country": "FR"}]} if now.siren else {})


def _stakeholders(session: Session, asked: AsOf) -> Iterator[Item]:
    for row in queries.member_rows(session, asked, is_everybody=True):
        yield {
            "id": str(row.member_id), "object_type": "STAKEHOLDER", "name": {"legal_name": row.name},
            "stakeholder_type": "INDIVIDUAL" if row.party_kind is PartyKind.PERSON else "INSTITUTION",
            "issuer_assigned_id": str(row.number),
            "current_relationship": _RELATIONS.get((row.category, row.status), "OTHER"),
        }  # fmt: skip


def _stock_class(one: ClassLine) -> Item:
    return {
        "id": str(one.id), "object_type": "STOCK_CLASS", "name": one.label, "class_type": "COMMON",
        "default_id_prefix": f"{one.code}-", "initial_shares_authorized": "UNLIMITED", "votes_per_share": "0",
        "par_value": _euros(one.unit_cents), "price_per_share": _euros(one.unit_cents), "seniority": "1",
        "comments": ["Capital may vary: the number of shares has no ceiling but the statutes'."],
    }  # fmt: skip


@dataclass
class _Securities:
    """The securities still open: of each holder and lot, with what is left of each."""

    held: dict[tuple[UUID, UUID], list[tuple[str, int]]] = field(default_factory=dict)

    def open(self, leg: LegLine, quantity: int, part: str) -> str:
        """A new security of a holder."""
        security = str(_id(f"{leg.seq}/{leg.line}/{part}"))
        self.held.setdefault((leg.member_id, leg.lot_id), []).append((security, quantity))
        return security

    def take(self, leg: LegLine) -> Iterator[tuple[str, int, int]]:
        """The securities that a holder gives up shares of: each with how many, and how many are left."""
        wanted, mine = -leg.quantity, self.held[leg.member_id, leg.lot_id]
        while wanted:
            security, quantity = mine.pop(0)
            taken = min(wanted, quantity)
            wanted -= taken
            yield security, taken, quantity - taken
        if not mine:
            del self.held[leg.member_id, leg.lot_id]


def _transactions(session: Session, asked: AsOf) -> Iterator[Item]:
    securities = _Securities()
    legs = shares.legs_in_time(session, asked.on, asked.known_at)
    for _seq, together in groupby(legs, key=lambda leg: leg.seq):
        yield from _transaction(securities, list(together))


def _transaction(securities: _Securities, legs: list[LegLine]) -> Iterator[Item]:
    """One movement: what is given up goes to who receives shares of the same lot, or is cancelled."""
    received = [leg for leg in legs if leg.quantity > 0]
    for leg in (leg for leg in legs if leg.quantity < 0):
        heirs = [other for other in received if other.lot_id == leg.lot_id]
        for number, (security, taken, left) in enumerate(list(securities.take(leg))):
            yield from _given_up(securities, leg, (security, taken, left), heirs, number)
    given = {leg.lot_id for leg in legs if leg.quantity < 0}
    for leg in received:
        if leg.lot_id not in given:
            yield _issuance(leg, securities.open(leg, leg.quantity, "issue"), leg.quantity)


def _given_up(
    securities: _Securities, leg: LegLine, given: tuple[str, int, int], heirs: list[LegLine], number: int
) -> Iterator[Item]:
    security, taken, left = given
    event: Item = {
        "id": str(_id(f"{leg.seq}/{leg.line}/{number}/given")), "security_id": security,
        "date": leg.effective_on.isoformat(), "quantity": str(taken), "comments": [_told(leg)],
    }  # fmt: skip
    issued = []
    if left:
        event["balance_security_id"] = securities.open(leg, left, f"{number}/rest")
        issued.append(_issuance(leg, event["balance_security_id"], left))
    if heirs:
        to = securities.open(heirs[0], taken, f"{number}/received")
        issued.append(_issuance(heirs[0], to, taken))
        yield {"object_type": "TX_STOCK_TRANSFER", "resulting_security_ids": [to], **event}
    else:
        yield {"object_type": "TX_STOCK_CANCELLATION", "reason_text": leg.resolution or leg.kind.value, **event}
    yield from issued


def _issuance(leg: LegLine, security: str, quantity: int) -> Item:
    return {
        "id": str(_id(f"{security}/issuance")), "object_type": "TX_STOCK_ISSUANCE", "security_id": security,
        "date": leg.effective_on.isoformat(), "custom_id": f"{leg.class_code}-{leg.seq}-{leg.line}",
        "stakeholder_id": str(leg.member_id), "stock_class_id": str(leg.class_id), "quantity": str(quantity),
        "share_price": _euros(leg.unit_cents), "security_law_exemptions": [], "stock_legend_ids": [],
        "comments": [_told(leg)],
    }  # fmt: skip


def _told(leg: LegLine) -> str:
    return f"line {leg.seq} of the share book, sha-256 {leg.hash}, first acquired on {leg.first_acquired_on}"


def _euros(cents: int) -> dict[str, str]:
    return {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": "EUR"}


def _id(told: str) -> UUID:
    return uuid5(_NAMESPACE, told)


def _json(item: Item) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))

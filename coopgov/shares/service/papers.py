"""The papers of the share book."""

import secrets
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.shares import book, documents, queries, rules
from coopgov.shares.book import line_name
from coopgov.shares.events import CertificateIssued


def issue_bulletin(act: Act, *, seq: int, language: str = "fr") -> UUID:
    """Issue the subscription form (*bulletin de souscription*) of a subscription, for signature."""
    movement = queries.get_transaction(act.session, seq)
    refuse_if(rules.check_has_bulletin(seq, movement.kind, movement.reversed_by))
    member = members.get_member(act.session, movement.member_id)
    document_id = archive.issue(act, documents.bulletin(act, movement, member, language))
    act.record("shares.bulletin_issued", line_name(seq), {"document": document_id})
    return document_id


def issue_transfer_order(act: Act, *, seq: int, language: str = "fr") -> UUID:
    """Issue the order (*ordre de mouvement*) of a transfer or an inheritance, for signature."""
    giver, taker = queries.sides_of(act.session, seq)
    people = members.get_members(act.session, [giver.member_id, taker.member_id])
    paper = documents.transfer_order(act, giver, people[giver.member_id], people[taker.member_id], language)
    document_id = archive.issue(act, paper)
    act.record("shares.transfer_order_issued", line_name(seq), {"document": document_id})
    return document_id


def issue_certificate(
    act: Act, *, member_id: UUID, on: date, paid_up: Cents | None = None, due: Cents | None = None, language: str = "fr"
) -> UUID:
    """Issue a share certificate (*attestation de parts*) for what a member holds on that day.

    The amounts paid are the treasury's to tell: `treasury.service.issue_certificate` gives them.
    """
    member = members.get_member(act.session, member_id)
    held = queries.holdings_of(act.session, [member_id], on)[member_id]
    refuse_if(rules.check_day(on, act.today) + rules.check_holds_shares(member.name, held.quantity, on))
    paid = None if paid_up is None else documents.Paid(paid_up, due or Cents(0))
    # Sixteen random bytes: nobody finds one by trying.
    code = secrets.token_urlsafe(16)
    facts = documents.certificate(act, member, held, on=on, paid=paid, language=language, code=code)
    document_id = archive.issue(act, facts)
    act.publish(CertificateIssued(document_id, member_id, on, held.quantity, code))
    act.record("shares.certificate_issued", book.member_name(member_id), {"document": document_id, "on": on})
    return document_id

"""Who holds and who speaks: representatives, joint holders, the account one is paid on."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.members import mails, queries
from coopgov.members.models import JointHolder, Membership, Party, PartyContact, PartyRepresentative
from coopgov.members.rules import (
    ContactKind,
    PartyKind,
    check_holders,
    check_iban,
    check_new_iban,
    check_not_ahead,
    check_representative,
    check_said,
    mask_iban,
    tidy_iban,
)
from coopgov.members.service.writing import insert_rows, locked, representative_row


def name_representative(
    act: Act, *, member_id: UUID, name: str, from_day: date, office: str = "", proof: str = ""
) -> None:
    """Name who speaks for an organisation, for joint holders or for an estate, from a day on; the one before ends."""
    row = locked(act.session, member_id)
    party = act.session.get_one(Party, row.party_id)
    held = queries.representatives_of(act.session, party.id)
    estate = queries.find_estate(act.session, member_id)
    refuse_if(
        [
            *check_said(name, field="name"),
            *check_representative(
                party.kind, held, from_day=from_day, today=act.today, is_estate=estate is not None, law=act.rulebook
            ),
        ]
    )  # fmt: skip
    _seat(act, party, name, from_day, office, proof)
    facts = {"name": name, "office": office, "from_day": from_day, "proof": proof}
    act.record("member.representative_named", f"member:{member_id}", facts)


def hold_together(
    act: Act, *, member_id: UUID, names: Sequence[str], representative: str, on: date, proof: str
) -> None:
    """Write down that several hold these shares together (*indivision*): one member, one vote, one proxy."""
    row = locked(act.session, member_id)
    party = act.session.get_one(Party, row.party_id)
    held = queries.representatives_of(act.session, party.id)
    refuse_if(
        [
            *check_holders(names, representative, on=on, law=act.rulebook),
            *check_said(proof, field="proof"),
            *check_not_ahead(on, act.today, field="on"),
            *(check_representative(
                PartyKind.JOINT, held, from_day=on, today=on, is_estate=False, law=act.rulebook
            ) if representative.strip() else []),
        ]
    )  # fmt: skip
    party.kind = PartyKind.JOINT
    _end_holders(act, party.id, on)
    act.session.add_all(
        JointHolder(id=new_id(), party_id=party.id, name=name[:200], from_day=on, until_day=None) for name in names
    )
    _seat(act, party, representative, on, "", proof)
    facts = {"names": list(names), "representative": representative, "on": on, "proof": proof}
    act.record("member.held_together", f"member:{member_id}", facts)


def set_iban(act: Act, *, member_id: UUID, iban: str, on: date, proof: str, reason: str = "") -> None:
    """Write the account a member is paid on from a day on; she is told, so that nobody changes it behind her back."""
    row = locked(act.session, member_id)
    known = act.session.scalar(
        select(PartyContact)
        .where(PartyContact.party_id == row.party_id, PartyContact.kind == ContactKind.IBAN)
        .where(PartyContact.valid_until.is_(None))
    )
    refuse_if(
        [
            *check_iban(iban),
            *check_new_iban(
                known=known.value if known else None, since=known.valid_from if known else None, new=iban, on=on,
                today=act.today, proof=proof, reason=reason,
            ),
        ]
    )  # fmt: skip
    if known is not None:
        # Two on one day: the later one is paid on.
        known.valid_until = on
    number = tidy_iban(iban)
    _keep_iban(act, row, number, on, proof, reason)
    facts = {"iban": mask_iban(number), "on": on, "proof": proof, "reason": reason}
    act.record("member.iban_changed", f"member:{member_id}", facts)
    mails.send(act, row, "members_iban", on=on, masked=mask_iban(number), is_first=known is None)


def _keep_iban(act: Act, row: Membership, number: str, on: date, proof: str, reason: str) -> None:
    contact = PartyContact(
        id=new_id(), party_id=row.party_id, kind=ContactKind.IBAN, value=number, valid_from=on, valid_until=None,
        proof=proof[:300], reason=reason[:300] or None,
    )  # fmt: skip
    act.session.add(contact)
    act.session.flush()


def _seat(act: Act, party: Party, name: str, from_day: date, office: str, proof: str) -> None:
    before = from_day - timedelta(days=1)
    act.session.execute(
        update(PartyRepresentative)
        .where(PartyRepresentative.party_id == party.id, PartyRepresentative.until_day.is_(None))
        .values(until_day=before)
        .execution_options(synchronize_session=False)
    )
    name = " ".join(name.split())[:200]
    row = representative_row(act, party.id, name, from_day, office[:120], proof[:300])
    insert_rows(act, PartyRepresentative, [row])
    party.representative = name
    act.session.flush()


def _end_holders(act: Act, party_id: UUID, on: date) -> None:
    act.session.execute(
        update(JointHolder)
        .where(JointHolder.party_id == party_id, JointHolder.until_day.is_(None))
        .values(until_day=on - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )

"""Erasing what is no longer needed of a member: how she is reached, the account she is paid on, her domicile."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update

from coopgov.core.act import Act
from coopgov.members.models import DeathFile, Heir, Membership, PartyContact
from coopgov.members.rules import ContactKind
from coopgov.members.service.writing import locked, rewrite_words


def erase_contacts(act: Act, *, member_id: UUID, kinds: Collection[ContactKind]) -> None:
    """Erase these contacts of a member, and what lists and searches show of them; her line of the register stays."""
    row = locked(act.session, member_id)
    gone = delete(PartyContact).where(PartyContact.party_id == row.party_id, PartyContact.kind.in_(kinds))
    act.session.execute(gone)
    if ContactKind.EMAIL in kinds:
        row.email = row.craft = ""
    if ContactKind.ADDRESS in kinds:
        row.town = row.postal_address = ""
        _erase_heirs(act, row)
    rewrite_words(act, row)
    act.session.flush()
    act.record("member.contacts_erased", f"member:{member_id}", {"kinds": sorted(kinds), "number": row.number})


def _erase_heirs(act: Act, row: Membership) -> None:
    files = select(DeathFile.id).where(DeathFile.membership_id == row.id)
    erased = update(Heir).where(Heir.file_id.in_(files)).values(reach="")
    act.session.execute(erased.execution_options(synchronize_session=False))

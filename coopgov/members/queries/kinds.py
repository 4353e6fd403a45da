"""Which members are persons and which are organisations: the law taxes them otherwise."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.members.models import Membership, Party
from coopgov.members.rules import PartyKind


def organisations_among(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of these members who are no persons."""
    query = (
        select(Membership.id)
        .join(Party, Party.id == Membership.party_id)
        .where(Membership.id.in_(ids), Party.kind != PartyKind.PERSON)
    )
    return set(session.scalars(query))

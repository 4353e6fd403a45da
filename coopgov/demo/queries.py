"""Reads of the demonstration's characters."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.accounts.queries import names_of
from coopgov.core.errors import NotFound
from coopgov.demo.models import DemoCharacter


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody a visitor can sign in as."""

    key: str
    account_id: UUID
    name: str
    label: str
    story: str


def list_characters(session: Session, language: str) -> list[Character]:
    """The characters in the order they were registered, in French or English."""
    rows = session.scalars(select(DemoCharacter).order_by(DemoCharacter.place)).all()
    names = names_of(session, [row.account_id for row in rows])
    return [_character(row, names[row.account_id], language) for row in rows]


def get_character_account(session: Session, key: str) -> UUID:
    """The account of a character; raises NotFound."""
    found = session.scalar(select(DemoCharacter.account_id).where(DemoCharacter.key == key))
    if found is None:
        raise NotFound(f"character {key}")
    return found


def _character(row: DemoCharacter, name: str, language: str) -> Character:
    label, story = (row.label_en, row.story_en) if language == "en" else (row.label_fr, row.story_fr)
    return Character(row.key, row.account_id, name, label, story)

"""One mail to every voter of an assembly, in her language: the acts that tell them something commit with it."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.assemblies.queries import AssemblyRow
from coopgov.ballots import queries as rolls
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.core.ids import new_id
from coopgov.core.outbox import OutboxMessage
from coopgov.members import queries as members
from coopgov.web.mails import render_mail

MAIL_KIND: Final = "assembly.votes"
BATCH: Final = 2000
# Stands for the reader's name while a mail to everybody is rendered once.
_NAME: Final = "\ue000name\ue000"


class Reader(Protocol):
    """Somebody who is written to."""

    @property
    def account_id(self) -> UUID | None:
        """Her account, whose language is hers."""
        ...


class Text(NamedTuple):
    """One mail before the names are put in."""

    subject: str
    body: str


def texts_for(session: Session, template: str, readers: Sequence[Reader], **values: object) -> list[Text]:
    """The text for each reader in the language of her account, or in French; written once in each language."""
    spoken = accounts.languages_of(session, [one.account_id for one in readers if one.account_id])
    languages = [spoken.get(one.account_id, "fr") if one.account_id else "fr" for one in readers]
    texts = {language: Text(*render_mail(template, language, **values)) for language in sorted(set(languages))}
    return [texts[language] for language in languages]


def tell_voters(act: Act, row: AssemblyRow, template: str, *, kind: str = MAIL_KIND, **values: object) -> Sequence[str]:
    """One mail to each voter with an address, in large statements; gives the names of the others, by number."""
    people = members.recipients(act.session, paris_day(row.convened_at or act.now), consent_before=act.today)
    assert row.roll_id is not None  # noqa: S101 - votes were sealed on it
    on = {voter.id for voter in rolls.roll_voters(act.session, row.roll_id)}
    voters = [one for one in people if one.member_id in on]
    readers = [one for one in voters if one.email]
    texts = texts_for(act.session, template, readers, name=_NAME, assembly=row, **values)
    mails = [
        {
            "id": new_id(), "kind": kind, "about": row.about, "to_address": one.email,
            "to_name": one.name, "recipient": f"member:{one.member_id}", "subject": text.subject[:300],
            "body": text.body.replace(_NAME, one.name), "created_at": act.now,
        }
        for one, text in zip(readers, texts, strict=True)
    ]  # fmt: skip
    for start in range(0, len(mails), BATCH):
        act.session.execute(insert(OutboxMessage), mails[start : start + BATCH])
    return [one.name for one in voters if not one.email]

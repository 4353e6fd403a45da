"""The mails that members' commands send, queued in the same transaction."""

from typing import Any

from coopgov.accounts import queries as accounts
from coopgov.core.act import Act
from coopgov.core.outbox import Recipient, queue
from coopgov.members.models import Membership
from coopgov.web.mails import render_mail


def send(act: Act, row: Membership, template: str, *, language: str = "fr", **values: Any) -> None:
    """Write to a member in her language, or to a candidate; who has no address is told by other means."""
    if not row.email:
        return
    if row.account_id is not None:
        language = accounts.get_account(act.session, row.account_id).language
    subject, body = render_mail(template, language, name=row.name, number=row.number, **values)
    about = f"member:{row.id}"
    to = Recipient(row.email, row.name, about)
    queue(act, kind=template.replace("_", ".", 1), about=about, to=to, subject=subject, body=body)

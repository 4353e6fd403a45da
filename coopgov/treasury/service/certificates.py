"""The certificate that tells what is paid."""

from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.money import Cents
from coopgov.printing import archive
from coopgov.shares import queries as share_queries
from coopgov.shares import service as shares
from coopgov.treasury import queries


def issue_certificate(act: Act, *, member_id: UUID, on: date, language: str = "fr") -> UUID:
    """Issue a share certificate (*attestation de parts*) that tells what is paid up and what is due."""
    account = queries.account_of(act.session, member_id=member_id, on=on)
    return shares.issue_certificate(
        act, member_id=member_id, on=on, paid_up=Cents(account.paid_up),
        due=Cents(account.called_unpaid + account.uncalled), language=language,
    )  # fmt: skip


def certify_today(act: Act, *, member_id: UUID, language: str = "fr") -> UUID:
    """The certificate of today: the last one when it still says the truth of today, a new one otherwise."""
    about = f"member:{member_id}"
    known = archive.documents_about(act.session, about, kind="certificate")
    last = next((paper.id for paper in reversed(known) if paper.language == language), None)
    if last is not None and _still_says(act, last, member_id):
        return last
    return issue_certificate(act, member_id=member_id, on=act.today, language=language)


def _still_says(act: Act, document_id: UUID, member_id: UUID) -> bool:
    told = archive.get_facts(act.session, document_id)
    account = queries.account_of(act.session, member_id=member_id, on=act.today)
    held = share_queries.shares_held(act.session, member_id=member_id, on=act.today)
    truth = (act.today.isoformat(), held, account.paid_up)
    return truth == (told["on"], told["shares"]["quantity"], (told["paid"] or {}).get("paid_up_cents"))

"""How a member is reached, and whether by e-mail."""

from datetime import date
from uuid import UUID

from sqlalchemy import update

from coopgov.accounts.rules import fold_email
from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.members import queries
from coopgov.members.models import EmailConsent, Membership, PartyContact
from coopgov.members.rules import REACHED_BY, Reach, Status, check_consent, check_consent_day, check_said
from coopgov.members.service.standing import other_member_with_email
from coopgov.members.service.writing import contact_rows, insert_rows, locked, rewrite_words, take_turn


def give_email_consent(act: Act, *, member_id: UUID, on: date, proof: str) -> None:
    """Record that a member agrees to be convened by e-mail, and how we know."""
    _note(act, member_id, given=True, on=on, proof=proof)
    act.record("member.email_consent_given", f"member:{member_id}", {"on": on, "proof": proof})


def withdraw_email_consent(act: Act, *, member_id: UUID, on: date, proof: str) -> None:
    """Record that a member wants letters again."""
    _note(act, member_id, given=False, on=on, proof=proof)
    act.record("member.email_consent_withdrawn", f"member:{member_id}", {"on": on, "proof": proof})


def change_contacts(act: Act, *, member_id: UUID, reach: Reach, craft: str) -> None:
    """Write where a member is reached from now on; the old contacts keep their days."""
    # Two members who take the same address at once would both find it free.
    take_turn(act.session)
    row = locked(act.session, member_id)
    row.email, row.town, row.craft = fold_email(reach.email), reach.town, craft
    row.postal_address = "\n".join(reach.postal_lines)
    if row.status is Status.MEMBER:
        refuse_if(other_member_with_email(act, row))
    _replace_contacts(act, row, reach)
    rewrite_words(act, row)
    act.record("member.contacts_changed", f"member:{member_id}", {"email": reach.email, "lines": reach.postal_lines})


def _note(act: Act, member_id: UUID, *, given: bool, on: date, proof: str) -> None:
    row = locked(act.session, member_id)
    consents = queries.get_file(act.session, member_id).consents
    last = consents[-1] if consents else None
    refuse_if(
        [
            *check_consent(given=given, given_before=bool(last and last.given), has_email=bool(row.email)),
            *check_consent_day(on, last.on_day if last else None, act.today),
            *check_said(proof, field="proof"),
        ]
    )
    act.keep(
        EmailConsent(
            membership_id=member_id, given=given, on_day=on, proof=proof[:300], recorded_at=act.now,
            recorded_by=act.actor.pseudonym,
        )
    )  # fmt: skip


def _replace_contacts(act: Act, row: Membership, reach: Reach) -> None:
    act.session.execute(
        update(PartyContact)
        .where(
            PartyContact.party_id == row.party_id,
            PartyContact.valid_until.is_(None),
            PartyContact.kind.in_(REACHED_BY),
        )
        .values(valid_until=act.today)
        .execution_options(synchronize_session=False)
    )
    insert_rows(act, PartyContact, contact_rows(row.party_id, reach, act.today))
    act.session.flush()  # the page after this one reads what was written

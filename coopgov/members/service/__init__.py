"""Commands on members: applying, admitting, leaving, agreeing to e-mail, enrolling in bulk."""

from coopgov.members.service.candidatures import admit, apply, refuse_candidate
from coopgov.members.service.contacts import change_contacts, give_email_consent, withdraw_email_consent
from coopgov.members.service.enrolment import enrol, enrol_many
from coopgov.members.service.imports import discard_batch, import_members, keep_batch, plan, seal_batch
from coopgov.members.service.life import (
    change_college,
    end_contract,
    exclude,
    record_death,
    reinstate,
    resign,
    reverse_event,
)
from coopgov.members.service.mandates import give_office
from coopgov.members.service.standing import grant_wish

__all__ = [
    "admit",
    "apply",
    "change_college",
    "change_contacts",
    "discard_batch",
    "end_contract",
    "enrol",
    "enrol_many",
    "exclude",
    "give_email_consent",
    "give_office",
    "grant_wish",
    "import_members",
    "keep_batch",
    "plan",
    "record_death",
    "refuse_candidate",
    "reinstate",
    "resign",
    "reverse_event",
    "seal_batch",
    "withdraw_email_consent",
]

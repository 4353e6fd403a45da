"""Commands on members: applying, admitting, leaving, agreeing to e-mail, enrolling in bulk."""

from coopgov.members.service.candidatures import admit, apply, refuse_candidate
from coopgov.members.service.contacts import change_contacts, give_email_consent, withdraw_email_consent
from coopgov.members.service.enrolment import enrol, enrol_many
from coopgov.members.service.erasing import erase_contacts
from coopgov.members.service.estates import close_estate, name_heir, strike_heir, tell_notary
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
from coopgov.members.service.merging import join_doubles, separate_doubles
from coopgov.members.service.parties import hold_together, name_representative, set_iban
from coopgov.members.service.standing import grant_wish
from coopgov.members.service.writing import UNTOLD, Why

__all__ = [
    "UNTOLD",
    "Why",
    "admit",
    "apply",
    "change_college",
    "change_contacts",
    "close_estate",
    "discard_batch",
    "end_contract",
    "enrol",
    "enrol_many",
    "erase_contacts",
    "exclude",
    "give_email_consent",
    "give_office",
    "grant_wish",
    "hold_together",
    "import_members",
    "join_doubles",
    "keep_batch",
    "name_heir",
    "name_representative",
    "plan",
    "record_death",
    "refuse_candidate",
    "reinstate",
    "resign",
    "reverse_event",
    "seal_batch",
    "separate_doubles",
    "set_iban",
    "strike_heir",
    "tell_notary",
    "withdraw_email_consent",
]

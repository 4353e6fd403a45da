"""Commands of an assembly: plan, convene, entrust, attend, open, vote, proclaim, close."""

from coopgov.assemblies.service.convening import convene
from coopgov.assemblies.service.papers import add_election_item, set_paper
from coopgov.assemblies.service.planning import (
    add_accounts_item,
    add_admission_item,
    add_proposal_item,
    add_statutes_item,
    add_text_item,
    cancel,
    move_item,
    plan,
    prepare_second_call,
    remove_item,
    revise,
    revise_item,
    set_secret,
)
from coopgov.assemblies.service.proxies import decline_proxy, give_proxy, revoke_proxy
from coopgov.assemblies.service.rehearsing import note_rehearsal, note_rehearsal_over
from coopgov.assemblies.service.reminding import plan_reminders, remind
from coopgov.assemblies.service.retroplanning import issue_retroplanning
from coopgov.assemblies.service.roll import answer_dispute, dispute_roll, open_roll, strike_off
from coopgov.assemblies.service.room import (
    arrive,
    close_assembly,
    issue_attendance_sheet,
    leave,
    note_incident,
    note_no_quorum,
    open_assembly,
)
from coopgov.assemblies.service.straight import OwnSheet, cast_straight, sealed_votes
from coopgov.assemblies.service.suspending import resume_votes, suspend_votes
from coopgov.assemblies.service.typed import type_paper, withdraw_paper
from coopgov.assemblies.service.voting import (
    cast_all,
    close_vote,
    note_paper,
    open_urns,
    open_vote,
    proclaim,
    set_aside,
    vote,
)

__all__ = [
    "OwnSheet",
    "add_accounts_item",
    "add_admission_item",
    "add_election_item",
    "add_proposal_item",
    "add_statutes_item",
    "add_text_item",
    "answer_dispute",
    "arrive",
    "cancel",
    "cast_all",
    "cast_straight",
    "close_assembly",
    "close_vote",
    "convene",
    "decline_proxy",
    "dispute_roll",
    "give_proxy",
    "issue_attendance_sheet",
    "issue_retroplanning",
    "leave",
    "move_item",
    "note_incident",
    "note_no_quorum",
    "note_paper",
    "note_rehearsal",
    "note_rehearsal_over",
    "open_assembly",
    "open_roll",
    "open_urns",
    "open_vote",
    "plan",
    "plan_reminders",
    "prepare_second_call",
    "proclaim",
    "remind",
    "remove_item",
    "resume_votes",
    "revise",
    "revise_item",
    "revoke_proxy",
    "sealed_votes",
    "set_aside",
    "set_paper",
    "set_secret",
    "strike_off",
    "suspend_votes",
    "type_paper",
    "vote",
    "withdraw_paper",
]  # fmt: skip

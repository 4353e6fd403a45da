"""Reads of assemblies: frozen rows, a number of statements that does not grow with the members."""

from coopgov.assemblies.queries.meetings import (
    AssemblyPage,
    AssemblyRow,
    ItemRow,
    OfficerRow,
    agenda,
    assemblies_since,
    convened_to,
    find_assembly,
    find_second_call,
    get_assembly,
    get_item,
    list_assemblies,
    officers,
)
from coopgov.assemblies.queries.minutes import count_by_channel, minutes_facts
from coopgov.assemblies.queries.preparing import preflight, tellers_on
from coopgov.assemblies.queries.presence import (
    Participant,
    are_present,
    attendees,
    counting_now,
    in_room,
    presence_at,
    quorum_now,
)
from coopgov.assemblies.queries.proxies import (
    ProxyRow,
    VoteFor,
    active_proxy_of,
    list_proxies,
    my_votes,
    proxies_of,
    proxy_counts,
)
from coopgov.assemblies.queries.reminding import reminders_due
from coopgov.assemblies.queries.retroplanning import meetings
from coopgov.assemblies.queries.waiting import waiting_for

__all__ = [
    "AssemblyPage", "AssemblyRow", "ItemRow", "OfficerRow", "Participant", "ProxyRow", "VoteFor", "active_proxy_of",
    "agenda", "are_present", "assemblies_since", "attendees", "convened_to", "count_by_channel", "counting_now",
    "find_assembly", "find_second_call", "get_assembly", "get_item", "in_room", "list_assemblies", "list_proxies",
    "meetings", "minutes_facts", "my_votes", "officers", "preflight", "presence_at", "proxies_of", "proxy_counts",
    "quorum_now", "reminders_due", "tellers_on", "waiting_for",
]  # fmt: skip

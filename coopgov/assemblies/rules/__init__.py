"""What an assembly asks for, in law: pure, fed with values."""

from coopgov.assemblies.rules.convening import (
    AgendaDraft,
    NoticeChannel,
    Preparation,
    PreparationCheck,
    Told,
    channel_for,
    check_agenda,
    check_notice,
    check_remote_vote,
    check_second_call,
    notice_days,
    preparation,
    remote_closes_at,
)
from coopgov.assemblies.rules.meeting import check_meeting
from coopgov.assemblies.rules.proxies import (
    ProxyFacts,
    ProxyLimit,
    check_decline,
    check_proxy,
    check_revocation,
    proxy_limit,
)
from coopgov.assemblies.rules.retroplanning import Deadline, DoneBy, Meeting
from coopgov.assemblies.rules.retroplanning import plan as plan_deadlines
from coopgov.assemblies.rules.room import (
    Presence,
    Quorum,
    VoteFacts,
    check_arrival,
    check_bureau,
    check_closing,
    check_departure,
    check_incident,
    check_no_quorum,
    check_opening,
    check_quorum,
    check_sheet,
    check_vote,
    measure_quorum,
)
from coopgov.assemblies.rules.states import (
    ITEM_TRANSITIONS,
    PRESENT,
    TRANSITIONS,
    AssemblyKind,
    AttendanceKind,
    ItemState,
    ItemStep,
    Office,
    ProxyState,
    State,
    Step,
    SubjectKind,
    law_call,
    law_kind,
)

__all__ = [
    "ITEM_TRANSITIONS", "PRESENT", "TRANSITIONS", "AgendaDraft", "AssemblyKind", "AttendanceKind", "Deadline",
    "DoneBy", "ItemState", "ItemStep", "Meeting", "NoticeChannel", "Office", "Preparation", "PreparationCheck",
    "Presence", "ProxyFacts", "ProxyLimit", "ProxyState", "Quorum", "State", "Step", "SubjectKind", "Told",
    "VoteFacts", "channel_for", "check_agenda", "check_arrival", "check_bureau", "check_closing", "check_decline",
    "check_departure", "check_incident", "check_meeting", "check_no_quorum", "check_notice", "check_opening",
    "check_proxy", "check_quorum", "check_remote_vote", "check_revocation", "check_second_call", "check_sheet",
    "check_vote", "law_call", "law_kind", "measure_quorum", "notice_days", "plan_deadlines", "preparation",
    "proxy_limit", "remote_closes_at",
]  # fmt: skip

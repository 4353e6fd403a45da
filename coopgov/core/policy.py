"""Who may do what, on one page that a non-programmer can read."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """An office held by dated mandate; what the actor may do follows from the offices of the day."""

    MEMBER = "member"
    BOARD = "board"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    TELLER = "teller"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that can be done; every route names one of these or says it is public."""

    HOME_SEE = "home.see"
    ACCOUNT_OWN = "account.own"
    ACCOUNTS_MANAGE = "accounts.manage"
    STATUTES_SEE = "statutes.see"
    STATUTES_DRAFT = "statutes.draft"
    MEMBERS_LIST = "members.list"
    MEMBERS_SEE = "members.see"
    MEMBERS_ADMIT = "members.admit"
    MEMBERS_IMPORT = "members.import"
    SHARES_OWN = "shares.own"
    SHARES_SEE = "shares.see"
    SHARES_RECORD = "shares.record"
    SHARES_APPROVE = "shares.approve"
    PAYMENTS_RELEASE = "payments.release"
    TERMS_SEE = "terms.see"
    TERMS_EXECUTE = "terms.execute"
    PROPOSALS_SEE = "proposals.see"
    PROPOSALS_WRITE = "proposals.write"
    PROPOSALS_DEBATE = "proposals.debate"
    PROPOSALS_BRING = "proposals.bring"
    ASSEMBLIES_SEE = "assemblies.see"
    ASSEMBLIES_PREPARE = "assemblies.prepare"
    ASSEMBLIES_RUN = "assemblies.run"
    PROXIES_GIVE = "proxies.give"
    BALLOTS_CAST = "ballots.cast"
    BALLOTS_RUN = "ballots.run"
    MINUTES_SEE = "minutes.see"
    MINUTES_WRITE = "minutes.write"
    MINUTES_APPROVE = "minutes.approve"
    REGISTERS_SEE = "registers.see"
    REGISTERS_ISSUE = "registers.issue"
    DOCUMENTS_SEE = "documents.see"
    COMPLIANCE_SEE = "compliance.see"
    COMPLIANCE_TELL = "compliance.tell"


_M, _B, _S, _T, _L, _A, _X = (
    Role.MEMBER, Role.BOARD, Role.SECRETARY, Role.TREASURER, Role.TELLER, Role.AUDITOR, Role.ADMINISTRATOR,
)  # fmt: skip
_EVERY_OFFICE = frozenset(Role)
_OFFICES = frozenset({_B, _S, _T, _A})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.HOME_SEE: _EVERY_OFFICE,
    Permission.ACCOUNT_OWN: _EVERY_OFFICE,
    Permission.ACCOUNTS_MANAGE: frozenset({_X}),
    Permission.STATUTES_SEE: _EVERY_OFFICE,
    # The administrator until the first statutes only: the service holds it.
    Permission.STATUTES_DRAFT: frozenset({_B, _S, _X}),
    Permission.MEMBERS_LIST: frozenset({_M, _B, _S, _T, _A}),
    Permission.MEMBERS_SEE: _OFFICES,
    Permission.MEMBERS_ADMIT: frozenset({_B, _S}),
    Permission.MEMBERS_IMPORT: frozenset({_B, _S, _T}),
    Permission.SHARES_OWN: frozenset({_M}),
    Permission.SHARES_SEE: _OFFICES,
    Permission.SHARES_RECORD: frozenset({_T}),
    # The second person of a movement, and whoever carries out what the assembly decided of every share.
    Permission.SHARES_APPROVE: frozenset({_B, _T}),
    # Never whoever drafted the file: the service and the database hold it.
    Permission.PAYMENTS_RELEASE: frozenset({_B, _T}),
    Permission.TERMS_SEE: _EVERY_OFFICE,
    Permission.TERMS_EXECUTE: frozenset({_B, _S}),
    Permission.PROPOSALS_SEE: _EVERY_OFFICE,
    Permission.PROPOSALS_WRITE: frozenset({_M}),
    Permission.PROPOSALS_DEBATE: frozenset({_M}),
    Permission.PROPOSALS_BRING: frozenset({_B, _S}),
    Permission.ASSEMBLIES_SEE: _EVERY_OFFICE,
    Permission.ASSEMBLIES_PREPARE: frozenset({_B, _S}),
    Permission.ASSEMBLIES_RUN: frozenset({_B, _S, _L}),
    Permission.PROXIES_GIVE: frozenset({_M}),
    Permission.BALLOTS_CAST: frozenset({_M}),
    Permission.BALLOTS_RUN: frozenset({_B, _S, _L}),
    Permission.MINUTES_SEE: _EVERY_OFFICE,
    Permission.MINUTES_WRITE: frozenset({_S}),
    Permission.MINUTES_APPROVE: frozenset({_B, _S}),
    Permission.REGISTERS_SEE: _OFFICES,
    # The auditor reads, takes files and checks everything again; papers are issued by who answers for them.
    Permission.REGISTERS_ISSUE: frozenset({_B, _S, _T}),
    Permission.DOCUMENTS_SEE: _EVERY_OFFICE,
    Permission.COMPLIANCE_SEE: frozenset({_B, _S, _T, _A, _X}),
    Permission.COMPLIANCE_TELL: frozenset({_B, _S, _T}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, the system itself, or nobody yet."""

    name: str
    account_id: UUID | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    is_system: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def pseudonym(self) -> str:
        """What the journal writes instead of a name."""
        return "system" if self.is_system else str(self.account_id or "anonymous")

    def may(self, permission: Permission) -> bool:
        """True when one of the actor's offices of the day grants it."""
        return self.is_system or bool(self.roles & GRANTS[permission])

    def has(self, *roles: Role) -> bool:
        """True when the actor holds one of these offices today."""
        return bool(self.roles.intersection(roles))


ANONYMOUS = Actor(name="")
SYSTEM = Actor(name="coopgov", is_system=True)

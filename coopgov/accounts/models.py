"""Accounts, sessions, links, tries and mandates."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.accounts.rules import EndCause, How
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.core.policy import Role

# The same order and the same prefix search on both engines, whatever the database's language.
FOLDED = String(254).with_variant(String(254, collation="C"), "postgresql")


class Account(Model):
    """Somebody who can sign in (*compte*): an address, a name, a password if she wants one."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    email_folded: Mapped[str] = mapped_column(FOLDED, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    password_hash: Mapped[str | None] = mapped_column(String(200), default=None)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AccountSession(Model):
    """One browser signed in; the cookie holds the token, the table only its SHA-256."""

    __tablename__ = "account_session"
    __table_args__ = (Index("ix_account_session_account_id", "account_id", "created_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    how: Mapped[How] = mapped_column(words(How))
    device: Mapped[str] = mapped_column(String(60), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class LoginLink(Model):
    """One link sent by mail; without an account when the address is unknown, so that both cost the same."""

    __tablename__ = "login_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    next_path: Mapped[str] = mapped_column(String(500), default="")
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class LoginAttempt(Model):
    """One try, kept for an hour under the hash of what it is counted by."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_key_hash", "key_hash", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class CalendarAddress(Model):
    """The secret address where a calendar program reads an account's dates (*adresse d'agenda*); only its SHA-256."""

    __tablename__ = "calendar_address"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)


class RoleMandate(Model):
    """An office given to an account from a day, perhaps until a day (*mandat*)."""

    __tablename__ = "role_mandate"
    __table_args__ = (
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="days_in_order"),
        Index("ix_role_mandate_account_id", "account_id", "role"),
        Index("ix_role_mandate_role", "role", "from_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    from_day: Mapped[date]
    until_day: Mapped[date | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class RoleMandateEnd(Model):
    """An earlier end of a mandate; of several, the earliest holds."""

    __tablename__ = "role_mandate_end"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("role_mandate.id"), index=True)
    last_day: Mapped[date]
    decision: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    cause: Mapped[EndCause | None] = mapped_column(words(EndCause), info={"since": "0005"})
    reason: Mapped[str | None] = mapped_column(String(300), info={"since": "0005"})


append_only(RoleMandate.__table__)
append_only(RoleMandateEnd.__table__)

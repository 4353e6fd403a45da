"""Counting tries in the database, so that every process counts the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from coopgov.accounts.models import LoginAttempt
from coopgov.accounts.rules import LONGEST_MEMORY, fold_email, origin_prefix
from coopgov.core.act import Act
from coopgov.core.db import one_at_a_time
from coopgov.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Tries:
    """When an account, and a network, was last tried with."""

    account: Sequence[datetime]
    network: Sequence[datetime]


def take_stock(act: Act, *, door: str, email: str, origin: str) -> Tries:
    """Read the tries at one door within memory; whoever tries at the same moment waits."""
    keys = _keys(door, email, origin)
    for key in sorted(filter(None, keys)):
        one_at_a_time(act.session, int(key[:15], 16))
    return Tries(*(_tries(act, key) for key in keys))


def note_try(act: Act, *, door: str, email: str, origin: str) -> None:
    """Count one more try, and forget those that no limit looks at any more."""
    act.session.execute(delete(LoginAttempt).where(LoginAttempt.at < act.now - LONGEST_MEMORY))
    for key in filter(None, _keys(door, email, origin)):
        act.session.add(LoginAttempt(id=new_id(), key_hash=key, at=act.now))


def forgive(act: Act, *, door: str, email: str) -> None:
    """Forget the failures of an account that has just proved itself."""
    act.session.execute(delete(LoginAttempt).where(LoginAttempt.key_hash == _keys(door, email, "")[0]))


def _tries(act: Act, key: str) -> list[datetime]:
    if not key:
        return []
    recent = LoginAttempt.at > act.now - LONGEST_MEMORY
    return list(act.session.scalars(select(LoginAttempt.at).where(LoginAttempt.key_hash == key, recent)))


def _keys(door: str, email: str, origin: str) -> tuple[str, str]:
    network = origin_prefix(origin)
    return _hash(f"{door} account {fold_email(email)}"), _hash(f"{door} network {network}") if network else ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

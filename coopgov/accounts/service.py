"""Commands: make accounts, let people in and out, give and end offices."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from coopgov.accounts import queries, rules, throttle
from coopgov.accounts.models import (
    Account,
    AccountSession,
    CalendarAddress,
    LoginLink,
    RoleMandate,
    RoleMandateEnd,
)
from coopgov.accounts.passwords import Passwords
from coopgov.accounts.queries import AccountRow, token_hash
from coopgov.accounts.rules import EndCause, How
from coopgov.core import outbox
from coopgov.core.act import Act
from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.policy import Role
from coopgov.web.mails import address_of, render_mail

log = logging.getLogger("coopgov.accounts")

LINK, PASSWORD, CODE = "link", "password", "code"
Begin = Callable[[], AbstractContextManager[Act]]


# Accounts


def create_account(act: Act, *, email: str, name: str, language: str = "fr") -> UUID:
    """Make an account for an address that has none."""
    email, name = email.strip(), " ".join(name.split())
    refuse_if([*rules.check_email(email), *rules.check_name(name)])
    if queries.find_account_by_email(act.session, email) is not None:
        raise RuleBroken([rules.email_taken(email)])
    account = Account(
        id=new_id(), email=email, email_folded=rules.fold_email(email), name=name, language=language, created_at=act.now
    )
    act.session.add(account)
    _flush_or_refuse(act, email)
    act.record("account.created", f"account:{account.id}", {"email": email, "name": name})
    return account.id


def check_new_password(password: str, account: AccountRow) -> None:
    """Refuse a password that is easy to guess, before the work of hashing it."""
    refuse_if(rules.check_new_password(password, email=account.email))


def set_password(act: Act, *, account_id: UUID, hashed: str, keep_token: str | None = None) -> None:
    """Keep a new password, already hashed, and close the other sessions: one of them may be a thief's."""
    _keep_hash(act, account_id, hashed)
    sign_out_everywhere(act, account_id=account_id, keep_token=keep_token)
    act.record("account.password_set", f"account:{account_id}")


def _flush_or_refuse(act: Act, email: str) -> None:
    try:
        act.session.flush()
    except IntegrityError as clash:
        raise RuleBroken([rules.email_taken(email)]) from clash


def _keep_hash(act: Act, account_id: UUID, hashed: str) -> None:
    act.session.execute(update(Account).where(Account.id == account_id).values(password_hash=hashed))


def erase_account(act: Act, *, account_id: UUID, keeps_name: bool) -> None:
    """Erase how somebody signs in: nobody enters by this account any more; a former officer keeps the name."""
    account = act.session.get_one(Account, account_id)
    # An address that no mail reaches (RFC 2606), one for each account.
    account.email = account.email_folded = f"{account_id}@efface.invalid"
    account.password_hash = None
    if not keeps_name:
        account.name = "–"
    for table in (AccountSession, LoginLink, CalendarAddress):
        act.session.execute(delete(table).where(table.account_id == account_id))
    act.session.flush()
    act.record("account.erased", f"account:{account_id}", {"keeps_name": keeps_name})


# Links by mail


def request_link(act: Act, *, email: str, next_url: str = "", origin: str = "") -> None:
    """Send a link to an address if it has an account; the same work and answer when it has none."""
    tries = throttle.take_stock(act, door=LINK, email=email, origin=origin)
    refuse_if(rules.check_link_tries(tries.account, tries.network, act.now))
    throttle.note_try(act, door=LINK, email=email, origin=origin)
    account = queries.find_account_by_email(act.session, email)
    subject, body = _link_mail(act, account, rules.local_path(next_url))
    if account is not None:
        who = f"account:{account.id}"
        to = outbox.Recipient(account.email, account.name, who)
        outbox.queue(act, kind="accounts.link", about=who, to=to, subject=subject, body=body)


def use_link(act: Act, *, token: str, device: str = "") -> str:
    """Open a session with a link, which opens nothing afterwards; gives the session's token."""
    account_id = act.session.scalar(
        update(LoginLink)
        .where(LoginLink.token_hash == token_hash(token), LoginLink.account_id.is_not(None))
        .where(LoginLink.used_at.is_(None), LoginLink.expires_at > act.now)
        .values(used_at=act.now)
        .returning(LoginLink.account_id)
        .execution_options(synchronize_session=False)
    )
    if account_id is None:
        raise RuleBroken([rules.link_spent()])
    return open_session(act, account_id=account_id, how=How.LINK, device=device)


def _link_mail(act: Act, account: AccountRow | None, next_path: str) -> tuple[str, str]:
    token, expires_at = secrets.token_urlsafe(32), act.now + rules.LINK_LIFETIME
    act.session.execute(delete(LoginLink).where(LoginLink.expires_at < act.now))
    act.session.add(
        LoginLink(
            token_hash=token_hash(token),
            account_id=account.id if account else None,
            next_path=next_path,
            expires_at=expires_at,
        )
    )
    values = {"name": account.name if account else "", "link": address_of("accounts.link", token=token)}
    return render_mail("accounts_link", account.language if account else "fr", **values, expires_at=expires_at)


# Passwords


def sign_in_with_password(
    begin: Begin, passwords: Passwords, *, email: str, password: str, origin: str = "", device: str = ""
) -> str:
    """Open a session with a password; gives the session's token.

    It opens two short acts, because no transaction may stay open while a password is hashed.
    """
    account_id = prove_password(begin, passwords, email=email, password=password, origin=origin)
    with begin() as act:
        return open_session(act, account_id=account_id, how=How.PASSWORD, device=device)


def prove_password(
    begin: Begin, passwords: Passwords, *, email: str, password: str, origin: str = "",
    wrong: Callable[[], Breach] = rules.password_wrong,
) -> UUID:  # fmt: skip
    """The account this address and password prove, or RuleBroken; every try is counted before it is looked at."""
    with begin() as act:
        account_id, kept = _count_password_try(act, email, origin)
    right = passwords.verify(kept, password)
    if not right or account_id is None or kept is None:
        log.info("password refused")
        raise RuleBroken([wrong()])
    with begin() as act:
        throttle.forgive(act, door=PASSWORD, email=email)
        if passwords.is_outdated(kept):
            _keep_hash(act, account_id, passwords.make(password))
    return account_id


def _count_password_try(act: Act, email: str, origin: str) -> tuple[UUID | None, str | None]:
    tries = throttle.take_stock(act, door=PASSWORD, email=email, origin=origin)
    refuse_if(rules.check_password_tries(tries.account, tries.network, act.now))
    throttle.note_try(act, door=PASSWORD, email=email, origin=origin)
    account = queries.find_account_by_email(act.session, email)
    return (account.id, queries.password_hash_of(act.session, account.id)) if account else (None, None)


# Codes of the voting site: who makes them checks them, here their tries are counted as those of passwords


def count_code_try(act: Act, *, who: str, origin: str) -> None:
    """Count one more try with a code, before it is looked at; raises RuleBroken when there were too many."""
    tries = throttle.take_stock(act, door=CODE, email=who, origin=origin)
    refuse_if(rules.check_code_tries(tries.account, tries.network, act.now))
    throttle.note_try(act, door=CODE, email=who, origin=origin)


# Sessions


def open_session(act: Act, *, account_id: UUID, how: How, device: str = "") -> str:
    """Open a session for an account; gives the token that only the cookie holds."""
    token = secrets.token_urlsafe(32)
    _forget_old_sessions(act, account_id)
    act.session.add(
        AccountSession(
            token_hash=token_hash(token),
            id=new_id(),
            account_id=account_id,
            created_at=act.now,
            how=how,
            device=device[:60],
        )
    )
    log.info("signed in by %s", how)
    return token


def sign_out(act: Act, *, token: str) -> None:
    """End the session of a token; a copied cookie opens nothing afterwards."""
    _end(act, AccountSession.token_hash == token_hash(token))


def end_session(act: Act, *, account_id: UUID, session_id: UUID) -> None:
    """End one of an account's sessions; another account's is left alone."""
    _end(act, AccountSession.account_id == account_id, AccountSession.id == session_id)


def sign_out_everywhere(act: Act, *, account_id: UUID, keep_token: str | None = None) -> None:
    """End every session of an account, but perhaps the one that asks."""
    kept = () if keep_token is None else (AccountSession.token_hash != token_hash(keep_token),)
    _end(act, AccountSession.account_id == account_id, *kept)


def _end(act: Act, *which: ColumnElement[bool]) -> None:
    act.session.execute(
        update(AccountSession)
        .where(AccountSession.ended_at.is_(None), *which)
        .values(ended_at=act.now)
        .execution_options(synchronize_session=False)
    )


def _forget_old_sessions(act: Act, account_id: UUID) -> None:
    old = AccountSession.created_at < act.now - rules.MEMBER_SESSION
    lasting = AccountSession.how == How.DEMONSTRATION
    act.session.execute(delete(AccountSession).where(AccountSession.account_id == account_id, old, ~lasting))


# Calendars


def make_calendar_address(act: Act, *, account_id: UUID) -> str:
    """Give an account a new secret for its calendar; a former one opens nothing afterwards."""
    token = secrets.token_urlsafe(32)
    _forget_calendar_address(act, account_id)
    act.session.add(CalendarAddress(account_id=account_id, token_hash=token_hash(token), made_at=act.now))
    act.record("account.calendar_made", f"account:{account_id}")
    return token


def revoke_calendar_address(act: Act, *, account_id: UUID) -> None:
    """End the secret of an account's calendar; does nothing when there is none."""
    if _forget_calendar_address(act, account_id):
        act.record("account.calendar_revoked", f"account:{account_id}")


def _forget_calendar_address(act: Act, account_id: UUID) -> bool:
    # Held, so that a button pressed twice at the same instant makes one address after the other.
    act.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    gone = delete(CalendarAddress).where(CalendarAddress.account_id == account_id)
    return act.session.scalar(gone.returning(CalendarAddress.account_id)) is not None


# Offices


def grant_role(
    act: Act,
    *,
    account_id: UUID,
    role: Role,
    from_day: date,
    until_day: date | None = None,
    decision: str = "",
    judged: Sequence[Mapping[str, str]] = (),
) -> UUID:
    """Give an office from a day on, perhaps until a day, both included.

    `judged` tells the journal what a person judged before: `members.service.give_office` checks it all.
    """
    queries.get_account(act.session, account_id)
    held = _held_mandates(act, account_id)
    refuse_if(rules.check_new_mandate(held, role=role, from_day=from_day, until_day=until_day))
    mandate = RoleMandate(
        id=new_id(), account_id=account_id, role=role, from_day=from_day, until_day=until_day,
        decision=decision.strip(), recorded_at=act.now,
    )  # fmt: skip
    act.keep(mandate)
    facts = {"role": role, "from_day": from_day, "until_day": until_day, "decision": decision.strip()}
    facts["judged"] = list(judged)
    act.record("role.granted", f"account:{account_id}", facts)
    return mandate.id


def end_role(
    act: Act,
    *,
    account_id: UUID,
    role: Role,
    last_day: date,
    decision: str = "",
    cause: EndCause | None = None,
    reason: str = "",
) -> None:
    """End an office: it is held for the last time on that day."""
    held = _held_mandates(act, account_id)
    refuse_if([*rules.check_end(held, role=role, last_day=last_day), *rules.check_cause(cause, decision, reason)])
    if role is Role.ADMINISTRATOR:
        _refuse_without_administrator(act, account_id, last_day)
    for mandate in held:
        if mandate.role is role and mandate.runs_after(last_day):
            _end_mandate(act, mandate.id, last_day, decision.strip(), cause, reason.strip())
    facts = {"role": role, "last_day": last_day, "decision": decision.strip(), "cause": cause, "reason": reason.strip()}
    act.record("role.ended", f"account:{account_id}", facts)


def _held_mandates(act: Act, account_id: UUID) -> list[rules.Mandate]:
    """The mandates of an account, which nobody else gives or ends until the commit."""
    act.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    return queries.list_mandates(act.session, account_id)


def _end_mandate(
    act: Act, mandate_id: UUID, last_day: date, decision: str, cause: EndCause | None, reason: str
) -> None:
    end = RoleMandateEnd(
        id=new_id(), mandate_id=mandate_id, last_day=last_day, decision=decision, recorded_at=act.now, cause=cause,
        reason=reason[:300] or None,
    )  # fmt: skip
    act.keep(end)


def _refuse_without_administrator(act: Act, account_id: UUID, last_day: date) -> None:
    # Two administrators who end each other's office at the same instant wait for one another here.
    act.session.execute(select(Account.id).order_by(Account.id).limit(1).with_for_update())
    after = max(last_day, act.today) + timedelta(days=1)
    if all(holder.id == account_id for holder in queries.holders_of(act.session, Role.ADMINISTRATOR, after)):
        raise RuleBroken([rules.last_administrator(last_day)])

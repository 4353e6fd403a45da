"""What is asked of an address, a password, a link, a session and a mandate."""

import ipaddress
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_, Word
from coopgov.core.policy import Role
from coopgov.core.typed import fits_one_line

LINK_LIFETIME = timedelta(minutes=30)
MEMBER_SESSION = timedelta(days=30)
OFFICE_SESSION = timedelta(hours=12)
# A visitor of the demonstration moves its date by weeks and stays the character she is.
DEMONSTRATION_SESSION = timedelta(days=3660)
# A link that was just followed proves the person as well as a password does.
FRESH = timedelta(minutes=15)
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 200
SHORTEST_PASSWORD = 12
FEWEST_CHARACTERS = 5
LONGEST_PATH = 500


class How(StrEnum):
    """How somebody signed in."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    DEMONSTRATION = "demonstration"
    # On the voting site, with the code that was given before the meeting.
    CODE = "code"


class EndCause(StrEnum):
    """Why a mandate ends before its term."""

    RESIGNED = "resigned"
    REVOKED = "revoked"
    LEFT = "left"
    DIED = "died"
    MISTAKE = "mistake"


ROLE_LABELS: dict[Role, str] = {
    Role.MEMBER: N_("member"),
    Role.BOARD: N_("board"),
    Role.SECRETARY: N_("secretary"),
    Role.TREASURER: N_("treasurer"),
    Role.TELLER: N_("teller"),
    Role.AUDITOR: N_("auditor"),
    Role.ADMINISTRATOR: N_("administrator"),
}

CAUSE_LABELS: dict[EndCause, str] = {
    EndCause.RESIGNED: N_("resignation from the office"),
    EndCause.REVOKED: N_("revocation"),
    EndCause.LEFT: N_("no longer a member"),
    EndCause.DIED: N_("death"),
    EndCause.MISTAKE: N_("the mandate was recorded by mistake"),
}

# The office of member follows from membership: nobody gives or takes a vote by hand.
GIVEN_BY_HAND = tuple(role for role in Role if role is not Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Mandate:
    """An office held by one account from a day to a day, both included (*mandat*)."""

    id: UUID
    account_id: UUID
    role: Role
    from_day: date
    last_day: date | None
    decision: str
    recorded_at: datetime

    def holds_on(self, on: date) -> bool:
        """True when the office is held on that day."""
        return self.from_day <= on and (self.last_day is None or on <= self.last_day)

    def runs_after(self, day: date) -> bool:
        """True when some day of the mandate comes after that one."""
        return self.last_day is None or self.last_day > max(day, self.from_day - timedelta(days=1))


# Addresses


def fold_email(email: str) -> str:
    """The one form of an address that two spellings share."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def check_email(email: str) -> list[Breach]:
    """List what keeps this from being an address that a mail can be sent to."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - only when an address is typed

    # Letters beyond ASCII before the @ are refused: many mail servers do not take them.
    with suppress(EmailNotValidError):
        validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
        return []
    sentence = N_("“%(email)s” is not an e-mail address. Write it like nom@exemple.fr.")
    return [Breach("email_malformed", sentence, {"email": email}, field="email")]


def check_name(name: str) -> list[Breach]:
    """List what keeps this from being a name."""
    if name.strip() and fits_one_line(name):
        return []
    return [Breach("name_missing", N_("Write the person's name, on one line."), field="name")]


def email_taken(email: str) -> Breach:
    """Say that the address already has an account."""
    sentence = N_("The address “%(email)s” already has an account. Look it up in the list.")
    return Breach("email_taken", sentence, {"email": email}, field="email")


def local_path(url: str) -> str:
    """The address if it stays on this site, else nothing: never a door to somewhere else."""
    path = url.split("?", 1)[0]
    stays = url.startswith("/") and "//" not in path and "\\" not in url and url.isprintable()
    return url if stays and len(url) <= LONGEST_PATH else ""


def origin_prefix(address: str) -> str:
    """The network a request comes from; nothing when a proxy or the machine itself hides it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if not found.is_global:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 56}", strict=False))


def device(user_agent: str) -> str:
    """A browser and system a person recognises in the list of her sessions."""
    browser = _first_of(user_agent, ("Edg", "Firefox", "Chrome", "Safari"))
    system = _first_of(user_agent, ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"))
    names = {"Edg": "Edge", "Macintosh": "Mac"}
    return " · ".join(names.get(word, word) for word in (browser, system) if word)


def _first_of(text: str, words: Iterable[str]) -> str:
    return next((word for word in words if word in text), "")


# Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a time."""

    most: int
    within: timedelta


PASSWORD_PER_ACCOUNT = Limit(5, timedelta(minutes=15))
PASSWORD_PER_NETWORK = Limit(50, timedelta(minutes=15))
LINK_PER_ACCOUNT = Limit(5, timedelta(hours=1))
LINK_PER_NETWORK = Limit(60, timedelta(hours=1))
# Shorter than a link lives: whoever is told to wait has a link in the mailbox that still works.
LINK_SPACING = timedelta(minutes=10)
LONGEST_MEMORY = timedelta(hours=1)
THROTTLED = frozenset({"too_many_passwords", "too_many_links", "too_many_codes"})


def wait_for(tries: Sequence[datetime], limit: Limit, now: datetime) -> timedelta:
    """How long until one more try is within the limit; zero when it is."""
    recent = sorted(at for at in tries if at > now - limit.within)
    if len(recent) < limit.most:
        return timedelta(0)
    return recent[-limit.most] + limit.within - now


def check_password_tries(account: Sequence[datetime], network: Sequence[datetime], now: datetime) -> list[Breach]:
    """List why no further password is looked at now."""
    wait = max(wait_for(account, PASSWORD_PER_ACCOUNT, now), wait_for(network, PASSWORD_PER_NETWORK, now))
    if not wait:
        return []
    sentence = N_(
        "Too many passwords were tried. Ask for a link by e-mail instead, or try again in %(minutes)s minutes."
    )
    return [Breach("too_many_passwords", sentence, {"minutes": _minutes(wait)})]


def check_code_tries(voter: Sequence[datetime], network: Sequence[datetime], now: datetime) -> list[Breach]:
    """List why no further code of a voter is looked at now."""
    wait = max(wait_for(voter, PASSWORD_PER_ACCOUNT, now), wait_for(network, PASSWORD_PER_NETWORK, now))
    if not wait:
        return []
    sentence = N_("Too many codes were tried. Ask the secretary for another code, or try again in %(minutes)s minutes.")
    return [Breach("too_many_codes", sentence, {"minutes": _minutes(wait)})]


def check_link_tries(account: Sequence[datetime], network: Sequence[datetime], now: datetime) -> list[Breach]:
    """List why no further link is sent now; a link sent a moment ago still works."""
    wait = min(wait_for(account, LINK_PER_ACCOUNT, now), _spacing_left(account, now))
    wait = max(wait, wait_for(network, LINK_PER_NETWORK, now))
    if not wait:
        return []
    sentence = N_(
        "Several links were just asked for. The last one still works: look in your mailbox and in the unwanted "
        "mail, or try again in %(minutes)s minutes."
    )
    return [Breach("too_many_links", sentence, {"minutes": _minutes(wait)})]


def _spacing_left(tries: Sequence[datetime], now: datetime) -> timedelta:
    last = max(tries, default=now - LINK_SPACING)
    return max(last + LINK_SPACING - now, timedelta(0))


def _minutes(wait: timedelta) -> int:
    return max(1, -(-wait // timedelta(minutes=1)))


# Passwords and links


def check_new_password(password: str, *, email: str) -> list[Breach]:
    """List what makes a password too easy to guess; length counts, odd characters do not."""
    breaches = []
    if len(password) < SHORTEST_PASSWORD:
        sentence = N_("A password needs at least %(least)s characters: several words make a good one.")
        breaches.append(Breach("password_short", sentence, {"least": SHORTEST_PASSWORD}, field="password"))
    elif len(set(password)) < FEWEST_CHARACTERS or _holds_name_of(email, password):
        sentence = N_("This password is easy to guess. Choose several words that have nothing to do with you.")
        breaches.append(Breach("password_guessable", sentence, field="password"))
    return breaches


def _holds_name_of(email: str, password: str) -> bool:
    name = fold_email(email).partition("@")[0]
    return len(name) >= FEWEST_CHARACTERS and name in password.casefold()


def password_wrong() -> Breach:
    """Say that address and password do not go together, never which of them is wrong."""
    sentence = N_("This address and this password do not go together. Check both, or ask for a link by e-mail.")
    return Breach("password_wrong", sentence, field="password")


def current_password_wrong() -> Breach:
    """Say that the present password is not this one."""
    sentence = N_("This is not your present password. Type it again, or sign in by a link to choose a new one.")
    return Breach("current_password_wrong", sentence, field="current")


def link_spent() -> Breach:
    """Say that a link opens nothing, never whether it once did."""
    return Breach("link_spent", N_("This link has already been used or is too old. Ask for a new one."))


# Sessions


def lifetime(roles: Iterable[Role], how: How = How.LINK) -> timedelta:
    """How long a session lasts at most: an office opens more, so it closes sooner."""
    if how is How.DEMONSTRATION:
        return DEMONSTRATION_SESSION
    if how is How.CODE:
        return OFFICE_SESSION
    return OFFICE_SESSION if set(roles) - {Role.MEMBER} else MEMBER_SESSION


def is_fresh(how: How, opened_at: datetime, now: datetime) -> bool:
    """True when the person has just proved by mail who she is."""
    return how is How.LINK and now - opened_at <= FRESH


# Mandates


def check_new_mandate(held: Sequence[Mandate], *, role: Role, from_day: date, until_day: date | None) -> list[Breach]:
    """List why this office cannot be given for these days."""
    if until_day is not None and until_day < from_day:
        sentence = N_("The last day (%(until)s) is before the first (%(first)s). Correct one of them.")
        return [Breach("mandate_backwards", sentence, {"until": until_day, "first": from_day}, field="until_day")]
    if any(mandate.role is role and overlap(mandate, from_day, until_day) for mandate in held):
        sentence = N_("This person already holds the office “%(role)s” on some of these days. End that mandate first.")
        return [Breach("mandate_overlaps", sentence, {"role": Word(ROLE_LABELS[role])}, field="from_day")]
    return []


def check_end(held: Sequence[Mandate], *, role: Role, last_day: date) -> list[Breach]:
    """List why there is nothing to end after that day."""
    if any(mandate.role is role and mandate.runs_after(last_day) for mandate in held):
        return []
    sentence = N_("This person holds no office “%(role)s” after %(day)s: there is nothing to end.")
    return [Breach("mandate_not_held", sentence, {"role": Word(ROLE_LABELS[role]), "day": last_day}, field="role")]


def check_cause(cause: EndCause | None, decision: str, reason: str) -> list[Breach]:
    """A revocation (*révocation*) names the decision and its reason: whoever is revoked may ask why."""
    if cause is not EndCause.REVOKED:
        return []
    breaches = []
    if not decision.strip():
        sentence = N_("Only those who gave a mandate revoke it. Write their decision: the assembly and its resolution.")
        breaches.append(Breach("revoked_without_decision", sentence, field="decision"))
    if not reason.strip():
        breaches.append(Breach("revoked_without_reason", N_("Write why the mandate is revoked."), field="reason"))
    return breaches


def last_administrator(last_day: date) -> Breach:
    """Say that somebody must remain who can give offices."""
    sentence = N_("Nobody else is administrator after %(day)s. Give this office to somebody else first.")
    return Breach("last_administrator", sentence, {"day": last_day}, field="role")


def overlap(mandate: Mandate, from_day: date, until_day: date | None) -> bool:
    """Whether a mandate is held on some of these days."""
    ends = mandate.last_day
    if ends is not None and ends < mandate.from_day:
        return False
    return (until_day is None or mandate.from_day <= until_day) and (ends is None or from_day <= ends)

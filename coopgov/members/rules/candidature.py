"""What the law and the statutes ask of a candidature and of an agreement to e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.members.rules.admission import check_category_allowed, check_college, check_employed
from coopgov.members.rules.kinds import Status
from coopgov.members.rules.people import Application, College
from coopgov.members.rules.standing import check_not_ahead
from coopgov.statutes.rules import is_siren


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier membership of somebody with the same name and e-mail."""

    id: UUID
    number: int
    status: Status
    since: date


# One address may serve a household, but not fill the secretary's desk: a defence of a public form, not a rule of law.
MOST_APPLICATIONS_PER_EMAIL = 3


# A slip of the finger is asked about before it becomes a debt; more than this is discussed with a person.
MOST_SHARES_WISHED = 10_000
# And one network, not fill it within the hour in which tries are remembered.
MOST_APPLICATIONS_PER_NETWORK = 20


def check_flood(from_network: int) -> list[Breach]:
    """Slow down whoever sends many candidatures from one place."""
    if from_network < MOST_APPLICATIONS_PER_NETWORK:
        return []
    return [
        Breach("too_many_from_here", N_("Many applications were just sent from your network. Try again in an hour."))
    ]


def check_application(
    application: Application,
    earlier: Sequence[Earlier],
    colleges: Sequence[College],
    *,
    from_same_email: int,
    on_own_account: bool,
    on: date,
    law: Figures,
) -> list[Breach]:
    """List what stands against a candidature: an earlier one, too few shares, a category the statutes do not admit."""
    return [
        *check_earlier(earlier, on=on, law=law),
        *_check_crowd(from_same_email),
        *check_shares_wished(application.shares_wished, on=on, law=law),
        *check_category_allowed(application.category, on=on, law=law),
        *check_employed(application.category, on_own_account=on_own_account, on=on, law=law),
        *check_college(application.college, colleges),
        *_check_accepts(accepts_statutes=application.accepts_statutes),
    ]


def check_earlier(earlier: Sequence[Earlier], *, on: date, law: Figures) -> list[Breach]:
    """Tell somebody who is here already, or was refused lately."""
    breaches = []
    for known in earlier:
        if known.status is Status.CANDIDATE:
            sentence = N_(
                "We already have your application of %(since)s: you need not send it again. "
                "You will be told of the decision by e-mail."
            )
            breaches.append(Breach("already_applied", sentence, {"since": known.since}, field="email"))
        elif known.status is Status.MEMBER:
            sentence = N_("You are already a member, under number %(number)s. Sign in with this e-mail address.")
            breaches.append(Breach("already_member", sentence, {"number": str(known.number)}, field="email"))
        elif known.status is Status.REFUSED:
            breaches.extend(_check_wait(known.since, on=on, law=law))
    return breaches


def _check_wait(refused_on: date, *, on: date, law: Figures) -> list[Breach]:
    wait = law.find_figure("membership.reapplication_years", on=on)
    if wait is None or on >= (again := add_years(refused_on, wait.as_int())):
        return []
    sentence = N_("Your last application was refused on %(refused_on)s. You may apply again from %(again)s.")
    return [Breach("applied_too_soon", sentence, {"refused_on": refused_on, "again": again}, wait.citations)]


def _check_crowd(from_same_email: int) -> list[Breach]:
    if from_same_email < MOST_APPLICATIONS_PER_EMAIL:
        return []
    sentence = N_("Several applications with this e-mail address are already waiting. Use another one, or write to us.")
    return [Breach("too_many_applications", sentence, {}, field="email")]


def check_shares_wished(wished: int, *, on: date, law: Figures) -> list[Breach]:
    """A member holds at least the shares that admission asks for; she may wish for more."""
    least = law.find_figure("share.min_for_admission", on=on)
    if wished > MOST_SHARES_WISHED:
        sentence = N_("To subscribe more than %(most)s shares, write to us first.")
        return [Breach("too_many_shares", sentence, {"most": MOST_SHARES_WISHED}, field="shares_wished")]
    if least is None or wished >= least.as_int():
        return []
    sentence = N_("A member holds at least %(least)s shares. Write that number or a larger one.")
    return [Breach("too_few_shares", sentence, {"least": least.as_int()}, least.citations, field="shares_wished")]


def _check_accepts(*, accepts_statutes: bool) -> list[Breach]:
    if accepts_statutes:
        return []
    sentence = N_("A member keeps the statutes. Read them and tick the box to go on.")
    return [Breach("statutes_not_accepted", sentence, {}, field="accepts_statutes")]


def check_siren(siren: str) -> list[Breach]:
    """A SIREN has nine figures and a check digit."""
    if is_siren(siren):
        return []
    sentence = N_("This SIREN is not right: it has nine figures, the last of which checks the others.")
    return [Breach("bad_siren", sentence, {}, field="siren")]


def check_consent(*, given: bool, given_before: bool, has_email: bool) -> list[Breach]:
    """One agrees once, with an address; one withdraws what one gave."""
    if given and not has_email:
        sentence = N_("There is no e-mail address to agree to. Give one first.")
        return [Breach("no_email", sentence, {}, field="email")]
    if given and given_before:
        return [Breach("consent_already_given", N_("This agreement to e-mail is already recorded."))]
    if not given and not given_before:
        return [
            Breach("no_consent_to_withdraw", N_("No agreement to e-mail is recorded, so there is none to withdraw."))
        ]
    return []


def check_consent_day(on: date, last: date | None, today: date) -> list[Breach]:
    """An agreement is dated when it was given: not ahead, and not before the last word."""
    breaches = check_not_ahead(on, today)
    if last is not None and on < last:
        sentence = N_("Something is already recorded on %(last)s. Choose that day or a later one.")
        breaches.append(Breach("before_the_last_event", sentence, {"last": last}, field="on"))
    return breaches

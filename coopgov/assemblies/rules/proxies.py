"""Proxies (*pouvoirs*): who may give one, to whom, how many one member may hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from coopgov.assemblies.rules.states import ProxyState
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.law.arithmetic import max_proxies


@dataclass(frozen=True, slots=True)
class ProxyLimit:
    """How many proxies one member may hold (None: nothing limits them), with the articles."""

    limit: int | None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """What is known when a member gives a proxy: who, what both already do, until when."""

    grantor: str
    holder: str
    is_same_person: bool
    grantor_on_roll: bool
    holder_on_roll: bool
    holder_holds: int
    holder_has_given: bool
    grantor_holds: int
    grantor_has_given: bool
    grantor_has_voted: bool
    grantor_is_present: bool
    now: datetime
    deadline: datetime | None
    """Until when proxies come through the site; None for a signed paper handed to the bureau."""
    deadline_citations: tuple[Citation, ...] = ()


def proxy_limit(figures: Figures, *, members: int, on: date) -> ProxyLimit:
    """The limit for an assembly of so many members, and the articles it comes from."""
    names = ["proxy.divisor", "proxy.max_per_holder"]
    divisor = figures.find_figure("proxy.divisor", on=on)
    if divisor is not None and members < figures.figure("proxy.small_company_below", on=on).as_int():
        names[0] = "proxy.small_company_limit"
    found = [figure for name in names if (figure := figures.find_figure(name, on=on)) is not None]
    citations = dict.fromkeys(citation for figure in found for citation in figure.citations)
    return ProxyLimit(max_proxies(members, figures, on), tuple(citations))


def check_proxy(facts: ProxyFacts, *, limit: ProxyLimit, figures: Figures, on: date) -> list[Breach]:
    """List what stands against a proxy, all of it at once."""
    return [
        *_check_people(facts, figures, on),
        *_check_limit(facts, limit),
        *_check_no_chain(facts, figures, on),
        *_check_grantor(facts),
        *_check_deadline(facts),
    ]


def _check_people(facts: ProxyFacts, figures: Figures, on: date) -> Iterable[Breach]:
    citations = figures.figure("proxy.holders", on=on).citations
    if facts.is_same_person:
        sentence = N_("A proxy goes to another member, not to oneself. Choose somebody else, or vote yourself.")
        yield Breach("proxy_to_oneself", sentence, {}, citations, field="holder")
    if not facts.holder_on_roll:
        sentence = N_("%(holder)s is not on the roll of this assembly. Choose a member who is.")
        yield Breach("proxy_to_stranger", sentence, {"holder": facts.holder}, citations, field="holder")
    if not facts.grantor_on_roll:
        sentence = N_("%(grantor)s is not on the roll of this assembly and has no vote to entrust.")
        yield Breach("proxy_from_stranger", sentence, {"grantor": facts.grantor}, citations)


def _check_limit(facts: ProxyFacts, limit: ProxyLimit) -> Iterable[Breach]:
    if limit.limit is None or facts.holder_holds < limit.limit:
        return
    sentence = N_("%(holder)s already holds %(held)s proxies; the limit is %(limit)s. Choose another member.")
    values = {"holder": facts.holder, "held": facts.holder_holds, "limit": limit.limit}
    yield Breach("proxy_limit", sentence, values, limit.citations, field="holder")


def _check_no_chain(facts: ProxyFacts, figures: Figures, on: date) -> Iterable[Breach]:
    figure = figures.find_figure("proxy.substitution_allowed", on=on)
    citations = figure.citations if figure is not None else ()
    if facts.holder_has_given:
        sentence = N_("%(holder)s has given a proxy too and cannot carry yours. Choose another member.")
        yield Breach("proxy_chain_holder", sentence, {"holder": facts.holder}, citations, field="holder")
    if facts.grantor_holds:
        sentence = N_(
            "%(grantor)s holds %(held)s proxies: they cannot be passed on. "
            "Decline them first, so that their givers can choose somebody else."
        )
        values = {"grantor": facts.grantor, "held": facts.grantor_holds}
        yield Breach("proxy_chain_grantor", sentence, values, citations)


def _check_grantor(facts: ProxyFacts) -> Iterable[Breach]:
    if facts.grantor_has_given:
        sentence = N_("%(grantor)s has already given a proxy for this assembly. Revoke it first.")
        yield Breach("proxy_already_given", sentence, {"grantor": facts.grantor})
    if facts.grantor_has_voted:
        sentence = N_("%(grantor)s has already voted: a vote that is cast cannot be entrusted any more.")
        yield Breach("proxy_after_vote", sentence, {"grantor": facts.grantor})
    if facts.grantor_is_present:
        sentence = N_("%(grantor)s is in the room and votes in person. Note the departure first.")
        yield Breach("proxy_while_present", sentence, {"grantor": facts.grantor})


def _check_deadline(facts: ProxyFacts) -> Iterable[Breach]:
    if facts.deadline is None or facts.now < facts.deadline:
        return
    sentence = N_(
        "Proxies could be given until %(deadline)s. Come to the assembly, or send a signed paper to the bureau."
    )
    yield Breach("proxy_too_late", sentence, {"deadline": facts.deadline}, facts.deadline_citations)


def check_revocation(*, state: ProxyState, holder: str, holder_has_voted_for: bool, in_session: bool) -> list[Breach]:
    """List what stands against revoking a proxy in writing; a ballot already cast is never touched."""
    values = {"holder": holder}
    if state is not ProxyState.ACTIVE:
        return [Breach("proxy_not_active", N_("This proxy is no longer in force. Reload the page."), values)]
    if holder_has_voted_for:
        sentence = N_("%(holder)s has already voted with this proxy: the ballot stands and the proxy with it.")
        return [Breach("proxy_used", sentence, values)]
    if in_session:
        sentence = N_("The assembly is in session: a proxy now ends only when its giver turns up in the room.")
        return [Breach("proxy_in_session", sentence, values)]
    return []


def check_decline(*, state: ProxyState, has_voted_for: bool, in_session: bool) -> list[Breach]:
    """List what stands against the holder declining a proxy."""
    if state is not ProxyState.ACTIVE:
        return [Breach("proxy_not_active", N_("This proxy is no longer in force. Reload the page."))]
    if has_voted_for or in_session:
        sentence = N_("A proxy can be declined until it is used and until the assembly begins, not after.")
        return [Breach("proxy_used", sentence)]
    return []

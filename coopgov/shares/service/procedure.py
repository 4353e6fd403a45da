"""What both books ask of every writer: an open period, a second person where the statutes say so."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.errors import Breach, Citation
from coopgov.core.ids import new_id
from coopgov.members.events import ClosesAsked
from coopgov.members.rules import Closed
from coopgov.shares import book, queries, rules
from coopgov.shares.chain import Head
from coopgov.shares.models import PeriodClose, TwoPersonRule
from coopgov.shares.rules import TWO_PERSON_KINDS, BookName, CloseKind
from coopgov.shares.service.looking import Seeing
from coopgov.statutes.events import StatutesAdopted


def check_procedure(
    act: Seeing,
    of: BookName,
    kind: str,
    *,
    effective_on: date,
    true_on: date | None = None,
    approved_by: str | None = None,
) -> list[Breach]:
    """List what stands against writing a movement of this kind: not yet come, closed, one person alone."""
    needed = queries.needs_two(act.session, of, kind, act.today)
    return [
        *rules.check_day(true_on or effective_on, act.today),
        *rules.check_open(effective_on, true_on, queries.closed_through(act.session)),
        *rules.check_second_person(
            is_needed=needed, recorded_by=act.actor.pseudonym, approved_by=approved_by,
            clause=two_persons_clause(act, of, kind) if needed else (),
        ),
    ]  # fmt: skip


def two_persons_clause(act: Seeing, of: BookName, kind: str) -> tuple[Citation, ...]:
    """Where the statutes ask for two persons for a kind of movement."""
    if kind not in TWO_PERSON_KINDS[of]:
        return ()
    figure = act.rulebook.find_figure(f"{of.value}.two_persons.{kind}", on=act.today)
    return figure.citations if figure is not None else ()


def write_close(
    act: Act, *, kind: CloseKind, through_date: date, capital: Head, document_id: UUID | None = None
) -> UUID:
    """Close the two books through that day; the treasury gives the head of its own, and checks what must be right."""
    book.take_the_pen(act.session)
    shares, journal_head = book.head(act.session), journal.head(act.session)
    row = PeriodClose(
        id=new_id(), kind=kind, through_date=through_date, share_seq=shares.seq, share_hash=shares.hash,
        capital_seq=capital.seq, capital_hash=capital.hash, journal_size=journal_head.size,
        journal_head=journal_head.hash, closed_at=act.now, closed_by=act.actor.pseudonym, document_id=document_id,
    )  # fmt: skip
    act.keep(row)
    act.record("books.closed", f"period-close:{row.id}", {"kind": kind, "through": through_date, "shares": shares.seq})
    return row.id


def set_two_persons(act: Act, *, of: BookName, kinds: Mapping[str, bool], from_date: date, decision: str) -> None:
    """Write which kinds of movement of a book need two persons from that day on, as far as that changes."""
    changed = {
        kind: is_needed
        for kind, is_needed in kinds.items()
        if queries.needs_two(act.session, of, kind, from_date) is not is_needed
    }
    if not changed:
        return
    act.keep(
        *(
            TwoPersonRule(book=of, kind=kind, from_date=from_date, is_needed=is_needed, decision=decision[:300])
            for kind, is_needed in changed.items()
        )
    )
    facts = {"book": of, "kinds": changed, "from": from_date, "decision": decision}
    act.record("books.two_persons_set", f"book:{of.value}", facts)


def on_closes_asked(act: Act, event: ClosesAsked) -> None:
    """Say which registers were closed, and when."""
    event.closes.extend(Closed(one.through_date, one.closed_at) for one in queries.closes(act.session))


def on_statutes_adopted(act: Act, event: StatutesAdopted) -> None:
    """What the statutes ask two persons for is written beside the books: the database holds it from that day on."""
    for of, kinds in TWO_PERSON_KINDS.items():
        named = {kind: event.text.figures.get(f"{of.value}.two_persons.{kind}") for kind in kinds}
        set_two_persons(
            act, of=of, from_date=event.in_force_from, decision=event.decision,
            kinds={kind: figure is not None and figure.value is True for kind, figure in named.items()},
        )  # fmt: skip

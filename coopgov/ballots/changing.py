"""Commands on a sealed vote that change nothing of it: strike a line of its roll, suspend it, take it up again."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text

from coopgov.ballots.after_seal import RollStrike, ScrutinAnnulment, ScrutinResumption, ScrutinSuspension
from coopgov.ballots.changing_rules import (
    Running,
    check_annulment,
    check_resumption,
    check_strike,
    check_suspension,
    least_closing,
)
from coopgov.ballots.events import ScrutinAnnulled
from coopgov.ballots.models import URN_LOCK, Scrutin
from coopgov.ballots.proof import strike_hash
from coopgov.ballots.queries import ScrutinRow, get_roll, get_scrutin, get_scrutins, on_roll, strikes, voted_ids
from coopgov.ballots.rules import State
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id


def wait_for_ballots(act: Act, scrutin_id: UUID) -> None:
    """Wait until the ballots under way are in the urn, and let none begin before the commit."""
    # SQLite has one writer; on PostgreSQL each ballot holds this lock shared until its commit.
    if act.session.get_bind().dialect.name == "postgresql":
        act.session.execute(
            text("SELECT pg_advisory_xact_lock(:kind, hashtext(:id))"), {"kind": URN_LOCK, "id": str(scrutin_id)}
        )


def strike(act: Act, *, roll_id: UUID, voter_id: UUID, name: str, reason: str, document: str) -> str:
    """Strike a line off a frozen roll, with its cause; gives the hash of the roll from now on."""
    scrutins = sorted(act.session.scalars(select(Scrutin.id).where(Scrutin.roll_id == roll_id)))
    for scrutin_id in scrutins:
        wait_for_ballots(act, scrutin_id)
    states = [scrutin.state for scrutin in get_scrutins(act.session, scrutins).values()]
    refuse_if(
        check_strike(
            name=name, is_enrolled=on_roll(act.session, roll_id, voter_id), states=states, reason=reason,
            document=document, has_voted=bool(voted_ids(act.session, scrutins, [voter_id])),
        )
    )  # fmt: skip
    roll, why, proof = get_roll(act.session, roll_id), reason.strip(), document.strip()
    hashed = strike_hash(roll.hash_now, voter_id=voter_id, reason=why, document=proof, at=act.now)
    act.keep(
        RollStrike(
            roll_id=roll_id, voter_id=voter_id, number=len(strikes(act.session, roll_id)) + 1, reason=why,
            document=proof, at=act.now, by=act.actor.pseudonym, hash=hashed,
        )
    )  # fmt: skip
    facts = {"voter": voter_id, "reason": why, "document": proof, "hash": hashed}
    act.record("roll.struck", f"roll:{roll_id}", facts)
    return hashed


def annul(act: Act, *, scrutin_id: UUID, on: date, reason: str, document: str) -> None:
    """Note that a judge annulled a proclaimed vote; the features above stop what it decided, in the same act."""
    scrutin = get_scrutin(act.session, scrutin_id)
    proclaimed = scrutin.at(State.PROCLAIMED)
    refuse_if(
        check_annulment(
            state=scrutin.state, is_annulled=scrutin.annulled is not None, on=on, today=act.today, reason=reason,
            proclaimed_on=None if proclaimed is None else paris_day(proclaimed), document=document,
        )
    )  # fmt: skip
    why, proof = reason.strip(), document.strip()
    act.keep(
        ScrutinAnnulment(scrutin_id=scrutin_id, on=on, reason=why, document=proof, at=act.now, by=act.actor.pseudonym)
    )
    act.record("scrutin.annulled", f"scrutin:{scrutin_id}", {"on": on, "reason": why, "document": proof})
    act.publish(ScrutinAnnulled(scrutin_id, scrutin.subject_hash, on, proof))


def suspend(act: Act, *, scrutin_id: UUID, since: datetime, incident: str) -> None:
    """Take no ballot from now on, until the vote is taken up again."""
    wait_for_ballots(act, scrutin_id)
    scrutin = get_scrutin(act.session, scrutin_id)
    refuse_if(check_suspension(running(scrutin, act.now), since=since, incident=incident))
    act.keep(
        ScrutinSuspension(
            id=new_id(), scrutin_id=scrutin_id, since=since, at=act.now, incident=incident.strip(),
            by=act.actor.pseudonym,
        )
    )  # fmt: skip
    act.record("scrutin.suspended", f"scrutin:{scrutin_id}", {"since": since, "incident": incident.strip()})


def running(scrutin: ScrutinRow, now: datetime) -> Running:
    """A vote at an instant, as the rules on suspensions look at it."""
    window, opened = scrutin.window_now, scrutin.at(State.ROOM_OPENED)
    remote = window is not None and window.is_open(now)
    started = window.opens_at if window is not None and remote else opened or now
    return Running(scrutin.state, window, scrutin.suspended is not None, started, now)


def resume(act: Act, *, scrutin_id: UUID, closes_at: datetime | None = None) -> datetime | None:
    """Take ballots again; the end that was announced is put off by the time lost, or until `closes_at`.

    Gives the end from now on, None where the chair closes the vote in the room.
    """
    scrutin = get_scrutin(act.session, scrutin_id)
    if scrutin.suspended is None:
        raise RuleBroken([Breach("not_suspended", N_("This vote is not suspended: it takes ballots."))])
    least = least_closing(scrutin.window_now, since=scrutin.suspended.since, now=act.now)
    refuse_if(check_resumption(closes_at, least))
    ends = least if least is None or closes_at is None else closes_at
    act.keep(
        ScrutinResumption(
            suspension_id=scrutin.suspended.id, scrutin_id=scrutin_id, at=act.now, closes_at=ends,
            by=act.actor.pseudonym,
        )
    )  # fmt: skip
    act.record("scrutin.resumed", f"scrutin:{scrutin_id}", {"since": scrutin.suspended.since, "closes_at": ends})
    return ends

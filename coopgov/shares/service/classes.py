"""The classes of shares, and what a share of each is worth on a day."""

from datetime import date
from fractions import Fraction
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Date, bindparam, select

from coopgov.core.act import Act
from coopgov.core.direct import Asked, Question
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.shares import book, queries, rules
from coopgov.shares.models import ShareClass, ShareClassNominal
from coopgov.shares.rules import ORDINARY, ORDINARY_LABEL, NewClass
from coopgov.shares.service.looking import Seeing
from coopgov.statutes import queries as statutes
from coopgov.statutes.queries import Statutes

_KNOWN = Question(
    select(ShareClass.id, ShareClassNominal.cents)
    .outerjoin(
        ShareClassNominal,
        (ShareClassNominal.class_id == ShareClass.id)
        & (ShareClassNominal.from_date == bindparam("since", type_=Date())),
    )
    .where(ShareClass.code == ORDINARY)
)


class Limits(TypedDict, total=False):
    """What a class allows: how many shares of it are held, how large a part, whether they move and are paid back."""

    min_hold: int
    max_hold: int | None
    max_part: Fraction | None
    is_transferable: bool
    is_refundable: bool


def new_class(
    act: Act, *, code: str, label: str, nominal: int, from_date: date, decision: str, **limits: Unpack[Limits]
) -> UUID:
    """Make a class of shares (*catégorie de parts*), with its limits, by the decision that says so; gives its id."""
    book.take_the_pen(act.session)
    new = NewClass(code, label.strip(), nominal, **limits)
    by_statutes = statutes.statutes_on(act.session, from_date).share_nominal_cents
    known = {terms.code for terms in queries.classes(act.session)} | {ORDINARY}
    refuse_if(
        [*rules.check_decided(decision), *rules.check_new_class(new, known, by_statutes, act.rulebook, from_date)]
    )
    row = ShareClass(
        id=new_id(), code=new.code, label=new.label or new.code, is_transferable=new.is_transferable,
        is_refundable=new.is_refundable, min_hold=new.min_hold, max_hold=new.max_hold,
        max_part_of_capital=str(new.max_part) if new.max_part is not None else None,
    )  # fmt: skip
    act.keep(row)
    set_nominal(act, row.id, from_date, nominal, decision)
    facts = {"code": code, "nominal": nominal, "from": from_date, "decision": decision}
    act.record("shares.class_made", f"share-class:{row.id}", facts)
    return row.id


def class_and_nominal(act: Act, on: date) -> tuple[UUID, int]:
    """Ordinary shares, and what one is worth on that day: the statutes say it."""
    return nominal_by(act, version_on(act, on))


def nominal_of(look: Seeing, code: str, on: date) -> int:
    """What a share of a class is worth on that day: the statutes say it of ordinary shares."""
    known = None if code == ORDINARY else queries.nominal_on(look.session, queries.get_class(look.session, code).id, on)
    return known if known is not None else version_on(look, on).share_nominal_cents


def version_on(act: Seeing, on: date) -> Statutes:
    """The statutes that give the price on that day: before the first ones, the first ones."""
    return statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]


def asked_nominal(version: Statutes) -> Asked:
    """What `nominal_by` asks, to be asked ahead."""
    return _KNOWN, {"since": version.in_force_from}


def nominal_by(act: Act, version: Statutes) -> tuple[UUID, int]:
    """The same by statutes that were read already."""
    row = _KNOWN.first(act.session, since=version.in_force_from)
    class_id, known = row or (_ordinary(act), None)
    if known is None:
        set_nominal(act, class_id, version.in_force_from, version.share_nominal_cents, version.decision)
    return class_id, version.share_nominal_cents


def set_nominal(act: Act, class_id: UUID, from_date: date, cents: int, decision: str) -> None:
    """Note what a share of a class is worth from that day on, if that is not known already."""
    if act.session.get(ShareClassNominal, (class_id, from_date)) is not None:
        return
    row = ShareClassNominal(class_id=class_id, from_date=from_date, cents=cents, resolution=decision[:200])
    act.session.add(row)
    act.session.flush()  # the legs are written without the unit of work


def _ordinary(act: Act) -> UUID:
    ordinary = ShareClass(id=new_id(), code=ORDINARY, label=ORDINARY_LABEL)
    act.session.add(ordinary)
    act.session.flush()  # the nominal below is written without the unit of work
    return ordinary.id

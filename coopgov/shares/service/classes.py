"""The classes of shares, and what a share of each is worth on a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, bindparam, select

from coopgov.core.act import Act
from coopgov.core.direct import Question
from coopgov.core.ids import new_id
from coopgov.shares.models import ShareClass, ShareClassNominal
from coopgov.shares.rules import ORDINARY
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


def class_and_nominal(act: Act, on: date) -> tuple[UUID, int]:
    """The one class of shares there is yet, and what a share of it is worth on that day."""
    return nominal_by(act, version_on(act, on))


def version_on(act: Act, on: date) -> Statutes:
    """The statutes that give the price on that day: before the first ones, the first ones."""
    return statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]


def nominal_by(act: Act, version: Statutes) -> tuple[UUID, int]:
    """The same by statutes that were read already."""
    row = _KNOWN.first(act.session, since=version.in_force_from)
    class_id, known = row or (_new_class(act), None)
    if known is not None:
        return class_id, known
    act.session.add(
        ShareClassNominal(
            class_id=class_id, from_date=version.in_force_from, cents=version.share_nominal_cents,
            resolution=version.decision[:200],
        )
    )  # fmt: skip
    act.session.flush()  # the legs are written without the unit of work
    return class_id, version.share_nominal_cents


def _new_class(act: Act) -> UUID:
    ordinary = ShareClass(id=new_id(), code=ORDINARY, label="Parts ordinaires")
    act.session.add(ordinary)
    act.session.flush()  # the nominal below is written without the unit of work
    return ordinary.id

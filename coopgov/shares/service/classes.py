"""The classes of shares, and what a share of each is worth on a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from coopgov.core.act import Act
from coopgov.core.ids import new_id
from coopgov.shares.models import ShareClass, ShareClassNominal
from coopgov.shares.rules import ORDINARY
from coopgov.statutes import queries as statutes


def class_and_nominal(act: Act, on: date) -> tuple[UUID, int]:
    """The one class of shares there is yet, and what a share of it is worth on that day."""
    version = statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]
    class_id = act.session.scalar(select(ShareClass.id).where(ShareClass.code == ORDINARY)) or _new_class(act)
    known = act.session.scalar(
        select(ShareClassNominal.cents).where(
            ShareClassNominal.class_id == class_id, ShareClassNominal.from_date == version.in_force_from
        )
    )
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

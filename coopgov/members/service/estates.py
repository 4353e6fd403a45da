"""What follows a member's death: her heirs are named, and her shares wait until they have decided."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.members import queries
from coopgov.members.models import DeathFile, Heir
from coopgov.members.rules import HeirFact, HeirWish, check_close_estate, check_said, fold
from coopgov.members.service.writing import locked


def open_estate(act: Act, *, member_id: UUID, died_on: date, proof: str) -> None:
    """Open the file of a member's death; a death recorded is the line of the journal that tells it."""
    file = DeathFile(
        id=new_id(), membership_id=member_id, died_on=died_on, notary="", proof=proof[:300], opened_at=act.now,
        closed_on=None,
    )  # fmt: skip
    act.session.add(file)
    act.session.flush()  # the page after this one reads it


def drop_estate(act: Act, *, member_id: UUID, reason: str) -> None:
    """Close the file of a death that was recorded by mistake."""
    file = _find(act, member_id)
    if file is not None:
        file.closed_on, file.closed_for = act.today, reason[:300]


def tell_notary(act: Act, *, member_id: UUID, notary: str, proof: str = "") -> None:
    """Write who settles the estate, and the paper that proves the death."""
    file = _open(act, member_id)
    file.notary, file.proof = notary[:300], proof[:300] or file.proof
    act.record("member.estate_told", f"member:{member_id}", {"notary": notary, "proof": file.proof})


def name_heir(
    act: Act, *, member_id: UUID, name: str, wish: HeirWish, reach: str = "", number: int | None = None
) -> None:
    """Name an heir, or write what she now wishes: the same name is the same heir."""
    file = _open(act, member_id)
    applied = queries.find_by_number(act.session, number) if number is not None else None
    refuse_if(_check_heir(member_id, name, number, applied.id if applied else None))
    heirs = act.session.scalars(select(Heir).where(Heir.file_id == file.id).order_by(Heir.id)).all()
    heir = next((one for one in heirs if fold(one.name) == fold(name)), None)
    if heir is None:
        heir = Heir(id=new_id(), file_id=file.id, name=name.strip()[:200])
        act.session.add(heir)
    heir.wish, heir.reach = wish, reach[:300] or heir.reach or ""
    heir.membership_id = applied.id if applied else heir.membership_id
    act.session.flush()
    act.record("member.heir_named", f"member:{member_id}", {"heir": heir.id, "wish": wish, "number": number})


def strike_heir(act: Act, *, member_id: UUID, heir_id: UUID) -> None:
    """Take somebody off who is no heir."""
    file = _open(act, member_id)
    gone = act.session.scalar(
        delete(Heir).where(Heir.id == heir_id, Heir.file_id == file.id).returning(Heir.id)
    )  # fmt: skip
    if gone is None:
        raise NotFound
    act.record("member.heir_struck", f"member:{member_id}", {"heir": heir_id})


def close_estate(act: Act, *, member_id: UUID, reason: str) -> None:
    """Let the shares of a deceased member go: to the heirs who are members, or paid back."""
    file = _open(act, member_id)
    heirs = queries.get_estate(act.session, member_id).heirs
    facts: Sequence[HeirFact] = [heir.fact for heir in heirs]
    refuse_if([*check_said(reason, field="reason"), *check_close_estate(facts)])
    file.closed_on, file.closed_for = act.today, reason[:300]
    act.record("member.estate_closed", f"member:{member_id}", {"reason": reason, "heirs": [heir.id for heir in heirs]})


def _check_heir(member_id: UUID, name: str, number: int | None, found: UUID | None) -> list[Breach]:
    if not name.strip():
        return [Breach("heir_without_name", N_("Write the heir's name."), {}, field="name")]
    if number is None or found not in {None, member_id}:
        return []
    sentence = N_("Nobody else has the number %(number)s. Look it up in the list of members.")
    return [Breach("heir_unknown", sentence, {"number": str(number)}, field="number")]


def _find(act: Act, member_id: UUID) -> DeathFile | None:
    return act.session.scalar(
        select(DeathFile).where(DeathFile.membership_id == member_id, DeathFile.closed_on.is_(None)).with_for_update()
    )


def _open(act: Act, member_id: UUID) -> DeathFile:
    locked(act.session, member_id)
    file = _find(act, member_id)
    if file is None:
        raise NotFound
    return file

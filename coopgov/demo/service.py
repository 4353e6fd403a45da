"""Commands of the demonstration: its characters and its clock."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coopgov.core import clock
from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.demo import rules
from coopgov.demo.cast import Part
from coopgov.demo.models import DemoCharacter, DemoClock


def register_character(act: Act, *, part: Part, account_id: UUID, story_fr: str = "", story_en: str = "") -> None:
    """Let visitors sign in as this account; said again, it replaces what was said before."""
    place = act.session.scalar(select(DemoCharacter.place).where(DemoCharacter.key == part.key))
    if place is None:
        place = (act.session.scalar(select(func.max(DemoCharacter.place))) or 0) + 1
    character = DemoCharacter(
        key=part.key, account_id=account_id, label_fr=part.label_fr, label_en=part.label_en,
        story_fr=story_fr, story_en=story_en, place=place,
    )  # fmt: skip
    act.session.merge(character)
    act.session.flush()


def keep_time(act: Act) -> None:
    """Let the demonstration's clock go on from the instant of this act: a story was played up to it."""
    _set_offset(act, act.now)


def move_clock(act: Act, *, by: timedelta | None = None, to: datetime | None = None) -> datetime:
    """Set the demonstration's date forward, by so much or to an instant; gives the new one."""
    target = to if to is not None else act.now + (by or timedelta(0))
    refuse_if(rules.check_move(present=act.now, target=target, real=clock.now()))
    _set_offset(act, target)
    act.record("demo.clock_moved", "demo:clock", {"from": act.now, "to": target})
    return target


def _set_offset(act: Act, target: datetime) -> None:
    offset = round((target - clock.now()).total_seconds())
    act.session.merge(DemoClock(id=1, offset_seconds=offset))

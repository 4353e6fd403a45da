"""What people judged before an act (*points appréciés*): the point as it was shown, the reason, who, when; for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.db import Instant, Model, append_only
from coopgov.core.ids import new_id
from coopgov.core.journal import Fault
from coopgov.core.preflight import LONGEST_REASON


class Judgement(Model):
    """One point that the law leaves to people, and why the act could go on."""

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_about", "about", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    about: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(80))
    sentence: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


append_only(Judgement.__table__)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement as it is read back."""

    code: str
    sentence: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point to keep: its code, the sentence that was shown, the reason that was written."""

    code: str
    sentence: str
    reason: str


def keep(act: Act, about: str, points: Iterable[Point]) -> None:
    """Write what was judged; the marks go to the journal with the act's own line."""
    act.keep(
        *(
            Judgement(
                id=new_id(), about=about, code=point.code, sentence=point.sentence, reason=point.reason, at=act.now,
                by=act.actor.pseudonym,
            )
            for point in points
        )
    )  # fmt: skip


def judged_about(session: Session, about: str) -> list[Judged]:
    """What was judged about one thing, oldest first, in the order in which it was shown."""
    rows = session.scalars(select(Judgement).where(Judgement.about == about).order_by(Judgement.at, Judgement.id))
    return [Judged(row.code, row.sentence, row.reason, row.at, row.by) for row in rows]


def verify(session: Session) -> Iterator[Fault]:
    """Tell the judgements that no act kept, and those that are gone."""
    yield from journal.check_kept(session, Judgement)

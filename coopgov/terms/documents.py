"""The words of a change of fees: its lines for a resolution, and the notice each seller receives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import force_locale, gettext

from coopgov.terms.rules import PARAMETERS, FeeChange, Unit
from coopgov.web import filters
from coopgov.web.mails import render_mail


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a change as people read it."""

    label: str
    old: str
    new: str

    def __str__(self) -> str:
        return str(gettext("%(label)s: %(old)s → %(new)s", label=self.label, old=self.old, new=self.new))


def shown(key: str, value: int) -> str:
    """A value of the schedule in the language of the page."""
    return filters.money(value) if PARAMETERS[key].unit is Unit.CENTS else filters.rate(value)


def lines(changes: Sequence[FeeChange]) -> list[ChangeLine]:
    """The lines of a change in the language of the page, in the schedule's order."""
    order = list(PARAMETERS)
    return [
        ChangeLine(gettext(PARAMETERS[change.key].label), shown(change.key, change.old), shown(change.key, change.new))
        for change in sorted(changes, key=lambda change: order.index(change.key))
    ]


def change_text(changes: Sequence[FeeChange], language: str = "fr") -> str:
    """The change in words, one line each: what a resolution puts to the vote."""
    with force_locale(language):
        return "\n".join(str(line) for line in lines(changes))


@dataclass(frozen=True, slots=True)
class Notice:
    """The facts of the notice (*préavis*) on a durable medium that each seller receives."""

    change_id: UUID
    changes: Sequence[FeeChange]
    decision: str
    decided_on: date
    earliest_on: date
    notice_days: int
    article: str


def notice_mail(notice: Notice, language: str = "fr") -> tuple[str, str]:
    """The subject and text of the notice, the same for every seller."""
    with force_locale(language):
        change_lines = lines(notice.changes)
    return render_mail("terms_change", language, notice=notice, lines=change_lines)

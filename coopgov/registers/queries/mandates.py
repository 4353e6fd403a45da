"""The register of mandates (*registre des mandats*): who held which office, as of a day and as known on another."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.accounts.queries import MandateLine
from coopgov.registers.rules import AsOf

PAGE = 50


def mandate_rows(session: Session, asked: AsOf) -> Iterator[MandateLine]:
    """Every mandate that had begun by that day, by office."""
    return iter(accounts.register_of_mandates(session, asked.on, asked.known_at))


def mandate_page(session: Session, asked: AsOf, *, after: int = 0) -> tuple[list[MandateLine], int | None]:
    """A page of them, and how many are before the next: organs have dozens of mandates, not thousands."""
    rows = accounts.register_of_mandates(session, asked.on, asked.known_at)
    more = after + PAGE if len(rows) > after + PAGE else None
    return rows[after : after + PAGE], more

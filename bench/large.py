"""A large cooperative: filled once, somebody signed in, the pages to ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote_plus

from flask import Flask
from sqlalchemy import event

from bench.world import cookie_of

FOUNDED = timedelta(days=900)
SEARCHES = ("mar", "dubois", "zoé le", "nan", "benoît r", "du", "fatou dial", "x")


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page: who asks, the addresses asked for in turn, and its own limit where it has one."""

    cookie: str
    paths: tuple[str, ...]
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Large:
    """The cooperative made, and how to ask it for pages."""

    app: Flask
    pages: dict[str, Page]

    def statements(self, page: Page) -> int:
        """The most SQL statements one of these addresses asks for."""
        return max(len(self.told(path, page.cookie)) for path in page.paths)

    def told(self, path: str, cookie: str) -> list[str]:
        """The SQL statements of one page."""
        # Cookies come from the header: the client's own jar would take it away.
        client = self.app.test_client(use_cookies=False)
        with heard(self.app) as statements:
            answer = client.get(path, headers={"Cookie": cookie}, base_url="https://localhost")
        assert answer.status_code == 200, (path, answer.status_code)
        return statements


@contextmanager
def heard(app: Flask) -> Iterator[list[str]]:
    """Every statement the application sends to its database, but for settings."""
    from coopgov.core.db import db

    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            told.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


def make_large(app: Flask, members: int, today: date) -> Large:
    """Fill it if it is empty, and sign in a member, the board and the treasurer."""
    from bench.filling import BOARD, MEMBER, TREASURER, fill
    from coopgov.demo.data import is_empty
    from coopgov.demo.stage import on_stage

    with app.app_context():
        if is_empty():
            with on_stage(app, lambda _sentence: None, today - FOUNDED) as stage:
                fill(stage, members, today)
        cookies = [cookie_of(app, sign_in(app, email)) for email in (MEMBER, BOARD, TREASURER)]
        return Large(app, _pages(app, *cookies))


def sign_in(app: Flask, email: str) -> str:
    """Open a session of somebody; gives its token."""
    from coopgov.accounts import queries, service
    from coopgov.accounts.rules import How
    from coopgov.core.act import open_act
    from coopgov.core.policy import SYSTEM

    with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        account = queries.find_account_by_email(act.session, email)
        assert account is not None
        return service.open_session(act, account_id=account.id, how=How.LINK)


def _pages(app: Flask, member: str, board: str, treasurer: str) -> dict[str, Page]:
    from coopgov.assemblies import queries
    from coopgov.core.db import db

    assembly = queries.list_assemblies(db.session(), to_come=True).rows[0].id
    searches = tuple(f"/members?q={quote_plus(text)}" for text in SEARCHES)
    return {
        "home of a member": Page(member, ("/",), 150),
        "home of the board": Page(board, ("/",), 150),
        "member list with search": Page(board, ("/members", *searches), 150),
        "assembly page of a member": Page(member, (f"/assemblies/{assembly}",), 150),
        "assembly page of the board": Page(board, (f"/assemblies/{assembly}",), 150),
        "home of the treasurer": Page(treasurer, ("/",), 150),
        "register of shares": Page(treasurer, ("/shares/", "/shares/?q=dubois"), 300),
    }

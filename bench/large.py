"""A large cooperative: members and shares in bulk, one assembly convened, somebody signed in, the pages to ask for."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import event

from bench.world import cookie_of

FOUNDED = timedelta(days=900)
SEARCHES = ("mar", "dubois", "zoé le", "nan", "benoît r", "du", "fatou dial", "x")


@dataclass
class Large:
    """The cooperative made, and how to ask it for pages."""

    app: Flask
    cookie: str
    office_cookie: str
    assembly_path: str
    first_letters: tuple[str, ...] = SEARCHES
    counted: dict[str, int] = field(default_factory=dict)

    def pages(self) -> dict[str, tuple[str, list[str]]]:
        """Each page's name, whose cookie, and the addresses asked for in turn."""
        searches = [f"/members?text={text.replace(' ', '+')}" for text in self.first_letters]
        return {
            "home of a member": (self.cookie, ["/"]),
            "home of the board": (self.office_cookie, ["/"]),
            "member list with search": (self.office_cookie, searches),
            "assembly page of a member": (self.cookie, [self.assembly_path]),
            "assembly page of the board": (self.office_cookie, [self.assembly_path]),
        }

    def statements(self, paths: list[str], cookie: str) -> int:
        """The most SQL statements one of these pages asks for."""
        return max(self._count(path, cookie) for path in paths)

    def _count(self, path: str, cookie: str) -> int:
        from coopgov.core.db import db

        told: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("PRAGMA"):
                told.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = self.app.test_client().get(path, headers={"Cookie": cookie})
            assert answer.status_code == 200, (path, answer.status_code)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(told)


def make_large(app: Flask, members: int, today: date) -> Large:
    """Found it, enrol the members, let them subscribe, convene an assembly with remote voting."""
    from coopgov.demo.stage import on_stage

    with app.app_context(), on_stage(app, lambda _sentence: None, today - FOUNDED) as stage:
        from bench.filling import fill

        cast = fill(stage, members, today)
    return Large(app, cookie_of(app, cast.member), cookie_of(app, cast.office), f"/assemblies/{cast.assembly_id}")

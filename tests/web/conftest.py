"""What the tests of pages share: browsers already signed in."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopgov.accounts import service
from coopgov.accounts.rules import How
from coopgov.core.policy import Role


@pytest.fixture
def signed_in(app: Flask, act) -> Callable[..., FlaskClient]:
    """Open a browser: `signed_in(Role.BOARD)` as somebody new, `signed_in(account_id=…)` as somebody known."""

    def make(*roles: Role, account_id: UUID | None = None, name: str = "Camille Exemple") -> FlaskClient:
        with act() as a:
            who = account_id or service.create_account(a, email=f"{uuid4().hex}@example.org", name=name)
            for role in roles:
                service.grant_role(a, account_id=who, role=role, from_day=date(2026, 1, 1))
            token = service.open_session(a, account_id=who, how=How.DEMONSTRATION)
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        return browser

    return make

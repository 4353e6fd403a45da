"""Whatever people do in whatever order, the two books hold; undone as a whole, nothing is left of it."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from coopgov.core.db import db
from tests.service.ledger_machine import Books, Lives


def test_whatever_is_asked_in_whatever_order_the_books_hold_and_can_be_undone(app, engines, request):
    def make_books():
        db.session.remove()
        db.engine.dispose()
        engines(request.node.callspec.params["app"]).refresh()
        return Books.found(app)

    lives = type("LivesHere", (Lives,), {"make_books": staticmethod(make_books)})
    few = settings(
        max_examples=3, stateful_step_count=30, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(lives, settings=few)

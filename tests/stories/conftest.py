"""What the stories share: a cooperative of ten people in which everything is wired."""

import pytest

from tests.coop_world import Coop, everything_wired


@pytest.fixture
def coop(app, clock) -> Coop:
    """A SCOP founded in 2021; it is 24 November 2026, 10:00 in Paris."""
    return everything_wired(app, clock).found()

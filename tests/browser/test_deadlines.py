"""The deadlines of an assembly on a phone and on a desk: readable, accessible, printable."""

import pytest

from tests.browser.conftest import ENGINES, Serve, Visit
from tests.browser.visitor import DESK, PHONE


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_deadlines_are_read_on_any_screen(kind: str, width: int, serve: Serve, visit: Visit):
    awa = visit(serve(kind, "deadlines"), width).be("Awa Diallo")
    awa.menu("Assemblées")
    awa.main.locator("a[href^='/assemblies/']").first.click()
    awa.follow("Échéances")
    awa.sees("Convocation des associés", "Réunion de l’assemblée", "Questions écrites")
    awa.look("deadlines")
    awa.page.emulate_media(media="print")
    awa.look("deadlines-printed")

"""A paper to print: templates of the tests beside the real ones, and one set of facts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coopgov.core.money import Cents
from coopgov.printing import render
from coopgov.printing.letterhead import Letterhead

HERE = Path(__file__).resolve().parent
ISSUED = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
NAMES = ("Alice Martin", "Bob Le Goff", "Zoé Œuvrard", "Łukasz Żak", "Marie-Thérèse d’Haïti")


@pytest.fixture(autouse=True)
def _test_templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(render, "TEMPLATES", [*render.TEMPLATES, HERE / "templates"])
    render.environment.cache_clear()
    yield
    render.environment.cache_clear()


@pytest.fixture
def facts() -> dict[str, Any]:
    """What the specimen is printed from, as it comes back from the archive."""
    letterhead = Letterhead(
        name="Coopérative des Trois Rivières",
        legal_form="Société coopérative d’intérêt collectif anonyme, à capital variable",
        seat="12 rue du Pont, 35000 Rennes",
        capital=Cents(1_234_567_00),
        siren="732829320",
        registry="Rennes",
    )
    return {
        "cooperative": letterhead.as_facts(),
        "document": {"series": "essai", "number": 7, "issued_at": ISSUED, "facts_sha256": "9f2c41aa" + "0" * 56},
        "person": {"name": "Mme Zoé Œuvrard", "street": "3 quai des Tanneurs", "town": "35000 Rennes"},
        "vote": {
            "day": "2026-12-01", "at": "2026-11-30T17:00:00Z", "share": "2/3", "capital": 1_234_567_00, "rate": 450
        },
        "rows": [
            {"name": NAMES[i % 5], "college": "Créateurs", "shares": 1 + i * 37, "cents": 2000 * (1 + i * 37)}
            for i in range(60)
        ],
    }  # fmt: skip

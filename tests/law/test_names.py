"""A figure asked for in the code is one the texts give: a misspelt name would be a rule that never speaks."""

import re
from pathlib import Path

from coopgov.law.loader import load_law

CODE = Path(__file__).parents[2] / "coopgov"
ASKED = re.compile(r"""\.(?:find_)?figure\(\s*(f?)["']([a-z0-9_.{}]+)["']""", re.IGNORECASE)


def test_every_figure_asked_for_exists():
    names = {entry.name for entry in load_law()}
    unknown = [
        f"{path.relative_to(CODE)}: {name}"
        for path in sorted(CODE.rglob("*.py"))
        for _, name in ASKED.findall(path.read_text(encoding="utf-8"))
        if name not in names
        and not any(re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[a-z_.]+", re.escape(name)), known) for known in names)
    ]
    assert unknown == []

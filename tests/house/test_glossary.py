"""The glossary is true: each name in it is a name in the code."""

import re

import pytest

from tests.house.reading import ROOT, modules

ROWS = re.findall(
    r"^\| (.+?) \| (.+?) \| `(\w+)` \| (.+?) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE
)
CODE = "\n".join(path.read_text() for path in modules())


def test_the_glossary_holds_the_words_of_the_trade():
    assert {"part sociale", "pouvoir", "scrutin", "procès-verbal", "quorum"} <= {row[0] for row in ROWS}


@pytest.mark.parametrize("name", [row[2] for row in ROWS])
def test_a_name_of_the_glossary_stands_in_the_code(name):
    assert re.search(rf"\b(class|def) {name}\b|\b{name}\b *[:=]", CODE), f"{name} is not in the code"

"""What the code keeps to, held by reading it."""

import ast
import re

import pytest

from tests.house.reading import PACKAGE, called, calls, modules, name_of, tree

FEATURES = sorted(
    path.parent.name for path in PACKAGE.glob("*/models.py") if path.parent.name not in {"core", "printing"}
)
# Only the edge reads the clock; the demonstration moves it and so must read it first.
CLOCK_READERS = {"coopgov/core/clock.py"}


def test_only_the_act_commits():
    committing = {name_of(path) for path in modules() for call in calls(path) if called(call) == "commit"}
    assert committing == {"coopgov/core/act.py"}


def test_nothing_but_the_clock_reads_the_clock():
    reading = re.compile(r"datetime\.now|date\.today|utcnow|time\.time\(|CURRENT_TIMESTAMP|func\.now|func\.current_")
    found = {name_of(path) for path in modules() if reading.search(path.read_text())}
    assert found <= CLOCK_READERS


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_never_imports_the_models_of_another(feature):
    foreign = [
        f"{name_of(path)}: {node.module}"
        for path in (PACKAGE / feature).rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and _models_of_another(node.module or "", feature)
    ]
    assert foreign == []


def _models_of_another(module: str, feature: str) -> bool:
    parts = module.split(".")
    return (
        len(parts) >= 3
        and parts[0] == "coopgov"
        and parts[1] in FEATURES
        and parts[1] != feature
        and parts[2] == "models"
    )


def test_every_breach_has_a_sentence_marked_for_translation():
    unmarked = [
        f"{name_of(path)}:{call.lineno}"
        for path in modules()
        for call in calls(path)
        if called(call) == "Breach" and not _is_marked(call)
    ]
    assert unmarked == []


def _is_marked(call: ast.Call) -> bool:
    sentence = (
        call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "sentence"), None)
    )
    # A name is fine: the constant it names is marked where it is written, and the catalogue test finds it.
    return isinstance(sentence, ast.Name) or (isinstance(sentence, ast.Call) and called(sentence) == "N_")


def test_there_is_no_drawer_for_odd_things():
    drawers = {"utils.py", "helpers.py", "constants.py", "base_service.py", "misc.py", "common.py"}
    assert [name_of(path) for path in modules() if path.name in drawers] == []

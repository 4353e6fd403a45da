"""Acts are opened the right way round, never by a page that is only read, and each leaves its line in the journal."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.reading import PACKAGE, called, modules, name_of, tree

# Commands that leave no line of their own, each for its reason.
WITHOUT_A_LINE = {
    "coopgov/accounts/service.py:open_session": "signing in is told by the table of sessions, and is nobody's act",
    "coopgov/accounts/service.py:sign_out": "the same",
    "coopgov/accounts/service.py:end_session": "the same",
    "coopgov/accounts/service.py:sign_out_everywhere": "the same",
    "coopgov/accounts/service.py:request_link": "the same, and a line would tell who asked",
    "coopgov/accounts/service.py:use_link": "the same",
    "coopgov/accounts/service.py:count_code_try": "the same, as with passwords",
    "coopgov/assemblies/service/codes.py:count_code_try": "the same",
    "coopgov/ballots/cast.py:cast": "no line that voters would queue for, nor the order of arrival; the closed urn is",
    "coopgov/assemblies/service/voting.py:vote": "the same",
    "coopgov/assemblies/service/voting.py:cast_all": "the same",
    "coopgov/ballots/cast.py:note_paper": "the same",
    "coopgov/assemblies/service/voting.py:note_paper": "the same",
    "coopgov/ballots/cast.py:cast_paper": "a part of the line that tells who typed it",
    "coopgov/assemblies/service/typed.py:type_paper": "it asks ballots, which leave it",
    "coopgov/assemblies/service/typed.py:withdraw_paper": "the same",
    "coopgov/assemblies/service/voting.py:vote_facts": "it only looks",
    "coopgov/members/service/estates.py:open_estate": "a part of the line that tells the death",
    "coopgov/members/service/estates.py:drop_estate": "a part of the line that undoes it",
    "coopgov/members/service/imports.py:plan": "it only looks",
    "coopgov/members/service/mandates.py:give_office": "it asks accounts, which leave it, with what was judged",
    "coopgov/members/service/standing.py:follow_status": "a part of commands that leave theirs",
    "coopgov/members/service/standing.py:grant_wish": "a part of an admission",
    "coopgov/members/service/standing.py:link_account": "the same, where the account is there already",
    "coopgov/treasury/service/interest.py:accounts_of_year": "it only looks",
    "coopgov/treasury/service/closing.py:close_period": "it asks the share book, which leaves it",
    "coopgov/treasury/service/certificates.py:issue_certificate": "it asks the share book, which leaves it",
    "coopgov/treasury/service/certificates.py:certify_today": "the same, unless the last certificate still says the truth",
}  # fmt: skip


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree(path).body if isinstance(node, ast.FunctionDef)}


def names_called(node: ast.AST) -> set[str]:
    return {called(call) for call in ast.walk(node) if isinstance(call, ast.Call)}


def managers(node: ast.With) -> list[str]:
    return [called(item.context_expr) for item in node.items if isinstance(item.context_expr, ast.Call)]


def test_refusals_are_hung_on_a_form_only_once_the_act_is_undone():
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.With) and "begin_act" in managers(node) and _hangs_too_early(node)
    ]
    assert wrong == []


def _hangs_too_early(node: ast.With) -> bool:
    opened = managers(node)
    after = opened[opened.index("begin_act") :]
    return "refusals_on" in after or any("refusals_on" in names_called(part) for part in node.body)


def test_a_page_that_is_only_read_opens_no_act():
    writing = [f"{name_of(path)}:{name}" for path in modules() for name in _pages_that_write(path)]
    assert writing == []


def _pages_that_write(path: Path) -> Iterator[str]:
    known = functions(path)
    for name, node in known.items():
        if _methods(node) == {"get"} and _reaches(node, known, {"begin_act", "begin_system_act", "open_act"}):
            yield name


def _methods(node: ast.FunctionDef) -> set[str]:
    decorators = [d.func.attr for d in node.decorator_list if isinstance(d, ast.Call) and _is_of_a_blueprint(d)]
    return set(decorators)


def _is_of_a_blueprint(decorator: ast.Call) -> bool:
    function = decorator.func
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "").endswith("bp")


def _reaches(
    node: ast.AST, known: dict[str, ast.FunctionDef], wanted: set[str], seen: frozenset[str] = frozenset()
) -> bool:
    found = names_called(node)
    if found & wanted:
        return True
    return any(_reaches(known[name], known, wanted, seen | {name}) for name in found & known.keys() - seen)


def test_every_command_leaves_its_line_in_the_journal():
    silent = {f"{name_of(path)}:{name}" for path in _services() for name in _silent_commands(path)}
    assert silent == set(WITHOUT_A_LINE)


def _services() -> Iterator[Path]:
    for path in modules():
        inside = path.relative_to(PACKAGE).parts
        if inside[0] != "demo" and (inside[-1] in {"service.py", "cast.py"} or "service" in inside[:-1]):
            yield path


def _silent_commands(path: Path) -> Iterator[str]:
    feature = path.relative_to(PACKAGE).parts[0]
    known: dict[str, ast.FunctionDef] = {}
    for other in (PACKAGE / feature).rglob("*.py"):
        known |= functions(other)
    for name, node in functions(path).items():
        if _is_command(name, node) and not _reaches(node, known, {"record"}):
            yield name


def _is_command(name: str, node: ast.FunctionDef) -> bool:
    first = node.args.args[0].annotation if node.args.args else None
    return not name.startswith("_") and isinstance(first, ast.Name) and first.id == "Act" and bool(node.args.kwonlyargs)

"""H11, H12, H15: what is never written in this house, held against every line of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("keys", "activitypub", "federation", "node")
MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "xmlrpc", "telnetlib"}
CALLS = {"eval", "exec", "compile", "__import__", "input", "globals"}
PLACES = {"node/commands/keys.py": {"input"}}
"""Where one of these is meant, with what it is."""
SHELLS = {"system", "popen", "spawnl", "getoutput", "getstatusoutput"}
MARK = "S608"
SQL = ("select ", "insert ", "update ", "delete ", "create ", "alter ", "drop ")


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in paths}


def _nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield name, node


def _called(node: ast.AST) -> str:
    """The name by which something is called, without what stands before its dot."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_h11_nothing_is_imported_that_makes_objects_of_bytes() -> None:
    found = []
    for name, node in _nodes(ast.Import, ast.ImportFrom):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        found += [(name, each) for each in [*names, module] if each.partition(".")[0] in MODULES]
    assert found == []


def test_h11_nothing_is_evaluated() -> None:
    found = []
    for name, node in _nodes(ast.Call):
        assert isinstance(node, ast.Call)
        plain = isinstance(node.func, ast.Name)
        if plain and _called(node) in CALLS - PLACES.get(name, set()):
            found.append((name, node.lineno, _called(node)))
    assert found == []


def test_h11_no_shell_is_asked() -> None:
    found = []
    for name, node in _nodes(ast.Call):
        assert isinstance(node, ast.Call)
        shell = any(
            each.arg == "shell"
            and not (isinstance(each.value, ast.Constant) and not each.value.value)
            for each in node.keywords
        )
        if shell or _called(node) in SHELLS | {"create_subprocess_shell"}:
            found.append((name, node.lineno))
    assert found == []


def test_h11_what_is_formatted_is_a_text_of_ours() -> None:
    """`{0.__class__}` does something only where a stranger's text is the template."""
    found = []
    for name, node in _nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if _called(node) in {"format", "format_map"} and isinstance(node.func, ast.Attribute):
            template = node.func.value
            ours = isinstance(template, ast.Constant) or (
                isinstance(template, ast.Name) and template.id.isupper()
            )
            if not ours and _is_template(node):
                found.append((name, node.lineno, ast.unparse(node.func)))
    assert found == []


def _is_template(node: ast.Call) -> bool:
    # `formatter.format(record)` of logging, `babel.format(…)` and the like are no templates.
    assert isinstance(node.func, ast.Attribute)
    return isinstance(node.func.value, ast.BinOp | ast.Call | ast.JoinedStr | ast.Subscript)


def test_h11_pages_escape_what_they_show_unless_they_are_told_otherwise() -> None:
    found = [
        path.name
        for path in (ROOT / "node").rglob("*.html")
        if "autoescape false" in path.read_text("utf-8")
    ]
    assert found == []


def _lines(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").splitlines()


def _is_sql(node: ast.AST) -> bool:
    parts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    text = next((each for each in parts if isinstance(each, str) and each.strip()), "")
    return text.lstrip().lower().startswith(SQL)


def test_h12_no_statement_is_made_of_parts_but_where_it_is_marked() -> None:
    """A marked place (noqa: S608) says beside it why its parts are fixed."""
    found = []
    for name, node in _nodes(ast.JoinedStr, ast.BinOp):
        if not _is_sql(node) or not _has_parts(node):
            continue
        assert isinstance(node, ast.expr)
        lines = _lines(name)[max(0, node.lineno - 4) : (node.end_lineno or node.lineno) + 3]
        if not any(MARK in line for line in lines) and not _is_constant(name, node):
            found.append((name, node.lineno, ast.unparse(node)[:80]))
    assert found == []


def _has_parts(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(each, ast.FormattedValue) for each in node.values)
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add)):
        return False
    return isinstance(node.left, ast.Constant | ast.JoinedStr | ast.BinOp)


def _is_constant(name: str, node: ast.expr) -> bool:
    """Whether it stands at the top of its module and is made of that module's constants."""
    for statement in sources()[name].body:
        if statement.lineno <= node.lineno <= (statement.end_lineno or 0):
            names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
            within = isinstance(statement, ast.Assign | ast.AnnAssign)
            return within or all(each.strip("_").isupper() for each in names)
    return False


SUPERVISED = "create_task of a TaskGroup, or a task that somebody keeps and looks at"


def test_h15_no_task_is_started_and_forgotten() -> None:
    """A task whose result nobody takes dies without a word; each belongs to somebody."""
    found = []
    for name, tree in sources().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
                continue
            call = node.value
            loose = _called(call) in {"create_task", "ensure_future"}
            if loose and "group" not in ast.unparse(call.func):
                found.append((name, node.lineno, SUPERVISED))
    assert found == []


@pytest.mark.parametrize("silent", ["pass", "continue"], ids=lambda each: f"H15-{each}")
def test_nothing_swallows_every_exception(silent: str) -> None:
    found = []
    for name, node in _nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
        if broad and [ast.unparse(each) for each in node.body] == [silent]:
            found.append((name, node.lineno))
    assert found == []

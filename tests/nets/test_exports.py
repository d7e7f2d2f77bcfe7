"""Every file that a spreadsheet opens is written so that no text in it runs."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.settings import ROOT

NEEDED = {"strings_to_formulas": False, "strings_to_urls": False}


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            yield node


def options(call: ast.Call, tree: ast.Module) -> dict[str, object]:
    """What a workbook is opened with, written on the spot or above in the module."""
    given = call.args[1] if len(call.args) > 1 else ast.Dict([], [])
    if isinstance(given, ast.Name):
        given = next(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == given.id
        )
    found: dict[str, object] = {}
    if isinstance(given, ast.Dict):
        for name, value in zip(given.keys, given.values, strict=True):
            if isinstance(name, ast.Constant) and isinstance(value, ast.Constant):
                found[str(name.value)] = value.value
    return found


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in (ROOT / "app").rglob("*.py"):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_no_workbook_takes_text_for_a_formula_or_a_link() -> None:
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree, "xlsxwriter.Workbook")
        if not options(call, tree).items() >= NEEDED.items()
    ]
    assert wrong == []


def test_whoever_writes_csv_marks_what_would_be_a_formula() -> None:
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree, "csv.writer")
        if "plain_cell" not in ast.unparse(tree)
    ]
    assert wrong == []


def test_no_formula_is_written_at_all() -> None:
    text = "".join(ast.unparse(tree) for _, tree in modules())
    assert "write_formula" not in text
    assert "write_array_formula" not in text
    assert "write_dynamic_array" not in text

"""What is handed to the one commit point takes plain values: it runs where no request is."""

import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
OF_THE_REQUEST = {"request", "current_user", "current_actor", "g", "session_cookie"}


def works_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions defined inside functions that take a database session first."""
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef):
            for inner in ast.walk(outer):
                takes = [each.arg for each in inner.args.args] if _is_inner(inner, outer) else []
                if takes[:1] in (["session"], ["inner"]):
                    yield inner  # type: ignore[misc]


def _is_inner(node: ast.AST, outer: ast.FunctionDef) -> bool:
    return isinstance(node, ast.FunctionDef) and node is not outer


def test_no_work_asks_the_request_for_anything() -> None:
    wrong = []
    for path in APP.rglob("*.py"):
        for work in works_of(ast.parse(path.read_text(encoding="utf-8"))):
            named = {node.id for node in ast.walk(work) if isinstance(node, ast.Name)}
            if named & OF_THE_REQUEST:
                wrong.append(f"{path.relative_to(APP)}:{work.lineno}: {named & OF_THE_REQUEST}")
    assert wrong == []

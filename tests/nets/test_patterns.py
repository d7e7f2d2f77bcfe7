"""No pattern of the program can be made to search without end by what somebody typed."""

import ast
import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from app.settings import ROOT

MANY = 20
CALLS = {f"re.{name}" for name in ("compile", "match", "fullmatch", "search", "sub", "split")}
CALLS |= {"re.findall", "re.finditer"}
REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}


def patterns() -> Iterator[tuple[str, str]]:
    """Every pattern that stands in the program as a plain text."""
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                given = node.args[0] if node.args else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", given.value


def nested(parsed: Any, inside: bool = False) -> bool:
    """Whether a long repetition holds another one that may begin anywhere: (a+)+."""
    for kind, value in parsed:
        if kind in REPEATS:
            _, most, body = value
            long = most is _constants.MAXREPEAT or most > MANY
            alone = len(body) == 1  # (a+b)+ has a mark between two rounds, (a+)+ has none
            if (inside and long) or nested(body, inside=long and alone):
                return True
            if nested(body):
                return True
        elif kind is _constants.SUBPATTERN:
            if nested(value[-1], inside and len(value[-1]) == 1):
                return True
        elif kind is _constants.BRANCH and any(nested(each, inside) for each in value[1]):
            return True
    return False


def test_the_check_knows_what_runs_away() -> None:
    for bad in (r"(a+)+", r"(?:\d+)*x", r"(?:a*|b)+"):
        assert nested(_parser.parse(bad))
    for good in (r"(?:,\d+)*", r"a+b+", r"(?:[a-z]+-)+"):
        assert not nested(_parser.parse(good))


def test_no_pattern_repeats_a_repetition() -> None:
    found = list(patterns())
    assert len(found) > 20
    wrong = [where for where, pattern in found if nested(_parser.parse(pattern))]
    assert wrong == []
    assert re.compile(found[0][1])

"""The tools that read the whole tree find nothing to say; the scripts' own tests pass."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports", "--no-cache"),
        ("djlint", "templates", "--lint", "--quiet"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_tool_finds_nothing(command: tuple[str, ...]) -> None:
    done = _run(str(BIN / command[0]), *command[1:])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_scripts_of_the_pages_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        sentence = "Node is not installed: the tests of the pages' scripts do not run"
        if os.environ.get("ANCA_TEST_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    done = _run(node, "--test", *files)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

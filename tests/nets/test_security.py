"""docs/security.md is true: it goes through the whole standard, and what it says holds."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.exceptions import InvalidTag
from granian import Granian
from granian.constants import SSLProtocols

from app.extensions import EncryptedText, hash_secret
from app.settings import ROOT
from tests.conftest import Node

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ((?:\d+\.\d+\.\d+ ?)+) \| ([✓–○]) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
# How many items of level 1 and 2 each chapter of OWASP ASVS 5.0.0 has.
ITEMS = dict(enumerate((27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), start=1))
SCRIPTS = [*(ROOT / "static" / "js").rglob("*.js")]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in (ROOT / "app").rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def calls(names: set[str]) -> list[str]:
    """Where the program calls something by one of these names."""
    return [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names
    ]


def test_every_item_of_the_standard_stands_there_once() -> None:
    items = [item for row in ROW.findall(PAGE) for item in row[0].split()]
    assert [item for item, times in Counter(items).items() if times > 1] == []
    assert Counter(int(item.partition(".")[0]) for item in items) == ITEMS


def test_every_test_that_is_named_exists() -> None:
    gone = []
    for path, name in NAMED.findall(PAGE):
        file = ROOT / "tests" / path
        if not file.is_file() or f"def {name}(" not in file.read_text(encoding="utf-8"):
            gone.append(f"{path}::{name}")
    assert gone == []


def test_what_is_met_names_a_test_or_says_why_and_what_is_open_says_what() -> None:
    for items, mark, how in ROW.findall(PAGE):
        assert NAMED.search(how) or len(how) > 8, items
        assert mark != "○" or len(how) > 40, items
        assert "{{" not in how, items


def test_scripts_never_write_html() -> None:
    wrong = re.compile(r"\.(?:inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write|\beval\(")
    assert [str(path) for path in SCRIPTS if wrong.search(path.read_text("utf-8"))] == []
    assert len(SCRIPTS) > 30


def test_no_script_listens_to_other_windows() -> None:
    wrong = re.compile(r"window\.(?:addEventListener\(\"message\"|onmessage)")
    assert [str(path) for path in SCRIPTS if wrong.search(path.read_text("utf-8"))] == []


def templates() -> Iterator[tuple[Path, str]]:
    for path in (ROOT / "templates").rglob("*.html"):
        yield path, path.read_text(encoding="utf-8")


def test_no_template_builds_an_address_from_a_value() -> None:
    """An address begins with a slash, a mark or a known word, or is made by the program."""
    bare = re.compile(r"(?:href|action|src)=\"\{\{\s*(?:request\.|form\.)")
    unescaped = re.compile(r"\|\s*safe\b|autoescape false")
    wrong = [str(path) for path, text in templates() if bare.search(text) or unescaped.search(text)]
    assert wrong == []


def test_no_template_is_made_of_a_text() -> None:
    assert calls({"render_template_string", "from_string"}) == []


def test_secrets_are_typed_unseen_and_may_be_pasted() -> None:
    fields = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) in {"secret", "pin", "old_secret", "password"}
        and isinstance(node.value, ast.Call)
        and "Field" in ast.unparse(node.value.func)
        and "PasswordField" not in ast.unparse(node.value.func)
    ]
    assert fields == []
    assert [str(path) for path in SCRIPTS if '"paste"' in path.read_text("utf-8")] == []


def test_nothing_secret_comes_from_the_ordinary_dice() -> None:
    """`random` is for made-up parks and for spreading load; secrets come from `secrets`."""
    allowed = ("app/demo/", "app/delivery/jobs/lines.py", "app/hub/jobs.py")
    users = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(each.name == "random" for each in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    }
    assert [name for name in users if not name.startswith(allowed)] == []


def test_names_of_downloads_are_made_of_plain_signs() -> None:
    """What stands in Content-Disposition is a constant, a day, a number or a code."""
    wrong = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and "filename=" in ast.unparse(node):
                parts = [p for p in node.values if isinstance(p, ast.FormattedValue)]
                said = {ast.unparse(part.value).partition("[")[0] for part in parts}
                wrong += [f"{name}:{node.lineno} {each}" for each in said - PLAIN]
    assert wrong == []


PLAIN = {"name", "how", "FILE_NAME", "alert_id", "notice_id"}


def test_no_row_is_filled_from_a_request_as_it_came() -> None:
    assert calls({"populate_obj"}) == []
    spread = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if "/views" in name or "/forms" in name or "/actions" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg is None
        if ast.unparse(node.value).startswith(("request.", "json_body("))
    ]
    assert spread == []


def test_calls_to_other_systems_follow_no_redirect() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg in {"follow_redirects", "allow_redirects"}
        and ast.unparse(node.value) != "False"
    ]
    assert wrong == []
    assert calls({"urlopen"}) == []


def test_every_package_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line.strip() and not line.startswith("#")]
    assert [line for line in named if "==" not in line] == []
    assert [line for line in named if "://" in line or line.startswith("-")] == []


def test_the_server_speaks_tls_1_3_and_hurries_slow_headers() -> None:
    served = (ROOT / "app" / "serve.py").read_text(encoding="utf-8")
    assert signature(Granian.__init__).parameters["ssl_protocol_min"].default is SSLProtocols.tls13
    assert "ssl_protocol_min" not in served
    assert "header_read_timeout=HEADER_SECONDS" in served
    assert "max_request_body_size=settings.max_upload" in served


def test_a_sealed_field_opens_only_in_its_own_column(node: Node) -> None:
    with node.app.app_context():
        kept = EncryptedText("worker.phone").process_bind_param("0987650312", None)  # type: ignore[arg-type]
        assert "0987650312" not in str(kept)
        read = EncryptedText("worker.phone").process_result_value(kept, None)  # type: ignore[arg-type]
        assert read == "0987650312"
        with pytest.raises(InvalidTag):
            EncryptedText("feedback.text").process_result_value(kept, None)  # type: ignore[arg-type]


def test_secrets_are_hashed_slowly_and_with_a_pepper(node: Node) -> None:
    with node.app.app_context():
        kept = hash_secret("mua-thu-ha-noi")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(kept, "mua-thu-ha-noi")

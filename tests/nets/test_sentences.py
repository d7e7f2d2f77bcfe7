"""Whatever the program says no with has a sentence, in Vietnamese and in English."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import app as package
from app.kernel.refusals import all_refusals
from app.settings import ROOT
from app.web.sentences import SENTENCES
from tests.nets.catalogue import english, is_translated

CODE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_0-9]*")
FILE_ENDINGS = {
    "yaml",
    "csv",
    "py",
    "json",
    "zip",
    "db",
    "xlsx",
    "txt",
    "html",
    "toml",
    "env",
    "ndjson",
    "pem",
}
# Strings of that shape in rules and forms that nobody is told: acts of the audit log, rule data.
NOT_TOLD = {"health.viewed", "workforce.id_number_shown", "fever.threshold_c"}


def import_everything() -> None:
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if not module.name.startswith("app.migrations"):
            importlib.import_module(module.name)


def codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            ending = node.value.rpartition(".")[2]
            if CODE.fullmatch(node.value) and ending not in FILE_ENDINGS:
                yield node.value


def told_in_fields() -> dict[str, str]:
    """Codes that rules and forms may put beside a field or a problem, with the file of each."""
    parts = {"rules", "rules.py", "forms", "forms.py"}
    return {
        code: str(path.relative_to(ROOT))
        for path in sorted((ROOT / "app").rglob("*.py"))
        if parts & set(path.relative_to(ROOT).parts)
        for code in codes_in(path)
        if code not in NOT_TOLD
    }


def test_every_refusal_has_a_sentence() -> None:
    import_everything()
    without = sorted({kind.code for kind in all_refusals()} - set(SENTENCES))
    assert not without, "\n".join(without)


def test_no_two_refusals_of_different_status_share_a_code() -> None:
    import_everything()
    statuses: dict[str, set[int]] = {}
    for kind in all_refusals():
        statuses.setdefault(kind.code, set()).add(kind.status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_every_code_of_a_field_has_a_sentence() -> None:
    without = {code: path for code, path in told_in_fields().items() if code not in SENTENCES}
    assert not without, "\n".join(f"{path}: {code}" for code, path in without.items())


def test_every_sentence_is_translated() -> None:
    catalogue = english()
    without = [c for c, text in SENTENCES.items() if not is_translated(catalogue, text._args[0])]
    assert not without, "\n".join(without)


def test_a_sentence_asks_only_for_values_by_name() -> None:
    bare = [c for c, text in SENTENCES.items() if re.search(r"%[sd]", text._args[0])]
    assert bare == []

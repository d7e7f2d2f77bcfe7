"""Whatever the program says no with has a sentence, in Vietnamese and in English."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import app as package
from app.kernel.refusals import all_refusals
from app.settings import ROOT
from app.web.sentences import ROOMS, SENTENCES
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
GROUND_FLOOR = {"kernel", "web", "extensions", "settings"}
# A migration left it in logs, whose pages show it.
LEFT_IN_LOGS = {"intake.not_heard"}


def import_everything() -> None:
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if not module.name.startswith("app.migrations"):
            importlib.import_module(module.name)


def strings_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_in(path: Path) -> Iterator[str]:
    for text in strings_in(path):
        if CODE.fullmatch(text) and text.rpartition(".")[2] not in FILE_ENDINGS:
            yield text


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


def rooms_of_sayers() -> dict[str, set[str]]:
    """By code, the rooms of the packages that say no with it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "app").rglob("*.py"):
        inside = path.relative_to(ROOT / "app")
        if inside.parts[:2] == ("web", "sentences"):
            continue
        package = inside.parts[0].removesuffix(".py")
        room = "ground_floor" if package in GROUND_FLOOR else package
        for code in SENTENCES.keys() & set(strings_in(path)):
            # Any feature may say what is wrong with a field.
            found[code].add("ground_floor" if code.startswith("fields.") else room)
    return found


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


def test_every_sentence_is_said_and_stands_in_the_room_of_who_says_it() -> None:
    rooms_by_code = rooms_of_sayers()
    astray = [
        f"{code} stands in {name}, is said in {sorted(rooms_by_code[code])}"
        for room in ROOMS
        for name in [room.__name__.rpartition(".")[2]]
        for code in room.SENTENCES
        if code not in LEFT_IN_LOGS and name not in rooms_by_code[code]
    ]
    assert not astray, "\n".join(astray)


def test_no_sentence_stands_in_two_rooms() -> None:
    assert sum(len(room.SENTENCES) for room in ROOMS) == len(SENTENCES)


def test_every_sentence_is_translated() -> None:
    catalogue = english()
    without = [c for c, text in SENTENCES.items() if not is_translated(catalogue, text._args[0])]
    assert not without, "\n".join(without)


def test_a_sentence_asks_only_for_values_by_name() -> None:
    bare = [c for c, text in SENTENCES.items() if re.search(r"%[sd]", text._args[0])]
    assert bare == []

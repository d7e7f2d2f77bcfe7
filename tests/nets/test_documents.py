"""Decisions keep a status, vendored files are those that were taken."""

import base64
import hashlib
import json
import re

from app.settings import ROOT

DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
STATUS = re.compile(r"^Status: (Proposed|Accepted|Superseded by (\d+))\b", re.MULTILINE)
VENDOR = ROOT / "static" / "vendor"


def test_every_decision_has_a_number_a_title_and_a_status() -> None:
    wrong = []
    for path in DECISIONS:
        found = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        text = path.read_text(encoding="utf-8")
        number = int(found[1]) if found else 0
        if not text.startswith(f"# {number}. ") or len(STATUS.findall(text)) != 1:
            wrong.append(path.name)
    assert wrong == []


def test_decisions_are_numbered_without_holes() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_what_supersedes_a_decision_exists() -> None:
    successors = {
        int(found[2])
        for path in DECISIONS
        if (found := STATUS.search(path.read_text(encoding="utf-8"))) and found[2]
    }
    assert successors <= set(range(1, len(DECISIONS) + 1))


def test_vendored_files_are_those_that_were_taken() -> None:
    listed = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
    for each in listed:
        content = (VENDOR / each["path"]).read_bytes()
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert each["sha384"] == f"sha384-{digest}", each["path"]
    found = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()}
    assert found - {"manifest.json"} == {each["path"] for each in listed}


def test_every_vendored_package_brings_its_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert [path.name for path in folders if not list(path.glob("LICEN[CS]E*"))] == []

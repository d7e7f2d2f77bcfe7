"""Joined scripts do what the modules do one by one; what cannot be joined is refused."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import ROOT
from app.web.assets import Assets
from app.web.modules import UnjoinableError, closure_of, join

STATIC = ROOT / "static"
COMPONENTS = sorted(path.stem for path in (STATIC / "js" / "components").glob("*.js"))

FILES = {
    "js/a.js": (
        'import { twice, plus as add } from "./deep/b.js";\n'
        'import * as words from "./c.js";\n'
        "/** Tells. */\n"
        "export const told = () => `${words.hello} ${add(twice(4), 1)}`;\n"
    ),
    "js/deep/b.js": (
        'import { one } from "../c.js";\n'
        "export function twice(n) {\n  return 2 * n;\n}\n"
        "const sum = (a, b) => a + b * one;\n"
        "export { sum as plus };\n"
    ),
    "js/c.js": 'export const one = 1;\nexport const hello = "xin chào";\n',
}


def test_a_module_comes_after_what_it_needs_and_once() -> None:
    assert closure_of("js/a.js", FILES.__getitem__) == ["js/c.js", "js/deep/b.js", "js/a.js"]


def test_one_script_does_what_its_modules_do(tmp_path: Path) -> None:
    entry = 'import { told } from "./a.js";\nconsole.log(told());\n'
    assert run(join(entry, "js/main.js", FILES.__getitem__), tmp_path) == "xin chào 9\n"


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("export default 1;\n", "export default"),
        ("export let count = 0;\n", "export let"),
        ("export const { a, b } = given;\n", "export const {"),
        ('export * from "./c.js";\n', "export \\*"),
        ('import { a } from "react";\n', "react"),
        ('import { told } from "./main.js";\n', "imports itself"),
    ],
)
def test_what_would_come_out_wrong_is_refused(source: str, wrong: str) -> None:
    with pytest.raises(UnjoinableError, match=wrong):
        join(source, "js/main.js", {**FILES, "js/main.js": source}.__getitem__)


@pytest.mark.parametrize("part", COMPONENTS)
def test_every_part_of_the_page_kit_can_be_joined(part: str, tmp_path: Path) -> None:
    made = Assets(STATIC, "/static").find(f"{part}.js")
    assert made is not None
    check_only(made.body, tmp_path)


def test_the_service_worker_can_be_joined(tmp_path: Path) -> None:
    check_only(Assets(STATIC, "/static").script("service-worker.js"), tmp_path)


@pytest.mark.parametrize("name", ["x.css", "../a.js", "b+a.js", "check-in+check-in.js", "none.js"])
def test_only_what_has_sources_is_made_and_under_one_name(name: str) -> None:
    assert Assets(STATIC, "/static").find(name) is None


def node() -> str:
    found = shutil.which("node")
    if found is None:
        sentence = "Node is not installed: joined scripts are not run"
        if os.environ.get("ANCA_TEST_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def run(script: str, folder: Path) -> str:
    path = folder / "joined.js"
    path.write_text(script, encoding="utf-8")
    return subprocess.run([node(), path], capture_output=True, text=True, check=True).stdout


def check_only(script: bytes, folder: Path) -> None:
    path = folder / "joined.js"
    path.write_bytes(script)
    subprocess.run([node(), "--check", path], check=True)

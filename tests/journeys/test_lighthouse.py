"""Lighthouse, as it looks at a phone, on the page that a worker opens before every shift.

Its score of speed is not asserted: other tests share the machine. `benchmarks` measures the page.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from app.settings import ROOT
from tests.factories.people import Cast
from tests.journeys.conftest import PHONE, PLACES, QUIET, Site, Visit
from tests.ports import free_port

FOLDER = ROOT / "tests" / "lighthouse"
LEAST = 95
GONE = """async () => {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
}"""


@pytest.fixture
def measure() -> str:
    """Node, with the program that measures; the full run of the tests installs what is locked."""
    node, npm = shutil.which("node"), shutil.which("npm")
    here, whole = (FOLDER / "node_modules" / "lighthouse"), os.environ.get("ANCA_TEST_ALL") == "1"
    if whole and npm and not here.is_dir():
        subprocess.run([npm, "ci"], cwd=FOLDER, check=True, capture_output=True)
    if node is None or not here.is_dir():
        sentence = "Lighthouse is not installed (npm ci in tests/lighthouse): it does not run"
        if whole:
            pytest.fail(sentence)
        pytest.skip(sentence)
    return node


def test_the_check_in_is_readable_and_sound(
    measure: str, browser: Browser, site: Site, cast: Cast, tmp_path: Path
) -> None:
    port = free_port()
    found = next(path for name in PLACES if (path := shutil.which(name)))
    context: BrowserContext = browser.browser_type.launch_persistent_context(
        str(tmp_path),
        executable_path=found,
        args=[*QUIET, f"--remote-debugging-port={port}"],
        viewport=PHONE,
        locale="vi-VN",
    )
    try:
        page = Visit(context.new_page(), site).sign_in_worker(cast.sao_bac.people["hoa"])
        expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
        page.evaluate(GONE)
        page.close()
        told = told_by(measure, port, site.url + "/check-in")
    finally:
        context.close()
    assert told["error"] is None
    scores = {name: score for name, score in told["scores"].items() if name != "performance"}
    assert min(scores.values()) >= LEAST, told


def told_by(node: str, port: int, address: str) -> dict[str, dict[str, int]]:
    """Scores out of a hundred, and what cost points."""
    done = subprocess.run(
        [node, "run.js", str(port), address],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, int]] = json.loads(done.stdout)
    return told

"""A machine of the company learns to trust the node, and its browser then can do everything."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from app.upkeep.gateways.certificates import TlsFolder
from tests.features.upkeep.test_certificates import serving
from tests.journeys.conftest import QUIET
from tests.ports import free_port

ABLE = "[isSecureContext, 'serviceWorker' in navigator, !!crypto.subtle, 'locks' in navigator]"


def trust(home: Path, authority: Path) -> None:
    """What the page asks of a person, for Chromium on Linux."""
    certutil = shutil.which("certutil")
    if certutil is None:
        sentence = "certutil (libnss3-tools) is not installed: no browser learns to trust the node"
        if os.environ.get("ANCA_TEST_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for words in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "anca", "-i", authority]):
        subprocess.run([certutil, "-d", f"sql:{store}", *words], check=True)


def test_a_browser_that_trusts_the_node_may_open_its_pages_without_the_net(
    tmp_path: Path, browser: Browser, chromium_path: str
) -> None:
    folder = TlsFolder(tmp_path / "instance")
    folder.make("KCN Vân Trung", ["anca.vantrung.internal"], [], datetime.now(UTC))
    authority = folder.authority()
    assert authority is not None
    file = tmp_path / "an-ca.crt"
    file.write_bytes(authority.file)
    trust(tmp_path / "home", file)
    port, http_port = free_port(), free_port()
    address = f"https://anca.vantrung.internal:{port}"
    mapped = "--host-resolver-rules=MAP anca.vantrung.internal 127.0.0.1"
    with serving(tmp_path / "instance", port, http_port):
        stranger = browser.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            stranger.goto(f"https://127.0.0.1:{port}/check-in")
        trusting = browser.browser_type.launch(
            executable_path=chromium_path,
            args=[*QUIET, mapped],
            env={**os.environ, "HOME": str(tmp_path / "home")},
        )
        page = trusting.new_page()
        page.goto(f"{address}/check-in")
        assert page.evaluate(ABLE) == [True, True, True, True]
        trusting.close()

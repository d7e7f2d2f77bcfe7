"""What browsers keep: every shell whole in both languages, nothing of a person, one version."""

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.settings import ROOT
from app.web.assets import Joined, assets
from app.web.shells import OFFLINE, SHELLS, Shell
from tests.conftest import Node
from tests.factories.browser import Browser
from tests.factories.people import Cast


@pytest.fixture
def database() -> str:
    """No page that is kept asks the database."""
    return "sqlite"


def list_of(client: FlaskClient) -> dict[str, Any]:
    """What the service worker is told to keep."""
    script = client.get("/sw.js").text
    told: dict[str, Any] = json.loads(script.split("\n", 1)[0].removeprefix("self.KEPT = ")[:-1])
    found = re.search(r'self\.KEPT\.version = "(\w+)"', script)
    assert found
    return told | {"version": found[1]}


def test_the_service_worker_is_asked_for_each_time_and_covers_the_whole_site(
    client: FlaskClient,
) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_every_file_that_is_kept_is_there_byte_for_byte(client: FlaskClient) -> None:
    told = list_of(client)
    addresses = {**told["files"], **told["seldom"]}
    assert {f"{each.address}?lang=en" for each in (*SHELLS, OFFLINE)} <= set(addresses)
    for address, digest in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        found = base64.b64encode(hashlib.sha256(answer.data).digest()).decode()
        assert digest == f"sha256-{found}", address


def test_a_shell_is_kept_in_each_language_as_itself(client: FlaskClient) -> None:
    told = list_of(client)
    files = {**told["files"], **told["seldom"]}
    for each in (*SHELLS, OFFLINE):
        assert files[f"{each.address}?lang=vi"] != files[f"{each.address}?lang=en"]


def test_nothing_of_a_person_is_kept(node: Node, cast: Cast) -> None:
    signed_in = Browser(node.app.test_client())
    signed_in.sign_in(cast.sao_bac.people["hanh"])
    told = list_of(signed_in.client)
    assert not [one for one in told["files"] if one.startswith("/api")]
    for address in told["files"]:
        page = signed_in.client.get(address)
        assert page.data == node.app.test_client().get(address).data, address
        assert page.mimetype != "text/html" or b"csrf" not in page.data, address


def test_a_shell_finds_every_part_it_names_in_its_own_script(client: FlaskClient) -> None:
    for each in (*SHELLS, OFFLINE):
        page = client.get(each.address).text
        parts = set(re.findall(r'data-module="([a-z0-9-]+)"', page))
        joined = re.findall(r'src="/joined/\w+/([a-z0-9+-]+)\.js"', page)
        if joined:
            assert parts <= set(joined[0].split("+")), each.address
        else:
            assert "/static/js/main.js" in page, each.address


def test_the_version_follows_every_byte(client: FlaskClient, in_app: Flask) -> None:
    before = list_of(client)["version"]
    in_app.extensions.pop("service_worker")
    assert list_of(client)["version"] == before
    made = assets().made
    old = made["worker.css"]
    try:
        made["worker.css"] = Joined(old.body + b"/* 2 */", "another")
        in_app.extensions.pop("service_worker")
        assert list_of(client)["version"] != before
    finally:
        made["worker.css"] = old
        in_app.extensions.pop("service_worker")


def test_a_joined_file_is_kept_long_only_under_its_own_address(client: FlaskClient) -> None:
    page = client.get("/check-in").text
    for address in re.findall(r'"(/joined/[^"]+)"', page):
        answer = client.get(address)
        assert "immutable" in answer.headers["Cache-Control"]
        stem = address.rpartition("/")[2]
        other = client.get(f"/joined/0123456789abcdef/{stem}")
        assert other.data == answer.data
        assert other.headers["Cache-Control"] == "no-cache"
    assert client.get("/joined/0123456789abcdef/none.css").status_code == 404


def test_a_joined_sheet_still_finds_its_fonts(client: FlaskClient) -> None:
    with client.application.test_request_context():
        made = assets().find("worker.css")
    assert made is not None
    for address in re.findall(rb"url\(([^)]+)\)", made.body):
        assert client.get(address.decode()).status_code == 200


def test_only_what_is_the_same_for_everybody_is_made_smaller(
    node: Node, client: FlaskClient
) -> None:
    ask = {"Accept-Encoding": "gzip, br"}
    for address in ("/check-in", "/sw.js", "/static/icons/sprite.svg", "/static/js/slots.js"):
        answer = client.get(address, headers=ask)
        assert answer.headers["Content-Encoding"] == "gzip", address
        assert "Accept-Encoding" in answer.headers["Vary"]
        plain = client.get(address)
        assert "Content-Encoding" not in plain.headers
        assert len(answer.data) < len(plain.data)
        tag = {"If-None-Match": answer.headers["ETag"], **ask}
        assert client.get(address, headers=tag).status_code == 304
    for address in ("/sign-in", "/healthz", "/no-such-page"):
        assert "Content-Encoding" not in client.get(address, headers=ask).headers
    font = "/static/fonts/an-ca-figures-400.woff2"
    assert "Content-Encoding" not in client.get(font, headers=ask).headers


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_manifest_makes_the_site_installable(client: FlaskClient, language: str) -> None:
    told = client.get(f"/manifest.webmanifest?lang={language}")
    assert told.mimetype == "application/manifest+json"
    manifest = json.loads(told.text)
    assert manifest["lang"] == language
    assert manifest["display"] == "standalone"
    assert client.get(manifest["start_url"]).status_code == 200
    for icon in manifest["icons"]:
        picture = client.get(icon["src"])
        assert picture.status_code == 200
        width, height = (int.from_bytes(picture.data[at : at + 4]) for at in (16, 20))
        assert icon["sizes"] == f"{width}x{height}"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


def test_a_province_keeps_the_page_of_a_lost_network_and_no_check_in(province: Node) -> None:
    client = province.app.test_client()
    addresses = [page["address"] for page in list_of(client)["pages"]]
    assert addresses == [OFFLINE.address]
    assert json.loads(client.get("/manifest.webmanifest").text)["start_url"] == "/"


def test_what_is_kept_is_as_heavy_as_a_phone_can_bear(client: FlaskClient) -> None:
    fonts = told = 0
    for address in list_of(client)["files"]:
        size = len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
        if address.endswith(".woff2"):
            fonts += size
        else:
            told += size
    assert told < 455_000
    assert fonts < 200_000
    assert not list((ROOT / "static" / "js").rglob("*.map"))


def test_a_page_of_the_office_finds_its_parts_in_the_one_script() -> None:
    layout = (ROOT / "templates" / "layouts" / "office.html").read_text(encoding="utf-8")
    listed = re.search(r"set script_parts = \[([^]]+)\]", layout)
    assert listed
    given = {*re.findall(r'"([a-z-]+)"', listed[1]), "device-notices"}
    for path in (ROOT / "templates").rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if "layouts/office.html" not in page or "main.js" in page or "script_parts" in page:
            continue
        named = set(re.findall(r'data[-_]module="([a-z-]+)"', page))
        assert named <= given, f"{path.name} needs {sorted(named - given)}"


def test_a_shell_that_broke_is_left_out_and_the_others_stay(
    client: FlaskClient, in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Shell("/healthz", also=("vendor/none.wasm",))
    monkeypatch.setattr("app.web.kept.SHELLS", (broken, *SHELLS))
    monkeypatch.delitem(in_app.extensions, "service_worker", raising=False)
    told = list_of(client)
    assert [page["address"] for page in told["pages"]] == [
        each.address for each in (*SHELLS, OFFLINE)
    ]
    assert "/healthz?lang=vi" not in told["files"]
    in_app.extensions.pop("service_worker")


def test_heavy_files_are_not_for_every_phone(
    client: FlaskClient, in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = Shell("/healthz", also=("vendor/idb-8.0.4/index.js",))
    monkeypatch.setattr("app.web.kept.SHELLS", (heavy,))
    monkeypatch.delitem(in_app.extensions, "service_worker", raising=False)
    told = list_of(client)
    assert list(told["seldom"]) == ["/static/vendor/idb-8.0.4/index.js"]
    assert told["pages"][0]["also"] == list(told["seldom"])
    assert not set(told["seldom"]) & set(told["files"])
    in_app.extensions.pop("service_worker")

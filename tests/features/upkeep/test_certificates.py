"""Certificates: an authority that can do little, a server under it, a public one carried in."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from cryptography import x509
from flask import Flask
from flask.testing import FlaskClient
from trustme import CA

from app.accounts.views.browser import is_in_the_clear
from app.kernel.refusals import Refusal
from app.settings import ROOT
from app.upkeep.gateways import certificates as gateway
from app.upkeep.gateways.certificates import TlsFolder
from tests.conftest import Node
from tests.factories.people import PIN, SECRET, Cast
from tests.ports import free_port

NOW = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)
NAME = "anca.vantrung.internal"
LAN = "http://192.168.1.10"
Shell = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def folder(tmp_path: Path) -> TlsFolder:
    return TlsFolder(tmp_path)


@pytest.fixture
def database() -> str:
    """Certificates are files: one kind of database shows all there is to see."""
    return "sqlite"


@contextmanager
def serving(instance: Path, port: int, http_port: int) -> Iterator[None]:
    """The node of an instance folder, served as `start.py serve` does."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANCA_")}
    environment |= {
        "ANCA_INSTANCE": str(instance),
        "ANCA_PORT": str(port),
        "ANCA_HTTP_PORT": str(http_port),
        "ANCA_SCHEDULER": "0",
    }
    for words in (["-m", "flask", "--app", "wsgi", "db", "upgrade"], ["-m", "app.serve"]):
        server = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment)
        if "db" in words:
            assert server.wait(timeout=60) == 0
    try:
        wait_for(port, server)
        wait_for(http_port, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended by itself"
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"nothing answers on port {port}")


def trusting(folder: TlsFolder) -> ssl.SSLContext:
    authority = folder.authority()
    assert authority is not None
    return ssl.create_default_context(cadata=authority.file)


def test_whoever_trusts_the_authority_reaches_the_node_by_name_and_by_address(
    tmp_path: Path,
) -> None:
    folder = TlsFolder(tmp_path)
    folder.make("KCN Vân Trung", [NAME], ["192.168.1.10"], datetime.now(UTC))
    port, http_port = free_port(), free_port()
    context = trusting(folder)
    with serving(tmp_path, port, http_port):
        for host in (NAME, "192.168.1.10", "localhost"):
            with (
                socket.create_connection(("127.0.0.1", port), timeout=20) as raw,
                context.wrap_socket(raw, server_hostname=host) as line,
            ):
                assert line.version() == "TLSv1.3"
        with urlopen(f"https://127.0.0.1:{port}/sign-in", context=context, timeout=20) as page:
            assert page.headers["Strict-Transport-Security"]
        with pytest.raises(URLError, match="certificate verify failed"):
            urlopen(f"https://127.0.0.1:{port}/", timeout=20)

        with urlopen(f"http://127.0.0.1:{http_port}/certificate", timeout=20) as page:
            text = page.read().decode()
        assert "Tải chứng chỉ an-ca.crt" in text
        authority = folder.authority()
        assert authority is not None
        address = f"http://127.0.0.1:{http_port}/certificate/an-ca.crt"
        with urlopen(address, timeout=20) as file:
            assert file.read() == authority.file
        plain = http.client.HTTPConnection("127.0.0.1", http_port, timeout=20)
        body = json.dumps({"login": "hanh", "secret": SECRET})
        plain.request("POST", "/api/v1/sign-in?x=1", body, {"Content-Type": "application/json"})
        sent = plain.getresponse()
        plain.close()
        assert sent.status == 307
        assert sent.headers["Location"] == f"https://127.0.0.1:{port}/api/v1/sign-in?x=1"


def shake_hands(client: ssl.SSLObject, server: ssl.SSLObject) -> None:
    for side in (client, server) * 8:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_the_authority_cannot_vouch_for_anybody_else(
    folder: TlsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make("KCN Vân Trung", [NAME], [], datetime.now(UTC))
    monkeypatch.setattr(gateway, "read_names", lambda _: ("mail.example.com",))
    folder.make("KCN Vân Trung", [], [], datetime.now(UTC))
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder.served)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_side.wrap_bio(incoming, outgoing, server_side=True)
    client = trusting(folder).wrap_bio(outgoing, incoming, server_hostname="mail.example.com")
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(client, server)


def test_the_same_authority_signs_again_and_its_file_is_for_the_owner_alone(
    folder: TlsFolder,
) -> None:
    first = folder.make("KCN Vân Trung", [NAME], [], NOW)
    authority = folder.authority()
    second = folder.make("KCN Vân Trung", ["hse.vantrung.internal"], [], NOW)
    again = folder.authority()
    assert authority is not None
    assert again is not None
    assert again.fingerprint == authority.fingerprint
    assert second.fingerprint != first.fingerprint
    assert second.names[0] == "hse.vantrung.internal"
    assert {path.stat().st_mode & 0o777 for path in folder.folder.iterdir()} == {0o600}


def test_near_its_end_it_is_made_anew_for_the_same_names(folder: TlsFolder) -> None:
    made = folder.make("KCN Vân Trung", [NAME], ["192.168.1.10"], NOW)
    assert folder.renew(NOW + timedelta(days=100)) is None
    renewed = folder.renew(NOW + timedelta(days=350))
    assert renewed is not None
    assert renewed.names == made.names
    assert renewed.ends_at == NOW + timedelta(days=350 + 397)
    assert folder.certificate() == renewed


def given_by_another(tmp_path: Path, *hosts: str) -> tuple[Path, Path]:
    leaf = CA().issue_cert(*hosts)
    chain, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    chain.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    return chain, key


def test_a_public_certificate_is_carried_in_with_its_chain(
    folder: TlsFolder, tmp_path: Path
) -> None:
    chain, key = given_by_another(tmp_path, "anca.vantrung.vn")
    taken = folder.carry_in(chain, key, datetime.now(UTC))
    assert (taken.kind, taken.names) == ("public", ("anca.vantrung.vn",))
    assert folder.renew(taken.ends_at) is None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder.served)


def test_what_cannot_be_served_is_refused_and_what_stood_stays(
    folder: TlsFolder, tmp_path: Path
) -> None:
    stood = folder.make("KCN Vân Trung", [NAME], [], NOW)
    chain, key = given_by_another(tmp_path, "anca.vantrung.vn")
    other = tmp_path / "other"
    other.mkdir()
    _, foreign_key = given_by_another(other, "anca.vantrung.vn")
    text = tmp_path / "text.pem"
    text.write_text("not a certificate")
    nobody = CA().issue_cert(common_name="no names")
    nameless, nameless_key = tmp_path / "nameless.pem", tmp_path / "nameless-key.pem"
    nameless.write_bytes(nobody.cert_chain_pems[0].bytes())
    nameless_key.write_bytes(nobody.private_key_pem.bytes())
    today = datetime.now(UTC)
    ends_at = x509.load_pem_x509_certificates(chain.read_bytes())[0].not_valid_after_utc
    for certificates, private, now, code in (
        (chain, foreign_key, today, "tls.key_mismatch"),
        (text, key, today, "tls.unreadable"),
        (chain, text, today, "tls.unreadable"),
        (tmp_path / "missing.pem", key, today, "tls.not_written"),
        (chain, key, ends_at, "tls.ended"),
        (chain, key, datetime(1999, 1, 1, tzinfo=UTC), "tls.not_begun"),
        (nameless, nameless_key, today, "tls.not_for_servers"),
    ):
        with pytest.raises(Refusal) as refused:
            folder.carry_in(certificates, private, now)
        assert refused.value.code == code
    assert folder.certificate() == stood


def run(app: Flask, *words: str) -> tuple[int, dict[str, object]]:
    done = app.test_cli_runner().invoke(args=["tls", *words, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_the_commands_tell_what_is_served(in_app: Flask, node: Node) -> None:
    try:
        code, told = run(in_app, "show")
        assert (code, told["kind"], told["authority"]) == (0, "none", None)
        code, told = run(in_app, "make", "--name", NAME, "--address", "192.168.1.10")
        assert code == 0
        assert told["names"] == [NAME, "localhost", "192.168.1.10", "127.0.0.1"]
        code, told = run(in_app, "make", "--name", "mail.example.com")
        assert (code, told["code"]) == (1, "tls.name_not_internal")
        assert "mail.example.com" in str(told["message"])
    finally:
        for path in (node.folder / "tls").glob("*"):
            path.unlink()


def test_nobody_of_the_office_signs_in_over_a_line_that_others_can_read(
    client: FlaskClient, cast: Cast
) -> None:
    officer = {"login": "hanh", "secret": SECRET}
    nhung = cast.sao_bac.people["nhung"]
    team = {"company": "SAOBAC", "badge": nhung.badge, "pin": PIN}
    worker = {"company": "SAOBAC", "badge": cast.sao_bac.people["hoa"].badge, "pin": PIN}
    for body, status in ((officer, 403), (team, 403), (worker, 200)):
        answer = client.post("/api/v1/sign-in", json=body, base_url=LAN)
        assert answer.status_code == status, body
        if status == 403:
            assert answer.json is not None
            assert answer.json["code"] == "accounts.needs_https"
    assert client.post("/api/v1/sign-in", json=officer, base_url="https://192.168.1.10").json
    page = client.get("/sign-in?office", base_url=LAN)
    assert "không được mã hoá" in page.text
    assert "không được mã hoá" not in client.get("/sign-in?office").text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_the_machine_itself_is_not_the_network(in_app: Flask, host: str) -> None:
    with in_app.test_request_context("/", base_url=f"http://{host}"):
        assert not is_in_the_clear()


def test_the_page_says_what_is_missing_without_a_certificate(client: FlaskClient) -> None:
    page = client.get("/certificate", base_url=LAN)
    assert "tls make" in page.text
    assert "Người khác trong cùng mạng có thể đọc" in page.text
    assert client.get("/certificate/an-ca.crt").status_code == 404

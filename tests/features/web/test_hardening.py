"""What somebody hostile sends to a node's doors, and what a node tells and writes when it fails."""

import csv
import io
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.accounts.actions.secrets import replace_recovery_codes, use_recovery_code
from app.accounts.rules import WrongCredentials
from app.extensions import db
from app.factory import build_app
from app.feedback.gateways.workbook import as_csv, as_workbook
from app.kernel.actors import program
from app.settings import LOOPBACK, Settings
from app.upkeep.gateways.welcome import welcome
from app.web.hosts import is_own
from app.web.incoming import read_json
from app.web.logs import WithoutValues
from app.web.patience import Patience
from app.web.proxies import TrustedProxies
from app.web.transaction import transact
from app.workforce.gateways import ReadLimits, read_workbook
from tests.conftest import Node
from tests.factories.people import Cast

MARK = "Nguyễn Đánh Dấu"


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1:8000", "192.168.1.10", "[::1]:8443", "[fe80::1]", "maychu"),
        *("anca.kcn.internal:8000", "park.lan", "suc-khoe.kcn.vn", "a.khu.vn:443"),
    ],
)
def test_a_node_answers_to_addresses_private_names_and_the_names_of_its_certificate(
    host: str,
) -> None:
    assert is_own(host, ("suc-khoe.kcn.vn", "*.khu.vn"))


@pytest.mark.parametrize(
    "host", ["evil.example", "kcn.internal.evil.example:80", "x.suc-khoe.kcn.vn", "1.2.3", "::.x"]
)
def test_a_foreign_name_is_not_its_own(host: str) -> None:
    assert not is_own(host, ("suc-khoe.kcn.vn", "*.khu.vn"))


@pytest.mark.parametrize("address", ["/", "/sign-in", "/metrics", "/healthz", "/api/v1/me"])
def test_a_page_that_rebound_its_name_to_the_node_reads_nothing(
    client: FlaskClient, address: str
) -> None:
    assert client.get(address, headers={"Host": "evil.example"}).status_code == 421


def seen_by(hops: int, networks: tuple[Any, ...], peer: str, **told: str) -> tuple[str, str, str]:
    """Address, scheme and host that the application sees."""
    app = Flask("planted", static_folder=None)

    @app.get("/")
    def show() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    builder = EnvironBuilder(headers={f"X-Forwarded-{name}": value for name, value in told.items()})
    environ = builder.get_environ() | {"REMOTE_ADDR": peer}
    body, *_ = run_wsgi_app(TrustedProxies(app.wsgi_app, networks, hops), environ)
    address, scheme, host = b"".join(body).decode().split()
    return address, scheme, host


def test_only_proxies_that_are_named_are_believed() -> None:
    told = {"For": "203.0.113.9, 10.1.0.7", "Proto": "https", "Host": "kcn.vn"}
    lan = (ip_network("10.1.0.0/24"),)
    assert seen_by(0, lan, "10.1.0.5", **told) == ("203.0.113.9", "https", "kcn.vn")
    assert seen_by(0, lan, "10.2.0.5", **told) == ("10.2.0.5", "http", "localhost")
    assert seen_by(1, LOOPBACK, "127.0.0.1", **told) == ("10.1.0.7", "https", "kcn.vn")
    assert seen_by(1, LOOPBACK, "192.168.1.66", **told) == ("192.168.1.66", "http", "localhost")
    forged = {"For": "127.0.0.1, 198.51.100.4", "Proto": "https"}
    assert seen_by(0, lan, "10.1.0.5", **forged)[0] == "198.51.100.4"


def test_without_proxies_nobody_tells_where_they_come_from(client: FlaskClient) -> None:
    told = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}
    far = {"REMOTE_ADDR": "192.168.1.66"}
    assert client.get("/metrics", headers=told, environ_overrides=far).status_code == 404
    answer = client.get("/sign-in", headers=told, environ_overrides=far)
    assert "Strict-Transport-Security" not in answer.headers


NINES = b"9" * 5000
DEEP = b'{"commands":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [DEEP, b'{"a":NaN}', b'{"a":-Infinity}', b"\xff\xfe", b'{"a":1', b'{"a":' + NINES + b"}"],
    ids=lambda body: str(body[:14]),
)
@pytest.mark.parametrize(
    "address", ["/api/v1/sign-in", "/api/v1/commands", "/api/v1/feedback/anonymous"]
)
def test_json_that_is_none_or_without_end_is_refused(
    client: FlaskClient, cast: Cast, address: str, body: bytes
) -> None:
    headers = cast.sao_bac.people["hoa"].headers
    answer = client.post(address, data=body, headers=headers, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "payload.not_json"


def test_signs_that_no_database_holds_are_marked_and_change_nothing_else() -> None:
    assert read_json(rb'{"a\u0000":["x\ud800y","\ud83d\ude00"],"b":1}') == {
        "a\ufffd": ["x\ufffdy", "\U0001f600"],
        "b": 1,
    }


def test_nul_and_half_letters_fail_no_database(node: Node, client: FlaskClient, cast: Cast) -> None:
    headers = cast.sao_bac.people["hoa"].headers
    note = {"key": "0" * 8, "kind": "feedback", "made_at": node.clock.at.isoformat()}
    body = {**note, "body": {"text": "a\x00b\ud800", "category": "canteen"}}
    sent = json.dumps({"commands": [body]})
    answer = client.post(
        "/api/v1/commands", data=sent, headers=headers, content_type="application/json"
    )
    assert answer.status_code == 200
    assert answer.get_json()["results"][0]["outcome"] != "retry"
    typed = {"login": "ha\x00nh", "secret": "x\x00y"}
    assert client.post("/api/v1/sign-in", json=typed).status_code == 401
    page = client.get("/sign-in?next=/\x00&company=%00")
    assert page.status_code == 200
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    page = client.post("/sign-in", data={**typed, "csrf_token": token})
    assert page.status_code in {401, 422}
    assert client.get("/groups/%00/roll-call").status_code == 404


def test_a_failure_tells_its_visitor_nothing(
    client: FlaskClient, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise LookupError(MARK)

    for address, name in (("/sign-in", "accounts.sign_in"), ("/api/v1/card", "find_card")):
        view = next(each for each in node.app.view_functions if each.endswith(name))
        monkeypatch.setitem(node.app.view_functions, view, fail)
        monkeypatch.setitem(node.app.config, "TESTING", False)
        monkeypatch.setitem(node.app.config, "PROPAGATE_EXCEPTIONS", False)
        fail.policy = None  # type: ignore[attr-defined]
        answer = client.open(address, method="POST" if "api" in address else "GET")
        assert answer.status_code == 500
        for word in (MARK, "LookupError", "Traceback", "app/", "Werkzeug"):
            assert word not in answer.text


def written(failure: BaseException | None, message: str, *values: object) -> str:
    """What the log keeps of one record."""
    into = io.StringIO()
    handler = logging.StreamHandler(into)
    handler.setFormatter(WithoutValues("%(levelname)s %(message)s"))
    trace = (type(failure), failure, failure.__traceback__) if failure else None
    handler.emit(logging.LogRecord("x", logging.ERROR, "", 1, message, values, trace))
    return into.getvalue()


def test_a_log_tells_where_it_failed_and_not_on_whom() -> None:
    failure: BaseException
    try:
        try:
            {}[MARK]
        except KeyError as problem:
            raise ValueError(MARK) from problem
    except ValueError as caught:
        failure = caught
    told = written(failure, "request failed")
    assert MARK not in told
    assert "builtins.KeyError" in told
    assert "builtins.ValueError" in told
    assert "test_a_log_tells_where_it_failed" in told


def test_nobody_writes_a_line_of_their_own_into_the_log() -> None:
    told = written(None, "file %s", "a\n2026-11-24 INFO all is well\r\x1b[2J\u2028")
    assert told.count("\n") == 1
    assert told.endswith("\n")
    assert "\x1b" not in told
    assert "\r" not in told
    assert "\u2028" not in told


def test_a_failed_statement_does_not_tell_its_values(node: Node, cast: Cast) -> None:
    writer = node.app.extensions["writer"].engine
    branch = {"kind": "company", "code": "SAOBAC", "name": MARK, "path": "/x/"}
    into = text("INSERT INTO branch (kind, code, name, path) VALUES (:kind, :code, :name, NULL)")
    with pytest.raises(DBAPIError, match="hidden") as caught, writer.begin() as connection:
        connection.execute(into, branch)
    # What PostgreSQL adds about the row stays out by the log itself.
    assert MARK not in written(caught.value, "request failed")
    with node.app.app_context(), pytest.raises(DBAPIError, match="hidden"):
        db.session.execute(text("SELECT :name FROM nothing"), {"name": MARK})


FORMULAS = ["=1+1", "+84901", "-2", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "{=1+1}", "http://a.b"]


def test_feedback_leaves_as_text_and_never_as_a_formula(tmp_path: Any) -> None:
    rows = [[each, 1, None] for each in FORMULAS]
    lines = csv.reader(io.StringIO(as_csv(["a", "b", "c"], rows).decode("utf-8-sig"), newline=""))
    assert [line[0] for line in lines][1:-2] == [f"'{each}" for each in FORMULAS[:-2]]
    path = tmp_path / "a.xlsx"
    path.write_bytes(as_workbook("a", ["a", "b", "c"], rows, "note"))
    read = read_workbook(path, ReadLimits(), file_name="a.xlsx").sheets[0].rows
    assert [str(row[0]) for row in read[-len(FORMULAS) :]] == FORMULAS
    assert b"<f>" not in path.read_bytes()


def test_settings_name_the_proxies() -> None:
    known = Settings.from_environment({"ANCA_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/24"})
    assert known.trusted_proxies == 0
    assert known.behind_proxy
    assert Settings.from_environment({"ANCA_TRUSTED_PROXIES": "1"}).proxy_networks == LOOPBACK
    assert not Settings.from_environment({"ANCA_TRUSTED_PROXIES": "0"}).behind_proxy


def test_who_is_turned_away_is_noted_without_a_name(
    client: FlaskClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    client.post("/api/v1/sign-in", json={"login": MARK, "secret": MARK})
    client.get("/api/v1/groups", headers=hoa.headers)
    client.post("/api/v1/feedback/anonymous/answer", headers={"Host": "evil.example"})
    lines = [each.getMessage() for each in caplog.records if each.name == "app.web.logs"]
    assert len(lines) == 2
    assert " 401 POST accounts_api.sign_in to nobody at 127.0.0.1" in lines[0]
    assert hoa.id in lines[1]
    assert MARK not in caplog.text


def test_the_server_echoes_no_request(client: FlaskClient) -> None:
    assert client.open("/sign-in", method="TRACE").status_code == 405


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_cookies_that_stay_are_of_this_host_and_unseen_by_scripts(
    client: FlaskClient, scheme: str
) -> None:
    answer = client.get("/sign-in?lang=en", base_url=f"{scheme}://localhost")
    kept = [each for each in answer.headers.getlist("Set-Cookie") if "session" not in each]
    assert len(kept) >= 2
    for cookie in kept:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie
        if cookie.startswith("anca-"):
            continue  # the session's own name is a matter of the settings
        assert cookie.startswith("__Host-") == (scheme == "https")
        assert ("Secure" in cookie) == (scheme == "https")


GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/api/v1/me", "/api/v1/nowhere", "/c"])
def test_every_answer_carries_its_guards(client: FlaskClient, cast: Cast, address: str) -> None:
    own = cast.sao_bac.people["hoa"].headers
    for headers in ({}, own, {"Origin": "https://evil.example"}):
        answer = client.get(address, headers=headers)
        for name, value in GUARDS.items():
            assert answer.headers[name] == value
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'"):
            assert part in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "Server" not in answer.headers


def test_over_tls_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    answer = client.get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=604800"


def test_a_session_cookie_is_secure_where_there_is_tls(tmp_path: Path) -> None:
    settings = Settings(
        instance=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'anca.db'}",
        proxy_networks=LOOPBACK,
        trusted_proxies=1,
    )
    config = build_app(settings).config
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert config["SESSION_COOKIE_SECURE"]
    assert config["SESSION_COOKIE_HTTPONLY"]
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_the_plain_port_reads_no_call_and_leads_to_https() -> None:
    reached = []

    def node(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        reached.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return []

    port = welcome(node, 8443)
    for method, address in (("POST", "/api/v1/sign-in"), ("GET", "/sign-in"), ("GET", "/")):
        builder = EnvironBuilder(address, base_url="http://maychu:8080", method=method, data=b"x")
        _, status, headers = run_wsgi_app(port, builder.get_environ())
        assert status.startswith("307")
        assert headers["Location"] == f"https://maychu:8443{address}"
    assert reached == []
    run_wsgi_app(port, EnvironBuilder("/certificate").get_environ())
    assert reached == ["/certificate"]


def test_a_one_time_code_that_many_send_at_once_works_once(node: Node, cast: Cast) -> None:
    hanh = cast.sao_bac.people["hanh"].id
    actor, now = program("test"), node.clock.at
    with node.app.app_context():
        made = transact(lambda session: replace_recovery_codes(session, hanh, actor=actor, now=now))
    gate = threading.Barrier(6)

    def spend() -> bool:
        with node.app.app_context():
            gate.wait()
            try:
                transact(lambda session: use_recovery_code(session, hanh, made[0], now=now))
            except WrongCredentials:
                return False
            return True

    with ThreadPoolExecutor(6) as crew:
        took = [each.result() for each in [crew.submit(spend) for _ in range(6)]]
    assert took.count(True) == 1


class Drops:
    """A body of which nothing comes until the test says so."""

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Semaphore(0), threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.asked.release()
        self.let_go.wait(30)
        return b""


def test_who_sends_bodies_drop_by_drop_leaves_places_for_others() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(10)
        return []

    patience, drops = Patience(app, of_one=3, of_all=5), Drops()

    def send(address: str, body: Any) -> None:
        patience({"REMOTE_ADDR": address, "wsgi.input": body}, None)

    with ThreadPoolExecutor(8) as crew:
        try:
            for address in ["192.168.1.66"] * 3 + ["192.168.1.67"] * 2:
                crew.submit(send, address, drops)
                assert drops.asked.acquire(timeout=30)
            for address in ("192.168.1.66", "192.168.1.68"):
                with pytest.raises(TooManyRequests):
                    send(address, io.BytesIO(b"x"))
            send("127.0.0.1", io.BytesIO(b"x"))
        finally:
            drops.let_go.set()
    for address in ("192.168.1.66", "192.168.1.68"):
        send(address, io.BytesIO(b"x"))

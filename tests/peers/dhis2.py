"""A DHIS2 in the test process that takes `dataValueSets` as its documents say, or misbehaves."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/api/dataValueSets"


@dataclass(slots=True)
class Store:
    """The metadata it knows by code, the values it holds, and how it behaves next.

    `drop` takes the values in and ends the connection; `mute` says nothing until let go.
    """

    elements: set[str] = field(default_factory=set)
    org_units: set[str] = field(default_factory=set)
    values: dict[tuple[str, str, str, str], tuple[str, str]] = field(default_factory=dict)
    token: str = "d2pat_test"
    status: int = 0
    html: bool = False
    drop: bool = False
    mute: bool = False
    keeps_zero: bool = True
    calls: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def take(self, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Import values; the status and the summary of the answer."""
        strategy = query.get("importStrategy", [""])[0]
        if strategy != "CREATE_AND_UPDATE" or query.get("idScheme") != ["CODE"]:
            return 409, self._summary("ERROR", {}, [("importStrategy", "wrong strategy or scheme")])
        dry = query.get("dryRun") == ["true"]
        counts = {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0}
        conflicts: list[tuple[str, str]] = []
        for each in body["dataValues"]:
            counts[self._put(each, conflicts, dry=dry)] += 1
        status = "WARNING" if conflicts else "SUCCESS"
        return 200, self._summary(status, counts, list(dict.fromkeys(conflicts)))

    def _put(self, each: dict[str, str], conflicts: list[tuple[str, str]], *, dry: bool) -> str:
        for name, known in (("dataElement", self.elements), ("orgUnit", self.org_units)):
            if each[name] not in known:
                conflicts.append((each[name], f"{name} not found or not accessible"))
                return "ignored"
        if each["value"] == "0" and not self.keeps_zero:
            return "ignored"
        combo = each.get("categoryOptionCombo", "")
        key = (each["dataElement"], each["period"], each["orgUnit"], combo)
        told = (each["value"], each.get("comment", ""))
        before = self.values.get(key)
        if before == told:
            return "ignored"
        if not dry:
            self.values[key] = told
        return "imported" if before is None else "updated"

    def _summary(
        self, status: str, counts: dict[str, int], conflicts: list[tuple[str, str]]
    ) -> dict[str, Any]:
        response: dict[str, Any] = {"responseType": "ImportSummary", "status": status}
        if counts:
            response["importCount"] = counts
        if conflicts:
            response["conflicts"] = [{"object": what, "value": why} for what, why in conflicts]
        return {"httpStatus": "OK", "status": status, "response": response}


@contextmanager
def dhis2() -> Iterator[Store]:
    """A DHIS2 that listens as long as the story lasts."""
    store = Store()
    basic = "Basic " + b64encode(b"phuc:mat-khau").decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            store.calls += 1
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if store.mute:
                store.released.wait(30)
            if store.mute:
                self.close_connection = True
                return None
            parts = urlsplit(self.path)
            signed = self.headers.get("Authorization") in (f"ApiToken {store.token}", basic)
            if store.html:
                return self._say(200, b"<html>Please sign in</html>", "text/html")
            if not signed:
                return self._say(401, b'{"httpStatus":"Unauthorized"}')
            if parts.path != PATH:
                return self._say(404, b"{}")
            if self.headers.get("Content-Type") != "application/json":
                return self._say(415, b"{}")
            if store.status:
                return self._say(store.status, b'{"message":"no"}')
            status, told = store.take(parse_qs(parts.query), json.loads(body))
            if store.drop:
                self.close_connection = True
                return None
            return self._say(status, json.dumps(told).encode())

        def _say(self, status: int, content: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield store
    finally:
        store.released.set()
        server.shutdown()
        server.server_close()

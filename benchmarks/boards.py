"""Pages of figures over a large park: the board of today and the compliance of every company."""

import http.client
import re
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.figures import Options, Report, part, percentile
from benchmarks.node import ScratchNode

ASKED = 40
SLOWEST_MS = 150
PAGES = (
    ("/today", "safety_officer"),
    ("/compliance", "park_manager"),
    ("/compliance?days=90", "park_manager"),
)


def boards(report: Report, options: Options) -> None:
    size = f"{options.workers:,} workers x {options.days} days"
    with part(f"Boards, {size}"):
        node = ScratchNode(options.scratch / f"park-{options.workers}x{options.days}")
        began = time.perf_counter()
        fresh = not node.database.exists()
        demo = ("--workers", str(options.workers), "--days", str(options.days), "--seed", "1")
        told = node.fill(*demo, afresh=False)
        if fresh:
            report.add("demo load", time.perf_counter() - began, "s", note=size)
        with node.serving():
            for page, role in PAGES:
                account = next(each for each in told["accounts"] if each["role"] == role)
                _page(report, node.port, page, account)


def _page(report: Report, port: int, page: str, account: dict[str, str]) -> None:
    browser = Browser(port)
    browser.sign_in(account["login"], account["secret"])
    status, body = browser.get(page)
    if status != 200:
        raise SystemExit(f"{page} answers {status} to a {account['role']}")
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        status, body = browser.get(page)
        times.append((time.perf_counter() - began) * 1000)
    note = f"{len(body) / 1024:.0f} KiB"
    report.add(f"{page}, p50", percentile(times, 0.5), "ms", note=note)
    report.add(f"{page}, p95", percentile(times, 0.95), "ms", at_most=SLOWEST_MS)


class Browser:
    """Just enough of one: cookies, and the token of a form."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.led_to = self._token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None, {})

    def sign_in(self, login: str, secret: str) -> None:
        self.get("/sign-in?office=1")
        status, _ = self.send("/sign-in", login=login, secret=secret)
        if status not in {302, 303}:
            raise SystemExit(f"{login} could not sign in: {status}")

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form whose page was opened before."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode({"csrf_token": self._token, **fields}), form)

    def send_file(self, path: str, file: Path) -> str:
        """Open a page and send the form with a file that stands there; where it leads."""
        self.get(path)
        line = "boundary-of-a-benchmark"
        head = (
            f'--{line}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._token}'
            f'\r\n--{line}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{file.name}"\r\n\r\n'
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{line}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={line}"}
        status, _ = self._ask("POST", path, body, kind)
        if status not in {302, 303}:
            raise SystemExit(f"{path} refused the file: {status}")
        return self.led_to

    def _ask(
        self, method: str, path: str, body: str | bytes | None, headers: dict[str, Any]
    ) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie, "Referer": f"http://127.0.0.1:{self.connection.port}/"}
        self.connection.request(method, path, body, sent | headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.led_to = answer.headers.get("Location", "")
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text):
            self._token = found[1]
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, text

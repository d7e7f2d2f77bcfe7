"""Pages of figures over a large park: the board of today and the compliance of every company."""

import http.client
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.checkins import Witness
from benchmarks.figures import Options, Report, part, percentile
from benchmarks.node import ScratchNode
from benchmarks.people import Awaited, give_tokens

ASKED = 40
SLOWEST_MS = 150
PAGES = (
    ("/today", "safety_officer"),
    ("/compliance", "park_manager"),
    ("/compliance?days=90", "park_manager"),
    ("/compliance?days=90&measure=delivered", "park_manager"),
    ("/compliance?days=90&view=rank", "park_manager"),
)
BUSY_PAGES = (PAGES[0], PAGES[2])
CHECK_INS_A_SECOND, SENDERS = 50, 4
ROWS_ASKED_FOR, FILE_SECONDS = 60_000, 60
FILE = "file of every line, shift and day, 60,000 rows a minute"


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
        awaited = give_tokens(node).awaited
        by_role = {each["role"]: each for each in told["accounts"]}
        with node.serving():
            for page, role in PAGES:
                _page(report, node.port, page, by_role[role])
            each = CHECK_INS_A_SECOND * 60
            for place, (page, role) in enumerate(BUSY_PAGES):
                people = awaited[place * each : (place + 1) * each]
                _busy_page(report, node.port, page, people, by_role[role])
            _file(report, node.port, options.days, by_role["park_manager"])


def _page(report: Report, port: int, page: str, account: dict[str, str]) -> None:
    times, body = _asked(port, page, account)
    note = f"{len(body) / 1024:.0f} KiB"
    report.add(f"{page}, p50", percentile(times, 0.5), "ms", note=note)
    report.add(f"{page}, p95", percentile(times, 0.95), "ms", at_most=SLOWEST_MS)


def _asked(port: int, page: str, account: dict[str, str]) -> tuple[list[float], str]:
    """The times in ms of a page that is opened again and again, and the page."""
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
    return times, body


def _busy_page(
    report: Report, port: int, page: str, people: Sequence[Awaited], account: dict[str, str]
) -> None:
    """A page while people check in."""
    name = f"{page} beside {CHECK_INS_A_SECOND} check-ins a second, p95"
    if not people:
        report.skip(f"{name}: nobody of this park is awaited today, fill it anew")
        return
    senders = [
        Witness(port, people[place::SENDERS], every=SENDERS / CHECK_INS_A_SECOND)
        for place in range(SENDERS)
    ]
    began = time.perf_counter()
    with ExitStack() as stack:
        for sender in senders:
            stack.enter_context(sender)
        times, _ = _asked(port, page, account)
        seconds = time.perf_counter() - began
        rate = sum(len(sender.acknowledged) for sender in senders) / seconds
    report.add(name, percentile(times, 0.95), "ms", at_most=SLOWEST_MS)
    report.add("  check-ins meanwhile", rate, "1/s")
    report.ratio("  of the page alone", f"{page}, p95", name, 0.5)


def _file(report: Report, port: int, days: int, account: dict[str, str]) -> None:
    """The file of every company, day, shift and line, from asking to taking."""
    browser = Browser(port)
    browser.sign_in(account["login"], account["secret"])
    page = f"/compliance/files?days={days}"
    browser.get(page)
    began = time.perf_counter()
    browser.send(page)
    while True:
        _, shown = browser.get(page)
        if 'data-state="asked"' not in shown:
            break
        time.sleep(0.5)
    seconds = time.perf_counter() - began
    found = re.search(r'href="(/compliance/files/[^"/]+)"', shown)
    if found is None:
        raise SystemExit("the file was not written")
    (rows,) = re.findall(r"· ([\d.]+) dòng", shown)[:1]
    count = int(rows.replace(".", ""))
    allowed = FILE_SECONDS * max(1, count / ROWS_ASKED_FOR)
    report.add(FILE, seconds, "s", at_most=allowed, note=f"{count:,} rows")


class Browser:
    """Just enough of one: cookies, and the token of a form."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.led_to = self._token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None, {})

    def take(self, path: str, headers: dict[str, str] | None = None) -> int:
        """Open something that need not be text; its status."""
        answer = self._answer("GET", path, None, headers or {})
        while answer.read(1 << 20):
            pass
        return answer.status

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
        answer = self._answer(method, path, body, headers)
        text = answer.read().decode()
        self.led_to = answer.headers.get("Location", "")
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text):
            self._token = found[1]
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, text

    def _answer(
        self, method: str, path: str, body: str | bytes | None, headers: dict[str, Any]
    ) -> http.client.HTTPResponse:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie, "Referer": f"http://127.0.0.1:{self.connection.port}/"}
        self.connection.request(method, path, body, sent | headers)
        try:
            return self.connection.getresponse()
        except http.client.RemoteDisconnected:
            if method != "GET":
                raise
            # The server closes a connection that was silent for long; a browser opens a new one.
            self.connection.close()
            self.connection.request(method, path, body, sent | headers)
            return self.connection.getresponse()

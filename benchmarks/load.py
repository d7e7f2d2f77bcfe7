"""Requests from many connections at once: wrk where it is installed, else threads of Python."""

import http.client
import json
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import percentile

CONNECTIONS = 64
SCRIPT = Path(__file__).resolve().parent / "requests.lua"
JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a load run told: answers a second, times in ms, and answers that were not 2xx."""

    rate: float
    answers: int
    p50_ms: float
    p99_ms: float
    failures: int


def hit(
    port: int,
    method: str,
    path: str,
    *,
    seconds: float,
    headers: dict[str, str] | None = None,
    bodies: Path | None = None,
    connections: int = CONNECTIONS,
) -> Told:
    """Ask again and again; `bodies` has a token and a body on each line, each used once."""
    if shutil.which("wrk"):
        return _by_wrk(port, method, path, seconds, headers or {}, bodies, connections)
    return _by_threads(port, method, path, seconds, headers or {}, bodies, connections)


def _by_wrk(
    port: int,
    method: str,
    path: str,
    seconds: float,
    headers: dict[str, str],
    bodies: Path | None,
    connections: int,
) -> Told:
    line = ["wrk", "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--timeout", "20s"]
    line += ["-s", str(SCRIPT)]
    for name, value in headers.items():
        line += ["-H", f"{name}: {value}"]
    line += [f"http://127.0.0.1:{port}{path}", "--", method, str(bodies or "")]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout[done.stdout.index("#{") + 1 :])
    return Told(
        told["answers"] / told["seconds"],
        int(told["answers"]),
        told["p50_ms"],
        told["p99_ms"],
        int(told["failures"]),
    )


def _by_threads(
    port: int,
    method: str,
    path: str,
    seconds: float,
    headers: dict[str, str],
    bodies: Path | None,
    connections: int,
) -> Told:
    lines = iter(bodies.read_text().splitlines()) if bodies else None
    lock, times, failures = threading.Lock(), list[float](), [0]
    ends = time.perf_counter() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while time.perf_counter() < ends:
            token, body, sent = "", None, dict(headers)
            if lines is not None:
                with lock:
                    token, _, body = next(lines, "\t").partition("\t")
                if not token:
                    return
                signed = {"X-ZEvent-Signature": token}
                bearer = {"Authorization": f"Bearer {token}"}
                sent |= JSON_TYPE | (signed if token.startswith("mac=") else bearer)
            began = time.perf_counter()
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            failures[0] += answer.status >= 300

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return Told(
        len(times) / took,
        len(times),
        percentile(times, 0.5) * 1000,
        percentile(times, 0.99) * 1000,
        failures[0],
    )

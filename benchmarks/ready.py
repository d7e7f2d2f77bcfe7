"""From the start of a node that is full of people to the moment when it can work."""

import subprocess
import sys
import time
import urllib.error
import urllib.request

from benchmarks.figures import Options, Report, part
from benchmarks.node import ROOT, ScratchNode, clean_environment, kill
from benchmarks.parks import refilled

SLOWEST_S = 3
ROUNDS = 5
LOOKED_AT_EVERY = 0.02


def ready(report: Report, options: Options) -> None:
    """Started as in real life, jobs and all; stopped as a pulled plug stops it."""
    with part(f"Start, {options.peak_workers:,} workers"):
        node = refilled(options.parks, options.peak_workers, 1).node
        times = [_start(node) for _ in range(ROUNDS)]
        note = f"after a kill each time, {min(times):.1f} to {max(times):.1f} s"
        report.add("from the start until /readyz says so", max(times), "s", at_most=SLOWEST_S)
        report.add("  median", sorted(times)[ROUNDS // 2], "s", note=note)


def _start(node: ScratchNode) -> float:
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "app.serve"],
        cwd=ROOT,
        env={**clean_environment(), **node.environment, "ANCA_SCHEDULER": "1"},
        start_new_session=True,
    )
    try:
        while not _is_ready(node.port):
            if server.poll() is not None:
                raise SystemExit("the node ended by itself")
            time.sleep(LOOKED_AT_EVERY)
        return time.perf_counter() - began
    finally:
        kill(server)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

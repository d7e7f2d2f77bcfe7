"""A backup of a large database, made by the node itself while people check in."""

import json
import shutil
import time
from pathlib import Path

from benchmarks.boards import Browser
from benchmarks.figures import Options, Report, part, percentile
from benchmarks.memory import signed_in
from benchmarks.parks import fresh_copy, refilled
from benchmarks.people import give_tokens
from benchmarks.phones import Phones

CHECK_INS_A_SECOND = 50
SLOWEST_MS = 250
ALONE_SECONDS = 10
# As long as a backup may take before the phones fall silent.
LONGEST_SECONDS = 900
GIBIBYTE = 2**30


def backup(report: Report, options: Options) -> None:
    """As "back up now" and the night do it: copied, proved and packed beside the check-ins."""
    workers, days = options.backup_park
    with part(f"Backup, {workers:,} workers x {days} days"):
        kept = refilled(options.parks, workers, days)
        park = fresh_copy(kept, options.scratch / "backup")
        report.add("the database", park.bytes / GIBIBYTE, "GiB")
        people = give_tokens(park.node, CHECK_INS_A_SECOND * LONGEST_SECONDS).awaited
        with park.node.serving():
            browser = signed_in(park.node, park.accounts["admin"])
            phones = Phones(options.scratch, park.node.port, people)
            phones.start(CHECK_INS_A_SECOND, ALONE_SECONDS)
            alone = phones.wait()
            phones.start(CHECK_INS_A_SECOND, LONGEST_SECONDS)
            took = _made(browser)
            phones.stop()
            heard = phones.wait()
        files = list((park.node.folder / "backups").glob("*"))
        report.add("copied, proved, packed", took, "s", note=_size(files))
        report.add("check-ins alone, p99", alone.p99, "ms")
        report.add("check-ins meanwhile", heard.sent / heard.seconds, "1/s")
        report.add("  p50", percentile(heard.times, 0.5), "ms")
        report.add("  p99", heard.p99, "ms", at_most=SLOWEST_MS)
        report.add("  slowest", max(heard.times), "ms")
        refused = sum(heard.refused.values())
        report.add("  refused or unanswered", refused, "", at_most=0, note=str(heard.refused or ""))
        shutil.rmtree(park.node.folder)


def _made(browser: Browser) -> float:
    """Seconds until the backup is there."""
    browser.get("/admin/backups")
    began = time.perf_counter()
    browser.send("/admin/backups")
    while True:
        _, text = browser.get("/admin/backups/progress")
        if json.loads(text)["state"] == "over":
            return time.perf_counter() - began
        time.sleep(0.5)


def _size(files: list[Path]) -> str:
    made = [file.stat().st_size for file in files if file.is_file()]
    if not made:
        raise SystemExit("no backup was made")
    return f"{max(made) / GIBIBYTE:.2f} GiB packed"

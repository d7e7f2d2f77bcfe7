"""Rosters read in while people check in: ten thousand rows at once, fifty thousand step by step."""

import functools
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import xlsxwriter

from benchmarks.boards import Browser
from benchmarks.figures import Options, Report, part
from benchmarks.load import hit
from benchmarks.node import ScratchNode
from benchmarks.people import give_tokens, write_single

ROWS = 10_000
SLOWEST_IMPORT_S = 10
MANY_ROWS = 50_000
SLOWEST_PREVIEW_S = 20
SLOWEST_APPLY_S = 40
MOST_MEGABYTES = 600
SLOWEST_MEANWHILE_MS = 500
# About as long as the import takes, so that the check-ins measured are those that it could delay.
LOAD_SECONDS = 6
HEADINGS = ("STT", "Mã nhân viên", "Họ và tên", "Ngày sinh", "Giới tính", "Số điện thoại", "Chuyền")


def imports(report: Report, options: Options) -> None:
    with part(f"Import of {ROWS:,} rows while check-ins run"):
        node = ScratchNode(options.scratch / "import")
        node.fill("--workers", "12000", "--days", "1", "--seed", "2")
        askers = give_tokens(node)
        roster, bodies = options.scratch / "roster.xlsx", options.scratch / "meanwhile.txt"
        write_roster(roster, ROWS)
        write_single(askers.awaited, bodies)
        line = ("workforce", "import", str(roster), "--company", "VIETYEN", "--commit")
        with node.serving(), ThreadPoolExecutor() as meanwhile:
            began = time.perf_counter()
            importer = node.process(*line)
            load = meanwhile.submit(
                hit,
                node.port,
                "POST",
                "/api/v1/commands",
                seconds=LOAD_SECONDS,
                bodies=bodies,
                connections=8,
            )
            out, _ = importer.communicate()
            took = time.perf_counter() - began
            told = load.result()
        if importer.returncode:
            raise SystemExit(f"the importer refused: {out.decode()[:200]}")
        report.add("import", took, "s", at_most=SLOWEST_IMPORT_S)
        report.add("check-ins meanwhile, 8 connections", told.rate, "1/s")
        report.add("  p99", told.p99_ms, "ms", at_most=SLOWEST_MEANWHILE_MS)
        report.add("  answers that were not 2xx", told.failures, "", at_most=0)


def import_many(report: Report, options: Options) -> None:
    """The pages of an officer: handed in, previewed, saved; check-ins go on all the while."""
    with part(f"Import of {MANY_ROWS:,} rows through the pages"):
        node = ScratchNode(options.scratch / "import-many")
        told = node.fill("--workers", "12000", "--days", "1", "--seed", "2")
        askers = give_tokens(node)
        roster, bodies = options.scratch / "many.xlsx", options.scratch / "meanwhile.txt"
        write_roster(roster, MANY_ROWS)
        write_single(askers.awaited, bodies)
        officer = next(each for each in told["accounts"] if each["role"] == "safety_officer")
        with node.serving() as server, Memory(server.pid) as memory, ThreadPoolExecutor() as pool:
            browser = Browser(node.port)
            browser.sign_in(officer["login"], officer["secret"])
            load = functools.partial(
                hit, node.port, "POST", "/api/v1/commands", seconds=2 * LOAD_SECONDS, connections=8
            )
            meanwhile = pool.submit(load, bodies=bodies)
            began = time.perf_counter()
            where = browser.send_file("/workers/import", roster)
            reached = _wait(browser, where, "staged")
            browser.get(f"{where}/confirm")
            report.add("read, checked, previewed", reached - began, "s", at_most=SLOWEST_PREVIEW_S)
            rest = askers.awaited[len(askers.awaited) // 2 :]
            write_single(rest, bodies)
            read = meanwhile.result()
            meanwhile = pool.submit(load, bodies=bodies)
            began = time.perf_counter()
            browser.send(f"{where}/confirm")
            saved = _wait(browser, where, "applied")
            report.add("applied", saved - began, "s", at_most=SLOWEST_APPLY_S)
            saving = meanwhile.result()
        report.add("most memory, server and reader", memory.most, "MiB", at_most=MOST_MEGABYTES)
        for name, one in (("reading", read), ("saving", saving)):
            report.add(f"check-ins while {name}, 8 connections", one.rate, "1/s")
            report.add("  p99", one.p99_ms, "ms", at_most=SLOWEST_MEANWHILE_MS)
            report.add("  answers that were not 2xx", one.failures, "", at_most=0)


def _wait(browser: Browser, where: str, state: str) -> float:
    """When the list reached the state."""
    while True:
        _, text = browser.get(f"{where}/progress")
        now = json.loads(text)["state"]
        if now == state:
            return time.perf_counter()
        if now not in {"reading", "applying"}:
            raise SystemExit(f"the list is {now}")
        time.sleep(0.1)


class Memory:
    """The most memory that a process and its children had at one time, in MiB (Linux).

    What several of them share counts once: a child that was just made seems as large as its maker.
    """

    def __init__(self, pid: int, every: float = 0.1) -> None:
        self.most = self._lately = 0.0
        self._pid, self._every, self._ends = pid, every, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def lately(self) -> float:
        """The most since it was asked last."""
        self._look()
        most, self._lately = self._lately, 0.0
        return most

    def _watch(self) -> None:
        while not self._ends.wait(self._every):
            self._look()

    def _look(self) -> None:
        now = _memory_of(self._pid) / 1024
        self.most, self._lately = max(self.most, now), max(self._lately, now)


def _memory_of(pid: int) -> int:
    """KiB of a process and all below it; one that has just ended counts nothing."""
    try:
        held = Path(f"/proc/{pid}/smaps_rollup").read_text()
        below = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(child) for one in below for child in one.read_text().split()]
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", held, re.MULTILINE)
    return (int(found[1]) if found else 0) + sum(map(_memory_of, children))


def write_roster(path: Path, rows: int) -> None:
    """A plain roster as a factory has it, of people who are not there yet."""
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = workbook.add_worksheet("Danh sách")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        name = f"{('Nguyễn', 'Trần', 'Giáp')[row % 3]} Thị {('Hoa', 'Lan', 'Mai')[row // 3 % 3]}"
        born, phone = (
            f"{row % 28 + 1:02d}/{row % 12 + 1:02d}/199{row % 10}",
            f"0900{row + 500000:06d}",
        )
        line = (row, f"VY-{row + 50000:05d}", name, born, "Nữ", phone, f"Chuyền {row // 40 + 100}")
        sheet.write_row(row, 0, line)
    workbook.close()

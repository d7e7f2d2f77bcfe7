"""Rosters read in while people check in: ten thousand rows at once, fifty thousand step by step."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import xlsxwriter

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
        write_roster(roster)
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


def write_roster(path: Path) -> None:
    """A plain roster as a factory has it, of people who are not there yet."""
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = workbook.add_worksheet("Danh sách")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, ROWS + 1):
        name = f"{('Nguyễn', 'Trần', 'Giáp')[row % 3]} Thị {('Hoa', 'Lan', 'Mai')[row // 3 % 3]}"
        born, phone = (
            f"{row % 28 + 1:02d}/{row % 12 + 1:02d}/199{row % 10}",
            f"0900{row + 500000:06d}",
        )
        line = (row, f"VY-{row + 50000:05d}", name, born, "Nữ", phone, f"Chuyền {row // 40 + 100}")
        sheet.write_row(row, 0, line)
    workbook.close()

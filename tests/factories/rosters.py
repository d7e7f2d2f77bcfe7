"""Staff lists as factories send them, made as real workbooks."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

HEADINGS = (
    "STT",
    "Mã số thẻ",
    "Họ tên CN",
    "NTNS",
    "GT",
    "Số CMT",
    "ĐT",
    "Xưởng",
    "Tổ/Chuyền",
    "Ca",
    "Xe",
    "KTX",
    "Tổ an toàn",
)
birthday = datetime(1996, 6, 25)  # noqa: DTZ001 - a wall-clock day of a sheet

# What each row says beside its number; three of them cannot be used.
MESSY: tuple[tuple[Any, ...], ...] = (
    (
        "SB-30001",
        "NGUYỄN THỊ LAN",
        birthday,
        "Nữ",
        24196001234,
        "01662000118",
        "Xưởng 1",
        "Chuyền 1",
        "C1",
        "12",
        "A-305",
        "x",
    ),
    (
        "SB-30002",
        "Trần Văn Hùng",
        "31/12/1990",
        "Nam",
        None,
        912345678,
        "Xưởng 1",
        "Chuyền 1",
        "ca 1",
        "12",
        "A-305",
        None,
    ),
    (
        "SB-30003",
        "Lê Thị Thu",
        1988,
        "Nữ",
        None,
        "0912.345.679",
        "Xưởng 1",
        "Chuyền  2",
        "C2",
        None,
        None,
        None,
    ),
    (
        None,
        "Phạm Thị Không Mã",
        None,
        "Nữ",
        None,
        None,
        "Xưởng 1",
        "Chuyền 2",
        "C2",
        None,
        None,
        None,
    ),
    (
        "SB-30001",
        "Nguyễn Thị Lan",
        None,
        "Nữ",
        None,
        None,
        "Xưởng 1",
        "Chuyền 1",
        "C1",
        None,
        None,
        None,
    ),
    ("SB-30006", None, None, "Nam", None, None, "Xưởng 1", "Chuyền 2", "C2", None, None, None),
    (
        "SB-30007",
        "Hoàng Kim Oanh",
        "05/13/1992",
        "Nữ",
        None,
        "0912 345",
        "Xưởng 2",
        "Tổ 4",
        "Ca kíp 4",
        None,
        None,
        None,
    ),
    (
        "SB-20417",
        "Nguyễn Thị Hoa",
        None,
        None,
        None,
        None,
        None,
        "Chuyền 3",
        None,
        None,
        None,
        None,
    ),
    (
        "SB-20418",
        "Thân Thị Ngọc Ánh",
        None,
        None,
        None,
        "0987654321",
        None,
        "Chuyền 7",
        None,
        None,
        None,
        None,
    ),
)
FIRST_ROW = 6


def save_book(
    path: Path, rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS
) -> Path:
    """A workbook with title rows above the headings and signatures below the list."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tổng hợp"
    sheet.append(["CÔNG TY TNHH ĐIỆN TỬ SAO BẮC"])
    sheet.append(["DANH SÁCH CÔNG NHÂN THÁNG 11"])
    sheet.merge_cells("A1:M1")
    sheet.append([])
    sheet.append([])
    sheet.append(list(headings))
    for place, row in enumerate(rows, start=1):
        sheet.append([place, *row])
    sheet.append([])
    sheet.append([None, None, "Người lập biểu", None, None, None, None, None, "Giám đốc"])
    book.save(path)
    return path


def messy_roster(path: Path) -> Path:
    """Nine rows: three bad, two of people the company has, four of new people."""
    return save_book(path, MESSY)


def plain_roster(path: Path, count: int, *, shift: str | None = "C1") -> Path:
    """Any number of new people without a fault."""
    return save_book(
        path,
        [
            (
                f"NV{place:05}",
                f"Nguyễn Văn {name_of(place)}",
                None,
                "Nam",
                None,
                None,
                "Xưởng 1",
                f"Chuyền {place % 5 + 1}",
                shift,
            )
            for place in range(count)
        ],
        HEADINGS[:10],
    )


_SYLLABLES = ("An", "Ba", "Chi", "Dung", "Em", "Giang", "Hà", "Khang", "Lan", "Mai")


def name_of(place: int) -> str:
    """A given name without digits, another for each number."""
    return "".join(_SYLLABLES[int(digit)] for digit in f"{place:03}").capitalize()


def rows_of(content: bytes | Path) -> list[tuple[Any, ...]]:
    """The cells of a workbook's first sheet."""
    source = BytesIO(content) if isinstance(content, bytes) else content
    return list(openpyxl.load_workbook(source).active.iter_rows(values_only=True))

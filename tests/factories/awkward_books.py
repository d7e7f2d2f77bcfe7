"""Workbooks as factories really send them, each awkward in one way."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

HEADINGS = ("STT", "Mã NV", "Họ và tên", "Ngày sinh", "Giới tính", "SĐT")
WORKERS = (
    (1, "NV001", "Nguyễn Thị Hưởng", "05/06/1996", "Nữ", "0912345678"),
    (2, "NV002", "Lê Đức Quỳnh", "31/12/1990", "Nam", "0912345679"),
)

Table = Sequence[Sequence[Any]]


def xlsx_book(path: Path, sheets: Mapping[str, Table], **options: Any) -> Path:
    """An .xlsx with these sheets; text that looks like a formula stays text."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    book.close()
    return path


def xls_book(path: Path, sheets: Mapping[str, Table], *, date1904: bool = False) -> Path:
    """An .xls as Excel 97–2003 kept it."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(place, column, cell)
    book.save(str(path))
    return path


def text_table(path: Path, rows: Table, encoding: str, sign: str = ";") -> Path:
    """A .csv; cp1258 keeps the tones apart from their letters, as Windows does."""
    text = "".join(f"{sign.join(map(str, row))}\r\n" for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def merged_headings_book(path: Path) -> Path:
    """Two rows of headings: doses below 'Mũi 1' and 'Mũi 2', sexes below 'Ngày sinh'."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("DS")
    sheet.merge_range("A1:J1", "DANH SÁCH CÔNG NHÂN ĐÃ TIÊM")
    for column, text in enumerate(("TT", "Mã NV", "Họ và tên")):
        sheet.merge_range(2, column, 3, column, text)
    sheet.merge_range("D3:E3", "Ngày sinh")
    sheet.write_row("D4", ["Nam", "Nữ"])
    sheet.merge_range("F3:G3", "Mũi 1")
    sheet.write_row("F4", ["Loại vắc xin", "Ngày tiêm"])
    sheet.merge_range("H3:I3", "Mũi 2")
    sheet.write_row("H4", ["Loại vắc xin", "Ngày tiêm"])
    sheet.merge_range("J3:J4", "Tổ/Chuyền")
    sheet.write_row("A5", [1, "NV001", "Lê Thị Thu", None, "05/06/1996", "AZ", "01/07/2021"])
    sheet.write("J5", "Tổ 4")
    sheet.write_row("A6", [2, "NV002", "Trần Văn Hùng", 1990, None, "VC", "02/07/2021"])
    sheet.write("J6", "Chuyền 2")
    book.close()
    return path


def with_last_row_filled(path: Path, letter: str) -> Path:
    """A list whose sheet reaches Excel's very last row, where somebody pressed the space bar."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for place, row in enumerate(WORKERS, start=1):
        sheet.write_row(place, 0, row)
    sheet.write_string(f"{letter}1048576", " ")
    book.close()
    return path


def locked_xls(path: Path) -> Path:
    """An .xls with a password to open it: its workbook stream begins with FILEPASS."""
    xls_book(path, {"DS": [HEADINGS, *WORKERS]})
    content = bytearray(path.read_bytes())
    start = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    # The record after the first one gives its place to FILEPASS (0x2F), [MS-XLS] 2.4.117.
    place = start + 20
    size = struct.unpack_from("<H", content, place + 2)[0]
    struct.pack_into("<H", content, place, 0x2F)
    assert size >= 2
    path.write_bytes(content)
    return path

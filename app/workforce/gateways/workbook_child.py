"""The child process: opens one file within its limits and writes the cells to standard output.

Runs alone (`python -I workbook_child.py`), imports nothing of the program, and so starts in
some hundredths of a second. The order is one JSON object on standard input.
"""

import csv
import functools
import io
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import python_calamine

CHUNK = 1 << 20
SMALL_ENOUGH = 2 << 20
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
WORKBOOK_PART = "xl/workbook.xml"
# A cell that is not closed at once holds a value; one that is has only a format.
FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]*(?<!/)>""")
LONGEST_TAG = 1_000
TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
COMBINING_LEFT_OVER = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


class Refused(Exception):  # noqa: N818 - an answer
    """The file is refused for `reason`."""

    def __init__(self, reason: str, **params: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


def main() -> None:
    """Answer the one order."""
    order = json.load(sys.stdin)
    _limit_machine(order)
    out = sys.stdout
    out.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        for line in _answer(order):
            out.write(line)
    except Refused as refused:
        # Nothing was written: the answer is made whole before its first line.
        out.write(json.dumps({"refused": refused.reason, "params": refused.params}))


def _limit_machine(order: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:  # Windows has none: there the checks below and the time limit stand alone
        return
    memory, seconds = order["memory_bytes"], order["seconds"] + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _answer(order: dict[str, Any]) -> list[str]:
    path = Path(order["path"])
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Refused("empty_sheet")
    if start.startswith(b"PK"):
        _check_zip(path, order)
        date1904 = _zip_counts_from_1904(path)
        sheets = _calamine_sheets(path)
    elif start == OLE_MAGIC:
        content = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused("workbook_locked")
        date1904 = _xls_counts_from_1904(content)
        sheets = _calamine_sheets(path)
    elif order["suffix"] in TEXT_SUFFIXES:
        date1904 = False
        sheets = iter([("", False, _text_rows(path.read_bytes()))])
    else:
        raise Refused("not_a_workbook")
    lines = list(_sheet_lines(sheets, order))
    count = sum(line.startswith("{") for line in lines)
    return [json.dumps({"date1904": date1904, "sheet_count": count}) + "\n", *lines]


def _sheet_lines(
    sheets: Iterable[tuple[str, bool, Iterable[list[Any]]]], order: dict[str, Any]
) -> Iterator[str]:
    cells = letters = 0
    for name, is_hidden, rows in sheets:
        yield json.dumps({"name": name, "is_hidden": is_hidden}) + "\n"
        blank = 0
        for row in rows:
            while row and (row[-1] is None or row[-1] == ""):
                row.pop()
            if not row:
                blank += 1
                continue
            if blank:
                yield f"{blank}\n"
                blank = 0
            line = json.dumps(
                [None if cell == "" else cell for cell in row],
                ensure_ascii=False,
                default=_as_json,
                separators=(",", ":"),
            )
            cells += len(row)
            letters += len(line)
            if cells > order["cells"] or letters > order["text_bytes"]:
                raise Refused("too_many_cells", limit=order["cells"])
            yield line + "\n"


def _as_json(cell: object) -> object:
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    return str(cell)


def _calamine_sheets(path: Path) -> Iterator[tuple[str, bool, Iterator[list[Any]]]]:
    try:
        # By its bytes: the ending of a name may lie.
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for place, about in enumerate(book.sheets_metadata):
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                is_hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
                sheet = book.get_sheet_by_index(place)
                yield about.name, is_hidden, _rows_from_a1(sheet)
    except python_calamine.PasswordError:
        raise Refused("workbook_locked") from None
    except (python_calamine.CalamineError, OSError):
        raise Refused("not_a_workbook") from None


def _rows_from_a1(sheet: python_calamine.CalamineSheet) -> Iterator[list[Any]]:
    if sheet.start is None:
        return
    yield from sheet.iter_rows()


def _check_zip(path: Path, order: dict[str, Any]) -> None:
    """Judge by the directory of the archive, then measure, as a directory may lie."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused("not_a_workbook") from None
    limit = order["unpacked_bytes"]
    declared = sum(member.file_size for member in members)
    packed = path.stat().st_size
    if len(members) > order["members"] or _is_too_much(declared, packed, order):
        raise Refused("zip_bomb", limit_bytes=limit)
    if not any(_plain_name(member) == WORKBOOK_PART for member in members):
        raise Refused("not_a_workbook")
    measured, reach = 0, Reach()
    with path.open("rb") as file:
        for member in members:
            tail = b""
            for chunk in _unpacked_chunks(file, member):
                measured += len(chunk)
                if _is_too_much(measured, packed, order):
                    raise Refused("zip_bomb", limit_bytes=limit)
                tail = reach.follow(tail + chunk)
            if reach.area > order["area"]:
                raise Refused("too_many_cells", limit=order["cells"])
            reach = Reach()


def _plain_name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").lstrip("/").lower()


class Reach:
    """How far from A1 the filled cells of a sheet lie.

    The reader lays a sheet out whole up to its last filled cell: a blank typed by accident
    into the last row of Excel costs gigabytes.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0

    @property
    def area(self) -> int:
        """Cells from A1 to the furthest row and column."""
        return self.rows * self.columns

    def follow(self, part: bytes) -> bytes:
        """Take in a part of the sheet; what may be half a cell comes back for the next part."""
        places = FILLED_CELL.findall(part)
        if places:
            self.rows = max(self.rows, *(int(row) for _, row in places))
            self.columns = max(self.columns, *(_column(letters) for letters, _ in places))
        return part[max(part.rfind(b"<"), len(part) - LONGEST_TAG) :]


@functools.cache
def _column(letters: bytes) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + sign - ord("A") + 1
    return number


def _is_too_much(unpacked: int, packed: int, order: dict[str, Any]) -> bool:
    is_steep = unpacked > SMALL_ENOUGH and unpacked > packed * int(order["ratio"])
    return is_steep or unpacked > int(order["unpacked_bytes"])


def _unpacked_chunks(file: io.BufferedReader, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really unpacks to, whatever the directory says of its size."""
    file.seek(member.header_offset)
    header = file.read(30)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    packed = _read_in_chunks(file, member.compress_size)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from packed
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused("not_a_workbook")
    unpacker = zlib.decompressobj(-15)
    try:
        for chunk in packed:
            while chunk:
                yield unpacker.decompress(chunk, CHUNK)
                chunk = unpacker.unconsumed_tail
    except zlib.error:
        raise Refused("not_a_workbook") from None


def _read_in_chunks(file: io.BufferedReader, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, CHUNK // 16))):
        size -= len(chunk)
        yield chunk


def _zip_counts_from_1904(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            (part, *_) = (one for one in archive.infolist() if _plain_name(one) == WORKBOOK_PART)
            text = archive.read(part)
    except (zipfile.BadZipFile, RuntimeError, OSError):
        raise Refused("not_a_workbook") from None
    return bool(re.search(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)""", text))


def _xls_counts_from_1904(content: bytes) -> bool:
    """Walk the records of an .xls from its first one to DATEMODE (0x22); [MS-XLS] 2.4.77.

    FILEPASS (0x2F, 2.4.117) on the way says that all the rest is enciphered.
    """
    place = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00", 512)
    while 0 < place < len(content) - 6:
        kind = int.from_bytes(content[place : place + 2], "little")
        size = int.from_bytes(content[place + 2 : place + 4], "little")
        if kind == 0x2F:
            raise Refused("workbook_locked")
        if kind == 0x22:
            return content[place + 4] == 1
        if kind == 0x0A:
            return False
        place += 4 + size
    return False


def _text_rows(content: bytes) -> Iterator[list[Any]]:
    text = _decoded(content)
    if "\0" in text:
        raise Refused("not_a_workbook")
    delimiter = _delimiter(text.splitlines())
    # Excel's own hint is no row of the table.
    if told := re.match(r"sep=([,;\t|])\r?\n", text):
        delimiter, text = told[1], text[told.end() :]
    csv.field_size_limit(1 << 20)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise Refused("not_a_workbook") from None


def _decoded(content: bytes) -> str:
    """Text by its byte order mark, else UTF-8, else Windows' Vietnamese or western table."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if content[1:400:2].count(0) > len(content[1:400:2]) // 2:
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        vietnamese = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    # Marks that join no letter show that the bytes were never meant so (TCVN3, western).
    if COMBINING_LEFT_OVER.search(vietnamese):
        return content.decode("cp1252", errors="replace")
    return vietnamese


def _delimiter(lines: list[str]) -> str:
    """The sign that splits most of the first lines alike."""
    sample = [line for line in lines[:40] if line.strip()]
    counts = {sign: sorted(line.count(sign) for line in sample) for sign in "\t;,|"}
    return max(counts, key=lambda sign: counts[sign][len(sample) // 2] if sample else 0)


if __name__ == "__main__":
    main()

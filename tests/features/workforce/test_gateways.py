"""Staff lists as files: read in a child process within limits, and given back with reasons."""

import csv
import io
import sys
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import yaml

from app.kernel.refusals import Refusal
from app.workforce.gateways import (
    ProblemRow,
    ReadLimits,
    Workbook,
    read_workbook,
    write_problems_workbook,
)
from app.workforce.rules import (
    EmptySheet,
    FileTooLarge,
    NoHeaderRow,
    NotAWorkbook,
    PresentWorker,
    ProblemCode,
    ReadFailed,
    ReadTimedOut,
    RosterContext,
    RosterReading,
    TooManyCells,
    WorkbookLocked,
    ZipBomb,
    compare,
    decode_rows,
    find_sheet,
    font_tables,
    heading_book,
    map_headings,
    phone_plan,
    province_names,
    read_roster,
    shift_words,
    word_lists,
)

FILES = Path(__file__).parent / "files"
moment = datetime.fromisoformat
DATA = Path(__file__).parents[3] / "app" / "workforce" / "data"
HEADINGS = ("Mã NV", "Họ và tên", "Ngày sinh")
TABLE = [HEADINGS, ("SB1", "Nguyễn Thị Hưởng", "05/06/1996"), ("SB2", "Lê Đức Quỳnh", "1990")]


def make_xlsx(path: Path, rows: Sequence[Sequence[Any]] = TABLE, **options: Any) -> Path:
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return path


def remade(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """The workbook with some bytes of one member changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_member(path: Path, content: bytes, declared: int | None = None) -> Path:
    """The workbook with one more member, whose size in the directory may be a lie."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/more.bin", content)
    if declared is not None:
        written = bytearray(path.read_bytes())
        entry = written.rfind(b"PK\x01\x02")
        written[entry + 24 : entry + 28] = declared.to_bytes(4, "little")
        path.write_bytes(written)
    return path


def rows_of(book: Workbook) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book.sheets[0].rows]


def test_every_kind_of_cell_comes_out_plain(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Tổng hợp")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    clock = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.merge_range("A1:D1", "CÔNG TY SAO BẮC")
    sheet.write_string(2, 1, "SB1")
    sheet.write_datetime(2, 2, moment("1996-06-05"), day)
    sheet.write_datetime(2, 3, moment("2021-11-08T06:30"), clock)
    sheet.write_number(2, 4, 912345678)
    sheet.write_formula(2, 5, '=B3&"x"', None, "SB1x")
    sheet.write_formula(2, 6, "=1+1", None, 2)
    sheet.write_boolean(2, 7, True)
    book.close()
    read = read_workbook(path)
    assert read.sheets[0].name == "Tổng hợp"
    assert not read.date1904
    assert rows_of(read) == [
        ("CÔNG TY SAO BẮC",),
        (),
        (None, "SB1", date(1996, 6, 5), moment("2021-11-08T06:30"), 912345678, "SB1x", 2, True),
    ]


def test_all_sheets_come_back_in_order_and_hidden_ones_say_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Hướng dẫn"
    book.worksheets[0].append(["Điền theo mẫu"])
    book.create_sheet("Tổng hợp").append(HEADINGS)
    book.create_sheet("Cũ").sheet_state = "hidden"
    path = tmp_path / "list.xlsx"
    book.save(path)
    sheets = read_workbook(path).sheets
    assert [(sheet.name, sheet.is_hidden) for sheet in sheets] == [
        ("Hướng dẫn", False),
        ("Tổng hợp", False),
        ("Cũ", True),
    ]
    place, _ = find_sheet([sheet.rows for sheet in sheets], context().book)
    assert sheets[place].name == "Tổng hợp"


def test_the_1904_flag_is_told_and_dates_come_right(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": True})
    style = book.add_format({"num_format": "dd/mm/yyyy"})
    book.add_worksheet().write_datetime(0, 0, moment("1996-06-05"), style)
    book.close()
    read = read_workbook(path)
    assert read.date1904
    assert rows_of(read) == [(date(1996, 6, 5),)]


@pytest.mark.parametrize(
    ("name", "flag", "serial"),
    [("list-of-2003.xls", False, 35221), ("list-of-2003-from-1904.xls", True, 33759)],
)
def test_an_xls_of_2003_is_read_with_its_flag(name: str, flag: bool, serial: int) -> None:
    read = read_workbook(FILES / name)
    assert read.date1904 is flag
    assert rows_of(read)[3] == ("SB1", "Nguyễn Thị Hoa", date(1996, 6, 5), serial)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be-bom", "cp1258"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_table_is_read_in_its_encoding(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("DANH SÁCH",), *TABLE])
    path = tmp_path / "list.csv"
    path.write_bytes(encoded(out.getvalue(), encoding))
    assert rows_of(read_workbook(path)) == [("DANH SÁCH",), *TABLE]


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-be-bom":
        return b"\xfe\xff" + text.encode("utf-16-be")
    if encoding != "cp1258":
        return text.encode(encoding)
    return b"".join(map(in_cp1258, text))


def in_cp1258(letter: str) -> bytes:
    """A letter as Windows writes it: with its tone apart where the table has no such letter."""
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        *bare, tone = list(unicodedata.normalize("NFD", letter))
        if tone in "\u0302\u0306\u031b":
            bare, tone = [bare[0], tone], bare[1]
        return (unicodedata.normalize("NFC", "".join(bare)) + tone).encode("cp1258")


def test_a_text_table_in_an_old_font_keeps_its_letters_for_decoding(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("M· NV,Hä vµ tªn\r\nSB1,TrÇn ThÞ Quúnh\r\n".encode("cp1252"))
    assert rows_of(read_workbook(path))[1] == ("SB1", "TrÇn ThÞ Quúnh")


def test_excel_s_own_hint_on_the_delimiter_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("sep=;\nMã NV;Họ tên\nSB1;Lê An, Tổ 1\n", "utf-8")
    assert rows_of(read_workbook(path)) == [("Mã NV", "Họ tên"), ("SB1", "Lê An, Tổ 1")]


def test_the_uploaded_name_says_what_a_nameless_file_is(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("Mã NV,Họ tên\n", "utf-8")
    assert rows_of(read_workbook(path, file_name="DS.CSV")) == [("Mã NV", "Họ tên")]
    with pytest.raises(NotAWorkbook):
        read_workbook(path, file_name="DS.xlsx")


def refusal_of(path: Path, limits: ReadLimits | None = None) -> type[Refusal]:
    before = sorted(path.parent.iterdir())
    with pytest.raises(Refusal) as refusal:
        read_workbook(path, limits)
    assert sorted(path.parent.iterdir()) == before
    return refusal.type


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "fake.xlsx"
    text.write_text("Mã NV,Họ tên\n", "utf-8")
    word = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    cut = make_xlsx(tmp_path / "cut.xlsx")
    cut.write_bytes(cut.read_bytes()[:-200])
    old = tmp_path / "old.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2_000))
    binary = tmp_path / "binary.csv"
    binary.write_bytes(bytes(range(256)) * 8)
    for path in (text, word, cut, old, binary):
        assert refusal_of(path) is NotAWorkbook, path.name


def test_a_broken_sheet_inside_a_sound_archive_is_refused(tmp_path: Path) -> None:
    path = remade(
        make_xlsx(tmp_path / "list.xlsx"), "xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheetD"
    )
    assert refusal_of(path) is NotAWorkbook


def test_a_workbook_with_a_password_is_refused_as_such(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal_of(path) is WorkbookLocked


def test_empty_files_and_sheets_are_refused(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.csv"
    nothing.touch()
    for path in (nothing, make_xlsx(tmp_path / "blank.xlsx", [])):
        assert refusal_of(path) is EmptySheet


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "list.xlsx")
    assert refusal_of(path, ReadLimits(file_bytes=100)) is FileTooLarge


def test_a_zip_bomb_is_refused_by_ratio_size_members_and_lies(tmp_path: Path) -> None:
    steep = with_member(make_xlsx(tmp_path / "steep.xlsx"), bytes(8 << 20))
    declared = with_member(make_xlsx(tmp_path / "declared.xlsx"), b"x", declared=200 << 20)
    lying = with_member(make_xlsx(tmp_path / "lying.xlsx"), bytes(8 << 20), declared=10)
    for path in (steep, declared, lying):
        assert refusal_of(path) is ZipBomb, path.name
    plain = make_xlsx(tmp_path / "plain.xlsx")
    assert refusal_of(plain, ReadLimits(unpacked_bytes=1_000)) is ZipBomb
    assert refusal_of(plain, ReadLimits(members=3)) is ZipBomb


def test_an_entity_bomb_comes_to_nothing(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "list.xlsx", [("Mã NV", "Họ tên"), ("SB1", "BOMB")])
    with zipfile.ZipFile(path) as archive:
        head = archive.read("xl/sharedStrings.xml").split(b"?>")[0] + b"?>"
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE sst [<!ENTITY l0 "ha">' + laughs + b"]>"
    remade(path, "xl/sharedStrings.xml", head, head + doctype)
    remade(path, "xl/sharedStrings.xml", b"BOMB", b"&l9;")
    try:
        texts = [str(cell) for row in rows_of(read_workbook(path)) for cell in row]
    except NotAWorkbook:
        return
    assert sum(map(len, texts)) < 1_000


def test_too_many_cells_or_too_much_text_is_refused(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "list.xlsx")
    assert refusal_of(path, ReadLimits(cells=5)) is TooManyCells
    assert refusal_of(path, ReadLimits(text_bytes=20)) is TooManyCells


def test_one_cell_in_the_last_corner_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = remade(
        make_xlsx(tmp_path / "list.xlsx"),
        "xl/worksheets/sheet1.xml",
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )
    assert refusal_of(path) is TooManyCells


def test_a_format_in_the_last_row_is_no_cell(tmp_path: Path) -> None:
    path = remade(
        make_xlsx(tmp_path / "list.xlsx"),
        "xl/worksheets/sheet1.xml",
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>',
    )
    assert rows_of(read_workbook(path)) == TABLE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_child_out_of_memory_is_a_refusal(tmp_path: Path) -> None:
    path = remade(
        make_xlsx(tmp_path / "list.xlsx"),
        "xl/worksheets/sheet1.xml",
        b"</sheetData>",
        b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row></sheetData>',
    )
    limits = ReadLimits(area=10**9, memory_bytes=400 << 20)
    assert refusal_of(path, limits) is TooManyCells


def test_a_child_that_dies_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    assert refusal_of(tmp_path / "folder.xlsx") is ReadFailed


def test_a_reader_over_its_time_is_stopped(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "list.xlsx")
    assert refusal_of(path, ReadLimits(seconds=0)) is ReadTimedOut


def test_left_out_rows_come_back_as_text_that_is_never_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "problems.xlsx"
    rows = [
        ProblemRow(18, ("=1+1", "+84912", date(1996, 6, 5), 12.5, None, "0912"), "Thiếu mã"),
        ProblemRow(19, ("@SUM(A1)", "http://x", True, float("nan")), "=cmd|' /C calc'!A0"),
    ]
    header = ["Mã NV", "SĐT", "Ngày sinh", "Số", "Trống", "ĐT"]
    write_problems_workbook(path, header, rows, row_heading="Dòng", reason_heading="Lý do")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*header, "Lý do", "Dòng"]
    assert [cell.value for cell in sheet[2]] == [
        "=1+1",
        "+84912",
        moment("1996-06-05"),
        12.5,
        None,
        "0912",
        "Thiếu mã",
        18,
    ]
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"=1+1" not in xml
    assert b"<hyperlink" not in xml
    assert read_workbook(path).sheets[0].rows[1][0] == "=1+1"


def context() -> RosterContext:
    def rows(name: str) -> list[dict[str, str]]:
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    headings = yaml.safe_load((DATA / "import_headings.yaml").read_text("utf-8"))
    return RosterContext(
        today=date(2021, 11, 10),
        company_code="SB",
        book=heading_book(headings),
        words=word_lists(headings["values"]),
        shifts=shift_words(headings["values"]["shift"]),
        phones=phone_plan(rows("phone_prefixes.csv")),
        provinces=province_names(rows("cccd_province_codes.csv")),
    )


def read_list(path: Path) -> RosterReading:
    known = context()
    encodings = yaml.safe_load((DATA / "legacy_encodings.yaml").read_text("utf-8"))
    sheets = [
        decode_rows(sheet.rows, font_tables(encodings)) for sheet in read_workbook(path).sheets
    ]
    place, header = find_sheet([sheet.rows for sheet in sheets], known.book)
    return read_roster(sheets[place], map_headings(sheets[place].rows, header, known.book), known)


def test_the_list_a_factory_really_has_is_read(tmp_path: Path) -> None:
    path = tmp_path / "DS_CN_T11.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Bìa").write(0, 0, "Sao Bắc")
    sheet = book.add_worksheet("Tổng hợp")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range("A1:H1", "CÔNG TY TNHH ĐIỆN TỬ SAO BẮC")
    sheet.merge_range("A2:H2", "DANH SÁCH CÔNG NHÂN")
    for column, text in enumerate(("STT", "Mã số thẻ")):
        sheet.merge_range(3, column, 4, column, text)
    sheet.merge_range("C4:D4", "Họ và tên")
    sheet.write_row("C5", ["Họ", "Tên"])
    for column, text in enumerate(("NTNS", "Số CMT", "ĐT", "Tổ/Chuyền"), start=4):
        sheet.merge_range(3, column, 4, column, text)
    sheet.write_row("A6", [1, "SB1", "NGUYỄN THỊ", "HOA"])
    sheet.write_datetime("E6", moment("1996-06-25"), day)
    sheet.write_row("F6", [24196001234, "1662 000 118", "Chuyền 3"])
    sheet.write_row("A7", [2, "SB2", "NguyÔn V¨n", "H­ëng", "31/02/1998", "121234567", 912345678])
    sheet.write_row("A8", [3, None, "Lê Thị", "Mến", "1990", None, "0912 345", "Tổ 2"])
    sheet.write_row("A9", [4, "SB1", "Giáp Thị", "Mến"])
    sheet.write_formula("A10", "=COUNTA(B6:B9)", None, 3)
    sheet.write_row("B11", ["Người lập biểu", None, None, None, "Giám đốc"])
    book.close()
    reading = read_list(path)
    assert [(row.row, row.particulars.name) for row in reading.rows] == [
        (6, "Nguyễn Thị Hoa"),
        (7, "Nguyễn Văn Hưởng"),
    ]
    assert [(problem.row, problem.column, problem.code) for problem in reading.problems] == [
        (6, "G", ProblemCode.PHONE_OLD_PREFIX),
        (6, "F", ProblemCode.ID_ZEROS_ADDED),
        (7, "E", ProblemCode.DATE_IMPOSSIBLE),
        (7, "G", ProblemCode.PHONE_ZERO_ADDED),
        (7, "C", ProblemCode.LEGACY_FONT),
        (7, "D", ProblemCode.LEGACY_FONT),
        (8, "B", ProblemCode.BADGE_MISSING),
        (8, "G", ProblemCode.PHONE_TOO_SHORT),
        (9, "B", ProblemCode.BADGE_TWICE),
    ]
    assert [row.row for row in reading.left_out] == [8, 9]
    present = {
        row.badge: PresentWorker(row.badge, row.badge, row.particulars) for row in reading.rows
    }
    assert len(compare(read_list(path), present).unchanged) == 2


def test_a_file_without_headings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoHeaderRow):
        read_list(make_xlsx(tmp_path / "list.xlsx", [("SB1", "Lê An")]))

"""Staff lists that are awkward each in one way, built for real, and what exactly is read."""

import io
import shutil
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.kernel.refusals import Refusal
from app.workforce.actions.importing.reading import (
    FoundSheet,
    find_lists,
    merged_list,
    named_sheets,
    sheets_with_more,
)
from app.workforce.gateways import read_workbook
from app.workforce.queries.roster_data import get_roster_knowledge, roster_context
from app.workforce.rules import (
    ColumnMap,
    NotAWorkbook,
    Particulars,
    RosterContext,
    RosterReading,
    TooManyCells,
    WorkbookLocked,
    ZipBomb,
    read_roster,
)
from app.workforce.rules.sheet_merging import NoSuchSheet, SheetsToChoose, sheet_unit
from tests.factories.awkward_books import (
    HEADINGS,
    WORKERS,
    Table,
    locked_xls,
    merged_headings_book,
    text_table,
    with_last_row_filled,
    xls_book,
    xlsx_book,
)

TODAY = date(2026, 11, 24)
EXPECTED = {
    "NV001": ("Nguyễn Thị Hưởng", date(1996, 6, 5), "female", "0912345678"),
    "NV002": ("Lê Đức Quỳnh", date(1990, 12, 31), "male", "0912345679"),
}


def judged_by(*, date1904: bool = False) -> RosterContext:
    return roster_context(
        today=TODAY,
        company_code="SAOBAC",
        company_names=("Sao Bắc",),
        sex_by_code={},
        date1904=date1904,
        merged_badges={},
    )


def read_list(path: Path) -> tuple[RosterReading, ColumnMap]:
    """The first list of a file, as an import reads it."""
    sheet = named_sheets(find_lists(read_workbook(path)), ())
    known = get_roster_knowledge()
    merged = merged_list(sheet, known)
    context = judged_by(date1904=sheet.date1904)
    return read_roster(merged.sheet, merged.columns, context), merged.columns


def facts_of(path: Path) -> dict[str, Particulars]:
    return {row.badge: row.particulars for row in read_list(path)[0].rows}


def people(path: Path) -> dict[str, tuple[Any, ...]]:
    """Who a list names: name, birthday, sex, phone by badge."""
    return {
        badge: (one.name, one.born_on, one.sex, one.phone) for badge, one in facts_of(path).items()
    }


def codes(path: Path) -> list[tuple[int, str, str, str | None]]:
    """Problems of the rows: row, column, code, suggestion."""
    return [
        (one.row, one.column, one.code.removeprefix("workforce."), one.suggestion)
        for one in read_list(path)[0].problems
    ]


def list_with(path: Path, headings: Sequence[str], *rows: Sequence[Any]) -> Path:
    return xlsx_book(path, {"DS": [("Mã NV", "Họ và tên", *headings), *rows]})


def test_an_xls_is_read(tmp_path: Path) -> None:
    path = xls_book(tmp_path / "DS.xls", {"DS": [("CÔNG TY SAO BẮC",), (), HEADINGS, *WORKERS]})
    assert people(path) == EXPECTED


def test_an_xlsx_renamed_xls_is_read(tmp_path: Path) -> None:
    made = xlsx_book(tmp_path / "DS.xlsx", {"DS": [HEADINGS, *WORKERS]})
    assert people(made.rename(tmp_path / "DS.xls")) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_csv_is_read_in_its_encoding(encoding: str, sign: str, tmp_path: Path) -> None:
    path = text_table(tmp_path / "DS.csv", [HEADINGS, *WORKERS], encoding, sign)
    assert people(path) == EXPECTED


def test_a_csv_of_windows_1258_is_read(tmp_path: Path) -> None:
    """There the tones stand behind their letters, and ă, â, ê, ô, ơ, ư are letters."""
    rows = [HEADINGS, *WORKERS]
    path = text_table(
        tmp_path / "DS.csv", [[in_cp1258(cell) for cell in row] for row in rows], "cp1258"
    )
    assert people(path) == EXPECTED


def in_cp1258(cell: Any) -> str:
    letters = []
    for letter in str(cell):
        bare = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in bare if mark in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(mark for mark in bare if mark not in tones)
        letters.append(unicodedata.normalize("NFC", rest) + tones)
    return "".join(letters)


def test_merged_headings_over_two_rows_take_their_parent(tmp_path: Path) -> None:
    path = merged_headings_book(tmp_path / "DS.xlsx")
    reading, columns = read_list(path)
    assert {column.letter: column.field for column in columns.columns} == {
        "A": "row_no",
        "B": "employee_code",
        "C": "full_name",
        "D": "dob",
        "E": "dob",
        "F": "dose1_vaccine",
        "G": "dose1_date",
        "H": "dose2_vaccine",
        "I": "dose2_date",
        "J": "team_or_line",
    }
    assert columns.columns[6].heading == "Mũi 1 Ngày tiêm"
    thu, hung = (row.particulars for row in reading.rows)
    assert (thu.sex, thu.born_on, thu.line, thu.team) == (
        "female",
        date(1996, 6, 5),
        None,
        "Tổ 4",
    )
    assert (hung.sex, hung.birth_year, hung.line, hung.team) == ("male", 1990, "Chuyền 2", None)


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (("Họ và tên",), ("Nguyễn Văn An",)),
        (("Họ và tên đệm", "Tên"), ("Nguyễn Văn", "An")),
        (("Họ", "Tên"), ("Nguyễn Văn", "An")),
        (("Họ và tên", None), ("Nguyễn Văn", "An")),
        (("Tên",), ("Nguyễn Văn An",)),
    ],
)
def test_a_name_is_read_from_one_column_or_two(
    headings: Sequence[Any], row: Sequence[str], tmp_path: Path
) -> None:
    path = xlsx_book(tmp_path / "DS.xlsx", {"DS": [("Mã NV", *headings), ("NV1", *row)]})
    assert facts_of(path)["NV1"].name == "Nguyễn Văn An"


def test_a_cross_under_nam_or_nu_is_the_sex(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        ("Nam", "Nữ"),
        ("NV1", "Lê Văn An", "x", None),
        ("NV2", "Lê Thị Bình", None, "X"),
        ("NV3", "Lê Chi"),
    )
    assert {badge: one.sex for badge, one in facts_of(path).items()} == {
        "NV1": "male",
        "NV2": "female",
        "NV3": None,
    }
    assert codes(path) == []


def test_only_a_column_nu_means_that_the_others_are_men(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx", ("Nữ",), ("NV1", "Lê Văn An"), ("NV2", "Lê Thị Bình", "x")
    )
    assert {badge: one.sex for badge, one in facts_of(path).items()} == {
        "NV1": "male",
        "NV2": "female",
    }


def test_titles_sections_totals_and_signatures_are_no_people(tmp_path: Path) -> None:
    rows: Table = [
        ("CÔNG TY TNHH ĐIỆN TỬ SAO BẮC",),
        ("Độc lập - Tự do - Hạnh phúc",),
        ("DANH SÁCH NGƯỜI LAO ĐỘNG THÁNG 11/2026",),
        (),
        HEADINGS,
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
        ("I", None, "PHÂN XƯỞNG MAY"),
        WORKERS[0],
        ("Cộng", None, 1),
        HEADINGS,
        WORKERS[1],
        ("Tổng cộng", None, None, None, None, 2),
        (),
        (None, None, None, None, "Bắc Giang, ngày 20 tháng 11 năm 2026"),
        (None, "Người lập biểu", None, None, "Giám đốc"),
        (None, "(Ký, ghi rõ họ tên)", None, None, "(Ký tên, đóng dấu)"),
        (None, "Trần Thị Mai", None, None, "Lê Văn Sơn"),
    ]
    path = xlsx_book(tmp_path / "DS.xlsx", {"DS": rows})
    reading, columns = read_list(path)
    assert people(path) == EXPECTED
    assert columns.header.first == 4
    assert [(row.row, row.codes) for row in reading.left_out] == []


def test_a_note_after_a_name_is_split_off_and_told(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        (),
        ("NV1", "Nguyễn Văn An (nghỉ sinh)"),
        ("NV2", "LÊ THỊ BÌNH - mới vào"),
        ("NV3", "Trần Văn Chung [thai sản"),
    )
    assert [one.name for one in facts_of(path).values()] == [
        "Nguyễn Văn An",
        "Lê Thị Bình",
        "Trần Văn Chung",
    ]
    assert codes(path) == [
        (2, "B", "name_note", "Nguyễn Văn An"),
        (3, "B", "name_note", "Lê Thị Bình"),
        (4, "B", "name_note", "Trần Văn Chung"),
    ]


def test_phones_as_they_come(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        ("SĐT",),
        ("NV1", "Lê An", "0912345678/ 0987 654 321"),
        ("NV2", "Lê Ba", "0912345678 - 0987654321"),
        ("NV3", "Lê Chi", "9.12345678E+8"),
        ("NV4", "Lê Dung", "9.1E+08"),
        ("NV5", "Lê Em", "0912345678.0"),
        ("NV6", "Lê Giang", 912345678.0),
        ("NV7", "Lê Hà", "+84 912 345 678"),
        ("NV8", "Lê Khang", "01662000118"),
    )
    assert [one.phone for one in facts_of(path).values()] == [
        "0912345678",
        "0912345678",
        "0912345678",
        None,
        "0912345678",
        "0912345678",
        "0912345678",
        "0362000118",
    ]
    assert codes(path) == [
        (2, "C", "phone_two_numbers", "0912345678"),
        (3, "C", "phone_two_numbers", "0912345678"),
        (4, "C", "phone_zero_added", "0912345678"),
        (5, "C", "phone_digits_lost", None),
        (7, "C", "phone_zero_added", "0912345678"),
        (9, "C", "phone_old_prefix", "0362000118"),
    ]


def test_numbers_that_excel_made_of_codes(tmp_path: Path) -> None:
    """`1.23E+11` has lost its digits; a trailing `.0` has lost nothing."""
    path = xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "DS": [
                ("Mã NV", "Họ và tên", "CCCD"),
                (1001.0, "Lê An", "1.23E+11"),
                ("1002.0", "Lê Ba", "024196001234.0"),
                ("00103", "Lê Chi", 24196001234),
            ]
        },
    )
    assert {badge: one.id_number for badge, one in facts_of(path).items()} == {
        "1001": None,
        "1002": "024196001234",
        "00103": "024196001234",
    }
    assert codes(path) == [
        (2, "C", "id_digits_lost", None),
        (4, "C", "id_zeros_added", "024196001234"),
        (4, "C", "id_twice", None),
    ]


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_day_numbers_count_by_the_system_of_the_workbook(
    kind: str, date1904: bool, tmp_path: Path
) -> None:
    serial = 35221 - (1462 if date1904 else 0)
    rows = [HEADINGS, (1, "NV001", "Nguyễn Thị Hưởng", serial, "Nữ", "0912345678")]
    if kind == "xls":
        path = xls_book(tmp_path / "DS.xls", {"DS": rows}, date1904=date1904)
    else:
        path = xlsx_book(tmp_path / "DS.xlsx", {"DS": rows}, date_1904=date1904)
    assert people(path) == {"NV001": EXPECTED["NV001"]}


def test_days_that_excel_turned_are_told_by_the_other_rows(tmp_path: Path) -> None:
    """Typed 06/05, kept as 5 June in place of 6 May: the days above 12 stayed text."""
    path = tmp_path / "DS.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("DS")
    sheet.write_row(0, 0, ("Mã NV", "Họ và tên", "Ngày sinh"))
    sheet.write_row(1, 0, ("NV1", "Lê An"))
    day = book.add_format({"num_format": "mm/dd/yyyy"})
    sheet.write_datetime(1, 2, datetime(1996, 6, 5), day)  # noqa: DTZ001 - a day of a sheet
    sheet.write_row(2, 0, ("NV2", "Lê Ba", "25/06/1996"))
    sheet.write_row(3, 0, ("NV3", "Lê Chi", "31/12/1990"))
    book.close()
    assert codes(path) == [(2, "C", "date_maybe_swapped", "06/05/1996")]


def test_a_year_alone_stays_a_year_and_2090_is_none(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        ("Ngày sinh",),
        ("NV1", "Lê An", 1996),
        ("NV2", "Lê Ba", "1988"),
        ("NV3", "Lê Chi", "05/06/2090"),
        ("NV4", "Lê Dung", "2090"),
        ("NV5", "Lê Em", "1990.0"),
    )
    found = facts_of(path)
    assert [(one.born_on, one.birth_year) for one in found.values()] == [
        (None, 1996),
        (None, 1988),
        (None, None),
        (None, None),
        (None, 1990),
    ]
    assert codes(path) == [
        (4, "C", "birth_out_of_range", None),
        (5, "C", "birth_out_of_range", None),
    ]


def test_text_with_tones_apart_is_the_same_text(tmp_path: Path) -> None:
    """As macOS and some programs write it: NFD."""
    rows = [
        [unicodedata.normalize("NFD", str(cell)) for cell in row] for row in (HEADINGS, *WORKERS)
    ]
    assert people(xlsx_book(tmp_path / "DS.xlsx", {"DS": rows})) == EXPECTED


def test_a_list_in_tcvn3_is_read_with_its_headings_and_soft_hyphens(tmp_path: Path) -> None:
    path = xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "DS": [
                ("STT", "M· NV", "Hä vµ tªn", "Ngµy sinh", "Giíi tÝnh"),
                (1, "NV001", "NguyÔn V¨n H\u00adëng", "05/06/1996", "Nam"),
                (2, "NV002", "TrÇn ThÞ Quúnh NghÜa", "31/12/1990", "N÷"),
                (3, "NV003", "vò thÞ ¸nh", "1990", "N÷"),
            ]
        },
    )
    assert [(one.name, one.sex) for one in facts_of(path).values()] == [
        ("Nguyễn Văn Hưởng", "male"),
        ("Trần Thị Quỳnh Nghĩa", "female"),
        ("Vũ Thị Ánh", "female"),
    ]
    fonts = [one for one in read_list(path)[0].problems if one.code.endswith("legacy_font")]
    assert [(one.row, one.column, one.value, one.suggestion) for one in fonts][:2] == [
        (2, "C", "NguyÔn V¨n H\u00adëng", "Nguyễn Văn Hưởng"),
        (3, "C", "TrÇn ThÞ Quúnh NghÜa", "Trần Thị Quỳnh Nghĩa"),
    ]


def test_a_list_in_vni_is_read(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        (),
        ("NV1", "Nguyeãn Vaên Höôûng"),
        ("NV2", "Traàn Thò Quyønh Nghóa"),
        ("NV3", "VUÕ THÒ AÙNH"),
        ("NV4", "Leâ Thò Yeán"),
    )
    assert [one.name for one in facts_of(path).values()] == [
        "Nguyễn Văn Hưởng",
        "Trần Thị Quỳnh Nghĩa",
        "Vũ Thị Ánh",
        "Lê Thị Yến",
    ]


def test_three_hundred_columns_are_read_to_the_last(tmp_path: Path) -> None:
    more = [f"Cột thêm {place}" for place in range(297)]
    path = xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "DS": [
                ("Mã NV", *more, "Họ và tên", "SĐT"),
                ("NV1", *["x"] * 297, "Lê Thị An", "0912345678"),
            ]
        },
    )
    one = facts_of(path)["NV1"]
    assert (one.name, one.phone) == ("Lê Thị An", "0912345678")


def test_a_sheet_down_to_the_last_row_of_excel_is_read(tmp_path: Path) -> None:
    assert people(with_last_row_filled(tmp_path / "DS.xlsx", "F")) == EXPECTED


def test_cells_that_begin_with_an_equals_sign_stay_text(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx",
        ("Chức vụ", "Tổ"),
        ("NV1", "Lê An", '=HYPERLINK("http://x")', "+1"),
        ("=1+1", "Lê Ba", "-2", "@SUM(A1)"),
    )
    assert {badge: (one.position, one.team) for badge, one in facts_of(path).items()} == {
        "NV1": ('=HYPERLINK("http://x")', "+1"),
        "=1+1": ("-2", "@SUM(A1)"),
    }


def test_the_same_badge_twice_keeps_the_first_and_names_it(tmp_path: Path) -> None:
    path = list_with(
        tmp_path / "DS.xlsx", (), ("NV1", "Lê An"), ("NV2", "Lê Ba"), ("nv1 ", "Lê Chi")
    )
    reading, _ = read_list(path)
    assert [(row.badge, row.particulars.name) for row in reading.rows] == [
        ("NV1", "Lê An"),
        ("NV2", "Lê Ba"),
    ]
    (twice,) = reading.problems
    assert (twice.code, twice.row, twice.other_row) == ("workforce.badge_twice", 4, 2)


def refused(path: Path) -> type[Refusal]:
    before = sorted(path.parent.iterdir())
    with pytest.raises(Refusal) as refusal:
        read_list(path)
    assert sorted(path.parent.iterdir()) == before
    return refusal.type


def test_a_list_with_a_password_is_refused_as_such(tmp_path: Path) -> None:
    assert refused(locked_xls(tmp_path / "DS.xls")) is WorkbookLocked


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_truncated_list_is_refused(kind: str, part: float, tmp_path: Path) -> None:
    rows = {"DS": [HEADINGS, *WORKERS * 200]}
    make = xls_book if kind == "xls" else xlsx_book
    path = make(tmp_path / f"DS.{kind}", rows)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    assert refused(path) is NotAWorkbook


def test_a_zip_bomb_of_800_kb_is_refused(tmp_path: Path) -> None:
    path = xlsx_book(tmp_path / "DS.xlsx", {"DS": [HEADINGS, *WORKERS]})
    sheet = "xl/worksheets/sheet1.xml"
    swollen = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(name, "w", force_zip64=True) as member:
                content = old.read(name)
                if name == sheet:
                    head, tail = content.split(b"</sheetData>")
                    member.write(head)
                    row = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"A" * 2000
                    row += b"</t></is></c></row>"
                    for _ in range(100):
                        member.write(row * 1000)
                    content = b"</sheetData>" + tail
                member.write(content)
    path.write_bytes(swollen.getvalue())
    assert 400_000 < path.stat().st_size < 1_200_000
    assert refused(path) is ZipBomb


def test_a_sheet_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    assert refused(with_last_row_filled(tmp_path / "DS.xlsx", "XFD")) is TooManyCells


def test_a_copy_under_another_name_is_the_same_list(tmp_path: Path) -> None:
    made = xlsx_book(tmp_path / "DS.xlsx", {"DS": [HEADINGS, *WORKERS]})
    copied = Path(shutil.copy(made, tmp_path / "DS (1).XLSX"))
    assert people(copied) == EXPECTED


BARE = ("Mã NV", "Họ và tên")


def lists(path: Path) -> FoundSheet:
    return find_lists(read_workbook(path))


def read_sheets(path: Path, *names: str) -> tuple[RosterReading, ColumnMap, FoundSheet]:
    """The sheets of these names as one list."""
    found = named_sheets(lists(path), names)
    merged = merged_list(found, get_roster_knowledge())
    return read_roster(merged.sheet, merged.columns, judged_by()), merged.columns, found


@pytest.fixture
def workshops(tmp_path: Path) -> Path:
    """A cover, two workshops laid out in two ways, and a list of last year that is hidden."""
    path = tmp_path / "DS.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Bìa").write(0, 0, "Sao Bắc")
    one = book.add_worksheet("Xưởng 1")
    one.write_row(0, 0, ("DANH SÁCH XƯỞNG 1",))
    one.write_row(2, 0, ("STT", "Mã NV", "Họ và tên", "SĐT"))
    one.write_row(3, 0, (1, "NV1", "Lê Thị An", "0912345678"))
    one.write_row(4, 0, (2, "NV2", "Lê Thị Ba", "0912345679"))
    two = book.add_worksheet("Xưởng 2")
    two.write_row(0, 0, ("Mã NV", "Họ đệm", "Tên", "Điện thoại", "Chuyền"))
    two.write_row(1, 0, ("NV3", "Trần Văn", "Chung", "0912345680", "Chuyền 9"))
    two.write_row(2, 0, ("NV1", "Lê Thị", "An", "0912345678", "Chuyền 9"))
    old = book.add_worksheet("Năm ngoái")
    old.write_row(0, 0, BARE)
    old.write_row(1, 0, ("NV9", "Lê Cũ"))
    old.hide()
    book.close()
    return path


def test_of_several_lists_none_is_read_before_somebody_chose(workshops: Path) -> None:
    found = lists(workshops)
    assert [(sheet.name, sheet.rows, sheet.is_hidden) for sheet in found.sheets] == [
        ("Xưởng 1", 5, False),
        ("Xưởng 2", 3, False),
        ("Năm ngoái", 2, True),
    ]
    assert not any(sheet.is_chosen for sheet in found.sheets)
    assert sheets_with_more(found) == (0, 1)
    with pytest.raises(SheetsToChoose):
        merged_list(found, get_roster_knowledge())


def test_sheets_are_read_together_and_their_names_are_the_workshops(workshops: Path) -> None:
    reading, columns, found = read_sheets(workshops, "Xưởng 1", "Xưởng 2")
    assert [
        (row.badge, one.name, one.workshop, one.line, one.phone, *found.row_place(row.row))
        for row in reading.rows
        for one in [row.particulars]
    ] == [
        ("NV1", "Lê Thị An", "Xưởng 1", None, "0912345678", "Xưởng 1", 4),
        ("NV2", "Lê Thị Ba", "Xưởng 1", None, "0912345679", "Xưởng 1", 5),
        ("NV3", "Trần Văn Chung", "Xưởng 2", "Chuyền 9", "0912345680", "Xưởng 2", 2),
    ]
    assert ("Tên trang", "workshop") in [(one.heading, one.field) for one in columns.columns]


def test_a_badge_on_two_sheets_is_told_with_both_places(workshops: Path) -> None:
    reading, _, found = read_sheets(workshops, "Xưởng 1", "Xưởng 2")
    (twice,) = reading.problems
    assert twice.code == "workforce.badge_twice"
    assert found.row_place(twice.row) == ("Xưởng 2", 3)
    assert found.row_place(twice.other_row or 0) == ("Xưởng 1", 4)


def test_one_sheet_of_several_is_read_alone(workshops: Path) -> None:
    reading, _, found = read_sheets(workshops, "xưởng 2")
    assert [(row.badge, row.particulars.workshop) for row in reading.rows] == [
        ("NV3", "Xưởng 2"),
        ("NV1", "Xưởng 2"),
    ]
    assert [found.row_place(row.row) for row in reading.rows] == [("Xưởng 2", 2), ("Xưởng 2", 3)]
    with pytest.raises(NoSuchSheet):
        read_sheets(workshops, "Xưởng 7")


def test_a_sheet_that_only_repeats_the_summary_is_not_suggested(tmp_path: Path) -> None:
    path = xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "Tổng hợp": [(*BARE, "Xưởng"), ("NV1", "Lê An", "X1"), ("NV2", "Lê Ba", "X2")],
            "X1": [BARE, ("NV1", "Lê An")],
            "Thời vụ": [BARE, ("NV5", "Lê Chi")],
        },
    )
    assert sheets_with_more(lists(path)) == (0, 2)
    reading, _, _ = read_sheets(path)
    assert [(row.badge, row.particulars.workshop) for row in reading.rows] == [
        ("NV1", "X1"),
        ("NV2", "X2"),
        ("NV5", "Thời vụ"),
    ]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Xưởng 1", ("workshop", "Xưởng 1")),
        ("SMT", ("workshop", "SMT")),
        ("Chuyền 3", ("line", "Chuyền 3")),
        ("Tổ 4", ("team", "Tổ 4")),
        ("DS xưởng may", ("workshop", "xưởng may")),
        ("Sheet1", None),
        ("Trang tính 2", None),
        ("DS T11", None),
        ("Tháng 11", None),
        ("11-2026", None),
        ("Tổng hợp", None),
    ],
)
def test_the_name_of_a_sheet_is_a_unit_unless_it_says_nothing(
    name: str, unit: tuple[str, str] | None
) -> None:
    assert sheet_unit(name) == unit

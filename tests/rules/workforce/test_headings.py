"""Rows of headings and what columns mean."""

from typing import Any

import pytest

from app.workforce.rules import (
    EmptySheet,
    HeaderRow,
    HeadingBook,
    Match,
    NoHeaderRow,
    ProblemCode,
    Row,
    Sex,
    find_header_row,
    find_sheet,
    heading_book,
    map_headings,
    with_choices,
)

TITLES: list[Row] = [
    ("CÔNG TY TNHH ĐIỆN TỬ SAO BẮC",),
    ("DANH SÁCH CÔNG NHÂN THÁNG 11",),
    (),
]
WORKER: Row = (1, "SB1", "Nguyễn Thị Hoa", "05/06/1996", "Nữ")


def fields_of(rows: list[Row], book: HeadingBook) -> dict[str, str | None]:
    columns = map_headings(rows, find_header_row(rows, book), book)
    return {column.letter: column.field for column in columns.columns}


def test_the_headings_are_found_below_the_titles(book: HeadingBook) -> None:
    rows = [*TITLES, ("STT", "Mã số thẻ", "Họ tên CN", "NTNS", "GT"), WORKER]
    assert find_header_row(rows, book) == HeaderRow(3, 3)
    assert fields_of(rows, book) == {
        "A": "row_no",
        "B": "employee_code",
        "C": "full_name",
        "D": "dob",
        "E": "gender",
    }


def test_every_synonym_of_the_data_file_finds_its_field(headings: Any, book: HeadingBook) -> None:
    for field, rule in headings["fields"].items():
        for synonym in rule["synonyms"]:
            rows: list[Row] = [("Mã NV", "Họ và tên", f" {synonym.upper()} "), ("1", "A", "B")]
            column = map_headings(rows, HeaderRow(0, 0), book).columns[-1]
            found = column.field or "heading twice"
            assert found in {field, "team_or_line", "heading twice"}, synonym


def test_no_headings_within_the_first_rows_is_refused(book: HeadingBook) -> None:
    rows: list[Row] = [*[("ghi chép",)] * 15, ("Mã NV", "Họ tên")]
    with pytest.raises(NoHeaderRow) as refusal:
        find_header_row(rows, book)
    assert refusal.value.params == {"searched": 15}


def test_sheets_without_anything_are_refused(book: HeadingBook) -> None:
    with pytest.raises(EmptySheet):
        find_sheet([[], [(None, " ")]], book)


def test_the_first_sheet_with_headings_is_taken(book: HeadingBook) -> None:
    guide: list[Row] = [("Hướng dẫn nhập",)]
    assert find_sheet([guide, [("Mã NV", "Họ tên")]], book) == (1, HeaderRow(0, 0))


def test_a_heading_that_only_opens_with_a_known_one_is_marked_unsure(book: HeadingBook) -> None:
    rows: list[Row] = [("Mã NV", "Họ và tên (chữ in hoa)", "Tổ trưởng", "NV mã số")]
    columns = map_headings(rows, HeaderRow(0, 0), book)
    assert [column.match for column in columns.columns] == [
        Match.EXACT,
        Match.STARTS,
        Match.NONE,
        Match.NONE,
    ]
    assert [problem.code for problem in columns.problems] == [
        ProblemCode.HEADING_UNSURE,
        ProblemCode.HEADING_UNKNOWN,
        ProblemCode.HEADING_TWICE,
    ]


def test_of_two_columns_for_one_field_the_surer_is_taken_and_the_other_named(
    book: HeadingBook,
) -> None:
    rows: list[Row] = [("Mã NV", "Họ tên", "Điện thoại người nhà", "SĐT", "Zalo")]
    columns = map_headings(rows, HeaderRow(0, 0), book)
    assert columns.by_field["phone"][0].letter == "D"
    twice = [one.column for one in columns.problems if one.code is ProblemCode.HEADING_TWICE]
    assert twice == ["C", "E"]


def test_one_heading_for_two_fields_is_left_to_a_person(headings: Any) -> None:
    fields = {**headings["fields"], "nickname": {"vi": "Tên gọi khác", "synonyms": ["Zalo"]}}
    book = heading_book({**headings, "fields": fields})
    columns = map_headings([("Mã NV", "Họ tên", "Zalo")], HeaderRow(0, 0), book)
    assert columns.columns[2].field is None
    assert columns.problems[0].code is ProblemCode.HEADING_AMBIGUOUS


def test_a_lone_ten_holds_full_names_when_they_have_several_words(book: HeadingBook) -> None:
    full: list[Row] = [("Mã NV", "Tên"), ("1", "Nguyễn Thị Hoa"), ("2", "Lê An")]
    assert fields_of(full, book)["B"] == "full_name"
    short: list[Row] = [("Mã NV", "Tên"), ("1", "Hoa"), ("2", "An")]
    columns = map_headings(short, HeaderRow(0, 0), book)
    assert columns.by_field["full_name"][0].letter == "B"
    assert columns.problems[0].code is ProblemCode.GIVEN_NAMES_ONLY
    pair: list[Row] = [("Mã NV", "Họ", "Tên"), ("1", "Nguyễn Thị", "Hoa")]
    assert fields_of(pair, book) == {
        "A": "employee_code",
        "B": "family_name",
        "C": "given_name",
    }


def test_a_name_heading_merged_over_two_columns_covers_both(book: HeadingBook) -> None:
    rows: list[Row] = [
        ("Mã NV", "Họ và tên", None, "SĐT"),
        ("1", "Nguyễn Thị", "Hoa", "0912345678"),
        ("2", "Lê Văn", "An", "0912345679"),
    ]
    assert fields_of(rows, book) == {
        "A": "employee_code",
        "B": "family_name",
        "C": "given_name",
        "D": "phone",
    }


def test_headings_over_two_rows_are_read_together(book: HeadingBook) -> None:
    rows: list[Row] = [
        *TITLES,
        ("STT", "Mã NV", "Họ và tên", None, "Ngày sinh", None, "Địa chỉ", None, "Mũi 1", None),
        (None, None, "Họ", "Tên", "Nam", "Nữ", "Thôn", "Xã", "Loại vắc xin", "Ngày tiêm"),
        (1, "SB1", "Nguyễn Thị", "Hoa", None, "05/06/1996", "Núi Hiểu", "Quang Châu", None, None),
    ]
    header = find_header_row(rows, book)
    assert header == HeaderRow(3, 4)
    columns = map_headings(rows, header, book)
    assert [(column.letter, column.field) for column in columns.columns] == [
        ("A", "row_no"),
        ("B", "employee_code"),
        ("C", "family_name"),
        ("D", "given_name"),
        ("E", "dob"),
        ("F", "dob"),
        ("G", "current_village"),
        ("H", "current_commune"),
        ("I", "dose1_vaccine"),
        ("J", "dose1_date"),
    ]
    assert [column.marks for column in columns.by_field["dob"]] == [Sex.MALE, Sex.FEMALE]


def test_a_column_titled_only_nu_marks_women(book: HeadingBook) -> None:
    columns = map_headings([("Mã NV", "Họ tên", "Nữ")], HeaderRow(0, 0), book)
    assert columns.by_field["gender"][0].marks is Sex.FEMALE


def test_what_a_person_chose_replaces_what_was_found(book: HeadingBook) -> None:
    columns = map_headings([("Mã NV", "Họ tên", "Ghi chú 2", "KTX")], HeaderRow(0, 0), book)
    chosen = with_choices(columns, {"C": "dormitory"})
    assert chosen.by_field["dormitory"][0].letter == "C"
    assert chosen.columns[3].field is None
    assert chosen.problems == ()
    assert with_choices(columns, {"A": None}).missing == ("employee_code",)

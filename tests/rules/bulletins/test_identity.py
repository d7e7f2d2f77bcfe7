"""Nothing that looks like a person gets into a list of cases; places, firms and codes do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bulletins.rules.case_lists import CODE_SHAPE, Found, read_case_list
from app.bulletins.rules.identity import Trace, find_trace, has_id_number
from app.bulletins.rules.refusals import CaseListRefused

ROW = ["BN1001", "23/05/2021", "Nữ", "18-29", "KCN Vân Trung", "Khu cách ly"]
SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Dương", "Trương"]
MIDDLES = ["Văn", "Thị", "Thị Thu", "Đức", "Minh", "Ngọc"]
GIVEN = ["Hoa", "Hưởng", "Nam", "Bình", "Ánh", "Mạnh", "Quỳnh"]
SHAPES = [
    str,
    str.upper,
    str.lower,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: name.replace(" ", "  "),
    lambda name: f"ông {name}",
    lambda name: f"{name}, xã Quang Châu",
    lambda name: f"xã Quang Châu ({name})",
    lambda name: f"nhà trọ bà {name}",
]
names = st.builds(
    "{} {} {}".format, st.sampled_from(SURNAMES), st.sampled_from(MIDDLES), st.sampled_from(GIVEN)
)


@given(names, st.sampled_from(SHAPES))
def test_a_name_is_found_however_it_is_written(name: str, shape: object) -> None:
    assert find_trace(shape(name)) is Trace.NAME  # type: ignore[operator]


@given(
    st.sampled_from(["03", "05", "07", "08", "09", "+849", "848"]),
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from(["", " ", ".", "-"]),
    st.sampled_from(["{}", "BN {}", "{} xã Quang Châu", "gọi {}."]),
)
def test_a_phone_number_is_found_however_it_is_grouped(
    begin: str, rest: str, gap: str, around: str
) -> None:
    grouped = gap.join([begin + rest[:2], rest[2:5], rest[5:]])
    assert find_trace(around.format(grouped)) is Trace.PHONE


@given(st.integers(9, 12), st.data())
def test_an_id_number_is_found(length: int, data: st.DataObject) -> None:
    number = data.draw(st.text("123456789", min_size=length, max_size=length))
    assert find_trace(number) in {Trace.ID_NUMBER, Trace.PHONE}
    assert find_trace(f"CCCD {number}") is not None


@pytest.mark.parametrize(
    "place",
    [
        *("KCN Vân Trung", "KCN Đình Trám", "xã Hoàng Ninh", "phường Lê Lợi", "thôn My Điền 3"),
        *("Công ty TNHH Hosiden Việt Nam", "Song Khê - Nội Hoàng", "TP Bắc Giang", "Hà Nội"),
        *("đường Nguyễn Văn Cừ", "Cty Shin Young", "tổ dân phố 5, thị trấn Nếnh", "Yên Dũng"),
        *("Trường tiểu học Trần Phú", "Khu cách ly số 2", "Quang Châu", "Việt Yên", ""),
    ],
)
def test_a_place_is_no_person(place: str) -> None:
    assert find_trace(place) is None


@given(st.from_regex(CODE_SHAPE, fullmatch=True))
def test_a_code_is_taken_or_named_as_a_number_never_silently_changed(code: str) -> None:
    trace = find_trace(code)
    if trace is None:
        assert read_case_list([[code, *ROW[1:]]])[0].code == code.strip()
        return
    with pytest.raises(CaseListRefused) as refused:
        read_case_list([[code, *ROW[1:]]])
    assert [each.code for each in refused.value.params["problems"]] == [trace]


@given(names, st.integers(0, 5), st.integers(2, 30))
def test_the_problem_names_row_and_column(name: str, column: int, row: int) -> None:
    rows = [[f"BN{n}", *ROW[1:]] for n in range(row)]
    rows[-1][column] = name
    with pytest.raises(CaseListRefused) as refused:
        read_case_list(rows)
    (problem,) = refused.value.params["problems"]
    assert (problem.row, problem.code) == (row, "name")
    assert problem.column == ("code", "on", "sex", "age", "place", "found")[column]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("Họ và tên", "heading_name"),
        ("HỌ TÊN:", "heading_name"),
        ("Số điện thoại", "heading_phone"),
        ("CCCD", "heading_id_number"),
        ("Ngày sinh", "heading_id_number"),
        ("Ghi chú", "unknown_heading"),
    ],
)
def test_a_column_of_somebodys_data_is_refused_by_its_heading(heading: str, code: str) -> None:
    head = ["STT", "Mã ca", heading, "Ngày", "Giới", "Nhóm tuổi", "Nơi", "Phát hiện ở"]
    with pytest.raises(CaseListRefused) as refused:
        read_case_list([head, ["1", "BN1", "", *ROW[1:]]])
    (problem,) = refused.value.params["problems"]
    assert (problem.row, problem.column, problem.code) == (1, heading, code)


def test_columns_may_stand_in_any_order_and_sex_and_age_may_be_left_out() -> None:
    head = ["Phát hiện ở", "Nơi", "Ngày", "Mã ca"]
    (case,) = read_case_list([[], head, ["cộng đồng", "xã Tăng Tiến", "2021-05-23", "BN7"], []])
    assert (case.found, case.place, case.sex, case.age) == (
        Found.COMMUNITY,
        "xã Tăng Tiến",
        None,
        "",
    )


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, "", "missing"),
        (0, "chưa rõ", "bad_code"),
        (1, "31/02/2021", "bad_day"),
        (2, "x", "bad_sex"),
        (3, "34", "bad_age"),
        (4, "", "missing"),
        (4, "x" * 121, "too_long"),
        (5, "trên sao", "bad_found"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said(column: int, value: str, code: str) -> None:
    row = [*ROW]
    row[column] = value
    with pytest.raises(CaseListRefused) as refused:
        read_case_list([row])
    assert [each.code for each in refused.value.params["problems"]] == [code]


def test_a_cell_too_many_and_a_code_twice_are_refused() -> None:
    for rows, code in (([[*ROW, "thêm"]], "one_too_many"), ([ROW, ROW], "twice")):
        with pytest.raises(CaseListRefused) as refused:
            read_case_list(rows)
        assert [each.code for each in refused.value.params["problems"]] == [code]


def test_a_hotline_or_an_amount_in_a_text_is_no_id_number() -> None:
    assert not has_id_number("Gọi 1900 9095 hoặc 0912345678; 123.456.789 đồng.")
    assert not has_id_number("Gọi +84 912 345 678, kinh phí 123.456.789.000 đồng.")
    assert has_id_number("CCCD 024123456789")
    assert has_id_number("CCCD 024 123 456 789")
    assert has_id_number("CCCD 024.123.456.789")
    assert has_id_number("CMND 121 234 567")

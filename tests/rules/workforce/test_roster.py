"""Whole lists, row by row, and what importing them would change."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import (
    Cell,
    ColumnsMissing,
    FontTables,
    ImportPlan,
    Particulars,
    PresentWorker,
    Problem,
    ProblemCode,
    RosterContext,
    RosterReading,
    Row,
    Severity,
    Sex,
    compare,
    decode_rows,
    find_header_row,
    map_headings,
    read_roster,
)
from app.workforce.rules.legacy_fonts import DecodedRows
from app.workforce.rules.shifts import ShiftCode

HEADINGS: Row = ("STT", "Mã số thẻ", "Họ tên CN", "NTNS", "GT", "Số CMT", "ĐT", "Tổ/Chuyền", "Ca")


def read(
    rows: list[Row],
    context: RosterContext,
    corrections: dict[tuple[int, str], Cell] | None = None,
) -> RosterReading:
    columns = map_headings(rows, find_header_row(rows, context.book), context.book)
    return read_roster(DecodedRows(rows, {}), columns, context, corrections)


def codes(reading: RosterReading) -> list[tuple[int, str, ProblemCode]]:
    return [(problem.row, problem.column, problem.code) for problem in reading.problems]


def worker(badge: Cell = "SB1", name: Cell = "Nguyễn Thị Hoa", **cells: Cell) -> Row:
    places = ("dob", "sex", "id", "phone", "line", "shift")
    return (1, badge, name, *(cells.get(place) for place in places))


def test_a_good_row_is_read_without_a_word(context: RosterContext) -> None:
    row = worker(
        dob="05/06/1996",
        sex="Nữ",
        id="024196001234",
        phone="0912345678",
        line="Chuyền 3",
        shift="C1",
    )
    reading = read([("DANH SÁCH",), HEADINGS, row], context)
    assert reading.problems == ()
    assert reading.rows[0].row == 3
    assert reading.rows[0].badge == "SB1"
    assert reading.rows[0].particulars == Particulars(
        name="Nguyễn Thị Hoa",
        born_on=date(1996, 6, 5),
        birth_year=1996,
        sex=Sex.FEMALE,
        phone="0912345678",
        id_number="024196001234",
        line="Chuyền 3",
        shift=ShiftCode.CA1,
    )


def test_rows_without_badge_or_name_are_left_out_with_the_reason(context: RosterContext) -> None:
    rows = [HEADINGS, worker(badge=None), worker(badge="SB2", name=None), worker(badge="SB3")]
    reading = read(rows, context)
    assert [row.badge for row in reading.rows] == ["SB3"]
    assert [(row.row, row.codes) for row in reading.left_out] == [
        (2, (ProblemCode.BADGE_MISSING,)),
        (3, (ProblemCode.NAME_MISSING,)),
    ]
    assert reading.left_out[0].cells == rows[1]


def test_a_badge_that_comes_again_is_left_out_and_names_the_first_row(
    context: RosterContext,
) -> None:
    reading = read([HEADINGS, worker(), worker(badge=" sb 1 ", name="Giáp Thị Mến")], context)
    assert [row.row for row in reading.rows] == [2]
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.code, problem.other_row) == (
        3,
        "B",
        ProblemCode.BADGE_TWICE,
        2,
    )


def test_a_badge_whose_first_row_was_unusable_is_not_a_duplicate(context: RosterContext) -> None:
    reading = read([HEADINGS, worker(name="Hoa 2"), worker()], context)
    assert [row.row for row in reading.rows] == [3]


def test_a_bad_phone_is_named_and_the_worker_kept(context: RosterContext) -> None:
    reading = read([HEADINGS, worker(phone="0912 345")], context)
    assert codes(reading) == [(2, "G", ProblemCode.PHONE_TOO_SHORT)]
    assert reading.problems[0].value == "0912 345"
    assert reading.rows[0].particulars.phone is None


def test_totals_signatures_numbers_and_repeated_headings_are_no_workers(
    context: RosterContext,
) -> None:
    rows: list[Row] = [
        HEADINGS,
        ("(1)", "(2)", "(3)", "(4)", "(5)"),
        (None, "Chuyền 1"),
        worker(),
        HEADINGS,
        (2, None, None),
        worker(badge="SB2"),
        ("Tổng cộng", None, None, None, 2),
        (None, "Người lập biểu", None, None, None, "Giám đốc"),
        (None, None, "(Ký, ghi rõ họ tên)"),
        (None, None, "Trần Văn Tí", None, None, "Lê Văn Tèo"),
        ("Ghi chú: danh sách tạm",),
    ]
    reading = read(rows, context)
    assert [row.badge for row in reading.rows] == ["SB1", "SB2"]
    assert [(row.row, row.codes) for row in reading.left_out] == [(3, (ProblemCode.NAME_MISSING,))]


def test_a_total_where_the_row_numbers_stand_is_no_worker(context: RosterContext) -> None:
    rows: list[Row] = [("STT", "Mã NV", "Họ tên"), (1, "SB1", "Lê Văn An"), ("Tổng cộng", None, 6)]
    reading = read(rows, context)
    assert ([row.badge for row in reading.rows], reading.left_out) == (["SB1"], ())


def test_a_total_where_the_badges_stand_is_no_worker(context: RosterContext) -> None:
    rows: list[Row] = [HEADINGS, worker(), (None, "Tổng cộng", "7 người")]
    reading = read(rows, context)
    assert ([row.badge for row in reading.rows], reading.left_out) == (["SB1"], ())


def test_a_section_title_in_a_column_of_its_own_is_passed_over(context: RosterContext) -> None:
    reading = read([HEADINGS, (None, None, None, "PHÂN XƯỞNG A"), worker()], context)
    assert reading.left_out == ()


def test_a_worker_whose_position_is_director_is_a_worker(context: RosterContext) -> None:
    rows: list[Row] = [("Mã NV", "Họ tên", "Chức vụ"), ("1", "Lê Văn An", "Giám đốc")]
    rows.append((None, "Lê Văn Bình", "Giám đốc"))
    reading = read(rows, context)
    assert reading.rows[0].particulars.position == "Giám đốc"
    assert reading.left_out[0].codes == (ProblemCode.BADGE_MISSING,)


def test_to_and_chuyen_in_one_column_are_told_apart(context: RosterContext) -> None:
    reading = read([HEADINGS, worker(line="Tổ 5"), worker("SB2", line="Chuyền 3")], context)
    found = [(row.particulars.team, row.particulars.line) for row in reading.rows]
    assert found == [("Tổ 5", None), (None, "Chuyền 3")]


def test_dates_that_excel_may_have_turned_are_pointed_out(context: RosterContext) -> None:
    rows = [
        HEADINGS,
        worker("SB1", dob=date(1996, 5, 6)),
        worker("SB2", dob="25/06/1996"),
        worker("SB3", dob=date(1996, 4, 4)),
    ]
    reading = read(rows, context)
    assert codes(reading) == [(2, "D", ProblemCode.DATE_MAYBE_SWAPPED)]
    assert reading.problems[0].suggestion == "05/06/1996"
    assert reading.rows[0].particulars.born_on == date(1996, 5, 6)
    all_dates = [HEADINGS, worker("SB1", dob=date(1996, 5, 6)), worker("SB2", dob="x")]
    assert codes(read(all_dates, context)) == [(3, "D", ProblemCode.DATE_UNREADABLE)]


def test_ambiguous_codes_are_asked_for_once_a_file(context: RosterContext) -> None:
    rows = [HEADINGS, *(worker(f"SB{place}", sex=place % 2) for place in range(6))]
    assert codes(read(rows, context)) == [
        (2, "E", ProblemCode.SEX_AMBIGUOUS),
        (3, "E", ProblemCode.SEX_AMBIGUOUS),
    ]
    answered = replace(context, sex_by_code={"0": Sex.FEMALE, "1": Sex.MALE})
    assert read(rows, answered).rows[1].particulars.sex is Sex.MALE


def test_no_cross_under_nu_means_a_man(context: RosterContext) -> None:
    rows: list[Row] = [("Mã NV", "Họ tên", "Nữ"), ("1", "Lê Hoa", "x"), ("2", "Lê An", None)]
    sexes = [row.particulars.sex for row in read(rows, context).rows]
    assert sexes == [Sex.FEMALE, Sex.MALE]
    rows[1] = ("1", "Lê Hoa", None)
    assert read(rows, context).rows[0].particulars.sex is None


def test_a_date_under_nam_or_nu_tells_the_sex(context: RosterContext) -> None:
    rows: list[Row] = [
        ("Mã NV", "Họ tên", "Năm sinh", None),
        (None, None, "Nam", "Nữ"),
        ("1", "Lê An", 1990, None),
        ("2", "Lê Hoa", None, 1992),
    ]
    found = [(row.particulars.sex, row.particulars.birth_year) for row in read(rows, context).rows]
    assert found == [(Sex.MALE, 1990), (Sex.FEMALE, 1992)]


def test_another_company_s_name_is_pointed_out_once(context: RosterContext) -> None:
    rows: list[Row] = [
        ("Mã NV", "Họ tên", "Công ty"),
        ("1", "Lê An", "ĐIỆN TỬ SAO BẮC"),
        ("2", "Lê Ba", "sb"),
        ("3", "Lê Hoa", "May Hà Bắc"),
        ("4", "Lê Tú", "May Hà Bắc"),
    ]
    assert codes(read(rows, context)) == [(4, "C", ProblemCode.OTHER_COMPANY)]


def test_one_card_number_under_two_badges_is_pointed_out(context: RosterContext) -> None:
    rows = [HEADINGS, worker(id="121234567"), worker("SB2", id="121234567")]
    reading = read(rows, context)
    assert codes(reading) == [(3, "F", ProblemCode.ID_TWICE)]
    assert len(reading.rows) == 2


def test_a_list_in_an_old_font_is_read_and_every_change_named(
    context: RosterContext, fonts: FontTables
) -> None:
    rows: list[Row] = [
        ("M· sè thÎ", "Hä vµ tªn", "Chøc vô"),
        ("SB1", "NguyÔn V¨n H­ëng", "C«ng nh©n"),
    ]
    sheet = decode_rows(rows, fonts)
    columns = map_headings(sheet.rows, find_header_row(sheet.rows, context.book), context.book)
    reading = read_roster(sheet, columns, context)
    assert reading.rows[0].particulars.name == "Nguyễn Văn Hưởng"
    assert (
        Problem(
            2,
            "B",
            "full_name",
            ProblemCode.LEGACY_FONT,
            "NguyÔn V¨n H­ëng",
            "Nguyễn Văn Hưởng",
        )
        in reading.problems
    )
    assert reading.count_of(Severity.FIXED) == 1


def test_a_list_without_a_badge_column_is_refused(context: RosterContext) -> None:
    with pytest.raises(ColumnsMissing) as refusal:
        read([("Họ tên", "SĐT"), ("Lê An", "0912345678")], context)
    assert refusal.value.params == {"fields": ("employee_code",)}


def test_a_corrected_cell_is_read_in_place_of_the_sheet_s(context: RosterContext) -> None:
    rows = [HEADINGS, worker(badge=None), worker("SB2", name="Hoa 2")]
    reading = read(rows, context, {(2, "B"): "SB1", (3, "C"): "Lê Hoa"})
    assert [row.badge for row in reading.rows] == ["SB1", "SB2"]
    assert reading.problems == ()


def test_text_too_long_for_its_place_is_named_and_not_cut_in_silence(
    context: RosterContext,
) -> None:
    rows = [HEADINGS, worker("B" * 41), worker("SB2", line="Chuyền " * 20)]
    reading = read(rows, context)
    assert codes(reading) == [
        (2, "B", ProblemCode.BADGE_TOO_LONG),
        (3, "H", ProblemCode.TEXT_TOO_LONG),
    ]
    assert reading.rows[0].particulars.line is None


def test_joining_day_and_safety_team_are_read(context: RosterContext) -> None:
    rows: list[Row] = [
        ("Mã NV", "Họ tên", "Ngày vào làm", "Tổ an toàn"),
        ("1", "Lê An", "01/02/2019", "Tổ trưởng"),
        ("2", "Lê Ba", "2019", "không"),
        ("3", "Lê Tư", None, None),
    ]
    reading = read(rows, context)
    found = [(one.particulars.joined_on, one.particulars.in_safety_team) for one in reading.rows]
    assert found == [(date(2019, 2, 1), True), (None, False), (None, None)]
    assert codes(reading) == [(3, "C", ProblemCode.DATE_UNREADABLE)]


def test_a_birth_year_that_contradicts_the_birthday_is_named(context: RosterContext) -> None:
    rows: list[Row] = [
        ("Mã NV", "Họ tên", "Ngày sinh", "Năm sinh"),
        ("1", "Lê An", "05/06/1990", 1991),
        ("2", "Lê Ba", None, 1991),
    ]
    reading = read(rows, context)
    assert codes(reading) == [(2, "D", ProblemCode.BIRTH_YEAR_DIFFERS)]
    assert [row.particulars.birth_year for row in reading.rows] == [1990, 1991]


def present(reading: RosterReading) -> dict[str, PresentWorker]:
    return {
        row.badge: PresentWorker(f"id-{row.badge_key}", row.badge, row.particulars)
        for row in reading.rows
    }


def test_new_changed_unchanged_and_unnamed_workers_are_told_apart(context: RosterContext) -> None:
    before = present(
        read(
            [HEADINGS, worker(phone="0912345678"), worker("SB2", line="Chuyền 3"), worker("SB4")],
            context,
        )
    )
    now = [HEADINGS, worker(phone="0987654321"), worker("SB2", line="CHUYỀN 3"), worker("SB3")]
    plan = compare(read(now, context), before)
    assert [row.badge for row in plan.created] == ["SB3"]
    assert [row.badge for row in plan.unchanged] == ["SB2"]
    assert [one.badge for one in plan.not_in_file] == ["SB4"]
    (update,) = plan.updated
    (change,) = update.changes
    assert (change.field, change.old, change.new) == ("phone", "0912345678", "0987654321")


def test_an_empty_cell_or_a_year_alone_takes_nothing_away(context: RosterContext) -> None:
    before = present(read([HEADINGS, worker(dob="05/06/1996", phone="0912345678")], context))
    assert compare(read([HEADINGS, worker(dob="1996")], context), before).updated == ()
    (update,) = compare(read([HEADINGS, worker(dob="1997")], context), before).updated
    assert [(one.field, one.new) for one in update.changes] == [
        ("born_on", None),
        ("birth_year", 1997),
    ]


def test_a_row_left_out_does_not_make_its_worker_missing(context: RosterContext) -> None:
    before = present(read([HEADINGS, worker()], context))
    assert compare(read([HEADINGS, worker(name=None)], context), before).not_in_file == ()


def test_a_badge_that_lost_its_zeros_finds_its_worker(context: RosterContext) -> None:
    before = present(read([HEADINGS, worker("00123")], context))
    plan = compare(read([HEADINGS, worker(123)], context), before)
    assert len(plan.unchanged) == 1
    assert plan.problems[0].code is ProblemCode.BADGE_ZEROS_LOST
    assert plan.problems[0].suggestion == "00123"
    assert compare(read([HEADINGS, worker("123")], context), before).created


def test_somebody_who_left_before_being_known_is_not_created(context: RosterContext) -> None:
    rows: list[Row] = [("Mã NV", "Họ tên", "Tình trạng"), ("1", "Lê An", "Nghỉ việc")]
    plan = compare(read(rows, context), {})
    assert plan.created == ()
    assert len(plan.already_left) == 1


messy_cells = st.one_of(st.none(), st.text(max_size=12), st.integers(0, 10**12), st.floats(0, 1e12))
messy_rows = st.tuples(
    st.integers(1, 99),
    st.one_of(st.sampled_from(["SB1", "sb 1", "007", "SB2", None]), st.integers(1, 20)),
    st.sampled_from(["LÊ THỊ HOA", "Lê An (TS)", "Hoa 2", None, "TrÇn V¨n"]),
    st.one_of(st.dates(), st.sampled_from(["1990", "31/02/1998", "06/25/1996"]), messy_cells),
    st.one_of(st.sampled_from(["Nam", "nữ", 1, "x"]), messy_cells),
    st.one_of(st.sampled_from([24096001234, "024196001234", 12345678]), messy_cells),
    st.one_of(st.sampled_from(["01662000118", 912345678, "0912 345"]), messy_cells),
    st.one_of(st.sampled_from(["Tổ 1", "CHUYỀN 3", "chuyền 3"]), messy_cells),
    st.one_of(st.sampled_from(["C1", "Ca 4"]), messy_cells),
)


def applied(plan: ImportPlan, before: dict[str, PresentWorker]) -> dict[str, PresentWorker]:
    after = dict(before)
    for row in plan.created:
        after[row.badge] = PresentWorker(row.badge_key, row.badge, row.particulars)
    for update in plan.updated:
        values: dict[str, Any] = {change.field: change.new for change in update.changes}
        worker = update.worker
        after[worker.badge] = replace(worker, particulars=replace(worker.particulars, **values))
    return after


@given(first=st.lists(messy_rows, max_size=8), second=st.lists(messy_rows, max_size=8))
def test_importing_a_list_twice_changes_nothing(
    first: list[Row], second: list[Row], context: RosterContext
) -> None:
    before = applied(compare(read([HEADINGS, *first], context), {}), {})
    reading = read([HEADINGS, *second], context)
    again = compare(reading, applied(compare(reading, before), before))
    assert (again.created, again.updated) == ((), ())
    assert len(again.unchanged) == len(reading.rows)


@given(rows=st.lists(messy_rows, max_size=6))
def test_every_suggestion_settles_its_problem(rows: list[Row], context: RosterContext) -> None:
    sheet: list[Row] = [HEADINGS, *rows]
    for problem in read(sheet, context).problems:
        if problem.suggestion is not None:
            place = (problem.row, problem.column)
            mended = read(sheet, context, {place: problem.suggestion})
            assert (*place, problem.code) not in codes(mended)


@given(rows=st.lists(messy_rows, max_size=8))
def test_every_row_is_used_or_left_out_with_a_reason(
    rows: list[Row], context: RosterContext
) -> None:
    reading = read([HEADINGS, *rows], context)
    numbers = [row.row for row in reading.rows] + [row.row for row in reading.left_out]
    assert len(numbers) == len(set(numbers))
    assert all(row.codes for row in reading.left_out)
    badges = [row.badge_key for row in reading.rows]
    assert len(badges) == len(set(badges))

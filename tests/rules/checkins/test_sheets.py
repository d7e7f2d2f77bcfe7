"""Lines of a check-in sheet: what they say, and what keeping them would mean."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.queries.rule_sets import list_rule_sets
from app.checkins.rules.answers import parse_answers
from app.checkins.rules.counts import DutyState
from app.checkins.rules.sheets import (
    FIRST_ROW,
    Fault,
    NotASheet,
    Outcome,
    Present,
    Said,
    SheetHead,
    SheetLine,
    head_cell,
    observed_moment,
    outcome_of,
    read_head,
    read_lines,
    sheet_signs,
)
from app.workforce.rules.cells import Cell

RULES = list_rule_sets()[0]
SIGNS = sheet_signs(RULES)
WORDS = {"khoe": Said.WELL, "co dau hieu": Said.SIGNS, "vang": Said.ABSENT}
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EXPECTED = Present(DutyState.EXPECTED, 0)


def line(
    result: Cell = None,
    warm: Cell = None,
    ticks: tuple[str, ...] = (),
    other: Cell = None,
    clock: Cell = None,
) -> SheetLine:
    """The line that a filled row gives."""
    marks = tuple("x" if sign in ticks else None for sign in SIGNS)
    row = ("w1", EXPECTED.mark, "SB-1", "Hoa", result, warm, *marks, other, clock, "chưa khai")
    rows = [(), *[()] * (FIRST_ROW - 2), row]
    return read_lines(rows, RULES, WORDS)[0]


def test_well_denies_every_sign_that_has_a_column() -> None:
    answers = parse_answers(line("Khoẻ").answers, RULES.questions)
    assert answers.symptoms == ()
    assert set(answers.denied) == set(SIGNS)


def test_a_tick_or_a_fever_is_a_sign_even_with_no_result_chosen() -> None:
    assert line(ticks=("cough",)).said is Said.SIGNS
    assert line(warm=38.4).said is Said.SIGNS
    assert line(warm="36,6").faults == (Fault.RESULT,)


def test_an_empty_line_says_nothing() -> None:
    assert outcome_of(line(), EXPECTED) is Outcome.NOTHING


@pytest.mark.parametrize(
    ("given_line", "fault"),
    [
        (line("ổn"), Fault.RESULT),
        (line("Có dấu hiệu"), Fault.SIGNS_MISSING),
        (line("Khoẻ", ticks=("fever",)), Fault.WELL_WITH_SIGNS),
        (line("Khoẻ", warm=365), Fault.TEMPERATURE),
        (line("Khoẻ", warm="nóng"), Fault.TEMPERATURE),
        (line("Khoẻ", clock="sáng"), Fault.TIME),
        (line("Khoẻ", clock="25:10"), Fault.TIME),
    ],
)
def test_what_cannot_be_read_is_named_and_never_kept(given_line: SheetLine, fault: Fault) -> None:
    assert given_line.faults == (fault,)
    assert outcome_of(given_line, EXPECTED) is Outcome.FAULTY


@pytest.mark.parametrize("cell", [time(5, 50), "5:50", "5h50", "05.50", 350 / 1440])
def test_a_time_is_read_however_it_was_written(cell: Cell) -> None:
    assert line("Khoẻ", clock=cell).at == time(5, 50)


def test_what_came_after_the_sheet_was_made_is_a_conflict() -> None:
    well = line("Khoẻ")
    assert outcome_of(well, EXPECTED) is Outcome.NEW
    feverish = Present(DutyState.ANSWERED, 1, {"symptoms": ["fever"], "temperature_c": 38.2})
    assert outcome_of(well, feverish) is Outcome.CONFLICT
    assert outcome_of(well, Present(DutyState.ABSENT, 0)) is Outcome.CONFLICT


def test_an_answer_stands_against_absence_and_the_same_answer_is_nothing_new() -> None:
    well = Present(DutyState.ANSWERED, 1, {"symptoms": [], "temperature_c": None})
    assert outcome_of(line("Vắng"), well) is Outcome.IMPOSSIBLE
    assert outcome_of(line("Khoẻ"), well) is Outcome.NOTHING
    assert outcome_of(line("Vắng"), None) is Outcome.IMPOSSIBLE


def test_a_clock_time_means_the_moment_nearest_to_the_shift() -> None:
    night = datetime(2026, 11, 24, 22, 0, tzinfo=HANOI)
    assert observed_moment(time(21, 40), night, HANOI).day == 24
    assert observed_moment(time(1, 15), night, HANOI).day == 25
    early = datetime(2026, 11, 24, 0, 30, tzinfo=HANOI)
    assert observed_moment(time(23, 50), early, HANOI).astimezone(UTC).date() == date(2026, 11, 23)


@given(st.integers(1, 10**6), st.dates(), st.sampled_from(["ca1", "night12"]))
def test_the_head_of_a_sheet_is_read_back(branch_id: int, on: date, shift: str) -> None:
    head = SheetHead(branch_id, on, shift)
    assert read_head([(head_cell(head),)]) == head


@given(st.lists(st.lists(st.one_of(st.none(), st.text(), st.floats(), st.integers()))))
def test_any_other_file_is_refused(rows: list[list[Cell]]) -> None:
    with pytest.raises(NotASheet):
        read_head(rows)

"""A paper list that is keyed in: nothing is invented, nothing typed is dropped in silence."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.queries.rule_sets import list_rule_sets
from app.checkins.rules.answers import parse_answers
from app.checkins.rules.counts import DutyState
from app.checkins.rules.keying import (
    KeyedList,
    KeyedRow,
    ReadList,
    in_order,
    known_to_paper,
    read_keyed,
)
from app.checkins.rules.sheets import (
    EARLIEST,
    Fault,
    Outcome,
    Present,
    Said,
    observed_moment,
    outcome_of,
    sheet_signs,
)
from app.workforce.rules.shifts import DEFAULT_HOURS, ShiftCode, shift_window

RULES = list_rule_sets()[0]
SIGNS = sheet_signs(RULES)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ON = date(2026, 11, 24)
CA1 = shift_window(DEFAULT_HOURS[ShiftCode.CA1], ON, HANOI)
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12:00 in the park

typed_rows = st.builds(
    KeyedRow,
    worker_id=st.uuids().map(str),
    known=st.just("expected:0"),
    result=st.sampled_from(["", "well", "signs", "absent", "ổn"]),
    warm=st.sampled_from(["", "36,6", "38.4", "366", "nóng"]),
    signs=st.lists(st.sampled_from(SIGNS), unique=True, max_size=3).map(tuple),
    other=st.sampled_from(["", "nổi mẩn"]),
    at=st.sampled_from(["", "05:40", "0550", "5h45", "13:59", "25:10", "17:05"]),
)


def read(*rows: KeyedRow, written_at: str = "05:50", now: datetime = NOON) -> ReadList:
    return read_keyed(KeyedList(rows, written_at), RULES, CA1, now, HANOI)


def row(result: str = "", **typed: object) -> KeyedRow:
    return KeyedRow("w1", "expected:0", result, **typed)  # type: ignore[arg-type]


def test_whom_the_paper_says_nothing_of_stays_silent() -> None:
    done = read(row("well"), row())
    assert [line.said for line in done.lines] == [Said.WELL, None]
    assert done.lines[1].at is None
    assert done.is_good


def test_a_row_has_its_own_time_or_that_of_the_list() -> None:
    done = read(row("well"), row("well", at="0541"), row("absent"))
    assert [line.at for line in done.lines] == [time(5, 50), time(5, 41), None]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (row("signs"), Fault.SIGNS_MISSING),
        (row("well", signs=("cough",)), Fault.WELL_WITH_SIGNS),
        (row("absent", warm="36,6"), Fault.ABSENT_WITH_SIGNS),
        (row("absent", signs=("cough",)), Fault.ABSENT_WITH_SIGNS),
        (row("well", warm="366"), Fault.TEMPERATURE),
        (row(warm="36,6"), Fault.RESULT_MISSING),
        (row(at="05:40"), Fault.RESULT_MISSING),
        (row("ổn"), Fault.RESULT),
        (row("well", at="sáng"), Fault.TIME),
        (row("well", at="17:05"), Fault.TIME_OUTSIDE),
        (row("well", at="13:10"), Fault.TIME_AHEAD),
    ],
)
def test_what_cannot_be_is_named_with_its_row(typed: KeyedRow, fault: Fault) -> None:
    done = read(row("well"), typed)
    assert done.lines[1].faults == (fault,)
    assert not done.is_good


@pytest.mark.parametrize(
    ("written_at", "fault"),
    [
        ("", "sheets.written_at_missing"),
        ("sáng", "sheets.time_unreadable"),
        ("17:05", "sheets.time_outside_shift"),
        ("13:10", "sheets.time_ahead"),
    ],
)
def test_the_time_of_the_list_is_checked_once_for_all(written_at: str, fault: str) -> None:
    done = read(row("well"), row("well"), written_at=written_at)
    assert done.fault == fault
    assert [line.faults for line in done.lines] == [(), ()]


def test_a_list_without_its_time_will_do_where_every_row_has_one() -> None:
    assert read(row("well", at="05:41"), row("absent"), written_at="").is_good


def test_a_list_that_says_nothing_is_refused() -> None:
    assert read(row(), row()).fault == "sheets.nothing_keyed"


def test_no_time_of_a_shift_that_is_yet_to_come_is_taken() -> None:
    before = CA1.starts_at - timedelta(days=1)
    done = read(row("well"), written_at="05:50", now=before)
    assert done.fault == "sheets.time_ahead"


def test_a_clock_on_the_wall_may_be_a_little_fast() -> None:
    now = CA1.starts_at - timedelta(minutes=12)  # 05:48
    assert read(row("well"), written_at="05:50", now=now).is_good


@given(st.lists(typed_rows, max_size=6), st.sampled_from(["", "05:50", "5g50", "17:05", "x"]))
def test_what_is_good_can_be_stored_and_everything_else_names_a_fault(
    rows: list[KeyedRow], written_at: str
) -> None:
    done = read(*rows, written_at=written_at)
    assert [line.worker_id for line in done.lines] == [each.worker_id for each in rows]
    for line, typed in zip(done.lines, rows, strict=True):
        silent = line.said is None and not line.faults
        assert silent == (typed == KeyedRow(typed.worker_id, typed.known))
        if typed.result in {"", "well"} and line.said is Said.WELL:
            assert typed.result == "well"  # nobody is well unless it was keyed
        if done.is_good and line.said in {Said.WELL, Said.SIGNS}:
            parse_answers(line.answers, RULES.questions)
            assert line.at is not None
            moment = observed_moment(line.at, CA1.starts_at, HANOI)
            assert CA1.starts_at - EARLIEST <= moment <= CA1.ends_at


@given(st.lists(st.uuids().map(str), unique=True), st.lists(st.uuids().map(str), unique=True))
def test_whoever_was_on_the_form_stays_where_they_were(before: list[str], now: list[str]) -> None:
    order = in_order([KeyedRow(each, "") for each in before], now)
    assert list(order[: len(before)]) == before
    assert set(order) == {*before, *now}
    assert len(order) == len(set(order))


@pytest.mark.parametrize(
    ("state", "version", "outcome"),
    [
        (DutyState.EXPECTED, 0, Outcome.NEW),
        (DutyState.NOT_ASKED, 0, Outcome.NEW),
        (DutyState.ABSENT, 0, Outcome.CONFLICT),
        (DutyState.ANSWERED, 1, Outcome.CONFLICT),
    ],
)
def test_paper_knew_of_no_answer_so_every_other_one_stands_beside_it(
    state: DutyState, version: int, outcome: Outcome
) -> None:
    present = Present(state, version, {"symptoms": ["cough"], "temperature_c": None})
    keyed = KeyedRow("w1", known_to_paper(present), "well")
    assert outcome_of(read(keyed).lines[0], present) is outcome

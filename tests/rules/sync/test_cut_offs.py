"""When summaries are due, and how long a failed exchange waits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sync.rules import ParkShift, due_summaries, wait_after
from app.workforce.rules.shifts import DEFAULT_HOURS, ShiftCode, ShiftHours, shift_window

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ON = date(2026, 11, 23)
CA1, CA2, CA3 = ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3
THREE = [
    ParkShift.of(shift, [shift_window(DEFAULT_HOURS[shift], ON, ZONE)]) for shift in (CA1, CA2, CA3)
]
Made = dict[ShiftCode | None, datetime]


def at(clock: str, day: int = 0) -> datetime:
    return datetime.combine(ON, time.fromisoformat(clock), tzinfo=ZONE) + timedelta(days=day)


def due(now: datetime, made: Made | None = None) -> list[tuple[ShiftCode | None, bool]]:
    found = due_summaries(ON, THREE, now, made or {}, ZONE)
    return [(each.shift, each.final) for each in found]


def a_day_of_ticks(minutes: list[int]) -> list[tuple[str, ShiftCode | None, bool]]:
    made: Made = {}
    log = []
    for minute in minutes:
        now = at("00:00") + timedelta(minutes=minute)
        for each in due_summaries(ON, THREE, now, made, ZONE):
            made[each.shift] = now
            log.append((f"{now.astimezone(ZONE):%d %H:%M}", each.shift, each.final))
    return log


def test_a_day_sends_each_shift_final_an_hour_after_it_began_and_all_at_ten_and_four() -> None:
    assert a_day_of_ticks(list(range(36 * 60))) == [
        ("23 07:00", CA1, True),
        ("23 10:00", CA1, True),
        ("23 10:00", None, False),
        ("23 15:00", CA2, True),
        ("23 16:00", CA1, True),
        ("23 16:00", CA2, True),
        ("23 16:00", None, False),
        ("23 23:00", CA3, True),
        ("23 23:00", None, True),
        ("24 10:00", CA1, True),
        ("24 10:00", CA2, True),
        ("24 10:00", CA3, True),
        ("24 10:00", None, True),
    ]


def test_what_was_slept_through_is_made_once_as_it_stands() -> None:
    assert due(at("06:59")) == []
    assert due(at("16:30")) == [(CA1, True), (CA2, True), (None, False)]
    everything = [(CA1, True), (CA2, True), (CA3, True), (None, True)]
    assert due(at("11:00", 3)) == everything
    assert due(at("11:00", 3), dict.fromkeys((CA1, CA2, CA3, None), at("10:59", 3))) == []


@settings(max_examples=40)
@given(st.lists(st.integers(0, 2879), max_size=12))
def test_however_rarely_the_clock_ticks_every_shift_ends_final_and_none_is_made_twice_in_a_minute(
    minutes: list[int],
) -> None:
    log = a_day_of_ticks([*sorted(minutes), 2880])
    assert {(shift, final) for _, shift, final in log} >= {
        (CA1, True),
        (CA2, True),
        (CA3, True),
        (None, True),
    }
    assert len({entry[:2] for entry in log}) == len(log)
    for shift in (CA1, CA2, CA3, None):
        finals = [final for _, each, final in log if each is shift]
        assert finals == sorted(finals)


def test_companies_with_other_hours_move_the_cut_off_to_the_last_that_begins() -> None:
    windows = [shift_window(ShiftHours(time(hour), time(hour + 8)), ON, ZONE) for hour in (7, 6)]
    shift = ParkShift.of(CA1, windows)
    assert (shift.starts_at, shift.ends_at) == (at("06:00"), at("15:00"))
    assert [each.shift for each in due_summaries(ON, [shift], at("07:59"), {}, ZONE)] == []
    final = due_summaries(ON, [shift], at("08:00"), {}, ZONE)
    assert [(each.shift, each.final) for each in final] == [(CA1, True), (None, True)]


def test_a_shift_under_way_at_ten_goes_up_as_it_stands() -> None:
    shift = ParkShift.of(CA1, [shift_window(ShiftHours(time(9, 30), time(17)), ON, ZONE)])
    found = due_summaries(ON, [shift], at("10:00"), {}, ZONE)
    assert [(each.shift, each.final) for each in found] == [(CA1, False), (None, False)]


def test_a_day_without_shifts_has_no_summary() -> None:
    assert due_summaries(ON, [], at("23:00"), {}, ZONE) == []


@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_the_wait_grows_to_a_quarter_of_an_hour_give_or_take_a_fifth(
    failures: int, jitter: float
) -> None:
    wait = wait_after(failures, jitter)
    assert timedelta(seconds=24) <= wait <= timedelta(minutes=18)
    assert wait_after(failures, 0) <= wait_after(failures + 1, 0) <= timedelta(minutes=15)
    assert wait_after(1, 0) == timedelta(seconds=30)

"""Holidays, buses, days that differ and other time zones: against triggers and a second reckoning.

The moments of `occurrences` are compared with APScheduler's cron triggers, which know nothing of
this program, and with a reckoning by single minutes that shares no code with the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reminders.rules import Anchor, Occurrence, Schedule, anchored_at, occurrences
from app.reminders.rules.calendar import (
    ORDINARY,
    Calendar,
    Deviation,
    OneDay,
    departures_of,
    leaves_at,
)
from app.workforce.rules.shifts import HoursBook, ShiftCode, ShiftHours

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
# A park elsewhere, whose clocks turn at 2 and 3 at night.
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (HANOI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland"))
MONDAY = date(2026, 11, 23)
CA1, CA3 = ShiftCode.CA1, ShiftCode.CA3
HOURS = HoursBook({})
minutes = st.integers(0, 1439)
# Hours that no clock change skips or repeats in these zones.
daytime = st.integers(4 * 60, 22 * 60 + 59)


def of_minute(minute: int) -> time:
    return time(minute // 60, minute % 60)


def local(on: date, at: str, zone: ZoneInfo = HANOI) -> datetime:
    return datetime.combine(on, time.fromisoformat(at), tzinfo=zone).astimezone(UTC)


def midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)


def by_clock(at: time, **more: Any) -> Schedule:
    return Schedule("s", "Nhắc", "t", Anchor.CLOCK, clock_time=at, **more)


def before_shift(**more: Any) -> Schedule:
    return Schedule("s", "Nhắc", "t", Anchor.SHIFT_START, -60, **more)


def moments(found: list[Occurrence], zone: ZoneInfo = HANOI) -> list[str]:
    return [f"{each.due_at.astimezone(zone):%d/%m %H:%M}" for each in found]


def fired(trigger: CronTrigger, from_at: datetime, to_at: datetime) -> Iterator[datetime]:
    last: datetime | None = None
    now = from_at
    while (at := trigger.get_next_fire_time(last, now)) and at < to_at:
        yield at.astimezone(UTC)
        last, now = at, at + timedelta(microseconds=1)


@given(
    daytime,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(0, 30),
)
def test_by_the_clock_it_comes_when_a_cron_trigger_would_fire(
    minute: int, weekdays: frozenset[int], zone: ZoneInfo, first: date, length: int
) -> None:
    schedule = by_clock(
        of_minute(minute), weekdays=weekdays, from_on=first, to_on=first + timedelta(days=length)
    )
    from_at, to_at = midnight(first - timedelta(days=3), zone), midnight(first, zone)
    to_at += timedelta(days=40)
    trigger = CronTrigger(
        day_of_week=",".join(str(day) for day in sorted(weekdays)),
        hour=minute // 60,
        minute=minute % 60,
        second=0,
        start_date=datetime.combine(first, time(), tzinfo=zone),
        end_date=datetime.combine(first + timedelta(days=length), time(23, 59, 59), tzinfo=zone),
        timezone=zone,
    )
    found = occurrences(schedule, HOURS, from_at, to_at, zone)
    assert [each.due_at for each in found] == list(fired(trigger, from_at, to_at))


@given(daytime, st.sampled_from(list(ShiftCode)), st.sampled_from(ZONES), st.integers(0, 300))
def test_before_a_shift_it_comes_when_a_trigger_of_the_shift_would_have_it(
    minute: int, shift: ShiftCode, zone: ZoneInfo, offset: int
) -> None:
    """A trigger fires with the shift; the reminder lies real minutes, not wall ones, before it."""
    starts = of_minute(minute)
    book = HoursBook.of({shift: ShiftHours(starts, of_minute((minute + 480) % 1440))})
    schedule = Schedule("s", "Nhắc", "t", Anchor.SHIFT_START, -offset, shifts=frozenset({shift}))
    first = date(2026, 3, 20)  # over the change of clocks in March
    from_at, to_at = midnight(first, zone), midnight(first, zone) + timedelta(days=20)
    trigger = CronTrigger(hour=starts.hour, minute=starts.minute, second=0, timezone=zone)
    lead = timedelta(minutes=offset)
    found = [each.due_at for each in occurrences(schedule, book, from_at, to_at, zone)]
    assert found == [at - lead for at in fired(trigger, from_at + lead, to_at + lead)]


def reckoned(
    schedule: Schedule, hours: Mapping[ShiftCode, ShiftHours], day: date, zone: ZoneInfo
) -> list[tuple[date, datetime]]:
    """Start dates and moments for one shift, minute by minute over the wall clocks of the zone."""
    found = []
    for on in (day + timedelta(days=n) for n in range(-3, 4)):
        if on.weekday() not in schedule.weekdays:
            continue
        (shift,) = schedule.shifts
        wanted = hours[shift].ends if schedule.anchor is Anchor.SHIFT_END else hours[shift].starts
        over_night = (
            schedule.anchor is Anchor.SHIFT_END and hours[shift].ends <= hours[shift].starts
        )
        walls = on + timedelta(days=1) if over_night else on
        at = midnight(walls, zone) - timedelta(hours=3)
        for _ in range(31 * 60):
            wall = at.astimezone(zone)
            if (wall.date(), wall.hour, wall.minute) == (walls, wanted.hour, wanted.minute):
                found.append((on, at + timedelta(minutes=schedule.offset_minutes)))
                break
            at += timedelta(minutes=1)
    return found


@settings(max_examples=25)
@given(
    daytime,
    daytime,
    st.sampled_from((Anchor.SHIFT_START, Anchor.SHIFT_END)),
    st.integers(-600, 600),
    st.sampled_from((HANOI, BERLIN)),
    st.frozensets(st.integers(0, 6), min_size=1),
)
def test_over_midnight_and_over_changes_of_clocks_a_second_reckoning_agrees(
    starts: int,
    ends: int,
    anchor: Anchor,
    offset: int,
    zone: ZoneInfo,
    weekdays: frozenset[int],
) -> None:
    hours = {CA3: ShiftHours(of_minute(starts), of_minute(ends))}
    schedule = Schedule(
        "s", "Nhắc", "t", anchor, offset, weekdays=weekdays, shifts=frozenset({CA3})
    )
    change = date(2026, 10, 25)  # the clocks of Berlin go back
    wanted = reckoned(schedule, hours, change, zone)
    from_at, to_at = midnight(change, zone) - timedelta(days=9), midnight(change, zone)
    found = occurrences(schedule, HoursBook.of(hours), from_at, to_at + timedelta(days=9), zone)
    days = {change + timedelta(days=n) for n in range(-3, 4)}
    assert [(each.on, each.due_at) for each in found if each.on in days] == sorted(wanted)


@pytest.mark.parametrize(
    ("on", "at", "told"),
    [
        (date(2026, 3, 29), time(2, 30), "03:30"),  # an hour that is left out
        (date(2026, 10, 25), time(2, 30), "02:30"),  # an hour that comes twice
    ],
)
def test_an_hour_that_is_missing_or_double_gives_one_reminder(
    on: date, at: time, told: str
) -> None:
    schedule = by_clock(at)
    from_at = midnight(on, BERLIN)
    found = occurrences(schedule, HOURS, from_at, from_at + timedelta(hours=23), BERLIN)
    assert [f"{each.due_at.astimezone(BERLIN):%H:%M}" for each in found] == [told]


def test_a_holiday_has_no_reminder_unless_the_schedule_says_so() -> None:
    calendar = Calendar(holidays=frozenset({MONDAY + timedelta(days=1)}))
    week = (midnight(MONDAY, HANOI), midnight(MONDAY + timedelta(days=3), HANOI), HANOI, calendar)
    work = by_clock(time(9), on_holidays=False)
    assert moments(occurrences(work, HOURS, *week)) == ["23/11 09:00", "25/11 09:00"]
    home = by_clock(time(9), on_holidays=True)
    assert len(occurrences(home, HOURS, *week)) == 3


def test_a_night_shift_that_begins_on_a_holiday_has_none_the_morning_after() -> None:
    calendar = Calendar(holidays=frozenset({MONDAY}))
    end = Schedule("s", "Tan ca", "t", Anchor.SHIFT_END, shifts=frozenset({CA3}), on_holidays=False)
    found = occurrences(
        end,
        HOURS,
        midnight(MONDAY, HANOI),
        midnight(MONDAY, HANOI) + timedelta(days=3),
        HANOI,
        calendar,
    )
    assert moments(found) == ["23/11 06:00", "25/11 06:00"]


def one_day(kind: Deviation, on: date = MONDAY, at: datetime | None = None) -> Calendar:
    return Calendar(one_days={"s": (OneDay("x", on, CA1, kind, at),)})


THREE_DAYS = (midnight(MONDAY, HANOI), midnight(MONDAY + timedelta(days=3), HANOI), HANOI)


def test_a_send_left_out_leaves_the_others() -> None:
    schedule = before_shift(shifts=frozenset({CA1}))
    tuesday = MONDAY + timedelta(days=1)
    found = occurrences(schedule, HOURS, *THREE_DAYS, one_day(Deviation.SKIP, tuesday))
    assert moments(found) == ["23/11 05:00", "25/11 05:00"]


def test_a_moved_send_comes_at_its_moment_and_still_speaks_of_its_shift() -> None:
    schedule = before_shift(shifts=frozenset({CA1}))
    calendar = one_day(Deviation.MOVE, at=local(MONDAY, "05:40"))
    found = occurrences(schedule, HOURS, *THREE_DAYS, calendar)
    assert moments(found) == ["23/11 05:40", "24/11 05:00", "25/11 05:00"]
    assert anchored_at(schedule, HOURS, found[0], HANOI) == local(MONDAY, "06:00")


def test_an_extra_send_comes_only_where_there_is_none() -> None:
    calendar = one_day(Deviation.EXTRA, at=local(MONDAY, "05:30"))
    schedule = before_shift(shifts=frozenset({CA1}))
    weekend = replace(schedule, weekdays=frozenset({5, 6}))
    assert moments(occurrences(weekend, HOURS, *THREE_DAYS, calendar)) == ["23/11 05:30"]
    assert moments(occurrences(schedule, HOURS, *THREE_DAYS, calendar))[0] == "23/11 05:00"
    assert occurrences(replace(weekend, active=False), HOURS, *THREE_DAYS, calendar) == []


deviations = st.builds(
    OneDay,
    st.just("x"),
    st.dates(MONDAY, MONDAY + timedelta(days=6)),
    st.sampled_from([CA1, CA3]),
    st.sampled_from(Deviation),
    st.integers(-600, 600).map(
        lambda minute: midnight(MONDAY + timedelta(days=3), HANOI) + timedelta(minutes=minute)
    ),
).map(lambda each: replace(each, due_at=None) if each.kind is Deviation.SKIP else each)


@given(
    st.lists(deviations, max_size=5, unique_by=lambda each: (each.on, each.shift)),
    st.frozensets(st.integers(0, 6)),
    st.frozensets(st.dates(MONDAY, MONDAY + timedelta(days=6)), max_size=2),
)
def test_a_day_that_differs_changes_no_other_and_nothing_comes_twice(
    one_days: list[OneDay], weekdays: frozenset[int], holidays: frozenset[date]
) -> None:
    schedule = before_shift(shifts=frozenset({CA1, CA3}), weekdays=weekdays, on_holidays=False)
    span = (midnight(MONDAY, HANOI) - timedelta(days=7), midnight(MONDAY, HANOI))
    span = (span[0], span[1] + timedelta(days=14))
    plain = Calendar(holidays=holidays)
    usual = occurrences(schedule, HOURS, *span, HANOI, plain)
    found = occurrences(
        schedule, HOURS, *span, HANOI, replace(plain, one_days={"s": tuple(one_days)})
    )
    touched = {(each.on, each.shift) for each in one_days}
    keys = [(each.on, each.shift) for each in found]
    assert len(keys) == len(set(keys))
    assert [each for each in found if (each.on, each.shift) not in touched] == [
        each for each in usual if (each.on, each.shift) not in touched
    ]
    by_key = {(each.on, each.shift): each for each in found}
    ran = {(each.on, each.shift) for each in usual}
    for each in one_days:
        come = by_key.get((each.on, each.shift))
        if each.kind is Deviation.SKIP:
            assert come is None
        elif (each.kind is Deviation.MOVE) == ((each.on, each.shift) in ran):
            assert come is not None
            assert come.due_at == each.due_at


@given(
    st.lists(deviations, max_size=4, unique_by=lambda each: (each.on, each.shift)),
    st.lists(st.integers(1, 14 * 1440 - 1), max_size=5),
)
def test_however_the_window_is_cut_days_that_differ_come_once(
    one_days: list[OneDay], cuts: list[int]
) -> None:
    schedule = before_shift(shifts=frozenset({CA1, CA3}), weekdays=frozenset({0, 2, 4}))
    calendar = Calendar(one_days={"s": tuple(one_days)})
    start = midnight(MONDAY, HANOI) - timedelta(days=4)
    marks = [start, *(start + timedelta(minutes=cut) for cut in sorted(cuts))]
    marks.append(start + timedelta(days=14))
    pieces = [
        each
        for first, last in pairwise(marks)
        for each in occurrences(schedule, HOURS, first, last, HANOI, calendar)
    ]
    whole = occurrences(schedule, HOURS, marks[0], marks[-1], HANOI, calendar)
    assert sorted(pieces) == sorted(whole)


def bus(*times: str) -> tuple[time, ...]:
    return tuple(time.fromisoformat(each) for each in times)


def test_a_bus_with_its_own_time_is_reminded_by_it_the_others_by_the_shift() -> None:
    schedule = Schedule("s", "Lên xe", "t", Anchor.BUS_DEPARTURE, -10, shifts=frozenset({CA1}))
    calendar = Calendar(departures={"b1": bus("05:15", "13:10"), "b2": (), "b3": bus("05:15")})
    day = (midnight(MONDAY, HANOI), midnight(MONDAY, HANOI) + timedelta(days=1), HANOI)
    found = occurrences(schedule, HOURS, *day, calendar)
    assert [(each.part, moments([each])[0][-5:]) for each in found] == [
        ("", "05:05"),
        ("05:15", "05:05"),
    ]
    assert anchored_at(schedule, HOURS, found[0], HANOI) == local(MONDAY, "05:15")
    parts = departures_of(calendar.departures, local(MONDAY, "06:00"), HANOI)
    assert parts == {"": frozenset({"b2"}), "05:15": frozenset({"b1", "b3"})}
    only = replace(schedule, group_ids=frozenset({"b1"}))
    assert [each.part for each in occurrences(only, HOURS, *day, calendar)] == ["05:15"]
    assert [each.part for each in occurrences(schedule, HOURS, *day, ORDINARY)] == [""]


@pytest.mark.parametrize(
    ("times", "starts", "leaves"),
    [
        (("05:15",), "06:00", "05:15"),
        (("05:15", "13:10"), "14:00", "13:10"),
        (("05:15",), "14:00", None),  # nobody rides nine hours
        (("23:40",), "00:15", "23:40"),  # the evening before
        (("06:00",), "06:00", "06:00"),
        (("06:01",), "06:00", None),
        (("03:00",), "06:00", "03:00"),
        (("02:59",), "06:00", None),
        (("05:00", "05:30"), "06:00", "05:00"),  # nobody is told too late
    ],
)
def test_a_departure_belongs_to_the_shift_it_brings_people_to(
    times: tuple[str, ...], starts: str, leaves: str | None
) -> None:
    found = leaves_at(bus(*times), local(MONDAY, starts), HANOI)
    assert (f"{found.astimezone(HANOI):%H:%M}" if found else None) == leaves


@given(st.lists(minutes, max_size=6), minutes, st.sampled_from(ZONES))
def test_a_bus_never_leaves_after_its_shift_began(
    times: list[int], starts: int, zone: ZoneInfo
) -> None:
    starts_at = datetime.combine(MONDAY, of_minute(starts), tzinfo=zone).astimezone(UTC)
    found = leaves_at(tuple(of_minute(each) for each in times), starts_at, zone)
    assert found is None or timedelta() <= starts_at - found <= timedelta(hours=3)

"""Which part of the day a board looks at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.kernel.clock import local_day
from app.workforce.rules.shifts import HoursBook, ShiftCode, ShiftWindow, shift_window

NOW = "now"
WHOLE_DAY = "day"
Slot = tuple[date, ShiftCode]


@dataclass(frozen=True, slots=True)
class DayPart:
    """Shifts that are looked at together, by start date; `key` names them in the address."""

    key: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class NextShift:
    """The shift that begins next, and when."""

    shift: ShiftCode
    starts_at: datetime


def slot_window(hours: HoursBook, slot: Slot, zone: ZoneInfo) -> ShiftWindow:
    """When the shift of a slot runs."""
    on, shift = slot
    return shift_window(hours.at(shift, on), on, zone)


def day_parts(
    now: datetime, hours: HoursBook, expected: Mapping[Slot, int], zone: ZoneInfo
) -> list[DayPart]:
    """What can be looked at now: the running shifts first, each shift of today, the whole day.

    A shift belongs to its start date: after midnight the night shift of yesterday still runs.
    Shifts on which nobody is expected are left out.
    """
    today = local_day(now, zone)
    running = [
        slot
        for slot in _ordered(expected, (today - timedelta(days=1), today))
        if _is_running(slot_window(hours, slot, zone), now)
    ]
    parts = one_day(today, expected)
    return [DayPart(NOW, tuple(running)), *parts] if running else parts


def one_day(on: date, expected: Mapping[Slot, int]) -> list[DayPart]:
    """Each shift of a day on which anybody is expected, and the whole day."""
    slots = _ordered(expected, (on,))
    return [*(DayPart(str(shift), ((on, shift),)) for _, shift in slots), DayPart(WHOLE_DAY, slots)]


def chosen_part(parts: Sequence[DayPart], wanted: str | None, default: str = "") -> DayPart:
    """The part asked for, else the default one, else the first."""
    by_key = {part.key: part for part in parts}
    return by_key.get(wanted or "") or by_key.get(default) or parts[0]


def next_shift_to_begin(
    now: datetime, hours: HoursBook, expected: Mapping[Slot, int], zone: ZoneInfo
) -> NextShift | None:
    """The shift that begins next among those on which anybody is expected."""
    ahead = [
        NextShift(slot[1], starts_at)
        for slot, people in expected.items()
        if people and (starts_at := slot_window(hours, slot, zone).starts_at) > now
    ]
    return min(ahead, key=lambda each: each.starts_at, default=None)


def not_over(
    slots: Sequence[Slot], hours: HoursBook, now: datetime, zone: ZoneInfo
) -> tuple[Slot, ...]:
    """The shifts among these that run now or are still to begin."""
    return tuple(slot for slot in slots if slot_window(hours, slot, zone).ends_at > now)


def cut_off_at(part: DayPart, hours: HoursBook, minutes: int, zone: ZoneInfo) -> datetime | None:
    """When who has not answered a shift is listed as silent; None for several shifts together."""
    if len(part.slots) != 1:
        return None
    return slot_window(hours, part.slots[0], zone).starts_at + timedelta(minutes=minutes)


def _is_running(window: ShiftWindow, now: datetime) -> bool:
    return window.starts_at <= now < window.ends_at


def _ordered(expected: Mapping[Slot, int], days: Collection[date]) -> tuple[Slot, ...]:
    place = {shift: number for number, shift in enumerate(ShiftCode)}
    slots = [slot for slot, people in expected.items() if people and slot[0] in days]
    return tuple(sorted(slots, key=lambda slot: (slot[0], place[slot[1]])))

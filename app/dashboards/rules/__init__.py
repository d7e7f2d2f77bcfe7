"""What boards and reports are made of: parts of a day, shares answered, what is silent."""

from app.dashboards.rules.day_parts import (
    NOW,
    WHOLE_DAY,
    DayPart,
    NextShift,
    Slot,
    chosen_part,
    cut_off_at,
    day_parts,
    next_shift_to_begin,
    not_over,
    one_day,
)

__all__ = [
    "NOW",
    "WHOLE_DAY",
    "DayPart",
    "NextShift",
    "Slot",
    "chosen_part",
    "cut_off_at",
    "day_parts",
    "next_shift_to_begin",
    "not_over",
    "one_day",
]

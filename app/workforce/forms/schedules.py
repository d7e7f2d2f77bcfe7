"""Forms of a company's timetable: hours of shifts, cycles, who follows them, holidays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import Length

from app.accounts.forms import PageForm, needed
from app.workforce.forms.fields import DayField, UnitField, day_needed
from app.workforce.rules.shifts import Pattern, ShiftCode, ShiftHours

MOST_CYCLE_DAYS = 42
OFF = "off"


class HoursForm(PageForm):
    """From when the hours of the table count; the times themselves are read row by row."""

    from_on = DayField(_("Có hiệu lực từ ngày"), [day_needed])


@dataclass(slots=True)
class HoursTable:
    """The times that were typed for each shift, and what is wrong with them."""

    typed: Mapping[ShiftCode, tuple[str, str, str]]
    errors: dict[ShiftCode, str] = field(default_factory=dict)
    hours: dict[ShiftCode, ShiftHours] = field(default_factory=dict)


def read_hours(values: Mapping[str, str]) -> HoursTable:
    """The hours of a posted table; a shift without times is left as it is."""
    table = HoursTable(
        {
            shift: (
                values.get(f"{shift}-starts", "").strip(),
                values.get(f"{shift}-ends", "").strip(),
                values.get(f"{shift}-meal", "").strip(),
            )
            for shift in ShiftCode
        }
    )
    for shift, (starts, ends, meal) in table.typed.items():
        if not starts and not ends:
            continue
        try:
            hours = ShiftHours(_time(starts), _time(ends), _time(meal) if meal else None)
        except ValueError:
            table.errors[shift] = gettext("Cần giờ vào và giờ ra, ví dụ 06:00 và 14:00")
            continue
        if hours.starts == hours.ends:
            table.errors[shift] = gettext("Giờ vào và giờ ra giống nhau")
        elif hours.meal is not None and not _within(hours, hours.meal):
            table.errors[shift] = gettext("Giờ ăn nằm ngoài ca")
        else:
            table.hours[shift] = hours
    return table


def _time(text: str) -> time:
    return time.fromisoformat(text).replace(second=0, microsecond=0)


def _within(hours: ShiftHours, at: time) -> bool:
    if hours.starts < hours.ends:
        return hours.starts <= at < hours.ends
    return at >= hours.starts or at < hours.ends


class PatternForm(PageForm):
    """The name of a pattern and the day its cycle begins; the days are read one by one."""

    name = StringField(_("Tên lịch"), [needed, Length(max=80, message=_("Nhiều nhất 80 ký tự"))])
    anchor_on = DayField(_("Ngày 1 của chu kỳ"), [day_needed])


def read_cycle(values: Mapping[str, str]) -> tuple[ShiftCode | None, ...]:
    """The shifts of a posted cycle, day by day; what is no shift is a day off."""
    found: list[ShiftCode | None] = []
    while len(found) < MOST_CYCLE_DAYS and f"day-{len(found) + 1}" in values:
        text = values[f"day-{len(found) + 1}"]
        found.append(ShiftCode(text) if text in set(ShiftCode) else None)
    return tuple(found)


def pattern_of(form: PatternForm, cycle: tuple[ShiftCode | None, ...]) -> Pattern:
    """The pattern that was posted."""
    anchor_on: date | None = form.anchor_on.data
    if anchor_on is None:
        raise ValueError("the form was not checked")
    return Pattern(cycle, anchor_on)


class AssignForm(PageForm):
    """A whole unit follows a pattern from a day on."""

    unit = UnitField(_("Đơn vị"))
    pattern = SelectField(_("Lịch làm việc"))
    from_on = DayField(_("Từ ngày"), [day_needed])


class HolidayForm(PageForm):
    """A day on which the company does not work."""

    on = DayField(_("Ngày"), [day_needed])
    name = StringField(
        _("Tên ngày nghỉ"), [needed, Length(max=80, message=_("Nhiều nhất 80 ký tự"))]
    )


def hours_shown(hours: Mapping[ShiftCode, ShiftHours]) -> dict[ShiftCode, tuple[str, str, str]]:
    """Hours as the inputs of the table hold them."""
    return {
        shift: (f"{each.starts:%H:%M}", f"{each.ends:%H:%M}", _clock(each.meal))
        for shift, each in hours.items()
    }


def _clock(at: Any) -> str:
    return f"{at:%H:%M}" if at is not None else ""

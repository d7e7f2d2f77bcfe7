"""The form of a schedule, and between it and the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.forms import PageForm, needed, typed
from app.kernel.refusals import Refusal
from app.kernel.text import nfc
from app.reminders.actions.one_days import OneSend
from app.reminders.actions.schedules import Wording
from app.reminders.queries.groups import Group
from app.reminders.queries.schedules import ScheduleRow
from app.reminders.rules import Anchor, Audience, Schedule, check_placeholders
from app.reminders.rules.schedules import LONGEST_OFFSET_MINUTES
from app.web.sentences import sentence
from app.web.words import GROUP_KINDS, SHIFTS
from app.workforce.queries.units import Unit
from app.workforce.rules.shifts import ShiftCode

LONGEST_REMINDER = 500
EARLIEST_YEAR, LATEST_YEAR = 2000, 2199
ANCHORS = {
    Anchor.SHIFT_START: _("Giờ vào ca"),
    Anchor.MEAL_START: _("Giờ ăn ca"),
    Anchor.SHIFT_END: _("Giờ tan ca"),
    Anchor.BUS_DEPARTURE: _("Giờ xe chạy"),
    Anchor.CLOCK: _("Giờ cố định"),
}
DIRECTIONS = {"before": _("Trước"), "after": _("Sau")}
AUDIENCES = {Audience.WORKER: _("Người lao động"), Audience.TEAM: _("Tổ an toàn")}
LANGUAGES = {"": _("Theo ngôn ngữ của từng người"), "vi": _("Tiếng Việt"), "en": _("Tiếng Anh")}
WEEKDAYS = (_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN"))
short = Length(max=120, message=_("Nhiều nhất 120 ký tự"))


def not_long(form: Any, field: TextAreaField) -> None:
    """A reminder is short; how long this one is stands beside how long it may be."""
    signs = len(field.data or "")
    if signs > LONGEST_REMINDER:
        typed_signs = format_decimal(signs)
        raise StopValidation(_("Nhiều nhất 500 ký tự, đang có %(num)s", num=typed_signs))


def fillable(form: Any, field: TextAreaField) -> None:
    """Every placeholder of the text is known."""
    try:
        check_placeholders(field.data or "")
    except Refusal as refusal:
        raise ValidationError(sentence(refusal.code, refusal.params)) from None


def hour_if_by_clock(form: Any, field: TimeField) -> None:
    """A fixed hour needs the hour; what is tied to a shift has none."""
    if form.anchor.data != Anchor.CLOCK:
        field.process_errors = field.errors = []
        raise StopValidation
    if field.data is None:
        raise StopValidation(str(_("Chọn giờ, ví dụ 19:00")))


def _worded(choices: Mapping[Any, Any]) -> dict[str, str]:
    return {str(value): str(text) for value, text in choices.items()}


class BoxesField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def composed(text: str | None) -> str | None:
    """The text with every letter as one sign, however the keyboard wrote it."""
    return nfc(text) if text else text


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a form that two people filled in differently."""

    label: Any
    typed: str
    stored: str


def _same(typed_value: Any, stored: Any) -> bool:
    if isinstance(stored, list):
        return sorted(typed_value or []) == sorted(stored)
    return (typed_value or "") == (stored or "")


def _said(field: Any, value: Any) -> str:
    """A value as the page says it; – for none."""
    if isinstance(value, bool):
        return str(_("có")) if value else str(_("không"))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    named = _named(getattr(field, "choices", None) or {})
    values = value if isinstance(value, list) else [value]
    return (
        ", ".join(named.get(str(each), str(each)) for each in values if each not in ("", None))
        or "–"
    )


def _named(choices: Any) -> dict[str, str]:
    if not isinstance(choices, dict):
        return {str(key): str(text) for key, text in choices}
    named: dict[str, str] = {}
    for key, text in choices.items():
        named |= text if isinstance(text, dict) else {str(key): str(text)}
    return named


class ScheduleForm(PageForm):
    """When a text goes to whom."""

    version = HiddenField()
    name = StringField(_("Tên lời nhắc"), [needed, short])
    name_en = StringField(_("Tên tiếng Anh"), [short])
    text = TextAreaField(_("Nội dung"), [needed, not_long, fillable], filters=[composed])
    text_en = TextAreaField(_("Nội dung tiếng Anh"), [not_long, fillable], filters=[composed])
    anchor = SelectField(_("Tính theo"), default=Anchor.SHIFT_START.value)
    minutes = IntegerField(
        _("Số phút"),
        [
            Optional(),
            NumberRange(0, LONGEST_OFFSET_MINUTES, _("Từ 0 đến 1.440 phút, tức một ngày")),
        ],
        default=0,
    )
    direction = SelectField(_("Trước, sau"), default="before")
    clock_time = TimeField(_("Giờ"), [hour_if_by_clock])
    weekdays = BoxesField(
        _("Ngày trong tuần"),
        default=[str(day) for day in range(7)],
    )
    shifts = BoxesField(_("Ca"), description=_("Không chọn là mọi ca"))
    units = SelectMultipleField(
        _("Chỉ các xưởng, chuyền này"), coerce=int, description=_("Không chọn là cả công ty")
    )
    groups = SelectMultipleField(_("Chỉ các nhóm này"), description=_("Không chọn là mọi người"))
    audience = RadioField(_("Gửi cho"), default=Audience.WORKER.value)
    only_unanswered = BooleanField(_("Chỉ người chưa khai báo"))
    on_holidays = BooleanField(_("Cả ngày nghỉ lễ"))
    language = SelectField(_("Ngôn ngữ gửi"), default="")
    from_on = DateField(_("Từ ngày"), [Optional()])
    to_on = DateField(_("Đến hết ngày"), [Optional()])
    active = BooleanField(_("Đang chạy"), default=True)
    badge = StringField(_("Xem như người có mã"), [short])

    def validate_weekdays(self, field: BoxesField) -> None:
        """A reminder without a day never comes."""
        if not field.data:
            raise ValidationError(str(_("Chọn ít nhất một ngày")))

    def validate_to_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(str(_("Ngày cuối trước ngày đầu")))

    def offer(self, groups: Sequence[Group], units: Sequence[Unit]) -> None:
        """Let these groups and units be chosen; name all choices in the page's language."""
        self.units.choices = [(unit.id, unit.name) for unit in units]
        self.language.choices = _worded(LANGUAGES)
        self.anchor.choices = _worded(ANCHORS)
        self.direction.choices = _worded(DIRECTIONS)
        self.audience.choices = _worded(AUDIENCES)
        self.shifts.choices = _worded(SHIFTS)
        self.weekdays.choices = {str(day): str(text) for day, text in enumerate(WEEKDAYS)}
        self.groups.choices = {
            str(text): {group.id: group.name for group in groups if group.kind == kind}
            for kind, text in GROUP_KINDS.items()
            if any(group.kind == kind for group in groups)
        }

    def show(self, row: ScheduleRow) -> None:
        """Fill in what is stored."""
        for name, value in self._stored(row).items():
            self[name].data = value

    def _stored(self, row: ScheduleRow) -> dict[str, Any]:
        schedule = row.schedule
        return {
            "version": str(row.version),
            "name": schedule.name,
            "name_en": row.name_en,
            "text": row.texts.get("vi", ""),
            "text_en": row.texts.get("en", ""),
            "anchor": schedule.anchor.value,
            "minutes": abs(schedule.offset_minutes),
            "direction": "before" if schedule.offset_minutes < 0 else "after",
            "clock_time": schedule.clock_time,
            "weekdays": [str(day) for day in sorted(schedule.weekdays)],
            "shifts": sorted(schedule.shifts),
            "groups": sorted(schedule.group_ids),
            "units": sorted(schedule.branch_ids),
            "on_holidays": schedule.on_holidays,
            "language": schedule.language,
            "audience": schedule.audience.value,
            "only_unanswered": schedule.only_unanswered,
            "from_on": schedule.from_on,
            "to_on": schedule.to_on,
            "active": schedule.active,
        }

    def differences(self, row: ScheduleRow) -> list[Difference]:
        """Where what was typed and what somebody else saved meanwhile say two things."""
        found = []
        for name, stored in self._stored(row).items():
            field = self[name]
            if name in {"version", "active"} or _same(field.data, stored):
                continue
            found.append(
                Difference(field.label.text, _said(field, field.data), _said(field, stored))
            )
        return found

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(typed(self.name), typed(self.text), typed(self.name_en), typed(self.text_en))

    def schedule(self, schedule_id: str) -> Schedule:
        """When and for whom, as the rules take it; raises what the rules refuse."""
        anchor = Anchor(self.anchor.data)
        by_clock = anchor is Anchor.CLOCK
        minutes = self.minutes.data or 0
        clock_time: time | None = self.clock_time.data if by_clock else None
        return Schedule(
            schedule_id,
            typed(self.name),
            "",
            anchor,
            0 if by_clock else (-minutes if self.direction.data == "before" else minutes),
            clock_time,
            frozenset(int(day) for day in self.weekdays.data or ()),
            frozenset(ShiftCode(code) for code in self.shifts.data or ()),
            frozenset(self.groups.data or ()),
            bool(self.only_unanswered.data),
            Audience(self.audience.data),
            self.from_on.data,
            self.to_on.data,
            bool(self.active.data),
            frozenset(self.units.data or ()),
            bool(self.on_holidays.data),
            self.language.data or "",
        )


class CarryForm(PageForm):
    """Schedules of one company, and the companies they are to come to."""

    schedules = BoxesField(_("Lời nhắc"))
    companies = BoxesField(_("Chép sang"), coerce=int)


def _near(day: date | None) -> date | None:
    """The day, unless it is a slip of the keyboard that nothing can be reckoned from."""
    return day if day is not None and EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


class SendForm(PageForm):
    """One send of a schedule, and when it is to come instead."""

    on = DateField()
    shift = StringField()
    day = DateField()
    at = TimeField()
    one_day = StringField()

    def send(self, schedule_id: str) -> OneSend | None:
        """Which send is meant, if that can be read."""
        on, shift = _near(self.on.data), typed(self.shift)
        if on is None or (shift and shift not in set(ShiftCode)):
            return None
        return OneSend(schedule_id, on, ShiftCode(shift) if shift else None)

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """When it is to come; the day of the shift where no other is typed."""
        is_typed = bool(self.day.raw_data and self.day.raw_data[0])
        day = _near(self.day.data if is_typed else self.on.data)
        if day is None or self.at.data is None:
            return None
        return datetime.combine(day, self.at.data, tzinfo=zone).astimezone(UTC)

"""The editor of a schedule: its form, what it will do next, and the days on which it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext as _

from app.delivery.registry import roads_of
from app.delivery.rules.sms import SmsSize, sms_size, sms_text
from app.extensions import db
from app.kernel.clock import local_day
from app.reminders.forms import Difference, ScheduleForm
from app.reminders.queries.calendar import OneDayRow, list_one_days
from app.reminders.queries.groups import list_groups
from app.reminders.queries.outlook import Outlook, days_ahead, list_next, look_ahead
from app.reminders.queries.schedules import ScheduleRow, list_schedules
from app.reminders.queries.texts import built_ins
from app.reminders.rules import Schedule
from app.reminders.rules.planning import template_of
from app.reminders.views.clock import clock_now, zone
from app.reminders.views.place import Place
from app.web.access import current_actor
from app.workforce.queries.units import Unit, list_units
from app.workforce.queries.workers import find_worker_by_badge, get_worker

if TYPE_CHECKING:
    from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class Editor:
    """The schedule being written; `row` is what is stored of it.

    `differences`: what somebody else saved meanwhile, beside what was typed.
    """

    form: ScheduleForm
    row: ScheduleRow | None
    outlook: Outlook | None
    same_text: tuple[str, ...] = ()
    differences: Sequence[Difference] = ()
    one_days: Sequence[OneDayRow] = ()

    @property
    def sizes(self) -> dict[str, SmsSize]:
        """What each text costs as SMS, by its field."""
        return {field.name: sms_size(field.data or "") for field in self._texts}

    @property
    def left_out(self) -> dict[str, tuple[str, ...]]:
        """The signs of each text that an SMS without accents cannot carry, by its field."""
        return {field.name: sms_text(field.data or "").left_out for field in self._texts}

    @property
    def _texts(self) -> tuple[Any, ...]:
        return (self.form.text, self.form.text_en)


def units_of(place: Place) -> list[Unit]:
    """The workshops, lines and teams of a company."""
    return [unit for unit in list_units(db.session(), [place.company.path]) if unit.depth > 0]


def new_form(place: Place, **values: Any) -> ScheduleForm:
    """A form that offers the company's groups and units."""
    form = ScheduleForm(**values)
    form.offer(list_groups(db.session(), place.company.id), units_of(place))
    return form


def edit(place: Place, row: ScheduleRow) -> Editor:
    """The editor of a stored schedule."""
    form = new_form(place)
    form.show(row)
    return looked_ahead(place, form, row, row.schedule)


def next_due(place: Place) -> ScheduleRow | None:
    """The schedule that comes next, or any, to open the page with."""
    rows = list_schedules(db.session(), place.company.id)
    coming, days = [], days_ahead(db.session(), place.company.id, clock_now(), zone())
    for row in rows:
        found = list_next(days, row.schedule, 1, clock_now(), zone())
        if found and row.schedule.active:
            coming.append((found[0].due_at, row.schedule.id, row))
    return min(coming)[2] if coming else next(iter(rows), None)


def looked_ahead(
    place: Place, form: ScheduleForm, row: ScheduleRow | None, schedule: Schedule
) -> Editor:
    """The editor with what the schedule, stored or only typed, will do next."""
    texts = form.wording().texts
    outlook = look_ahead(
        db.session(),
        place.company.id,
        schedule,
        texts,
        _person_asked(place, form),
        roads=roads_of(current_app.config["SETTINGS"]),
        now=clock_now(),
        zone=zone(),
    )
    return Editor(
        form, row, outlook, _same_text(place, schedule, texts), one_days=_one_days(place, row)
    )


def _one_days(place: Place, row: ScheduleRow | None) -> Sequence[OneDayRow]:
    if row is None:
        return ()
    yesterday = local_day(clock_now(), zone()) - timedelta(days=1)
    found = list_one_days(db.session(), place.company.id, yesterday)
    return [each for each in found if each.schedule_id == row.schedule.id]


def _person_asked(place: Place, form: ScheduleForm) -> "Worker | None":
    badge = (form.badge.data or "").strip()
    if not badge:
        return None
    grants = current_actor().grants
    found = find_worker_by_badge(db.session(), badge, place.company.code, grants)
    if found is None:
        form.badge.errors = [_("Không có ai mang mã này")]
        return None
    return get_worker(db.session(), found)


def _same_text(place: Place, schedule: Schedule, texts: dict[str, str]) -> tuple[str, ...]:
    """Names of other running schedules that say the same: each person gets it once a shift."""
    known = {name: each.texts for name, each in built_ins().items()}
    template = template_of(texts, known)
    return tuple(
        row.schedule.name
        for row in list_schedules(db.session(), place.company.id)
        if row.schedule.active
        and row.schedule.id != schedule.id
        and row.schedule.template == template
        and (
            not row.schedule.shifts or not schedule.shifts or row.schedule.shifts & schedule.shifts
        )
    )

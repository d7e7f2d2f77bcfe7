"""Patterns of work: a cycle of days laid out as a row of choices, and which unit follows it."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions import timetables
from app.workforce.actions.schedules import assign_pattern
from app.workforce.forms.schedules import (
    MOST_CYCLE_DAYS,
    AssignForm,
    PatternForm,
    pattern_of,
    read_cycle,
)
from app.workforce.forms.workers import choose_patterns, choose_units
from app.workforce.queries.timetables import (
    PatternRow,
    find_pattern,
    list_follower_ids,
    list_ids_in_unit,
    list_patterns,
)
from app.workforce.queries.units import Unit, find_unit, list_units
from app.workforce.rules.shifts import ShiftCode
from app.workforce.views.company_asked import company_asked, frame_of
from app.workforce.views.schedules import CHUNK, follow_change, schedule_pages

Cycle = tuple[ShiftCode | None, ...]
WEEK = 7


def _week(shift: ShiftCode, days: int = 6) -> Cycle:
    return (shift,) * days + (None,) * (WEEK - days)


# Customary patterns (from memory, unverified): a start to edit, nothing is computed with them.
STARTS: Mapping[str, tuple[object, Cycle]] = {
    "office": (lazy_gettext("Hành chính, nghỉ Chủ Nhật"), _week(ShiftCode.OFFICE)),
    "office5": (lazy_gettext("Hành chính, nghỉ hai ngày"), _week(ShiftCode.OFFICE, 5)),
    "three": (
        lazy_gettext("Xoay 3 ca theo tuần"),
        _week(ShiftCode.CA1) + _week(ShiftCode.CA2) + _week(ShiftCode.CA3),
    ),
    "two": (lazy_gettext("Xoay 2 ca theo tuần"), _week(ShiftCode.CA1) + _week(ShiftCode.CA2)),
    "twelve": (
        lazy_gettext("12 giờ: 2 ngày, 2 đêm, nghỉ 2"),
        (ShiftCode.DAY12,) * 2 + (ShiftCode.NIGHT12,) * 2 + (None,) * 2,
    ),
}


@schedule_pages.get("/patterns")
@access(Permission.MANAGE_WORKERS)
def show_patterns() -> ResponseReturnValue:
    company = company_asked()
    form = AssignForm(formdata=None, from_on=today() + timedelta(days=1))
    return _patterns_page(company, form)


def _patterns_page(company: Unit, form: AssignForm, status: int = 200) -> ResponseReturnValue:
    patterns = list_patterns(db.session(), company.id, today())
    choose_units(form.unit, list_units(db.session(), [company.path]))
    choose_patterns(form.pattern, patterns)
    page = render_template(
        "workforce/show_patterns.html", **frame_of(company), form=form, patterns=patterns
    )
    return page, status


@schedule_pages.post("/patterns/assign")
@access(Permission.MANAGE_WORKERS)
def assign_to_unit() -> ResponseReturnValue:
    company, form = company_asked(), AssignForm()
    choose_units(form.unit, list_units(db.session(), [company.path]))
    choose_patterns(form.pattern, list_patterns(db.session(), company.id, today()))
    is_right = form.validate()
    from_on = form.from_on.data
    if from_on is not None and from_on < today():
        form.from_on.errors = [_("Chọn hôm nay hoặc một ngày tới")]
        is_right = False
    if not is_right or from_on is None:
        return _patterns_page(company, form, 422)
    unit = find_unit(db.session(), [company.path], form.unit.data)
    if unit is None:
        raise NotFound
    people = list(list_ids_in_unit(db.session(), unit.path))
    _assign(company.id, people, form.pattern.data, from_on)
    flash(_("Đã xếp lịch cho %(num)s người của %(unit)s", num=len(people), unit=unit.name))
    return redirect(url_for("schedule.show_patterns", **frame_of(company)["kept"]))


def _assign(company_id: int, people: list[str], pattern_id: str, from_on: date) -> None:
    """Some hundred people at a time: what was done stays done, doing it again changes nothing."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]

        def work(session: Session, chunk: list[str] = chunk) -> None:
            assign_pattern(
                session, company_id, chunk, pattern_id, from_on=from_on, actor=actor, now=now
            )

        transact(work)


@schedule_pages.route("/patterns/new", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS)
def create_pattern() -> ResponseReturnValue:
    return _edit(company_asked(), None)


@schedule_pages.route("/patterns/<pattern_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS)
def change_pattern(pattern_id: str) -> ResponseReturnValue:
    company = company_asked()
    row = find_pattern(db.session(), company.id, pattern_id, today())
    if row is None:
        raise NotFound
    return _edit(company, row)


def _edit(company: Unit, row: PatternRow | None) -> ResponseReturnValue:
    if request.method == "GET":
        name, anchor_on = _first_values(row)
        form = PatternForm(formdata=None, name=name, anchor_on=anchor_on)
        return _pattern_page(company, row, form, _first_cycle(row))
    form, cycle = PatternForm(), read_cycle(request.form)
    if not form.validate() or not cycle:
        return _pattern_page(company, row, form, cycle or _first_cycle(row), 422)
    try:
        pattern_id = _save(company, row, form, cycle)
    except Refusal as refusal:
        form.name.errors = [sentence(refusal.code, refusal.params)]
        return _pattern_page(company, row, form, cycle, refusal.status)
    follow_change(company.id, list(list_follower_ids(db.session(), pattern_id, today())), today())
    flash(_("Đã lưu lịch %(name)s", name=typed(form.name)))
    return redirect(url_for("schedule.show_patterns", **frame_of(company)["kept"]))


def _save(company: Unit, row: PatternRow | None, form: PatternForm, cycle: Cycle) -> str:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    name, pattern, pattern_id = typed(form.name), pattern_of(form, cycle), row.id if row else None

    def work(session: Session) -> str:
        return timetables.save_pattern(
            session, company.id, pattern_id, name, pattern, actor=actor, now=now
        )

    return transact(work)


def _first_values(row: PatternRow | None) -> tuple[str, date]:
    """Name and first day as the page opens; a new cycle starts on a Monday."""
    if row is not None:
        return row.name, row.pattern.anchor_on
    start = STARTS.get(request.args.get("start", ""))
    monday = today() - timedelta(days=today().weekday())
    return (str(start[0]) if start else "", monday)


def _first_cycle(row: PatternRow | None) -> Cycle:
    start = STARTS.get(request.args.get("start", ""))
    cycle: Cycle = row.pattern.cycle if row else start[1] if start else _week(ShiftCode.CA1)
    days = request.args.get("days", type=int)
    if days is None:
        return cycle
    wanted = min(max(days, 1), MOST_CYCLE_DAYS)
    return tuple(cycle[at % len(cycle)] for at in range(wanted))


def _pattern_page(
    company: Unit, row: PatternRow | None, form: PatternForm, cycle: Cycle, status: int = 200
) -> ResponseReturnValue:
    first_on = form.anchor_on.data or today()
    page = render_template(
        "workforce/edit_pattern.html",
        **frame_of(company),
        row=row,
        form=form,
        days=[(first_on + timedelta(days=at), shift) for at, shift in enumerate(cycle)],
        shifts=list(ShiftCode),
        starts=STARTS,
        most_days=MOST_CYCLE_DAYS,
    )
    return page, status

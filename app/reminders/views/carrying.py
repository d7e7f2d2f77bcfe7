"""The park manager carries schedules from one company to others, where they wait paused."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.ids import is_id, new_id
from app.kernel.refusals import NotFound
from app.reminders.actions.carrying import Carried, carry_schedules, undo_carry
from app.reminders.forms import ANCHORS, AUDIENCES, CarryForm
from app.reminders.queries.carrying import bound_names, list_carries
from app.reminders.queries.schedules import ScheduleRow, list_schedules
from app.reminders.rules.planning import NothingToCarry
from app.reminders.views.clock import clock_now
from app.reminders.views.schedules import reminder_pages
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact


@dataclass(frozen=True, slots=True)
class Offered:
    """A schedule that may be carried, and what of it stays behind."""

    row: ScheduleRow
    left_behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A company of the park."""

    id: int
    code: str
    name: str


def _sites() -> list[Site]:
    reach = branches_for(current_actor(), Permission.CARRY_REMINDERS)
    return [Site(each.id, each.code, each.name) for each in list_companies(db.session(), reach)]


def _source(sites: list[Site]) -> Site:
    wanted = request.values.get("from")
    found = next((each for each in sites if not wanted or each.code == wanted), None)
    if found is None:
        raise NotFound
    return found


@reminder_pages.get("/carry")
@access(Permission.CARRY_REMINDERS)
def show_carry() -> ResponseReturnValue:
    return _page(_sites())


def _page(
    sites: list[Site], form: CarryForm | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    source = _source(sites)
    rows = list_schedules(db.session(), source.id)
    page = render_template(
        "reminders/carry_schedules.html",
        sites=sites,
        source=source,
        offered=[_offered(row) for row in rows],
        targets=[each for each in sites if each.id != source.id],
        chosen=set(form.schedules.data or []) if form else set(),
        chosen_sites=set(form.companies.data or []) if form else set(),
        carries=list_carries(db.session(), [each.id for each in sites]),
        problem=problem,
        anchors=ANCHORS,
        audiences=AUDIENCES,
    )
    return page, status


def _offered(row: ScheduleRow) -> Offered:
    schedule = row.schedule
    return Offered(row, tuple(bound_names(db.session(), schedule.group_ids, schedule.branch_ids)))


@reminder_pages.post("/carry")
@access(Permission.CARRY_REMINDERS)
def carry() -> ResponseReturnValue:
    sites = _sites()
    source, form = _source(sites), CarryForm()
    form.schedules.choices = [
        (row.schedule.id, row.schedule.name) for row in list_schedules(db.session(), source.id)
    ]
    form.companies.choices = [(each.id, each.name) for each in sites if each.id != source.id]
    if not form.validate() or not form.schedules.data or not form.companies.data:
        return _page(sites, form, sentence(NothingToCarry.code, {}), NothingToCarry.status)
    actor, now = current_actor(), clock_now()
    carry_id, schedule_ids, carried = new_id(now), list(form.schedules.data), Carried()
    for company_id in form.companies.data:

        def work(session: Session, company_id: int = company_id) -> Carried:
            return carry_schedules(
                session,
                schedule_ids,
                company_id,
                source=source.name,
                carry_id=carry_id,
                actor=actor,
                now=now,
            )

        carried += transact(work)
    _tell(carried, carry_id)
    values: dict[str, Any] = {"from": source.code}
    return redirect(url_for("reminders.show_carry", **values))


def _tell(carried: Carried, carry_id: str) -> None:
    told = ngettext(
        "Đã chép %(num)s lời nhắc, đang tạm dừng ở nơi nhận.",
        "Đã chép %(num)s lời nhắc, đang tạm dừng ở nơi nhận.",
        carried.made,
    )
    if carried.there:
        there = ngettext(
            "%(num)s lời nhắc nơi nhận đã có.", "%(num)s lời nhắc nơi nhận đã có.", carried.there
        )
        told = f"{told} {there}"
    undo = url_for("reminders.take_carry_back", carry=carry_id)
    flash({"text": told, "undo_url": undo} if carried.made else told)  # type: ignore[arg-type]


@reminder_pages.post("/carry/undo")
@access(Permission.CARRY_REMINDERS)
def take_carry_back() -> ResponseReturnValue:
    carry_id, actor, now = request.values.get("carry", ""), current_actor(), clock_now()
    if not is_id(carry_id):
        raise NotFound
    taken = kept = 0
    for site in _sites():

        def work(session: Session, company_id: int = site.id) -> tuple[int, int]:
            return undo_carry(session, carry_id, company_id, actor=actor, now=now)

        done = transact(work)
        taken, kept = taken + done[0], kept + done[1]
    if not taken and not kept:
        raise NotFound
    told = ngettext("Đã thu lại %(num)s bản chép.", "Đã thu lại %(num)s bản chép.", taken)
    if kept:
        stays = ngettext(
            "%(num)s bản nơi nhận đã xem lại, giữ nguyên.",
            "%(num)s bản nơi nhận đã xem lại, giữ nguyên.",
            kept,
        )
        told = f"{told} {stays}"
    flash(told)
    return redirect(url_for("reminders.show_carry"))

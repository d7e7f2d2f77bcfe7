"""Days on which a schedule differs: one send left out, moved or added, and taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.kernel.refusals import NotFound, Refusal
from app.reminders.actions.one_days import (
    OneSend,
    add_send,
    leave_out,
    move_send,
    undo_one_day,
)
from app.reminders.forms import SendForm
from app.reminders.views.board import show_board
from app.reminders.views.clock import clock_now
from app.reminders.views.editing import edit
from app.reminders.views.place import place_of
from app.reminders.views.schedules import held, reminder_pages
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

Act = Callable[..., Any]


@reminder_pages.post("/<schedule_id>/skip")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def skip_send(schedule_id: str) -> ResponseReturnValue:
    return _differ(schedule_id, leave_out, _("Lần này không nhắc. Các lần khác giữ nguyên."))


@reminder_pages.post("/<schedule_id>/move")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def move_one_send(schedule_id: str) -> ResponseReturnValue:
    return _differ(schedule_id, move_send, _("Đã đổi giờ lần này. Các lần khác giữ nguyên."))


@reminder_pages.post("/<schedule_id>/extra")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def add_one_send(schedule_id: str) -> ResponseReturnValue:
    return _differ(schedule_id, add_send, _("Đã thêm một lần nhắc."))


def _differ(schedule_id: str, act: Act, told: str) -> ResponseReturnValue:
    held(schedule_id)
    form = SendForm()
    send = form.send(schedule_id)
    moments: tuple[datetime, ...] = ()
    if act is not leave_out:
        moment = form.moment(current_app.config["SETTINGS"].timezone)
        if moment is None or send is None:
            return _refused(schedule_id, sentence("reminders.moment_unread", {}), 422)
        moments = (moment,)
    if send is None:
        return _refused(schedule_id, sentence("reminders.not_that_day", {}), 409)
    by_whom = _by_whom()

    def work(session: Session, send: OneSend = send) -> object:
        return act(session, send, *moments, **by_whom)

    return _do(schedule_id, work, told)


@reminder_pages.post("/<schedule_id>/one-days/undo")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def undo_one_send(schedule_id: str) -> ResponseReturnValue:
    held(schedule_id)
    one_day_id, by_whom = SendForm().one_day.data or "", _by_whom()

    def work(session: Session) -> None:
        undo_one_day(session, schedule_id, one_day_id, **by_whom)

    return _do(schedule_id, work, _("Hôm đó lại nhắc như mọi ngày."))


def _by_whom() -> dict[str, Any]:
    return {
        "settings": current_app.config["SETTINGS"],
        "actor": current_actor(),
        "now": clock_now(),
    }


def _do(schedule_id: str, work: Callable[[Session], object], told: str) -> ResponseReturnValue:
    try:
        transact(work)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(schedule_id, sentence(refusal.code, refusal.params), refusal.status)
    flash(told)
    return redirect(url_for("reminders.edit_schedule", schedule_id=schedule_id, _anchor="sends"))


def _refused(schedule_id: str, problem: str, status: int) -> ResponseReturnValue:
    row = held(schedule_id)
    place = place_of(row.company_id)
    return show_board(place, edit(place, row), problem=problem, status=status)

"""/messages/<id>: how far one message came, and who got it."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.delivery.rules import Status
from app.delivery.rules.messages import in_language
from app.extensions import db
from app.reminders.queries.ran import (
    find_message_path,
    find_run_of,
    get_message,
    list_receiver_rows,
)
from app.reminders.views.words import REASONS, STATUSES
from app.web.access import access, locates
from app.web.language import current_language
from app.web.pagination import page_from_args

message_pages = Blueprint("messages", __name__, url_prefix="/messages")
locates("message_id")(find_message_path)


@message_pages.get("/<message_id>")
@access(Permission.MANAGE_REMINDERS, of="message_id")
def show_message(message_id: str) -> ResponseReturnValue:
    message = get_message(db.session(), message_id)
    wanted = request.args.get("status", "")
    asked = page_from_args(request.args)
    rows, total = list_receiver_rows(
        db.session(), message_id, _statuses(wanted), limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "reminders/show_message.html",
        message=message,
        title=in_language(message.titles, current_language()),
        text=in_language(message.texts, current_language()),
        run=find_run_of(db.session(), message_id),
        page=asked.page(rows, total),
        wanted=wanted if _statuses(wanted) else "",
        counts=_counted(message.counts),
        statuses=STATUSES,
        reasons=REASONS,
    )


def _counted(counts: Mapping[Status, int]) -> list[tuple[Status, int]]:
    """Figures in the order of the words; what waits to be sent is one figure."""
    found = dict(counts)
    found[Status.QUEUED] = found.pop(Status.CREATED, 0) + found.get(Status.QUEUED, 0)
    return [(status, found[status]) for status in STATUSES if found.get(status)]


def _statuses(wanted: str) -> tuple[Status, ...]:
    if wanted == Status.QUEUED:
        return (Status.CREATED, Status.QUEUED)
    return (Status(wanted),) if wanted in set(Status) else ()

"""Stopping a reminder while it is being sent."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.delivery.actions.ledger import cancel_rest
from app.delivery.rules.messages import MessageKind, in_language
from app.kernel.refusals import NotFound
from app.reminders.actions.stopping import stop_reminder
from app.reminders.queries.receivers import MessageShown
from app.reminders.views.messages import CHUNK, clock_now, message_of, message_pages
from app.web.access import access, current_actor
from app.web.language import current_language
from app.web.transaction import transact


@message_pages.route("/<message_id>/stop", methods=["GET", "POST"])
@access(Permission.MANAGE_REMINDERS)
def stop_one(message_id: str) -> ResponseReturnValue:
    """GET asks, POST stops."""
    message = _reminder(message_id)
    if request.method == "GET":
        title = in_language(message.titles, current_language())
        return render_template("reminders/stop_message.html", message=message, title=title)
    actor, now = current_actor(), clock_now()
    transact(lambda session: stop_reminder(session, message_id, actor=actor, now=now))

    def cancel(session: Session) -> int:
        return cancel_rest(session, message_id, limit=CHUNK)

    while transact(cancel):
        pass
    flash(_("Đã dừng. Không gửi cho ai nữa."))
    return redirect(url_for("messages.show_message", message_id=message_id))


def _reminder(message_id: str) -> MessageShown:
    """A reminder of a company that the visitor answers for."""
    message = message_of(message_id)
    if message.kind != MessageKind.REMINDER or not message.is_own:
        raise NotFound
    return message

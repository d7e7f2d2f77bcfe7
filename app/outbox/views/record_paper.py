"""A worker's record on paper, for whoever has no phone: printed by an officer, and noted."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, may
from app.audit.actions import record_health_view
from app.extensions import db
from app.kernel.refusals import NotAllowed
from app.outbox.views.own_record import own_record
from app.web.access import access, current_actor
from app.web.transaction import transact
from app.workforce.queries.workers import find_path, get_worker

record_pages = Blueprint("records", __name__)
READERS = {
    "at": datetime.fromisoformat,
    "made_at": datetime.fromisoformat,
    "received_at": datetime.fromisoformat,
    "due_on": date.fromisoformat,
    "shift_on": date.fromisoformat,
}


@record_pages.get("/workers/<worker_id>/record")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def print_record(worker_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if not may(actor, Permission.SEE_HEALTH, find_path(db.session(), worker_id) or ""):
        raise NotAllowed
    company_id = get_worker(db.session(), worker_id).company_id

    # Kept first: the sheet tells of its own printing too.
    def work(session: Session) -> None:
        record_health_view(
            session, "record", [worker_id], company_id=company_id, actor=actor, now=now
        )

    transact(work)
    db.session.rollback()
    return render_template(
        "outbox/print_record.html",
        record=_written(own_record(worker_id, now)),
        worker_id=worker_id,
        now=now,
    )


def _written(told: Any) -> Any:
    """The record as a phone is told it, its texts of moments and days read again."""
    if isinstance(told, dict):
        return {
            name: READERS[name](value) if name in READERS else _written(value)
            for name, value in told.items()
        }
    return [_written(each) for each in told] if isinstance(told, list) else told

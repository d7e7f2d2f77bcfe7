"""GET /api/v1/inbox: a person's messages; fetching them is the receipt of the in-app channel."""

from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import mark_delivered
from app.delivery.queries.inbox import InboxItem, list_inbox
from app.extensions import db
from app.web.access import current_actor, signed_in
from app.web.language import current_language
from app.web.transaction import transact

delivery_api = Blueprint("delivery_api", __name__, url_prefix="/api/v1")


@delivery_api.get("/inbox")
@signed_in
def show_inbox() -> ResponseReturnValue:
    person_id, now = current_actor().worker_id, current_app.extensions["clock"].now()
    if person_id is None:
        return jsonify([])
    items = list_inbox(db.session(), person_id, current_language(), now)
    fresh = [item.id for item in items if item.is_new]

    def work(session: Session) -> None:
        mark_delivered(session, person_id, fresh, now=now)

    if fresh:
        transact(work)
    return jsonify([_told(item) for item in items])


def _told(item: InboxItem) -> dict[str, Any]:
    zone = current_app.config["SETTINGS"].timezone
    read_at = item.read_at
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "text": item.text,
        "sent_at": item.sent_at.astimezone(zone).isoformat(),
        "read_at": read_at.astimezone(zone).isoformat() if read_at else None,
        "from": item.sender,
        "urgent": item.urgent,
        "expires_at": item.expires_at.astimezone(zone).isoformat(),
        "cancelled": item.cancelled,
        "corrects": item.corrects,
    }

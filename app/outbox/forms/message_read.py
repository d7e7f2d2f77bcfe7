"""`message_read`: one of one's own messages was read."""

from typing import Any

from sqlalchemy.orm import Session

from app.delivery.actions.ledger import mark_read
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields, NotFound
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope


def parse_message_read(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`message_read`: {"message"}, one of one's own messages was read."""
    message_id, person_id = envelope.body.get("message"), around.actor.worker_id
    if not is_id(message_id):
        raise BadFields([("/body/message", "fields.missing")])
    if person_id is None:
        raise NotFound

    def deed(session: Session) -> dict[str, Any]:
        read_at = mark_read(
            session, person_id, str(message_id), read_at=envelope.made_at, now=around.now
        )
        return {"message": message_id, "read_at": read_at.isoformat() if read_at else None}

    return deed

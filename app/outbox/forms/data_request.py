"""`data_request`: what a worker asks about the own data."""

from typing import Any

from sqlalchemy.orm import Session

from app.kernel.refusals import BadFields, NotAllowed
from app.kernel.text import nfc
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope
from app.workforce.actions.data_requests import ask_about_data
from app.workforce.rules.data_requests import LONGEST_TEXT, RequestKind


def parse_data_request(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`data_request`: {"kind": correct|delete, "text"}, about one's own data."""
    kind, text = envelope.body.get("kind"), envelope.body.get("text")
    if kind not in set(RequestKind):
        raise BadFields([("/body/kind", "fields.missing")])
    asked = nfc(text).strip() if isinstance(text, str) else ""
    if not 0 < len(asked) <= LONGEST_TEXT:
        raise BadFields([("/body/text", "fields.missing")])
    actor = around.actor
    if actor.worker_id is None:
        raise NotAllowed

    def deed(session: Session) -> dict[str, Any]:
        request_id, due_on = ask_about_data(
            session,
            str(actor.worker_id),
            RequestKind(str(kind)),
            asked,
            made_at=envelope.made_at,
            timezone=around.settings.timezone,
            actor=actor,
            now=around.now,
        )
        return {"request_id": request_id, "due_on": due_on}

    return deed

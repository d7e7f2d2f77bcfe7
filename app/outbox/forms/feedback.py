"""`feedback`: what a worker writes under the own name."""

from typing import Any

from sqlalchemy.orm import Session

from app.feedback.actions.keeping import keep_note
from app.feedback.gateways.photos import read_photo
from app.feedback.rules.notes import read_note
from app.kernel.refusals import NotAllowed
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope


def parse_feedback(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`feedback`: {"text", "category", "photo"?}, always of whoever sends it."""
    category, text = read_note(envelope.body.get("category"), envelope.body.get("text"))
    photo = read_photo(envelope.body.get("photo"))
    actor = around.actor
    if actor.worker_id is None:
        raise NotAllowed

    def deed(session: Session) -> dict[str, Any]:
        feedback_id, due_on = keep_note(
            session,
            category,
            text,
            photo,
            settings=around.settings,
            actor=actor,
            now=around.now,
        )
        return {"feedback_id": feedback_id, "due_on": due_on.isoformat()}

    return deed

"""`consent`: what a worker says to the legal notice."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.actions.consent import record_consent
from app.kernel.refusals import BadFields, NotAllowed
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope


def parse_consent(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`consent`: {"version", "agreed"}, what a worker says to the legal notice."""
    agreed, version = envelope.body.get("agreed"), envelope.body.get("version")
    if not isinstance(agreed, bool) or not isinstance(version, str):
        raise BadFields([("/body/agreed", "fields.missing")])
    actor = around.actor
    if actor.worker_id is None:
        raise NotAllowed

    def deed(session: Session) -> dict[str, Any]:
        consent_id = record_consent(
            session,
            str(actor.worker_id),
            version[:20],
            agreed=agreed,
            actor=actor,
            now=around.now,
        )
        return {"consent_id": consent_id}

    return deed

"""One parser per kind of command: from its content to the deed that does it."""

from collections.abc import Mapping
from datetime import datetime

from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.outbox.actions import Deed, JoinedDeed
from app.outbox.forms.check_in import parse_check_in
from app.outbox.forms.circumstances import Circumstances, Parser
from app.outbox.forms.consent import parse_consent
from app.outbox.forms.data_request import parse_data_request
from app.outbox.forms.feedback import parse_feedback
from app.outbox.forms.follow_up import parse_follow_up
from app.outbox.forms.gate_scan import parse_gate_scan
from app.outbox.forms.message_read import parse_message_read
from app.outbox.forms.roll_call import parse_roll_call, parse_roll_call_undo
from app.outbox.rules import CommandEnvelope, UnknownKind
from app.settings import Settings


def deed_of(
    envelope: CommandEnvelope, settings: Settings, now: datetime, actor: Actor
) -> Deed | JoinedDeed | Refusal:
    """The deed that a command asks for, or, when its content is wrong, the refusal."""
    parser = PARSERS.get(envelope.kind)
    if parser is None:
        return UnknownKind(kind=envelope.kind[:40])
    try:
        return parser(envelope, Circumstances(settings, now, actor))
    except Refusal as refusal:
        return refusal


PARSERS: Mapping[str, Parser] = {
    "check_in": parse_check_in,
    "consent": parse_consent,
    "follow_up": parse_follow_up,
    "data_request": parse_data_request,
    "feedback": parse_feedback,
    "gate_scan": parse_gate_scan,
    "message_read": parse_message_read,
    "roll_call": parse_roll_call,
    "roll_call_undo": parse_roll_call_undo,
}

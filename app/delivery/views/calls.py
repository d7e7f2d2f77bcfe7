"""Where providers call to say what became of messages: the secret in the address is the proof."""

import hmac
import json

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.delivery.actions.reports import keep_event
from app.delivery.registry import Channels
from app.delivery.rules import ChannelName
from app.extensions import csrf
from app.kernel.refusals import NotFound
from app.web.access import public
from app.web.transaction import transact

LARGEST_CALL = 64 * 1024
NEVER = "-"  # compared with when a channel takes no calls, so that both take as long

provider_calls = Blueprint("provider_calls", __name__, url_prefix="/api/v1/channels")
csrf.exempt(provider_calls)  # providers have no cookie


@provider_calls.route("/<channel>/<secret>", methods=["GET", "POST"])
@public
def hear_call(channel: str, secret: str) -> ResponseReturnValue:
    """Write down what a provider tells and answer at once; what it means is seen afterwards."""
    channels: Channels = current_app.extensions["channels"]
    called = channels.get(ChannelName(channel)) if channel in set(ChannelName) else None
    wanted = getattr(called, "callback_secret", "") or NEVER
    known = hmac.compare_digest(secret.encode(), wanted.encode())
    if not known or wanted == NEVER:
        raise NotFound
    request.max_content_length = LARGEST_CALL
    told = json.dumps(
        {
            "args": request.args.to_dict(),
            "content_type": request.content_type or "",
            "body": request.get_data(as_text=True),
        },
        sort_keys=True,
    )
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        keep_event(session, ChannelName(channel), told, now=now)

    transact(work)
    return "OK", 200, {"Content-Type": "text/plain; charset=utf-8"}

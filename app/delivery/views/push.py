"""A phone is switched on and off to ring for the inbox, and says that it rang."""

from datetime import datetime

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.delivery.actions.push import note_rung, switch_push_off, switch_push_on
from app.delivery.channels.web_push import WebPush
from app.delivery.queries.phones import is_push_on
from app.delivery.rules import ChannelName
from app.delivery.rules.push import PushOff, read_subscription
from app.extensions import csrf, db
from app.kernel.refusals import NotAllowed
from app.web.access import current_actor, presented_token, public, signed_in
from app.web.language import current_language
from app.web.payload import json_body
from app.web.transaction import transact

LARGEST = 4096

push_api = Blueprint("push_api", __name__, url_prefix="/api/v1/push")
csrf.exempt(push_api)  # takes no cookie: a foreign page cannot speak for its visitor


@push_api.get("")
@signed_in
def show_push() -> ResponseReturnValue:
    presented_token()
    channel, actor = _channel(), current_actor()
    mine = actor.worker_id is not None
    on = mine and is_push_on(db.session(), str(actor.account_id), str(actor.device_id))
    key = channel.keys.public if channel is not None and mine else None
    return jsonify({"public_key": key, "on": on})


@push_api.post("")
@signed_in
def switch_on() -> ResponseReturnValue:
    presented_token()
    actor, now, channel = current_actor(), _now(), _channel()
    person_id = _person()
    if channel is None:
        raise PushOff
    body = json_body(LARGEST)
    given = read_subscription(body.get("subscription"), current_language(), channel.group.hosts)

    def work(session: Session) -> None:
        switch_push_on(session, person_id, given, actor=actor, now=now)

    transact(work)
    return jsonify({"on": True})


@push_api.delete("")
@signed_in
def switch_off() -> ResponseReturnValue:
    presented_token()
    actor, now, person_id = current_actor(), _now(), _person()

    def work(session: Session) -> bool:
        return switch_push_off(session, person_id, actor=actor, now=now)

    transact(work)
    return jsonify({"on": False})


@push_api.post("/rung")
@public
def hear_rung() -> ResponseReturnValue:
    """The mark is the proof; a wrong one is answered alike and changes nothing."""
    channel, now = _channel(), _now()
    mark = json_body(LARGEST).get("mark")
    rung = channel.keys.delivery_of(mark) if channel and isinstance(mark, str) else None
    if rung is not None:

        def work(session: Session) -> bool:
            return note_rung(session, rung, now=now)

        transact(work)
    return "", 204


def _channel() -> WebPush | None:
    channel = current_app.extensions["channels"].get(ChannelName.WEB_PUSH)
    return channel if isinstance(channel, WebPush) else None


def _person() -> str:
    """Only who has an inbox has something that rings."""
    person_id = current_actor().worker_id
    if person_id is None:
        raise NotAllowed
    return person_id


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now

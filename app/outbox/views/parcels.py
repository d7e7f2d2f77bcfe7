"""Commands closed for this park: whoever uses the machine next hands them in and cannot read them.

The token of who made a command lies inside beside it, so the call itself needs none.
"""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.gateways import is_flood
from app.accounts.rules import LockedOut
from app.extensions import csrf, db, token_digest
from app.kernel.refusals import Refusal
from app.outbox.actions import Answered, HandedIn, answer_commands
from app.outbox.forms import deed_of
from app.outbox.gateways import open_parcel
from app.outbox.rules import (
    MOST_PARCELS,
    NoCommands,
    Outcome,
    ParcelUnreadable,
    TooMany,
    read_envelope,
)
from app.sync.actions.log import locked_node, public_keys
from app.sync.gateways.signing import Jwk, public_part
from app.sync.queries.keys import find_box_key
from app.web.access import SignInNeeded, public
from app.web.payload import json_body
from app.web.transaction import DatabaseUnavailable, transact, transact_each

parcels_api = Blueprint("parcels_api", __name__, url_prefix="/api/v1/commands")
csrf.exempt(parcels_api)


@parcels_api.get("/key")
@public
def show_key() -> ResponseReturnValue:
    """The public key to close commands for."""
    return jsonify(key=_public_key(current_app.extensions["clock"].now()))


def _public_key(now: datetime) -> Jwk:
    kept = find_box_key(db.session())
    if kept is not None:
        return public_part(kept)

    def work(session: Session) -> Jwk:
        return public_keys(locked_node(session, now))[1]

    return transact(work)


@parcels_api.post("/sealed")
@public
def take_parcels() -> ResponseReturnValue:
    """Do each as its maker; nothing is told back but what became of it, and never a sentence."""
    raw = json_body().get("commands")
    if not isinstance(raw, list):
        raise NoCommands
    if len(raw) > MOST_PARCELS:
        raise TooMany
    if is_flood(request.remote_addr or ""):
        raise LockedOut(retry_after=60, minutes=1)
    now = current_app.extensions["clock"].now()
    return jsonify(results=_results(raw, now), server_time=now.isoformat())


def _results(raw: list[Any], now: datetime) -> list[dict[str, Any]]:
    told: dict[int, dict[str, Any]] = {}
    handed: dict[int, HandedIn] = {}
    key = find_box_key(db.session())
    for place, each in enumerate(raw):
        try:
            handed[place] = _opened(each, key, now)
        except Refusal as refusal:
            told[place] = _result(each, Outcome.RETRY, refusal.code)
    outcomes = transact_each(answer_commands, list(handed.values())) if handed else []
    for place, outcome in zip(handed, outcomes, strict=True):
        told[place] = _told(raw[place], outcome)
    return [told[place] for place in range(len(raw))]


def _opened(raw: object, key: Jwk | None, now: datetime) -> HandedIn:
    parcel = raw.get("sealed") if isinstance(raw, dict) else None
    if key is None:
        raise ParcelUnreadable
    inside = open_parcel(parcel, key)
    if not isinstance(inside, dict) or not isinstance(inside.get("token"), str):
        raise ParcelUnreadable
    envelope = read_envelope(inside.get("command"))
    if not isinstance(raw, dict) or envelope.key != raw.get("key"):
        raise ParcelUnreadable
    settings = current_app.config["SETTINGS"]
    return HandedIn(
        envelope, token_digest(inside["token"]), now, partial(deed_of, envelope, settings, now)
    )


def _told(raw: Any, outcome: Any) -> dict[str, Any]:
    """A token that is taken back keeps the command where it is, for its maker to bring."""
    if isinstance(outcome, Answered):
        answer = outcome.answer
        return _result(raw, answer.outcome, answer.code)
    if isinstance(outcome, SignInNeeded):
        return _result(raw, Outcome.RETRY, outcome.code)
    if isinstance(outcome, Refusal) and not isinstance(outcome, DatabaseUnavailable):
        return _result(raw, Outcome.REFUSED, outcome.code)
    current_app.logger.error("a command was not stored", exc_info=outcome)
    return _result(raw, Outcome.RETRY, DatabaseUnavailable.code)


def _result(raw: Any, outcome: Outcome, code: str | None) -> dict[str, Any]:
    key = raw.get("key") if isinstance(raw, dict) else None
    told: dict[str, Any] = {"key": key if isinstance(key, str) else None, "outcome": outcome}
    return told | ({"code": code} if code else {})

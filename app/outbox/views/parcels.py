"""Commands closed for this park: whoever uses the machine next hands them in and cannot read them.

The token of who made a command lies inside beside it, so the call itself needs none.
"""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.accounts.gateways import is_flood
from app.accounts.rules import LockedOut
from app.extensions import csrf, db, token_digest
from app.gate.gateways.sealing import Jwk, key_named, open_sealed
from app.gate.queries.seal_keys import find_private_keys
from app.gate.rules.sealing import SealBroken, read_opened
from app.kernel.refusals import Refusal
from app.outbox.actions import Answered, HandedIn, answer_commands
from app.outbox.forms import deed_of
from app.outbox.rules import (
    MOST_PARCELS,
    NoCommands,
    Outcome,
    ParcelUnreadable,
    TooMany,
    read_envelope,
)
from app.outbox.views.seal_key import seal_key
from app.web.access import SignInNeeded, public
from app.web.breakdowns import DatabaseUnavailable
from app.web.payload import json_body
from app.web.transaction import transact_each

parcels_api = Blueprint("parcels_api", __name__, url_prefix="/api/v1/commands")
csrf.exempt(parcels_api)


@parcels_api.get("/key")
@public
def show_key() -> ResponseReturnValue:
    """The public key to close commands for."""
    return jsonify(key=seal_key(current_app.extensions["clock"].now()))


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
    keys: dict[str, Jwk] = {}
    for place, each in enumerate(raw):
        try:
            handed[place] = _opened(each, keys, now)
        except Refusal as refusal:
            told[place] = _result(each, Outcome.RETRY, refusal.code)
    outcomes = transact_each(answer_commands, list(handed.values())) if handed else []
    for place, outcome in zip(handed, outcomes, strict=True):
        told[place] = _told(raw[place], outcome)
    return [told[place] for place in range(len(raw))]


def _opened(raw: object, keys: dict[str, Jwk], now: datetime) -> HandedIn:
    """The command in a parcel; `keys` holds what was looked up for those before it."""
    parcel = raw.get("sealed") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(parcel, str):
        raise ParcelUnreadable
    inside = _inside(parcel, keys)
    if not isinstance(inside, dict) or not isinstance(inside.get("token"), str):
        raise ParcelUnreadable
    envelope = read_envelope(inside.get("command"))
    if envelope.key != raw.get("key"):
        raise ParcelUnreadable
    settings = current_app.config["SETTINGS"]
    return HandedIn(
        envelope, token_digest(inside["token"]), now, partial(deed_of, envelope, settings, now)
    )


def _inside(parcel: str, keys: dict[str, Jwk]) -> Any:
    """Plain JSON, not yet looked at."""
    try:
        kid = key_named(parcel)
        if kid not in keys:
            keys |= find_private_keys(db.session(), [kid])
        return read_opened(open_sealed(parcel, keys[kid]))
    except (SealBroken, KeyError, ValueError, RecursionError):
        raise ParcelUnreadable from None


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
    code = outcome.code if isinstance(outcome, Refusal) else DatabaseUnavailable.code
    return _result(raw, Outcome.RETRY, code)


def _result(raw: Any, outcome: Outcome, code: str | None) -> dict[str, Any]:
    key = raw.get("key") if isinstance(raw, dict) else None
    told: dict[str, Any] = {"key": key if isinstance(key, str) else None, "outcome": outcome}
    return told | ({"code": code} if code else {})

"""POST /api/v1/commands: everything that may have been made offline arrives here."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.actions.tokens import renew_token
from app.accounts.queries.tokens import HeldToken
from app.accounts.views.visitor import held_token, keep_in_use
from app.extensions import csrf
from app.gate.rules.sealing import SealBroken
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.outbox.actions import Answer, Answered, HandedIn, answer_commands, refused
from app.outbox.forms import deed_of
from app.outbox.rules import (
    MOST_AT_ONCE,
    CommandEnvelope,
    NoCommands,
    Outcome,
    TooMany,
    read_envelope,
)
from app.outbox.views.sealed import open_all
from app.outbox.views.sealed_deeds import SealedDeed
from app.web.access import SignInNeeded, delivering, presented_token
from app.web.breakdowns import DatabaseUnavailable
from app.web.errors import problem
from app.web.payload import json_body
from app.web.sentences import sentence
from app.web.transaction import transact, transact_each

outbox_api = Blueprint("outbox_api", __name__, url_prefix="/api/v1")
csrf.exempt(outbox_api)


@outbox_api.post("/commands")
@delivering
def take_commands() -> ResponseReturnValue:
    token_hash = presented_token()
    raw = json_body().get("commands")
    if not isinstance(raw, list):
        raise NoCommands
    if len(raw) > MOST_AT_ONCE:
        raise TooMany
    now = current_app.extensions["clock"].now()
    answers, token = _answer_all(raw, token_hash, now)
    if token is None:  # no command got as far as the one transaction that looks it up
        token = held_token()
    g.actor = token.actor
    answer: dict[str, Any] = {
        "results": [_told(each) for each in answers],
        "server_time": now.isoformat(),
    }
    if token.expires_at <= now:
        answer["token"], answer["token_expires_at"] = _renewed(token, now)
    else:
        keep_in_use(token, now)
    return jsonify(answer)


def _answer_all(
    raw: list[Any], token_hash: str, now: datetime
) -> tuple[list[Answer], HeldToken | None]:
    """An answer to each, and the token, unless every command was refused at first sight."""
    settings = current_app.config["SETTINGS"]
    answers: list[Answer | None] = [None] * len(raw)
    envelopes: dict[int, CommandEnvelope] = {}
    for place, each in enumerate(raw):
        try:
            envelopes[place] = read_envelope(each)
        except Refusal as refusal:
            answers[place] = refused(_key_of(each), refusal)
    opened = open_all(list(envelopes.values()), token_hash, now)
    handed: list[HandedIn] = []
    places: list[int] = []
    for place, envelope in envelopes.items():
        deed = opened.get((envelope.key, envelope.digest)) if envelope.sealed else None
        if isinstance(deed, Refusal):
            answers[place] = Answer(envelope.key, Outcome.RETRY, deed.code, {}, dict(deed.params))
            continue
        handed.append(
            HandedIn(
                envelope,
                token_hash,
                now,
                partial(_opened, deed)
                if envelope.sealed
                else partial(deed_of, envelope, settings, now),
            )
        )
        places.append(place)
    token = None
    for place, outcome in zip(places, transact_each(answer_commands, handed), strict=True):
        if isinstance(outcome, SignInNeeded):
            raise outcome
        if isinstance(outcome, Answered):
            token, answers[place] = outcome.token, outcome.answer
        else:
            answers[place] = _not_done(_key_of(raw[place]), outcome)
    return [answer for answer in answers if answer is not None], token


def _opened(deed: SealedDeed | None, _device: Actor) -> SealedDeed | Refusal:
    """A sealed command's deed; one answered before has none, and needs none."""
    return deed if deed is not None else SealBroken()


def _not_done(key: str | None, fault: Any) -> Answer:
    if isinstance(fault, Refusal) and not isinstance(fault, DatabaseUnavailable):
        return refused(key, fault)
    current_app.logger.error("a command was not stored", exc_info=fault)
    code = fault.code if isinstance(fault, Refusal) else DatabaseUnavailable.code
    return Answer(key, Outcome.RETRY, code, {}, {})


def _key_of(raw: Any) -> str | None:
    key = raw.get("key") if isinstance(raw, dict) else None
    return key if isinstance(key, str) else None


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"key": answer.key, "outcome": answer.outcome}
    if answer.code is not None:
        told["code"] = answer.code
        told["message"] = sentence(answer.code, answer.params)
        if "errors" in answer.params:
            told["errors"] = problem(422, answer.code, answer.params)["errors"]
    if answer.result:
        told["result"] = answer.result
    return told


def _renewed(expired: HeldToken, now: datetime) -> tuple[str, str]:
    days = current_app.config["SETTINGS"].token_days
    label = request.user_agent.string

    def work(session: Session) -> Any:
        return renew_token(session, expired, label=label, days=days, now=now)

    token, expires_at = transact(work)
    return token, expires_at.isoformat()

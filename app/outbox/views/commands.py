"""POST /api/v1/commands: everything that may have been made offline arrives here."""

from typing import Any

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.actions import issue_token
from app.accounts.rules import Actor
from app.extensions import csrf
from app.kernel.refusals import Refusal
from app.outbox.actions import Answer, HandedIn, answer_commands, refused
from app.outbox.forms import Circumstances, deed_of
from app.outbox.rules import MOST_AT_ONCE, NoCommands, Outcome, TooMany, read_envelope
from app.web.access import current_actor, delivering
from app.web.errors import problem
from app.web.payload import json_body
from app.web.sentences import sentence
from app.web.transaction import DatabaseUnavailable, transact, transact_each

outbox_api = Blueprint("outbox_api", __name__, url_prefix="/api/v1")
csrf.exempt(outbox_api)


@outbox_api.post("/commands")
@delivering
def take_commands() -> ResponseReturnValue:
    actor = current_actor()
    raw = json_body().get("commands")
    if not isinstance(raw, list):
        raise NoCommands
    if len(raw) > MOST_AT_ONCE:
        raise TooMany
    settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    results = _answer_all(raw, Circumstances(actor, settings, now))
    answer: dict[str, Any] = {
        "results": [_told(result) for result in results],
        "server_time": now.isoformat(),
    }
    if g.token_expired:
        answer["token"], answer["token_expires_at"] = _renewed(actor)
    return jsonify(answer)


def _answer_all(raw: list[Any], around: Circumstances) -> list[Answer]:
    answers: list[Answer | None] = [None] * len(raw)
    handed: list[HandedIn] = []
    places: list[int] = []
    for place, each in enumerate(raw):
        try:
            handed.append(_handed_in(each, around))
            places.append(place)
        except Refusal as refusal:
            answers[place] = refused(_key_of(each), refusal)
    for place, outcome in zip(places, transact_each(answer_commands, handed), strict=True):
        answers[place] = _settled(_key_of(raw[place]), outcome)
    return [answer for answer in answers if answer is not None]


def _handed_in(raw: Any, around: Circumstances) -> HandedIn:
    """One command; wrong content is handed in as its refusal, so that this answer is kept too."""
    envelope = read_envelope(raw)
    try:
        deed: Any = deed_of(envelope, around)
    except Refusal as refusal:
        deed = refusal
    return HandedIn(envelope, str(around.actor.account_id), around.now, deed)


def _settled(key: str | None, outcome: Any) -> Answer:
    if isinstance(outcome, Answer):
        return outcome
    if isinstance(outcome, Refusal) and not isinstance(outcome, DatabaseUnavailable):
        return refused(key, outcome)
    current_app.logger.error("a command was not stored", exc_info=outcome)
    return Answer(key, Outcome.RETRY, DatabaseUnavailable.code, {}, {})


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


def _renewed(actor: Actor) -> tuple[str, str]:
    now = current_app.extensions["clock"].now()
    days = current_app.config["SETTINGS"].token_days
    label = request.user_agent.string

    def work(session: Session) -> Any:
        return issue_token(
            session,
            str(actor.account_id),
            device_id=str(actor.device_id),
            label=label,
            days=days,
            now=now,
        )

    token, expires_at = transact(work)
    return token, expires_at.isoformat()

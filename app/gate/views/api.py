"""GET /api/v1/gate/keys and /gate/roster: all that a gate needs to judge without any network."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Actor, Permission, branches_for
from app.extensions import db
from app.gate.actions.passes import key_in_use
from app.gate.gateways.boxes import box_for_device
from app.gate.queries.passes import list_pass_keys, list_revoked
from app.gate.queries.rosters import list_rosters
from app.gate.rules.verdicts import LEAVES_WITHIN_SECONDS
from app.web.access import access, current_actor
from app.web.transaction import transact

gate_api = Blueprint("gate_api", __name__, url_prefix="/api/v1/gate")


@gate_api.get("/keys")
@access(Permission.CHECK_PASSES)
def show_keys() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    actor = current_actor()
    if not list_pass_keys(db.session(), now):

        def work(session: Session) -> str:
            return key_in_use(session, now=now)

        transact(work)
    session = db.session()
    park = find_park(session)
    return jsonify(
        park={"code": park.code, "name": park.name} if park else None,
        gate=actor.name,
        companies=_companies(actor),
        keys=[
            {"kid": each.kid, "kty": "OKP", "crv": "Ed25519", "x": each.x}
            for each in list_pass_keys(session, now)
        ],
        revocations=list(list_revoked(session, now - timedelta(seconds=LEAVES_WITHIN_SECONDS))),
        as_of=_told(now),
        server_time=now.isoformat(),
    )


def _told(now: datetime) -> str:
    """A moment on the park's wall clock: a gate shows that one, whatever its own zone."""
    return now.astimezone(current_app.config["SETTINGS"].timezone).isoformat()


def _companies(actor: Actor) -> list[str] | None:
    """Codes of the companies that this gate lets in; none are named where it is all of them."""
    paths = branches_for(actor, Permission.CHECK_PASSES)
    park = find_park(db.session())
    if park is not None and park.path in paths:
        return None
    return sorted(each.code for each in list_companies(db.session(), paths))


@gate_api.get("/roster")
@access(Permission.CHECK_PASSES)
def show_roster() -> ResponseReturnValue:
    """The people of the gate's companies, in a box that only the calling device can open."""
    now = current_app.extensions["clock"].now()
    paths = branches_for(current_actor(), Permission.CHECK_PASSES)
    token = request.headers["Authorization"].partition(" ")[2]
    return Response(
        stream_with_context(_roster_told(paths, token, now)), mimetype="application/json"
    )


def _roster_told(paths: Sequence[str], token: str, now: datetime) -> Iterator[str]:
    """The answer piece by piece; one that breaks off is no JSON, and the gate keeps what it has."""
    times = json.dumps({"as_of": _told(now), "server_time": now.isoformat()})
    counted = 0

    def portions() -> Iterator[list[dict[str, Any]]]:
        nonlocal counted
        settings = current_app.config["SETTINGS"]
        for people in list_rosters(db.session(), paths, settings=settings, now=now):
            # Given back before anything is sent: a slow gate must not hold a reader.
            db.session.rollback()
            counted += len(people)
            yield [each.as_json() for each in people]

    yield f'{times[:-1]},"box":"'
    yield from box_for_device(portions(), token)
    yield f'","count":{counted}}}'

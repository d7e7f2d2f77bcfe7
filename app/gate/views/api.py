"""GET /api/v1/gate/keys and /gate/roster: all that a gate needs to judge without any network."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Actor, Permission, branches_for
from app.extensions import db
from app.gate.actions.passes import key_in_use
from app.gate.gateways.boxes import box_for_device
from app.gate.queries.passes import list_pass_keys, list_revoked
from app.gate.queries.rosters import list_roster
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
    people = list_roster(db.session(), paths, settings=current_app.config["SETTINGS"], now=now)
    token = request.headers["Authorization"].partition(" ")[2]
    return jsonify(
        as_of=_told(now),
        server_time=now.isoformat(),
        count=len(people),
        box=box_for_device([each.as_json() for each in people], token),
    )

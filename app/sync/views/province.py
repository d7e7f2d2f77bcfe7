"""What a province answers to its parks, and to programs that ask about them."""

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.gateways import is_flood
from app.accounts.rules import Permission
from app.extensions import csrf, db
from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.sync.actions.enrolment import accept_park, invite_park
from app.sync.actions.receiving import Received, receive_entries
from app.sync.forms import InviteForm, parse_enrolment, parse_entries
from app.sync.gateways.keyring import opened
from app.sync.queries.keyrings import park_keyring
from app.sync.queries.parks import list_parks, list_summaries_received
from app.sync.rules import Forked, Gap, TooManyTries
from app.sync.views.bodies import node_body
from app.sync.views.pages import asked_day, render_page
from app.web.access import access, current_actor, public
from app.web.errors import problem
from app.web.transaction import transact

province_sync_api = Blueprint("province_sync_api", __name__, url_prefix="/api/v1")
province_sync_pages = Blueprint("province_sync", __name__)
csrf.exempt(province_sync_api)  # nodes sign what they send and have no cookie
SECONDS_TO_WAIT = 60


@province_sync_api.post("/sync/enrol")
@public
def enrol_park() -> ResponseReturnValue:
    if is_flood(request.remote_addr or ""):
        raise TooManyTries(retry_after=SECONDS_TO_WAIT)
    asked = parse_enrolment(node_body(current_app.config["SETTINGS"].max_body))
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> dict[str, Any]:
        return accept_park(session, asked, now=now)

    return jsonify(transact(work))


@province_sync_api.post("/sync/entries")
@public
def take_entries() -> ResponseReturnValue:
    node, compacts = parse_entries(node_body())
    verified, stopped_by = opened(park_keyring(db.session(), node), compacts)
    if stopped_by is not None and not verified:
        raise stopped_by
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> Received:
        return receive_entries(session, node, verified, now=now)

    received = transact(work)
    told: dict[str, Any] = {
        "accepted_through": received.accepted_through,
        "receipt": received.receipt,
    }
    if stopped_by is not None:
        return _stopped(stopped_by, {**told, "stopped_at": len(verified)})
    if received.forked:
        return _stopped(Forked(seq=min(received.forked)), told)
    if received.expected_seq is not None:
        return _stopped(Gap(expected_seq=received.expected_seq), told)
    return jsonify(told)


def _stopped(refusal: Refusal, told: dict[str, Any]) -> ResponseReturnValue:
    """A refusal that also says what was kept all the same."""
    body = problem(refusal.status, refusal.code, refusal.params)
    response = jsonify({**body, **refusal.params, **told})
    response.mimetype = "application/problem+json"
    return response, refusal.status


@province_sync_api.get("/parks")
@access(Permission.SEE_PARKS)
def show_parks() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    zone = current_app.config["SETTINGS"].timezone
    return jsonify(
        [
            {
                "node": park.node,
                "name": park.name,
                "as_of": park.as_of.astimezone(zone).isoformat() if park.as_of else None,
                "lag_seconds": max(0, int((now - park.as_of).total_seconds()))
                if park.as_of
                else None,
                "accepted_through": park.accepted_through,
                "latest": park.latest,
            }
            for park in list_parks(db.session())
        ]
    )


@province_sync_api.get("/summaries")
@access(Permission.SEE_PARKS)
def show_summaries() -> ResponseReturnValue:
    on = asked_day()
    return jsonify(
        on=on.isoformat(),
        summaries=[
            {"node": row.node, "park": row.park, "state": "accepted", **row.body}
            for row in list_summaries_received(db.session(), on)
        ],
    )


@province_sync_pages.post("/sync/invitations")
@access(Permission.MANAGE_NODE)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate_on_submit():
        return render_page(invite_form=form), 422
    actor, now = current_actor(), current_app.extensions["clock"].now()
    name = str(form.name.data)

    def work(session: Session) -> Any:
        return invite_park(session, name, actor=actor, now=now)

    code, expires_at = transact(work)
    last_on = local_day(expires_at, current_app.config["SETTINGS"].timezone)
    return render_template(
        "sync/show_invitation.html", name=name, code=code, expires_at=expires_at, last_on=last_on
    )

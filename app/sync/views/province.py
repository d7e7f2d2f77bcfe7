"""What a province answers to its parks, and to programs that ask about them."""

import gzip
import hmac
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from app.accounts.gateways import is_flood
from app.accounts.rules import Permission
from app.extensions import csrf, db
from app.kernel.clock import local_day
from app.kernel.refusals import BadFields, Refusal
from app.sync.actions.enrolment import accept_park, invite_park
from app.sync.actions.pushing import MOST_BYTES
from app.sync.actions.receiving import Received, locked_park, note_contact, receive_entries
from app.sync.actions.settling import revoke_park
from app.sync.forms import InviteForm, ParkForm, RevokeForm, parse_enrolment
from app.sync.gateways.bell import bell_code, question_of
from app.sync.gateways.keyring import Opened, opened
from app.sync.gateways.signing import payload_of, verifier_of
from app.sync.queries.keyrings import find_asking_key, find_standing, park_keyring
from app.sync.queries.logs import get_head, list_outgoing
from app.sync.queries.parks import list_nodes, list_parks, list_summaries_received
from app.sync.rules import (
    MOST_ENTRIES,
    BadSignature,
    ClockOff,
    Direction,
    Forked,
    Gap,
    TooManyTries,
    asker_of,
    check_asked,
    is_clock_off,
    moment_text,
)
from app.sync.views.bodies import node_body, node_call
from app.sync.views.pages import asked_day, render_page
from app.web.access import access, current_actor, public
from app.web.errors import problem
from app.web.transaction import transact

province_sync_api = Blueprint("province_sync_api", __name__, url_prefix="/api/v1")
province_sync_pages = Blueprint("province_sync", __name__)
csrf.exempt(province_sync_api)  # nodes sign what they send and have no cookie
SECONDS_TO_WAIT = 60
FEW_ENTRIES = 12
SMALL_ANSWER = 200
LONGEST_NUMBER = 9


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
    call = node_call()
    node, version = call.node, _version()
    texts = call.texts or repeat(None)
    now = current_app.extensions["clock"].now()

    def open_call(session: Session) -> Opened:
        return opened(park_keyring(session, node), call.compacts, texts)

    # Many signatures are checked before the one writer is asked for; of a few it takes no notice.
    before, standing = None, None
    if len(call.compacts) > FEW_ENTRIES:
        standing = find_standing(db.session(), node)
        before = open_call(db.session())

    def work(session: Session) -> tuple[Opened, Received | None]:
        park = locked_park(session, node)  # from here on nobody revokes or replaces its key
        still = before is not None and find_standing(session, node) == standing
        verified, stopped_by = found = before if before and still else open_call(session)
        if stopped_by is not None and not verified:
            return found, None
        taken = receive_entries(session, node, verified, now=now, version=version, park=park)
        return found, taken

    (verified, stopped_by), received = transact(work)
    if received is None:
        raise stopped_by or BadSignature
    told: dict[str, Any] = {
        "accepted_through": received.accepted_through,
        "receipt": received.receipt,
        "head": received.down_head,
    }
    if stopped_by is not None:
        return _stopped(stopped_by, {**told, "stopped_at": len(verified)})
    if received.forked:
        return _stopped(Forked(seq=min(received.forked)), told)
    if received.expected_seq is not None:
        return _stopped(Gap(expected_seq=received.expected_seq), told)
    return _packed(jsonify(told))


@province_sync_api.get("/sync/entries")
@public
def give_entries() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    try:
        node = _asker(now)
    except ClockOff as refusal:
        return _stopped(refusal, {})
    version = _version()
    log = Direction.UP if request.args.get("log") == Direction.UP else Direction.DOWN
    after, limit = _number("after", 0), min(_number("limit", MOST_ENTRIES), MOST_ENTRIES)
    entries = list_outgoing(
        db.session(), node, after, most=limit, most_bytes=MOST_BYTES, direction=log
    )
    head = get_head(db.session(), node, log).seq

    def work(session: Session) -> None:
        note_contact(session, node, version=version, now=now)

    transact(work)
    told: dict[str, Any] = {"entries": entries, "head": head}
    if request.args.get("bell"):
        code = bell_code(current_app.extensions["secrets"].pepper, node)
        told["bell"] = {"port": current_app.config["SETTINGS"].bell_port, "code": code}
    return _packed(jsonify(told))


@province_sync_api.get("/sync/news")
@public
def tell_of_news() -> ResponseReturnValue:
    """Whether the log down goes on: for parks that no bell reaches, in as few bytes as HTTP has."""
    now = current_app.extensions["clock"].now()
    node, after, at = request.args.get("n", ""), _number("a", 0), _number("t", 0, digits=11)
    code = bell_code(current_app.extensions["secrets"].pepper, node)
    given = request.args.get("s", "").encode()
    if not hmac.compare_digest(given, question_of(code, node, after, at).encode()):
        raise BadSignature
    if is_clock_off(datetime.fromtimestamp(at, UTC), now):
        return _stopped(ClockOff(server_time=moment_text(now)), {})
    find_asking_key(db.session(), node)
    head = get_head(db.session(), node, Direction.DOWN).seq

    def work(session: Session) -> None:
        note_contact(session, node, version=None, now=now)

    transact(work)
    return jsonify(head=head) if head != after else ("", 204)


def _asker(now: datetime) -> str:
    """Which park signed this request; nobody else reads its log."""
    scheme, _, ticket = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise BadSignature
    try:
        node = asker_of(payload_of(ticket.encode("ascii")))
    except (ValueError, IndexError, RecursionError):
        raise BadSignature from None
    asked = verifier_of(find_asking_key(db.session(), node)).payload(ticket)
    query = request.query_string.decode("ascii", "replace")
    target = f"{request.path}?{query}" if query else request.path
    check_asked(asked, method=request.method, target=target, now=now)
    return node


def _number(name: str, default: int, digits: int = LONGEST_NUMBER) -> int:
    text = request.args.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > digits:
        raise BadFields([(f"/{name}", "fields.number_wanted")])
    return int(text)


def _version() -> str:
    name, _, version = request.headers.get("User-Agent", "").partition("/")
    return version[:40] if name == "anca" and version.isprintable() else ""


def _packed(response: Response) -> Response:
    """Packed when the asker says that it can unpack, and when there is something to pack."""
    if response.content_length is not None and response.content_length < SMALL_ANSWER:
        return response
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


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
    return _invitation(str(form.name.data), None)


@province_sync_pages.post("/sync/replacements")
@access(Permission.MANAGE_NODE)
def invite_replacement() -> ResponseReturnValue:
    node, name = _park_meant(ParkForm())
    return _invitation(name, node)


@province_sync_pages.post("/sync/revocations")
@access(Permission.MANAGE_NODE)
def revoke_key() -> ResponseReturnValue:
    form = RevokeForm()
    node, name = _park_meant(form)
    if not form.sure.data:
        flash(gettext("Đánh dấu xác nhận rồi mới thu hồi được khoá của %(park)s", park=name))
        return redirect(url_for("sync.show_sync"))
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        revoke_park(session, node, actor=actor, now=now)

    transact(work)
    flash(gettext("Đã thu hồi khoá của %(park)s", park=name))
    return redirect(url_for("sync.show_sync"))


def _park_meant(form: ParkForm) -> tuple[str, str]:
    form.validate()
    meant = str(form.park.data)
    found = [each for each in list_nodes(db.session()) if each.node == meant]
    if not found:
        raise NotFound
    return found[0].node, found[0].name


def _invitation(name: str, replaces: str | None) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> tuple[str, datetime]:
        return invite_park(session, name, actor=actor, now=now, replaces=replaces)

    code, expires_at = transact(work)
    last_on = local_day(expires_at, current_app.config["SETTINGS"].timezone)
    return render_template(
        "sync/show_invitation.html",
        name=name,
        code=code,
        replaces=replaces is not None,
        expires_at=expires_at,
        last_on=last_on,
    )

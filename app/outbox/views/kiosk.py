"""What a kiosk calls: set-up by a one-time code, and the nameless things it works by."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.actions.tokens import issue_token
from app.accounts.forms import parse_device, text_field
from app.accounts.gateways import is_flood
from app.accounts.queries.branches import get_branch, list_companies
from app.accounts.rules import LockedOut, Permission
from app.checkins.queries.rule_sets import get_rules
from app.extensions import csrf, db
from app.gate.actions.kiosk import take_code
from app.gate.queries.kiosks import KioskSetUp, find_set_up
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.outbox.views.me import form_told
from app.outbox.views.seal_key import seal_key
from app.web.access import access, current_actor, public
from app.web.notice import NOTICE_PARAGRAPHS, NOTICE_TITLE, NOTICE_VERSION
from app.web.payload import json_body
from app.web.transaction import transact
from app.workforce.queries.workers import safety_phone

kiosk_api = Blueprint("kiosk_api", __name__, url_prefix="/api/v1/kiosk")
csrf.exempt(kiosk_api)  # takes no cookie: a foreign page cannot speak for its visitor


@kiosk_api.post("/set-up")
@public
def set_up_kiosk() -> ResponseReturnValue:
    body = json_body()
    code, (device_id, label) = text_field(body, "code"), parse_device(body)
    if is_flood(request.remote_addr or ""):
        raise LockedOut(retry_after=60, minutes=1)
    now = current_app.extensions["clock"].now()
    days = current_app.config["SETTINGS"].token_days
    device, shown = device_id or new_id(now), label or request.user_agent.string

    def work(session: Session) -> tuple[str, str, datetime]:
        kiosk_id = take_code(session, code, now=now)
        token, expires_at = issue_token(
            session, kiosk_id, device_id=device, label=shown, days=days, now=now
        )
        return kiosk_id, token, expires_at

    kiosk_id, token, expires_at = transact(work)
    return jsonify(
        token=token, expires_at=expires_at.isoformat(), account_id=kiosk_id, roles=["gate"]
    )


@kiosk_api.get("")
@access(Permission.RUN_KIOSK)
def show_kiosk() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    set_up = find_set_up(db.session(), str(actor.account_id))
    if set_up is None:
        raise NotFound
    told = _told(set_up)
    return jsonify(id=actor.account_id, key=seal_key(now), server_time=now.isoformat(), **told)


def _told(set_up: KioskSetUp) -> dict[str, Any]:
    branch = get_branch(db.session(), set_up.branch_id)
    companies = list_companies(db.session(), [branch.path])
    return {
        "name": set_up.name,
        "place": set_up.place,
        "companies": [{"code": each.code, "name": each.name} for each in companies],
        "safety_phone": safety_phone(db.session(), branch.id),
        "form": form_told(get_rules(db.session(), branch.id)),
        "notice": {
            "version": NOTICE_VERSION,
            "title": str(NOTICE_TITLE),
            "paragraphs": [str(paragraph) for paragraph in NOTICE_PARAGRAPHS],
        },
        "leave_lock": set_up.leave_lock,
    }

"""Where Zalo calls: what is signed is kept at once and answered; what it means is seen later."""

import json
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.delivery.actions.grants import note_refused_call
from app.delivery.actions.zalo_calls import SignedCall, keep_zalo_calls
from app.delivery.channels.zalo_group import ZaloAccount
from app.delivery.registry import office_of
from app.delivery.rules.answers import as_code
from app.delivery.rules.grants import ZALO
from app.delivery.rules.zalo import SignedWith, signed_with
from app.delivery.rules.zalo_calls import UnknownSignature, read_zalo_call
from app.extensions import csrf
from app.kernel.refusals import NotFound
from app.web.access import public
from app.web.transaction import transact, transact_each

LARGEST_CALL = 64 * 1024
HEARD = ("OK", 200, {"Content-Type": "text/plain; charset=utf-8"})

zalo_calls = Blueprint("zalo_calls", __name__, url_prefix="/api/v1/zalo")
csrf.exempt(zalo_calls)  # Zalo has no cookie


@zalo_calls.post("")
@public
def hear_zalo() -> ResponseReturnValue:
    """Take one call; an empty one without a signature is Zalo trying the address out."""
    office = office_of(current_app.extensions["channels"])
    if office is None:
        raise NotFound
    request.max_content_length = LARGEST_CALL
    raw = request.get_data(cache=True)
    now = current_app.extensions["clock"].now()
    body = _json(raw)
    given = request.headers.get("X-ZEvent-Signature", "")
    if not given and body in ({}, None) and len(raw) < 100:
        return HEARD
    signed = _signed(office.account, raw, body, given)
    if signed is None:

        def refuse(session: Session) -> None:
            note_refused_call(session, ZALO, now=now)

        transact(refuse)
        raise UnknownSignature
    call = read_zalo_call(body, oa_id=office.account.oa_id, received_at=now)
    if call is None:
        return HEARD
    told = json.dumps({"body": body, "signed": signed.name}, ensure_ascii=False)
    told = told.encode(errors="replace").decode()  # half of a surrogate pair, JSON lets it through
    for outcome in transact_each(keep_zalo_calls, [SignedCall(call.key, told, now)]):
        if isinstance(outcome, BaseException):
            raise outcome
    return HEARD


def _signed(account: ZaloAccount, raw: bytes, body: Any, given: str) -> SignedWith | None:
    """Which of the known variants a call is signed with; which one is right nobody has settled."""
    stamp = as_code(body.get("timestamp")) if isinstance(body, dict) else ""
    return signed_with(
        raw,
        given,
        firsts=[("app", account.app_id), ("oa", account.oa_id)],
        stamps=[("body", stamp), ("header", request.headers.get("X-ZEvent-Timestamp", ""))],
        secrets=[("webhook", account.webhook_secret), ("app_secret", account.app_secret)],
    )


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None

"""Calls for phones and programs: sign in, choose a PIN, revoke a device."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import give_pass
from app.accounts.actions.secrets import choose_pin
from app.accounts.actions.tokens import issue_token, revoke_token
from app.accounts.forms import parse_device, text_field
from app.accounts.queries.cards import get_card
from app.accounts.queries.second_factor import find_second_factor, is_demanded
from app.accounts.queries.signing_in import get_actor
from app.accounts.rules import Actor, Permission, Role, check_pin
from app.accounts.rules.second_factor import SecondFactorMissing
from app.accounts.views.attempt import check_badge, check_card, check_login, refuse_in_the_clear
from app.accounts.views.second_step import prove_second
from app.extensions import csrf, db, hash_secret
from app.kernel.ids import new_id
from app.kernel.refusals import BadFields, NotFound
from app.web.access import access, current_actor, public, signed_in
from app.web.payload import json_body
from app.web.transaction import transact

accounts_api = Blueprint("accounts_api", __name__, url_prefix="/api/v1")
csrf.exempt(accounts_api)  # takes no cookie: a foreign page cannot speak for its visitor


@accounts_api.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    body = json_body()
    now = current_app.extensions["clock"].now()
    device_id, label = parse_device(body)
    if "login" in body:
        login, secret = text_field(body, "login"), text_field(body, "secret")
        subject = check_login(login, secret, device_id=device_id, now=now)
    elif "card" in body:
        card, pin = text_field(body, "card"), text_field(body, "pin")
        subject = check_card(card, pin, device_id=device_id, now=now)
    elif "badge" in body:
        company, badge = text_field(body, "company"), text_field(body, "badge")
        pin = text_field(body, "pin")
        subject = check_badge(company, badge, pin, device_id=device_id, now=now)
    else:
        raise BadFields([("/login", "fields.missing")])
    days = current_app.config["SETTINGS"].token_days
    shown = label or request.user_agent.string
    actor = get_actor(db.session(), subject.account_id)
    if set(actor.roles) - {Role.WORKER}:
        refuse_in_the_clear()

    proven = _second_proof(body, actor, now)

    def work(session: Session) -> tuple[str, Any, dict[str, str]]:
        more = {"second_step": give_pass(session, subject.account_id, now=now)} if proven else {}
        issued = issue_token(
            session,
            subject.account_id,
            device_id=device_id or new_id(now),
            label=shown,
            days=days,
            now=now,
        )
        return *issued, more

    token, expires_at, more = transact(work)
    return jsonify(
        token=token,
        expires_at=expires_at.isoformat(),
        account_id=actor.account_id,
        roles=list(actor.roles),
        pin_must_change=subject.must_change,
        **more,
    )


def _second_proof(body: dict[str, Any], actor: Actor, now: datetime) -> bool:
    """Take the second proof of an account that gives one; refused where one is due."""
    account_id = str(actor.account_id)
    if find_second_factor(db.session(), account_id) is not None:
        prove_second(account_id, text_field(body, "totp", needed=False), now=now)
        return True
    if is_demanded(db.session(), actor.roles):
        raise SecondFactorMissing
    return False


@accounts_api.post("/card")
@public
def find_card() -> ResponseReturnValue:
    """Whose card was scanned, as far as it stands on the card itself; no name, no sign-in."""
    held = get_card(db.session(), text_field(json_body(), "card"))
    return jsonify(company=held.company_code, company_name=held.company, badge=held.badge)


@accounts_api.post("/pin")
@access(Permission.ANSWER)
def change_pin() -> ResponseReturnValue:
    actor = current_actor()
    now = current_app.extensions["clock"].now()
    badge = str(json_body().get("badge", ""))
    pin_hash = hash_secret(check_pin(text_field(json_body(), "pin"), badge))
    account_id = str(actor.account_id)

    def work(session: Session) -> None:
        choose_pin(session, account_id, pin_hash, on_device=actor.device_id, actor=actor, now=now)

    transact(work)
    return jsonify(changed=True)


@accounts_api.post("/devices/<token_id>/revoke")
@signed_in
def revoke_device(token_id: str) -> ResponseReturnValue:
    actor = current_actor()
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return revoke_token(session, str(actor.account_id), token_id, actor=actor, now=now)

    if not transact(work):
        raise NotFound
    return jsonify(revoked=True)

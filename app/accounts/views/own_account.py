"""Pages of one's own account: password or PIN, printed codes, devices and browsers."""

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user
from sqlalchemy.orm import Session

from app.accounts.actions.secrets import change_secret, choose_pin, replace_recovery_codes
from app.accounts.actions.sessions import close_every_session, end_web_session
from app.accounts.actions.tokens import revoke_token
from app.accounts.forms import PinForm, SecretForm, typed
from app.accounts.queries.help import is_help_away
from app.accounts.queries.office import find_account
from app.accounts.queries.second_factor import get_factor_state
from app.accounts.queries.sessions import list_web_sessions
from app.accounts.queries.signing_in import count_recovery_codes, find_own_badge
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules import SameSecret, WrongCredentials, check_pin, check_secret
from app.accounts.rules.second_factor import is_offered
from app.accounts.views.attempt import check_own_secret
from app.accounts.views.once import one_use, spend
from app.accounts.views.pages import accounts_pages
from app.accounts.views.visitor import start_session, visitor_by_session
from app.extensions import db, hash_secret, is_secret
from app.kernel.refusals import NotFound, Refusal
from app.web.access import current_actor, signed_in
from app.web.sentences import sentence
from app.web.transaction import transact


@accounts_pages.get("/my-account")
@signed_in
def show_my_account() -> ResponseReturnValue:
    return _my_account()


def _my_account(
    secret_form: SecretForm | None = None, pin_form: PinForm | None = None, status: int = 200
) -> ResponseReturnValue:
    account_id = str(current_actor().account_id)
    visitor = visitor_by_session()
    found = find_account(db.session(), account_id)
    if found is None or visitor is None:
        raise NotFound
    roles = current_actor().roles
    offered = is_offered(roles) and not visitor.must_change
    has_login = found.account.login is not None
    badge = find_own_badge(db.session(), account_id)
    # Until the secret is changed every other page is shut: no menu that leads there.
    frame: dict[str, Any] = {"menu": []} if visitor.must_change else {}
    page = render_template(
        "accounts/show_my_account.html",
        row=found,
        must_change=visitor.must_change,
        secret_form=(secret_form or SecretForm(formdata=None)) if has_login else None,
        pin_form=(pin_form or PinForm(formdata=None)) if badge and not has_login else None,
        tokens=list_tokens(db.session(), account_id),
        sessions=list_web_sessions(db.session(), account_id),
        this_session=visitor.id,
        second_factor=get_factor_state(db.session(), account_id, roles) if offered else None,
        codes_left=count_recovery_codes(db.session(), account_id),
        once=one_use(),
        help_away=is_help_away(db.session(), account_id, "first_steps"),
        **frame,
    )
    return page, status


@accounts_pages.post("/my-account/secret")
@signed_in
def change_own_secret() -> ResponseReturnValue:
    form = SecretForm()
    if not form.validate():
        return _my_account(secret_form=form, status=422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id = str(actor.account_id)
    try:
        secret_hash = _new_own_secret(form, account_id, now)
    except Refusal as refusal:
        _tell(form, refusal)
        return _my_account(secret_form=form, status=refusal.status)

    def work(session: Session) -> None:
        change_secret(session, account_id, secret_hash, actor=actor, now=now)

    transact(work)
    start_session(account_id, now)
    flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."))
    return redirect(url_for("accounts.show_my_account"))


def _new_own_secret(form: SecretForm, account_id: str, now: datetime) -> str:
    found = find_account(db.session(), account_id)
    if found is None or found.account.login is None:
        raise NotFound
    login, kept = found.account.login, found.account.secret_hash
    _check_current(form, kept, account_id, now)
    if is_secret(typed(form.secret), kept):
        raise SameSecret
    return hash_secret(check_secret(typed(form.secret), login))


def _check_current(
    form: SecretForm | PinForm, kept: str | None, account_id: str, now: datetime
) -> None:
    check_own_secret(typed(form.current), kept, account_id, now)


def _tell(form: SecretForm | PinForm, refusal: Refusal) -> None:
    """Write what is wrong at the field it is about."""
    at_current = refusal.status in {401, 429}
    wanted = form.pin if isinstance(form, PinForm) else form.secret
    code = refusal.code
    if isinstance(refusal, WrongCredentials):
        code = "accounts.wrong_current"
    (form.current if at_current else wanted).errors = [sentence(code, refusal.params)]


@accounts_pages.post("/my-account/pin")
@signed_in
def change_own_pin() -> ResponseReturnValue:
    form = PinForm()
    if not form.validate():
        return _my_account(pin_form=form, status=422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id = str(actor.account_id)
    try:
        pin_hash = _new_own_pin(form, account_id, now)
    except Refusal as refusal:
        _tell(form, refusal)
        return _my_account(pin_form=form, status=refusal.status)

    def work(session: Session) -> None:
        choose_pin(session, account_id, pin_hash, actor=actor, now=now)

    transact(work)
    start_session(account_id, now)
    flash(_("Đã đổi mã PIN. Các máy khác đã được đăng xuất."))
    return redirect(url_for("accounts.show_my_account"))


def _new_own_pin(form: PinForm, account_id: str, now: datetime) -> str:
    badge = find_own_badge(db.session(), account_id)
    if badge is None:
        raise NotFound
    _check_current(form, badge.pin_hash, account_id, now)
    if is_secret(typed(form.pin), badge.pin_hash):
        raise SameSecret
    return hash_secret(check_pin(typed(form.pin), badge.badge_key))


@accounts_pages.post("/my-account/recovery-codes")
@signed_in
def make_recovery_codes() -> ResponseReturnValue:
    spend(request.form.get("once", ""))
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id = str(actor.account_id)
    found = find_account(db.session(), account_id)
    if found is None or found.account.login is None:
        raise NotFound
    login = found.account.login

    def work(session: Session) -> list[str]:
        return replace_recovery_codes(session, account_id, actor=actor, now=now)

    return render_template(
        "accounts/show_recovery_codes.html",
        codes=transact(work),
        name=actor.name,
        login=login,
        made_at=now,
    )


@accounts_pages.post("/my-account/sign-out-everywhere")
@signed_in
def end_sessions() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        close_every_session(session, str(actor.account_id), actor=actor, now=now)

    transact(work)
    logout_user()
    return redirect(url_for("accounts.sign_in"))


@accounts_pages.post("/my-account/sessions/<session_id>/end")
@signed_in
def end_own_session(session_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return end_web_session(session, str(actor.account_id), session_id, actor=actor, now=now)

    if not transact(work):
        raise NotFound
    flash(_("Đã đăng xuất máy đó"))
    return redirect(url_for("accounts.show_my_account"))


@accounts_pages.post("/my-account/devices/<token_id>/revoke")
@signed_in
def revoke_own_device(token_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return revoke_token(session, str(actor.account_id), token_id, actor=actor, now=now)

    if not transact(work):
        raise NotFound
    flash(_("Đã đăng xuất máy đó"))
    return redirect(url_for("accounts.show_my_account"))

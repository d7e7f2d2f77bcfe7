"""Pages of one's own second proof: set up with a phone, printed codes, given up."""

from datetime import datetime
from typing import Any

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    drop_second_factor,
    replace_spare_codes,
)
from app.accounts.forms import CodeForm, PasswordForm, typed
from app.accounts.queries.office import find_account
from app.accounts.queries.second_factor import find_enrolment, get_factor_state
from app.accounts.queries.signing_in import find_secret_hash
from app.accounts.rules.second_factor import (
    ENROLMENT,
    ClockOff,
    EnrolmentOver,
    in_groups,
    is_offered,
    provisioning_address,
)
from app.accounts.views.attempt import check_own_secret
from app.accounts.views.once import one_use, spend
from app.accounts.views.pages import accounts_pages
from app.accounts.views.second_step import prove_second
from app.accounts.views.visitor import start_session, visitor_by_session
from app.extensions import db
from app.kernel.refusals import NotAllowed, Refusal
from app.web.access import current_actor, signed_in
from app.web.sentences import sentence
from app.web.transaction import transact

ISSUER = "An Ca"
QR_SCALE = 5


@accounts_pages.get("/my-account/second-factor")
@signed_in
def show_second_factor() -> ResponseReturnValue:
    return _page()


def _page(
    password: PasswordForm | None = None,
    code: CodeForm | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id = _whoever_is_offered_one()
    visitor = visitor_by_session()
    state = get_factor_state(db.session(), account_id, actor.roles)
    kept_in = visitor is not None and visitor.must_enrol
    frame: dict[str, Any] = {"menu": []} if kept_in else {}
    page = render_template(
        "accounts/show_second_factor.html",
        state=state,
        enrolment=_enrolment(account_id, now) if state.since_at is None else None,
        must_enrol=kept_in,
        password_form=password or PasswordForm(formdata=None),
        code_form=code or CodeForm(formdata=None),
        park_at=now if isinstance(refusal, ClockOff) else None,
        once=one_use(),
        **frame,
    )
    return page, refusal.status if refusal else status


def _whoever_is_offered_one() -> str:
    actor = current_actor()
    if not is_offered(actor.roles):
        raise NotAllowed
    return str(actor.account_id)


def _enrolment(account_id: str, now: datetime) -> dict[str, str] | None:
    """What the phone reads off the screen while the setting up lasts; never again afterwards."""
    begun = find_enrolment(db.session(), account_id)
    found = find_account(db.session(), account_id)
    if begun is None or found is None or now - begun[1] > ENROLMENT:
        return None
    node = current_app.config["SETTINGS"].name
    login = found.account.login or found.account.name
    address = provisioning_address(f"{ISSUER} {node}", login, begun[0])
    drawn = segno.make(address, error="m", micro=False)
    return {
        "seed": in_groups(begun[0]),
        "code": drawn.svg_data_uri(scale=QR_SCALE, border=3, light="#fff"),
    }


@accounts_pages.post("/my-account/second-factor/begin")
@signed_in
def begin_second_step() -> ResponseReturnValue:
    account_id, now = _whoever_is_offered_one(), current_app.extensions["clock"].now()
    form = PasswordForm()
    refused = _refused_password(form, account_id, now)
    if refused is not None:
        return refused

    def work(session: Session) -> str:
        return begin_second_factor(session, account_id, now=now)

    transact(work)
    return redirect(url_for("accounts.show_second_factor"))


def _refused_password(
    form: PasswordForm, account_id: str, now: datetime
) -> ResponseReturnValue | None:
    """The page with what is wrong with the password, None when nothing is."""
    if not form.validate():
        return _page(password=form, status=422)
    try:
        kept = find_secret_hash(db.session(), account_id)
        check_own_secret(typed(form.current), kept, account_id, now)
    except Refusal as refusal:
        code = "accounts.wrong_current" if refusal.status == 401 else refusal.code
        form.current.errors = [sentence(code, refusal.params)]
        return _page(password=form, refusal=refusal)
    return None


@accounts_pages.post("/my-account/second-factor/confirm")
@signed_in
def confirm_second_step() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id, form = _whoever_is_offered_one(), CodeForm()
    if not form.validate():
        return _page(code=form, status=422)
    given = typed(form.code)

    def work(session: Session) -> list[str]:
        return confirm_second_factor(session, account_id, given, actor=actor, now=now)

    try:
        codes = transact(work)
    except EnrolmentOver:
        flash(_("Đã quá 15 phút. Hãy bắt đầu lại."))
        return redirect(url_for("accounts.show_second_factor"))
    except Refusal as refusal:
        form.code.errors = [sentence(refusal.code, refusal.params)]
        return _page(code=form, refusal=refusal)
    start_session(account_id, now)
    return _codes_page(codes, now)


@accounts_pages.post("/my-account/second-factor/codes")
@signed_in
def make_spare_codes() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id = _whoever_is_offered_one()
    spend(request.form.get("once", ""))

    def work(session: Session) -> list[str]:
        return replace_spare_codes(session, account_id, actor=actor, now=now)

    return _codes_page(transact(work), now)


def _codes_page(codes: list[str], now: datetime) -> ResponseReturnValue:
    return render_template(
        "accounts/show_spare_codes.html", codes=codes, name=current_actor().name, made_at=now
    )


@accounts_pages.post("/my-account/second-factor/drop")
@signed_in
def drop_second_step() -> ResponseReturnValue:
    """Gone with a code of the phone or a printed one: an unlocked screen alone is not enough."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    account_id, form = _whoever_is_offered_one(), CodeForm()
    if not form.validate():
        return _page(code=form, status=422)
    roles = actor.roles

    def work(session: Session) -> None:
        drop_second_factor(session, account_id, roles, actor=actor, now=now)

    try:
        prove_second(account_id, typed(form.code), now=now)
        transact(work)
    except Refusal as refusal:
        form.code.errors = [sentence(refusal.code, refusal.params)]
        return _page(code=form, refusal=refusal)
    flash(_("Đã tắt xác thực hai bước"))
    return redirect(url_for("accounts.show_my_account"))

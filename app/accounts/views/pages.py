"""Pages of signing in and out, and of getting back in with a printed code."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from sqlalchemy.orm import Session

from app.accounts.actions.secrets import change_secret, use_recovery_code
from app.accounts.actions.sessions import close_web_session
from app.accounts.forms import BadgeForm, LoginForm, RecoveryForm, typed
from app.accounts.queries.branches import list_companies
from app.accounts.queries.signing_in import find_by_login, get_actor
from app.accounts.rules import Role, WeakSecret, WrongCredentials, check_secret, login_key
from app.accounts.views.attempt import (
    check_badge,
    check_login,
    guarded,
    refuse_in_the_clear,
    settle,
    subjects_of,
    subjects_of_codes,
)
from app.accounts.views.browser import device_id, is_in_the_clear, with_device
from app.accounts.views.second_step import give_code, go_on
from app.accounts.views.visitor import (
    actor_by_session,
    keep_to_own_account,
    visitor_by_session,
)
from app.extensions import db, hash_secret
from app.kernel.refusals import Refusal
from app.settings import NodeRole
from app.web.access import public
from app.web.sentences import sentence
from app.web.transaction import transact

accounts_pages = Blueprint("accounts", __name__)
accounts_pages.before_app_request(keep_to_own_account)
accounts_pages.add_url_rule("/sign-in/code", view_func=give_code, methods=["GET", "POST"])


@accounts_pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if request.method == "GET" and actor_by_session() is not None:
        return redirect(url_for("dashboards.home"))
    form = _asked_form()
    if request.method == "GET":
        return _sign_in_page(form, 200)
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        return _sign_in_by_badge(form) if isinstance(form, BadgeForm) else _sign_in_by_login(form)
    except Refusal as refusal:
        field = form.pin if isinstance(form, BadgeForm) else form.secret
        field.errors = [sentence(refusal.code, refusal.params)]
        return _sign_in_page(form, refusal.status, refusal.params.get("retry_after"))


def _asked_form() -> BadgeForm | LoginForm:
    """The part of the page that is asked for; a province has no workers."""
    wanted = request.args.get("next", "")
    if current_app.config["SETTINGS"].role is NodeRole.PROVINCE:
        return LoginForm(next=wanted)
    if request.method == "POST":
        return BadgeForm() if "badge" in request.form else LoginForm()
    for_office = "office" in request.args or (wanted and "badge" not in request.args)
    if for_office:
        return LoginForm(next=wanted)
    return BadgeForm(next=wanted, company=request.args.get("company", ""))


def _sign_in_page(
    form: BadgeForm | LoginForm, status: int, retry_after: int | None = None
) -> ResponseReturnValue:
    by_badge = isinstance(form, BadgeForm)
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        by_badge=by_badge,
        has_workers=current_app.config["SETTINGS"].role is NodeRole.PARK,
        companies=list_companies(db.session()) if by_badge else (),
        in_the_clear=is_in_the_clear(),
    )
    response = make_response(page, status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return with_device(response)


def _sign_in_by_badge(form: BadgeForm) -> ResponseReturnValue:
    """A badge opens office pages only to whoever also holds a role there."""
    now = current_app.extensions["clock"].now()
    subject = check_badge(
        typed(form.company),
        typed(form.badge),
        typed(form.pin),
        device_id=device_id(),
        now=now,
    )
    if set(get_actor(db.session(), subject.account_id).roles) <= {Role.WORKER}:
        return render_template("accounts/show_script_needed.html")
    refuse_in_the_clear()
    return go_on(subject.account_id, _next_page(form), now, typed(form.second_step))


def _sign_in_by_login(form: LoginForm) -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    subject = check_login(typed(form.login), typed(form.secret), device_id=device_id(), now=now)
    return go_on(subject.account_id, _next_page(form), now, typed(form.second_step))


def _next_page(form: BadgeForm | LoginForm) -> str:
    """Only an address of this site: one slash, then neither a second one nor a backslash."""
    wanted = form.next.data or ""
    is_local = (
        wanted.startswith("/")
        and wanted[1:2] != "/"
        and "\\" not in wanted
        and wanted.isprintable()
        and " " not in wanted
    )
    return wanted if is_local else url_for("dashboards.home")


@accounts_pages.get("/c")
@public
def open_card() -> ResponseReturnValue:
    """Where a card's code leads; the secret behind the # stays in the browser, out of every log."""
    if actor_by_session() is not None:
        return redirect(url_for("dashboards.home"))
    return redirect(url_for("accounts.sign_in", badge=1))


@accounts_pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    visitor = visitor_by_session()
    if visitor is not None:
        session_id = visitor.id

        def work(session: Session) -> None:
            close_web_session(session, session_id, now=now)

        transact(work)
    logout_user()
    response = redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@accounts_pages.route("/recover", methods=["GET", "POST"])
@public
def recover() -> ResponseReturnValue:
    form = RecoveryForm()
    status = 200
    if form.validate_on_submit():
        try:
            return _recover(form)
        except Refusal as refusal:
            status = refusal.status
            field = form.secret if isinstance(refusal, WeakSecret) else form.code
            field.errors = [_recovery_sentence(refusal)]
    elif request.method == "POST":
        status = 422
    return with_device(make_response(render_template("accounts/recover.html", form=form), status))


def _recovery_sentence(refusal: Refusal) -> str:
    if isinstance(refusal, WrongCredentials):
        return sentence("accounts.wrong_recovery_code")
    return sentence(refusal.code, refusal.params)


def _recover(form: RecoveryForm) -> ResponseReturnValue:
    refuse_in_the_clear()
    now = current_app.extensions["clock"].now()
    login = login_key(typed(form.login))
    new_secret = check_secret(typed(form.secret), login)
    subject = find_by_login(db.session(), login)
    hindered = subjects_of(subject, f"login:{login}", device_id())
    counted = subjects_of_codes(hindered)
    guarded(counted, now=now)
    secret_hash = hash_secret(new_secret)
    if subject is None or not subject.active:
        raise WrongCredentials
    account_id, code = subject.account_id, typed(form.code)
    actor = get_actor(db.session(), account_id)

    def work(session: Session) -> None:
        use_recovery_code(session, account_id, code, now=now)
        change_secret(session, account_id, secret_hash, actor=actor, now=now)

    transact(work)
    settle([*counted, *hindered])
    return go_on(account_id, url_for("accounts.show_my_account"), now)

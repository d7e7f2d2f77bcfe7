"""Pages where an admin keeps the accounts of the office pages."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.office import add_office_account, give_role, set_active, take_role
from app.accounts.actions.second_factor import reset_second_factor
from app.accounts.actions.secrets import change_secret, new_secret
from app.accounts.actions.sessions import close_every_session, end_web_session
from app.accounts.actions.tokens import revoke_token
from app.accounts.forms import AccountForm, RoleForm, choices, typed
from app.accounts.queries.branches import list_branches
from app.accounts.queries.office import (
    AccountRow,
    find_account,
    find_office_account_path,
    list_office_accounts,
)
from app.accounts.queries.second_factor import find_second_factor
from app.accounts.queries.sessions import list_web_sessions
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules import OwnAccount, Permission, Role, branches_for
from app.accounts.views.once import one_use, spend
from app.extensions import db, hash_secret
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor, locates
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.tables import table_from_args
from app.web.transaction import transact

Form = TypeVar("Form", bound=RoleForm)

accounts_admin = Blueprint("accounts_admin", __name__, url_prefix="/admin")
locates("account_id")(find_office_account_path)


@accounts_admin.get("/accounts")
@access(Permission.MANAGE_ACCOUNTS)
def list_accounts() -> ResponseReturnValue:
    table = table_from_args(request.args, sortable=("name",), default="name", filters={"q": None})
    asked = page_from_args(request.args)
    reach = branches_for(current_actor(), Permission.MANAGE_ACCOUNTS)
    rows, total = list_office_accounts(
        db.session(), reach, wanted=table.value("q"), limit=asked.limit, offset=asked.offset
    )
    return render_template("accounts/list_accounts.html", table=table, page=asked.page(rows, total))


@accounts_admin.route("/accounts/new", methods=["GET", "POST"])
@access(Permission.MANAGE_ACCOUNTS)
def create_account() -> ResponseReturnValue:
    form = _offering_branches(AccountForm())
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/create_account.html", form=form), status
    secret = new_secret()
    try:
        account_id = _add_account(form, secret)
    except Refusal as refusal:
        form.login.errors = [sentence(refusal.code, refusal.params)]
        return render_template("accounts/create_account.html", form=form), refusal.status
    return _new_secret_page(_office_account(account_id), secret)


def _offering_branches(form: Form) -> Form:
    branches = list_branches(
        db.session(), branches_for(current_actor(), Permission.MANAGE_ACCOUNTS)
    )
    form.branch.choices = choices((b.id, indented(b.name, b.path)) for b in branches)
    return form


def indented(name: str, path: str) -> str:
    """A branch's name, set in as deep as it lies in the tree."""
    return f"{'– ' * (path.count('/') - 2)}{name}"


def _add_account(form: AccountForm, secret: str) -> str:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    secret_hash = hash_secret(secret)
    name, login = typed(form.name), typed(form.login)
    grant = (Role(form.role.data), form.branch.data)

    def work(session: Session) -> str:
        return add_office_account(
            session,
            name=name,
            login=login,
            secret_hash=secret_hash,
            must_change=True,
            grants=[grant],
            actor=actor,
            now=now,
        )

    return transact(work)


def _new_secret_page(row: AccountRow, secret: str) -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    return render_template("accounts/show_new_secret.html", row=row, secret=secret, made_at=now)


@accounts_admin.get("/accounts/<account_id>")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def show_account(account_id: str) -> ResponseReturnValue:
    return _account_page(account_id, _offering_branches(RoleForm()))


def _account_page(account_id: str, form: RoleForm) -> str:
    return render_template(
        "accounts/show_account.html",
        row=_office_account(account_id),
        form=form,
        is_own=account_id == current_actor().account_id,
        tokens=list_tokens(db.session(), account_id),
        sessions=list_web_sessions(db.session(), account_id),
        second_factor_since=find_second_factor(db.session(), account_id),
        once=one_use(),
    )


@accounts_admin.post("/accounts/<account_id>/roles/give")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def give_account_role(account_id: str) -> ResponseReturnValue:
    return _change_role(account_id, give_role, _("Đã thêm vai trò"))


@accounts_admin.post("/accounts/<account_id>/roles/take")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def take_account_role(account_id: str) -> ResponseReturnValue:
    return _change_role(account_id, take_role, _("Đã bỏ vai trò"))


def _change_role(account_id: str, change: Callable[..., None], told: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if account_id == actor.account_id:
        raise OwnAccount
    form = _offering_branches(RoleForm())
    if not form.validate():
        return _account_page(account_id, form), 422
    role, branch_id = Role(form.role.data), form.branch.data

    def work(session: Session) -> None:
        change(session, account_id, role, branch_id, actor=actor, now=now)

    transact(work)
    flash(told)
    return redirect(url_for("accounts_admin.show_account", account_id=account_id))


@accounts_admin.post("/accounts/<account_id>/active")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def set_account_active(account_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    active = request.form.get("active") == "1"
    if account_id == actor.account_id:
        raise OwnAccount

    def work(session: Session) -> None:
        set_active(session, account_id, active=active, actor=actor, now=now)

    transact(work)
    flash(_("Đã mở lại tài khoản") if active else _("Đã khoá tài khoản"))
    return redirect(url_for("accounts_admin.show_account", account_id=account_id))


@accounts_admin.post("/accounts/<account_id>/secret")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def reset_account_secret(account_id: str) -> ResponseReturnValue:
    actor, now, secret = current_actor(), current_app.extensions["clock"].now(), new_secret()
    if account_id == actor.account_id:
        raise OwnAccount
    spend(request.form.get("once", ""))
    secret_hash = hash_secret(secret)

    def work(session: Session) -> None:
        change_secret(session, account_id, secret_hash, must_change=True, actor=actor, now=now)

    transact(work)
    return _new_secret_page(_office_account(account_id), secret)


@accounts_admin.post("/accounts/<account_id>/devices/<token_id>/revoke")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def revoke_account_device(account_id: str, token_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return revoke_token(session, account_id, token_id, actor=actor, now=now)

    return _after_signing_out(account_id, found=transact(work))


@accounts_admin.post("/accounts/<account_id>/sessions/<session_id>/end")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def end_account_session(account_id: str, session_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return end_web_session(session, account_id, session_id, actor=actor, now=now)

    return _after_signing_out(account_id, found=transact(work))


@accounts_admin.post("/accounts/<account_id>/sessions/end")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def end_account_sessions(account_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if account_id == actor.account_id:
        raise OwnAccount

    def work(session: Session) -> None:
        close_every_session(session, account_id, actor=actor, now=now)

    transact(work)
    flash(_("Đã đăng xuất mọi máy của người này"))
    return redirect(url_for("accounts_admin.show_account", account_id=account_id))


@accounts_admin.post("/accounts/<account_id>/second-factor/reset")
@access(Permission.MANAGE_ACCOUNTS, of="account_id")
def reset_account_second_factor(account_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if account_id == actor.account_id:
        raise OwnAccount

    def work(session: Session) -> None:
        reset_second_factor(session, account_id, actor=actor, now=now)

    transact(work)
    flash(_("Đã gỡ xác thực hai bước. Lần sau người này chỉ cần mật khẩu."))
    return redirect(url_for("accounts_admin.show_account", account_id=account_id))


def _after_signing_out(account_id: str, *, found: bool) -> ResponseReturnValue:
    if not found:
        raise NotFound
    flash(_("Đã đăng xuất máy đó"))
    return redirect(url_for("accounts_admin.show_account", account_id=account_id))


def _office_account(account_id: str) -> AccountRow:
    row = find_account(db.session(), account_id)
    if row is None or row.account.login is None:
        raise NotFound
    return row

"""The page on which an administrator demands a second proof of roles."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import demand_second_factor
from app.accounts.forms import DemandForm
from app.accounts.queries.second_factor import list_demanded, list_role_factors
from app.accounts.rules import Permission, Role
from app.accounts.views.admin import accounts_admin
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact


@accounts_admin.get("/second-factor")
@access(Permission.MANAGE_NODE)
def show_demands() -> ResponseReturnValue:
    held = [role.value for role in list_demanded(db.session())]
    return _page(DemandForm(formdata=None, data={"roles": held}))


def _page(form: DemandForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "accounts/show_demands.html", form=form, rows=list_role_factors(db.session())
    )
    return page, status


@accounts_admin.post("/second-factor")
@access(Permission.MANAGE_NODE)
def set_demands() -> ResponseReturnValue:
    form = DemandForm()
    if not form.validate():
        return _page(form, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    roles = [Role(role) for role in form.roles.data or ()]

    def work(session: Session) -> None:
        demand_second_factor(session, roles, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        form.roles.errors = [sentence(refusal.code, refusal.params)]
        return _page(form, refusal.status)
    flash(_("Đã lưu"))
    return redirect(url_for("accounts_admin.show_demands"))

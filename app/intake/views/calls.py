"""The log of calls of the province's hotline."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.forms import choices, typed
from app.accounts.rules import Permission
from app.accounts.views.once import one_use, spend
from app.extensions import db
from app.feedback.rules.notes import Category, Level
from app.intake.actions.calls import note_call
from app.intake.forms import CallForm, company_needed
from app.intake.queries.parks import list_park_names
from app.intake.rules.calls import read_call
from app.intake.rules.states import ItemKind
from app.intake.views.frame import CATEGORIES, assign_box, list_box
from app.intake.views.item import do_one, show_one
from app.web.access import access, current_actor
from app.web.transaction import transact

intake_calls = Blueprint("intake_calls", __name__, url_prefix="/province/calls")


@intake_calls.get("")
@access(Permission.HANDLE_INTAKE)
def list_all() -> ResponseReturnValue:
    return list_box(ItemKind.CALL)


@intake_calls.post("/assign")
@access(Permission.HANDLE_INTAKE)
def assign_some() -> ResponseReturnValue:
    return assign_box(ItemKind.CALL)


@intake_calls.get("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def show_item(item_id: str) -> ResponseReturnValue:
    return show_one(ItemKind.CALL, item_id)


@intake_calls.post("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def act_on_item(item_id: str) -> ResponseReturnValue:
    return do_one(ItemKind.CALL, item_id)


@intake_calls.get("/new")
@access(Permission.HANDLE_INTAKE)
def begin_call() -> ResponseReturnValue:
    return _page(_form())


@intake_calls.post("/new")
@access(Permission.HANDLE_INTAKE)
def write_call() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form, 422)
    call = read_call(
        node=str(form.node.data),
        company=typed(form.company),
        category=str(form.category.data),
        text=typed(form.text),
        level=str(form.level.data),
        caller=typed(form.caller),
    )
    spend(request.form.get("once", ""))
    actor, now = current_actor(), current_app.extensions["clock"].now()
    item_id = transact(lambda session: note_call(session, call, actor=actor, now=now))
    flash(_("Đã ghi cuộc gọi và giao việc cho khu"))
    return redirect(url_for("intake_calls.show_item", item_id=item_id))


def _page(form: CallForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "intake/write_call.html",
        form=form,
        once=one_use(),
        has_parks=bool(list_park_names(db.session())),
    )
    return page, status


def _form() -> CallForm:
    form = CallForm(request.form if request.method == "POST" else None)
    form.node.choices = choices([("", _("Chọn một khu")), *list_park_names(db.session())])
    form.category.choices = choices((key, CATEGORIES[key]) for key in Category)
    form.level.choices = choices(
        [
            (Level.PARK.value, _("Ban quản lý khu")),
            (Level.COMPANY.value, _("Cán bộ an toàn của công ty")),
        ]
    )
    if request.method == "GET":
        form.level.data = Level.PARK.value
    if form.level.data == Level.COMPANY.value:
        form.company.validators = [company_needed, *form.company.validators]
    return form

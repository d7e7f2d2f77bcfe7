"""The inbox of named cases."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.intake.rules.states import ItemKind
from app.intake.views.frame import assign_box, list_box, open_box_again
from app.intake.views.item import do_one, show_one
from app.web.access import access

intake_cases = Blueprint("intake_cases", __name__, url_prefix="/province/cases")


@intake_cases.get("")
@access(Permission.HANDLE_INTAKE)
def list_all() -> ResponseReturnValue:
    return list_box(ItemKind.CASE)


@intake_cases.post("/assign")
@access(Permission.HANDLE_INTAKE)
def assign_some() -> ResponseReturnValue:
    return assign_box(ItemKind.CASE)


@intake_cases.post("/open-again")
@access(Permission.HANDLE_INTAKE)
def open_again() -> ResponseReturnValue:
    return open_box_again(ItemKind.CASE)


@intake_cases.get("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def show_item(item_id: str) -> ResponseReturnValue:
    return show_one(ItemKind.CASE, item_id)


@intake_cases.post("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def act_on_item(item_id: str) -> ResponseReturnValue:
    return do_one(ItemKind.CASE, item_id)

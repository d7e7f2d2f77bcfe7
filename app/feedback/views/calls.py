"""Calls of the hotline: written down by whoever took them, and given to somebody."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import choices, typed
from app.accounts.queries.branches import get_branch, list_branches
from app.accounts.rules import BranchKind, Permission, branches_for
from app.accounts.views.once import one_use, spend
from app.extensions import db
from app.feedback.actions.keeping import note_call
from app.feedback.forms.calls import CallForm
from app.feedback.queries.notes import Handler, list_handlers
from app.feedback.rules.notes import Category, Level, read_note
from app.feedback.rules.reach import Reach
from app.feedback.views.frame import CATEGORIES, feedback_pages, own_reach, settings
from app.web.access import access, current_actor
from app.web.transaction import transact
from app.workforce.queries.units import list_units


@feedback_pages.get("/feedback/calls/new")
@access(Permission.HANDLE_FEEDBACK)
def begin_call() -> ResponseReturnValue:
    return _page(_form())


@feedback_pages.post("/feedback/calls/new")
@access(Permission.HANDLE_FEEDBACK)
def write_call() -> ResponseReturnValue:
    form, reach = _form(), own_reach()
    if not form.validate():
        return _page(form, 422)
    spend(request.form.get("once", ""))
    place_id, actor = int(form.place.data), current_actor()
    level = _level(reach)
    category, text = read_note(form.category.data, typed(form.text))
    owner = _chosen(get_branch(db.session(), place_id).path, level, str(form.owner.data or ""))
    caller, now = typed(form.caller).strip(), current_app.extensions["clock"].now()
    given = settings()

    def work(session: Session) -> str:
        return note_call(
            session,
            place_id,
            category,
            text,
            caller=caller,
            owner=owner,
            level=level,
            settings=given,
            actor=actor,
            now=now,
        )

    feedback_id = transact(work)
    flash(_("Đã ghi cuộc gọi"))
    return redirect(url_for("feedback.show_note", feedback_id=feedback_id))


def _page(form: CallForm, status: int = 200) -> ResponseReturnValue:
    return render_template("feedback/write_call.html", form=form, once=one_use()), status


def _form() -> CallForm:
    form = CallForm(request.form if request.method == "POST" else None)
    form.category.choices = choices((key, CATEGORIES[key]) for key in Category)
    form.place.choices = choices([(0, _("Chọn một đơn vị")), *_places()])
    form.owner.choices = choices(
        [("", _("Chưa giao ai")), *[(each.id, each.name) for each in _handlers(own_reach())]]
    )
    return form


def _places() -> list[tuple[int, str]]:
    paths = branches_for(current_actor(), Permission.HANDLE_FEEDBACK)
    parks = [
        (each.id, each.name)
        for each in list_branches(db.session(), paths)
        if each.kind == BranchKind.PARK
    ]
    units = list_units(db.session(), paths)
    companies = {unit.id: unit.name for unit in units if unit.depth == 0}
    several = len(companies) > 1
    return parks + [
        (
            unit.id,
            f"{companies.get(unit.company_id, '')} · {unit.name}"
            if unit.depth and several
            else unit.name,
        )
        for unit in units
    ]


def _level(reach: Reach) -> Level:
    """A call lies with whoever took it."""
    if reach.officer:
        return Level.COMPANY
    return Level.TEAM if reach.team else Level.PARK


def _handlers(reach: Reach) -> list[Handler]:
    found = {
        each.id: each
        for path in (*reach.inside, *reach.park)
        for each in list_handlers(db.session(), path, _level(reach))
    }
    return sorted(found.values(), key=lambda each: each.name)


def _chosen(path: str, level: Level, owner_id: str) -> tuple[str, str] | None:
    found = [each for each in list_handlers(db.session(), path, level) if each.id == owner_id]
    return (found[0].id, found[0].name) if found else None

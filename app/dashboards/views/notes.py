"""Notes that one shift leaves to the next: leaving one, taking it over, and all of them."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.actions.hand_over import leave_note, take_over
from app.checkins.queries.hand_over import is_reachable_note, list_notes
from app.dashboards.views.today import address_of, asked_unit, look, place_of
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.transaction import transact

notes_pages = Blueprint("notes", __name__)


@notes_pages.get("/today/notes")
@access(Permission.ANSWER_FOR_OTHERS)
def list_shift_notes() -> ResponseReturnValue:
    place, figures, now = look()
    asked = page_from_args(request.args)
    rows, total = list_notes(
        db.session(), place.company.id, place.paths, limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "dashboards/list_notes.html",
        place_shown=place,
        page=asked.page(rows, total),
        own=address_of(place, figures),
        now=now,
    )


@notes_pages.post("/today/notes")
@access(Permission.ANSWER_FOR_OTHERS)
def write_note() -> ResponseReturnValue:
    place, figures, now = look()
    unit = asked_unit()
    if unit is None:
        raise NotFound
    actor, written = current_actor(), request.form.get("text", "")
    shift = figures.part.slots[0][1] if len(figures.part.slots) == 1 else ""

    def work(session: Session) -> str:
        return leave_note(
            session,
            place.company.id,
            unit.id,
            figures.on,
            str(shift),
            written,
            actor=actor,
            now=now,
        )

    transact(work)
    flash(_("Đã để lại ghi chú cho ca sau."))
    return redirect(url_for("today.show_today", **address_of(place, figures)))


@notes_pages.post("/today/notes/<note_id>/read")
@access(Permission.ANSWER_FOR_OTHERS)
def read_note(note_id: str) -> ResponseReturnValue:
    place = place_of(Permission.ANSWER_FOR_OTHERS)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if not is_reachable_note(db.session(), place.company.id, place.paths, note_id):
        raise NotFound

    def work(session: Session) -> None:
        take_over(session, note_id, actor=actor, now=now)

    transact(work)
    flash(_("Đã nhận giao ca."))
    names = ("shift", "on", "company")
    kept: dict[str, Any] = {name: request.args[name] for name in names if name in request.args}
    return redirect(url_for("today.show_today", **kept))

"""Pages of a list that is done with: what it saved, undoing it, and taking it up again."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.importing.reopening import begin_again
from app.workforce.actions.importing.undoing import start_undoing
from app.workforce.queries.imports import ImportShown, find_cells_end, get_import
from app.workforce.queries.places import count_removed_places, list_kept_places
from app.workforce.queries.undoing import (
    count_changes,
    count_undone,
    find_undo_end,
    list_not_restored,
)
from app.workforce.rules.importing import ImportNotOpen, ImportState
from app.workforce.rules.undoing import UndoOutcome
from app.workforce.views.import_place import imports_pages, now_here, to_list
from app.workforce.views.import_work import reopen_beside, undo_beside

PLACES_SHOWN = 50


def done_page(shown: ImportShown, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page of a list that was saved, dropped or undone; with the reason why it stays so."""
    session = db.session()
    why = sentence(refusal.code, refusal.params) if refusal else ""
    status = refusal.status if refusal else 200
    if shown.state is ImportState.UNDONE:
        return _undone_page(shown, why), status
    page = render_template(
        "workforce/import_done.html",
        shown=shown,
        undo_ends_at=find_undo_end(session, shown.id, now_here()),
        changed=count_changes(session, shown.id),
        refusal=why,
    )
    return page, status


def _undone_page(shown: ImportShown, why: str) -> str:
    session, asked = db.session(), page_from_args(request.args)
    rows, total = list_not_restored(session, shown.id, limit=asked.limit, offset=asked.offset)
    counts = count_undone(session, shown.id)
    return render_template(
        "workforce/import_undone.html",
        shown=shown,
        undone={each.value: counts.get(each, 0) for each in UndoOutcome},
        page=asked.page(rows, total),
        removed_places=count_removed_places(session, shown.id),
        kept_places=list_kept_places(session, shown.id, PLACES_SHOWN),
        cells_end_at=find_cells_end(session, shown.id),
        refusal=why,
    )


@imports_pages.post("/<import_id>/undo")
@access(Permission.MANAGE_WORKERS, of="import_id")
def undo_import(import_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), now_here()
    try:
        transact(lambda session: start_undoing(session, import_id, actor=actor, now=now))
    except ImportNotOpen:
        return to_list(import_id)
    except Refusal as refusal:
        return done_page(get_import(db.session(), import_id), refusal)
    undo_beside(import_id)
    return to_list(import_id)


@imports_pages.post("/<import_id>/reopen")
@access(Permission.MANAGE_WORKERS, of="import_id")
def reopen_import(import_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), now_here()
    try:
        new_id = transact(lambda session: begin_again(session, import_id, actor=actor, now=now))
    except ImportNotOpen:
        return to_list(import_id)
    except Refusal as refusal:
        return done_page(get_import(db.session(), import_id), refusal)
    reopen_beside(new_id, import_id)
    return to_list(new_id)

"""Staged lists by the clock: saving that was cut off goes on, what is old is dropped."""

import logging

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.clock import Clock
from app.web.transaction import transact
from app.workforce.actions.importing.applying import ABANDONED_AFTER, save_list
from app.workforce.actions.importing.staging import Desk
from app.workforce.actions.importing.sweeping import drop_stale_lists, give_up_reading
from app.workforce.actions.importing.undoing import undo_list
from app.workforce.gateways import list_uploads, upload_path
from app.workforce.queries.imports import is_being_read, list_abandoned
from app.workforce.rules.importing import ImportState

log = logging.getLogger(__name__)


def continue_imports() -> int:
    """Go on with lists cut off while saved or undone, and say so of those cut off while read."""
    desk = _desk()
    before = desk.clock.now() - ABANDONED_AFTER
    for import_id, _ in list_abandoned(db.session(), ImportState.READING, before):

        def give_up(session: Session, import_id: str = import_id) -> None:
            give_up_reading(session, import_id, before=before, now=desk.clock.now())

        transact(give_up)
    _drop_uploads_left_over()
    cut_off = list_abandoned(db.session(), ImportState.APPLYING, before)
    for import_id, _ in cut_off:
        log.warning("saving of list %s was cut off and goes on", import_id)
        save_list(desk, import_id)
    half_undone = list_abandoned(db.session(), ImportState.UNDOING, before)
    for import_id, _ in half_undone:
        log.warning("undoing of list %s was cut off and goes on", import_id)
        undo_list(desk, import_id)
    return len(cut_off) + len(half_undone)


def drop_stale_imports() -> int:
    """Drop what was staged a day ago and never saved, and what is left of lists done with."""
    return drop_stale_lists(_desk())


def _drop_uploads_left_over() -> None:
    """Files whose reading was cut off must not stay: they name people."""
    instance = current_app.config["SETTINGS"].instance
    for import_id in list_uploads(instance):
        if not is_being_read(db.session(), import_id):
            upload_path(instance, import_id).unlink(missing_ok=True)


def _desk() -> Desk:
    clock: Clock = current_app.extensions["clock"]
    return Desk(transact, db.session, clock, current_app.config["SETTINGS"])

"""By the clock: planned changes on their day; cut-off lists go on, what is old is dropped."""

import logging

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.clock import Clock, local_day
from app.kernel.refusals import Refusal
from app.web.transaction import transact
from app.workforce.actions.importing.applying import ABANDONED_AFTER, save_list
from app.workforce.actions.importing.staging import Desk
from app.workforce.actions.importing.sweeping import drop_stale_lists, give_up_reading
from app.workforce.actions.importing.undoing import undo_list
from app.workforce.actions.planned import do_change
from app.workforce.gateways import list_uploads, upload_path
from app.workforce.queries.imports import is_being_read, list_abandoned
from app.workforce.queries.planned import list_due
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


def do_planned_changes() -> int:
    """Do what was planned for today or for days the machine was off; returns how many were done.

    One change a transaction: what one of them is refused for stops no other.
    """
    clock = current_app.extensions["clock"]
    today = local_day(clock.now(), current_app.config["SETTINGS"].timezone)
    done = 0
    for change_id in list_due(db.session(), today):

        def work(session: Session, change_id: str = change_id) -> bool:
            return do_change(session, change_id, now=clock.now())

        try:
            done += transact(work)
        except Refusal as refusal:
            log.warning("planned change %s was refused: %s", change_id, refusal.code)
    return done


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

"""What remains of lists nobody saves, or that are done with, is dropped: it names people."""

import functools
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.workforce.actions.importing.applying import DROPPED_AFTER, sweep, sweep_rows
from app.workforce.actions.importing.remembering import forget_changes
from app.workforce.actions.importing.staging import Desk
from app.workforce.models import ImportChange, RosterImport, StagedRow, StagedSheet
from app.workforce.rules import ReadFailed
from app.workforce.rules.importing import UNDO_LASTS, ImportState


def give_up_reading(session: Session, import_id: str, *, before: datetime, now: datetime) -> None:
    """A list whose reading stopped before a moment is refused, so that nobody waits for it."""
    kept = session.get(RosterImport, import_id)
    if kept is not None and kept.state == ImportState.READING and kept.touched_at < before:
        kept.state, kept.code, kept.params = ImportState.REFUSED, ReadFailed.code, {}
        kept.finished_at = kept.touched_at = now


def drop_stale_lists(desk: Desk) -> int:
    """Cancel lists staged a day ago and sweep all that is done with; how many were swept.

    The cells of a saved list stay sealed as long as it can be undone and then saved again.
    """
    before = desk.clock.now() - DROPPED_AFTER
    for import_id in _ids(desk, RosterImport.state == ImportState.STAGED, before):

        def cancel(session: Session, import_id: str = import_id) -> None:
            kept = session.get_one(RosterImport, import_id)
            if kept.state == ImportState.STAGED:
                kept.state, kept.finished_at = ImportState.CANCELLED, desk.clock.now()

        desk.run(cancel)
    dropped = RosterImport.state.in_((ImportState.CANCELLED, ImportState.REFUSED))
    saved = RosterImport.state.in_((ImportState.APPLIED, ImportState.UNDONE))
    swept = _ids(desk, or_(saved & _holds_rows(), dropped & _holds_something()), before)
    for import_id in swept:
        sweep_rows(desk, import_id)
        desk.run(functools.partial(_forget_columns, import_id=import_id))
    over = desk.clock.now() - UNDO_LASTS
    for import_id in _ids(desk, dropped & _holds_something(), before) + _ids(
        desk, saved & or_(_is_remembered(), _holds_something()), over
    ):
        sweep(desk, import_id)
        while desk.run(functools.partial(forget_changes, import_id=import_id)):
            pass
        desk.run(functools.partial(_forget_corrections, import_id=import_id))
    return len(swept)


def _forget_columns(session: Session, import_id: str) -> None:
    session.get_one(RosterImport, import_id).columns = None


def _forget_corrections(session: Session, import_id: str) -> None:
    session.get_one(RosterImport, import_id).corrections = None


def _ids(desk: Desk, chosen: ColumnElement[bool], before: datetime) -> list[str]:
    return list(
        desk.read().scalars(select(RosterImport.id).where(chosen, RosterImport.touched_at < before))
    )


def _is_remembered() -> ColumnElement[bool]:
    return exists().where(ImportChange.import_id == RosterImport.id)


def _holds_rows() -> ColumnElement[bool]:
    rows = exists().where(StagedRow.import_id == RosterImport.id)
    return or_(rows, RosterImport.columns.is_not(None))


def _holds_something() -> ColumnElement[bool]:
    sheet = exists().where(StagedSheet.import_id == RosterImport.id)
    return or_(_holds_rows(), sheet)

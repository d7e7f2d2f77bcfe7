"""What remains of lists nobody saves, or that are done with, is dropped: it names people."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.workforce.actions.importing.applying import DROPPED_AFTER, sweep
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
    """Cancel lists staged a day ago and sweep all that is done with; how many were swept."""
    before = desk.clock.now() - DROPPED_AFTER
    for import_id in _ids(desk, RosterImport.state == ImportState.STAGED, before):

        def cancel(session: Session, import_id: str = import_id) -> None:
            kept = session.get_one(RosterImport, import_id)
            if kept.state == ImportState.STAGED:
                kept.state, kept.finished_at = ImportState.CANCELLED, desk.clock.now()

        desk.run(cancel)
    done_with = RosterImport.state.in_(
        (ImportState.CANCELLED, ImportState.REFUSED, ImportState.APPLIED, ImportState.UNDONE)
    )
    swept = _ids(desk, done_with & _holds_something(), before)
    for import_id in swept:
        sweep(desk, import_id)

        def forget(session: Session, import_id: str = import_id) -> None:
            kept = session.get_one(RosterImport, import_id)
            kept.columns = kept.corrections = None

        desk.run(forget)
    for import_id in _ids(desk, done_with & _is_remembered(), desk.clock.now() - UNDO_LASTS):

        def forget_some(session: Session, import_id: str = import_id) -> bool:
            return forget_changes(session, import_id)

        while desk.run(forget_some):
            pass
    return len(swept)


def _ids(desk: Desk, chosen: object, before: datetime) -> list[str]:
    return list(
        desk.read().scalars(
            select(RosterImport.id).where(chosen, RosterImport.touched_at < before)  # type: ignore[arg-type]
        )
    )


def _is_remembered() -> ColumnElement[bool]:
    return exists().where(ImportChange.import_id == RosterImport.id)


def _holds_something() -> object:
    rows = exists().where(StagedRow.import_id == RosterImport.id)
    sheet = exists().where(StagedSheet.import_id == RosterImport.id)
    return or_(rows, sheet, RosterImport.columns.is_not(None))

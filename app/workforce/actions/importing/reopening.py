"""An undone list taken up again: a new list of the same cells, compared with the roster anew."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.workforce.actions.importing.staging import Desk, begin_import, locked_import, stage_again
from app.workforce.models import RosterImport, StagedSheet
from app.workforce.rules.importing import CellsGone, ImportState

# What was decided of people who are not in the list is asked again: others may be missing now.
_KEPT_CHOICES = ("columns", "sexes", "skipped", "fonts")


def begin_again(session: Session, import_id: str, *, actor: Actor, now: datetime) -> str:
    """A new list with the decisions of an undone one, about to be read; returns its id.

    The undone one stays as it is, with what became of whom.
    """
    old = locked_import(session, import_id, ImportState.UNDONE)
    if not list_parts(session, import_id):
        raise CellsGone
    new_id = begin_import(
        session,
        old.company_id,
        old.file_name,
        sheet_name=old.sheet_name,
        actor=actor,
        now=now,
    )
    session.flush()
    new = session.get_one(RosterImport, new_id)
    new.sheets, new.date1904, new.corrections = old.sheets, old.date1904, old.corrections
    new.choices = {name: old.choices[name] for name in _KEPT_CHOICES if name in old.choices}
    return new_id


def list_parts(session: Session, import_id: str) -> Sequence[int]:
    """The numbers of the parts in which the cells of a list are kept."""
    return session.scalars(
        select(StagedSheet.part)
        .where(StagedSheet.import_id == import_id)
        .order_by(StagedSheet.part)
    ).all()


def stage_cells_of(desk: Desk, import_id: str, undone_id: str) -> None:
    """Read the cells of an undone list for the new one, in short works."""
    for part in list_parts(desk.read(), undone_id):

        def copy(session: Session, part: int = part) -> None:
            locked_import(session, import_id, ImportState.READING).touched_at = desk.clock.now()
            # Sealed as they are: the seal is of the column, not of the row.
            cells = select(literal(import_id), StagedSheet.part, StagedSheet.content).where(
                StagedSheet.import_id == undone_id, StagedSheet.part == part
            )
            names = ["import_id", "part", "content"]
            session.execute(insert(StagedSheet).from_select(names, cells))

        desk.run(copy)
    stage_again(desk, import_id)

"""What saving a list changed, kept sealed beside the change, so that it can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.extensions import blind_index, upsert
from app.workforce.models import ImportChange, ImportPlace
from app.workforce.queries.undoing import snapshots_of
from app.workforce.rules.undoing import MadePlace, Snapshot, pack_snapshot

FORGET_ROWS = 500


def mark_of(snapshot: Snapshot) -> str:
    """A keyed digest that stays the same as long as the worker does."""
    return blind_index(pack_snapshot(snapshot))


def remember_changes(
    session: Session,
    import_id: str,
    before: Mapping[str, Snapshot],
    added: Sequence[str],
    *,
    on: date,
) -> None:
    """Keep what these workers were, where that differs now, and whom the list added."""
    after = snapshots_of(session, {*before, *added})
    rows: list[dict[str, Any]] = [
        {
            "import_id": import_id,
            "worker_id": worker_id,
            "before": pack_snapshot(before[worker_id]) if worker_id in before else None,
            "after": mark_of(snapshot),
            "saved_on": on,
            "outcome": "",
        }
        for worker_id, snapshot in after.items()
        if before.get(worker_id) != snapshot
    ]
    if rows:
        session.execute(upsert(session, ImportChange).on_conflict_do_nothing(), rows)


def remember_places(session: Session, import_id: str, made: Iterable[MadePlace]) -> None:
    """Keep which units, groups and schedules a list made."""
    rows = [
        {
            "import_id": import_id,
            "kind": str(one.kind),
            "place_id": one.id,
            "name": one.name,
            "outcome": "",
        }
        for one in made
    ]
    if rows:
        session.execute(insert(ImportPlace), rows)


def forget_changes(session: Session, import_id: str) -> bool:
    """Drop some hundred of what was kept for undoing; whether there may be more."""
    chosen = select(ImportChange.worker_id).where(ImportChange.import_id == import_id)
    ids = session.scalars(chosen.limit(FORGET_ROWS)).all()
    if not ids:
        session.execute(
            delete(ImportPlace).where(ImportPlace.import_id == import_id),
            execution_options={"synchronize_session": False},
        )
    else:
        session.execute(
            delete(ImportChange).where(
                ImportChange.import_id == import_id, ImportChange.worker_id.in_(ids)
            ),
            execution_options={"synchronize_session": False},
        )
    return len(ids) == FORGET_ROWS

"""Units, groups and schedules that an undone list had made: what nobody uses is removed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.audit.actions import record_acts
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.workforce.actions.bulk import UNLOADED
from app.workforce.models import ImportPlace, RosterImport, WorkGroup
from app.workforce.queries.places import (
    PLACES,
    groups_of_unit,
    list_waiting_places,
    named_in_merges,
    why_used,
)
from app.workforce.rules.groups import PlaceInUse, PlaceWithdrawn
from app.workforce.rules.undoing import MadePlace, PlaceKind, PlaceOutcome

CHUNK = 25


def remove_places(session: Session, kept: RosterImport, *, actor: Actor, now: datetime) -> bool:
    """Remove some of what an undone list made and nobody uses; whether there may be more."""
    chosen = list_waiting_places(session, kept.id)[:CHUNK]
    merged = named_in_merges(session, kept.company_id, kept.finished_at or kept.created_at)
    removed: dict[PlaceKind, dict[str, dict[str, str]]] = {}
    for place in chosen:
        outcome = _remove(session, kept.company_id, place, merged, now)
        session.execute(
            update(ImportPlace)
            .where(ImportPlace.import_id == kept.id, ImportPlace.kind == place.kind)
            .where(ImportPlace.place_id == place.id)
            .values(outcome=outcome),
            execution_options=UNLOADED,
        )
        if outcome is PlaceOutcome.REMOVED:
            removed.setdefault(place.kind, {})[place.id] = {"name": place.name}
    for kind, names in removed.items():
        record_acts(
            session,
            f"workforce.{kind}_removed",
            names,
            company_id=kept.company_id,
            actor=actor,
            now=now,
        )
    return bool(chosen)


def _remove(
    session: Session, company_id: int, place: MadePlace, merged: Collection[str], now: datetime
) -> PlaceOutcome:
    table: Any = PLACES[place.kind]
    is_unit = place.kind is PlaceKind.UNIT
    found = session.get(table, int(place.id) if is_unit else place.id)
    if found is None:
        return PlaceOutcome.REMOVED
    if found.name != place.name:
        return PlaceOutcome.RENAMED
    groups = groups_of_unit(session, found.id) if is_unit else []
    why = why_used(session, company_id, place.kind, place.id)
    for group_id in groups:
        why = why or why_used(session, company_id, PlaceKind.GROUP, group_id)
    if why is not None:
        return why
    if not {place.id, *groups}.isdisjoint(merged):
        return PlaceOutcome.USED
    withdrawn = PlaceWithdrawn(
        unit_id=found.id if is_unit else None,
        group_ids=(place.id,) if place.kind is PlaceKind.GROUP else tuple(groups),
    )
    try:
        publish(session, withdrawn, now=now)
    except PlaceInUse:
        return PlaceOutcome.USED
    session.execute(delete(WorkGroup).where(WorkGroup.id.in_(groups)), execution_options=UNLOADED)
    session.execute(delete(table).where(table.id == found.id))
    return PlaceOutcome.REMOVED

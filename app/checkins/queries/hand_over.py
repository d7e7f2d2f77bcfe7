"""Notes from one shift to the next: those nobody has taken over yet, and all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import HandOverNote, HandOverReading


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody left to the next shift, and who took it over."""

    id: str
    unit_id: int
    company_id: int
    unit: str
    shift_on: date
    shift: str
    text: str
    written_by: str
    written_at: datetime
    read_by: str | None
    read_at: datetime | None


def list_open_notes(
    session: Session, company_id: int, paths: Sequence[str], *, limit: int
) -> Sequence[Note]:
    """What is left to these units and to the units above them, the newest first."""
    chosen = _notes(company_id, paths).where(HandOverReading.note_id.is_(None))
    return [_note(row) for row in session.execute(_newest(chosen).limit(limit))]


def list_notes(
    session: Session, company_id: int, paths: Sequence[str], *, limit: int, offset: int
) -> tuple[Sequence[Note], int]:
    """All that was ever left to these units and those above, the newest first; and how many."""
    chosen = _notes(company_id, paths)
    total = session.scalar(chosen.with_only_columns(func.count(HandOverNote.id))) or 0
    rows = session.execute(_newest(chosen).limit(limit).offset(offset))
    return [_note(row) for row in rows], total


def is_reachable_note(
    session: Session, company_id: int, paths: Sequence[str], note_id: str
) -> bool:
    """Whether a note is one of those that these units see."""
    chosen = _notes(company_id, paths).where(HandOverNote.id == note_id)
    return session.scalar(chosen.with_only_columns(HandOverNote.id)) is not None


def _notes(company_id: int, paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(HandOverNote, Branch.name, HandOverReading.read_by, HandOverReading.read_at)
        .join(Branch, Branch.id == HandOverNote.branch_id)
        .outerjoin(HandOverReading, HandOverReading.note_id == HandOverNote.id)
        .where(HandOverNote.company_id == company_id, or_(*map(_concerns, paths)))
    )


def _concerns(path: str) -> ColumnElement[bool]:
    """Notes of a unit and below, and of whatever the unit is part of."""
    return or_(Branch.path.startswith(path), literal(path).startswith(Branch.path))


def _newest(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return chosen.order_by(HandOverNote.written_at.desc(), HandOverNote.id.desc())


def _note(row: Any) -> Note:
    note, unit, read_by, read_at = row
    return Note(
        note.id,
        note.branch_id,
        note.company_id,
        unit,
        note.shift_on,
        note.shift,
        note.text,
        note.written_by,
        note.written_at,
        read_by,
        read_at,
    )

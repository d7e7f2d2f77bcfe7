"""Breaches that were written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.retention.models import Breach


@dataclass(frozen=True, slots=True)
class BreachRow:
    """One breach as pages show it."""

    id: str
    known_at: datetime
    what: str
    whose: str
    people: int | None
    done: str
    told_authority_at: datetime | None
    told_people_at: datetime | None
    noted_at: datetime
    noted_by: str
    version: int


def _row(row: Breach) -> BreachRow:
    return BreachRow(
        row.id,
        row.known_at,
        row.what,
        row.whose,
        row.people,
        row.done,
        row.told_authority_at,
        row.told_people_at,
        row.noted_at,
        row.noted_by,
        row.version,
    )


def list_breaches(session: Session) -> Sequence[BreachRow]:
    """Every breach, the newest first."""
    return [_row(row) for row in session.scalars(select(Breach).order_by(Breach.known_at.desc()))]


def find_breach(session: Session, breach_id: str) -> BreachRow | None:
    """One breach."""
    row = session.get(Breach, breach_id)
    return None if row is None else _row(row)

"""Statements of the check-in, put together once: that takes longer than running them."""

import functools
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from app.checkins.models import CheckIn, Duty, HealthState, ShiftCount, SymptomCount
from app.checkins.rules import COLUMNS
from app.extensions import Model

ANSWERED = ("state", "level", "on_time", "version", "check_in_id", "answered_at", "reason")
STANDING = ("level", "since", "check_in_id", "reasons", "advice")
CHECK_INS: Any = CheckIn.__table__
STORE_CHECK_INS = insert(CHECK_INS)


def _into(model: type[Model], dialect: str) -> tuple[Any, Any]:
    table: Any = model.__table__
    insert_of = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return table, insert_of(table)


@functools.cache
def store_duties(dialect: str) -> Any:
    """A duty is answered; one that nobody expected is added."""
    _, statement = _into(Duty, dialect)
    return statement.on_conflict_do_update(
        index_elements=["worker_id", "shift_on", "shift"],
        set_={name: statement.excluded[name] for name in ANSWERED},
    )


@functools.cache
def raise_levels(dialect: str) -> Any:
    """A worker's standing level is this one from now on."""
    _, statement = _into(HealthState, dialect)
    return statement.on_conflict_do_update(
        index_elements=["worker_id"], set_={name: statement.excluded[name] for name in STANDING}
    )


@functools.cache
def add_to_counts(dialect: str) -> Any:
    """Figures of a unit and shift move by so much."""
    table, statement = _into(ShiftCount, dialect)
    sums = {name: table.c[name] + statement.excluded[name] for name in COLUMNS}
    return statement.on_conflict_do_update(
        index_elements=["branch_id", "shift_on", "shift"],
        set_={**sums, "as_of": statement.excluded.as_of},
    )


@functools.cache
def add_to_symptoms(dialect: str) -> Any:
    """A symptom's figure of a company and shift moves by so much."""
    table, statement = _into(SymptomCount, dialect)
    return statement.on_conflict_do_update(
        index_elements=["company_id", "shift_on", "shift", "symptom"],
        set_={"count": table.c.count + statement.excluded["count"]},
    )

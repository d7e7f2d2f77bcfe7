"""Which rows are due: by their day, unless an open case, an open request or a level needs them.

Steps name tables by their names: they are looked up in the schema, whoever they belong to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    FromClause,
    String,
    Table,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from app.extensions import Base, EncryptedText
from app.retention.models import Erasure
from app.retention.rules.periods import RetentionRule, day_begins_at, first_kept_on
from app.retention.rules.steps import ANY_LEVEL, OWN_ID, Part, Plan, Step

Key = tuple[Any, ...]


class _YearAgo(FunctionElement[Any]):
    """A year ago by the clock of the database, which keeps entries of the log so long."""

    inherit_cache = True


@compiles(_YearAgo, "sqlite")
def _on_sqlite(*_: Any, **__: Any) -> str:
    return "datetime('now', '-365 days')"


@compiles(_YearAgo, "postgresql")
def _on_postgresql(*_: Any, **__: Any) -> str:
    return "now() - interval '365 days'"


A_YEAR_AGO = _YearAgo()


@dataclass(frozen=True, slots=True)
class Due:
    """A step with the first day that it keeps, and whose rows alone it looks at."""

    step: Step
    first_kept_on: date
    zone: ZoneInfo
    worker_ids: tuple[str, ...] = ()


def due_steps(
    plan: Plan,
    rules: Mapping[str, RetentionRule],
    days: Mapping[str, int],
    today: date,
    zone: ZoneInfo,
) -> list[Due]:
    """Every step of a purge of today, with these days by rule."""
    return [
        Due(step, first_kept_on(rules[step.rule], days[step.rule], today), zone)
        for step in plan.steps
    ]


def table_named(name: str) -> Table:
    """A table of the schema."""
    return Base.metadata.tables[name]


def key_of(table: FromClause) -> list[Column[Any]]:
    """The columns that name a row."""
    return list(table.primary_key)  # type: ignore[arg-type]


def among(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    """Rows with these keys."""
    columns = key_of(table)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(list(keys))


def is_due(due: Due) -> ColumnElement[bool]:
    """Whether a row goes: older than what is kept, not needed, and not yet without its content."""
    step, table = due.step, table_named(due.step.table)
    since = table.c[step.since]
    before: Any = due.first_kept_on
    if not isinstance(since.type, Date):
        before = day_begins_at(due.first_kept_on, due.zone)
    conditions = [since < before]
    conditions += [table.c[name] == value for name, value in step.only.items()]
    if step.person is not None:
        person = table.c[step.person]
        if due.worker_ids:
            conditions.append(person.in_(due.worker_ids))
        conditions.append(~_needed(person, asked=not due.worker_ids))
        if step.standing is not None:
            conditions.append(~_stands(person, table, step.standing))
    if table.name == "audit_entry":
        conditions.append(since < A_YEAR_AGO)
    if step.of_erased is not None:
        gone = exists().where(
            Erasure.worker_id == table.c[step.of_erased], Erasure.finished_at.is_not(None)
        )
        conditions.append(gone)
    if step.blank is not None:
        conditions.append(holds_something(table, step.blank))
    return and_(*conditions)


def _stands(person: ColumnElement[Any], table: Table, on: str) -> ColumnElement[bool]:
    """Whether a standing level of this person rests on the row."""
    level = table_named("health_state").alias("standing_level")
    stands = exists().where(level.c.worker_id == person)
    return stands if on == ANY_LEVEL else stands.where(level.c.check_in_id == table.c[on])


def _needed(person: ColumnElement[Any], *, asked: bool) -> ColumnElement[bool]:
    """Whether a case of this person is open or, where `asked`, a request about the data."""
    return or_(has_open_case(person), _asking(person)) if asked else has_open_case(person)


def has_open_case(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a follow-up case of this person is open."""
    case = table_named("follow_up_case").alias("open_case")
    return exists().where(case.c.worker_id == person, case.c.closed_at.is_(None))


def _asking(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this person asked, also with a record that was merged into this one."""
    request = table_named("data_request").alias("open_request")
    merged = table_named("worker").alias("merged")
    waiting = or_(
        request.c.state == "open", and_(request.c.state == "granted", request.c.kind != "delete")
    )
    own = exists().where(request.c.worker_id == person, waiting)
    of_merged = exists().where(
        merged.c.merged_into_id == person, request.c.worker_id == merged.c.id, waiting
    )
    return or_(own, of_merged)


def is_held(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an open case or an open data request holds all that is kept of this person."""
    return _needed(person, asked=True)


def holds_something(table: Table, blank: Mapping[str, Any]) -> ColumnElement[bool]:
    """Whether a row still holds what is to be blanked, so that nothing is blanked twice."""
    columns = [(table.c[name], value) for name, value in blank.items()]
    plain = [_differs(column, value) for column, value in columns if _can_compare(column)]
    return or_(*plain)


def _can_compare(column: Column[Any]) -> bool:
    return not isinstance(column.type, EncryptedText) or bool(column.nullable)


def _differs(column: Column[Any], value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None)
    if value == OWN_ID:
        return column != own_id(column.table)
    if isinstance(column.type, JSON):
        return cast(column, String) != "{}"
    return column.is_distinct_from(value)


def own_id(table: FromClause) -> ColumnElement[Any]:
    """What stands in a unique column instead of what it said."""
    return key_of(table)[0]


def list_due(session: Session, due: Due, most: int) -> list[Key]:
    """Keys of rows that are due."""
    table = table_named(due.step.table)
    rows = session.execute(select(*key_of(table)).where(is_due(due)).limit(most))
    return [tuple(row) for row in rows]


def count_due(session: Session, due: Due) -> dict[str, int]:
    """How many rows of the step's table, and of those that go with them, are due."""
    table = table_named(due.step.table)
    found = is_due(due)
    counts = {table.name: session.scalar(select(func.count()).select_from(table).where(found)) or 0}
    if not counts[table.name]:
        return {}
    for part in due.step.parts:
        child = table_named(part.table)
        parents = select(key_of(table)[0]).where(found)
        counted = select(func.count()).select_from(child).where(child.c[part.by].in_(parents))
        counts[part.table] = session.scalar(counted) or 0
    return counts


def count_parts(session: Session, parts: Sequence[Part], keys: Sequence[Key]) -> dict[Any, int]:
    """How many rows of other tables go with each of these rows, by the row's key."""
    counts: dict[Any, int] = {}
    for part in parts:
        by = table_named(part.table).c[part.by]
        of_each = select(by, func.count()).where(by.in_([key[0] for key in keys])).group_by(by)
        for key, rows in session.execute(of_each):
            counts[key] = counts.get(key, 0) + rows
    return counts


def list_parts(session: Session, part: Part, of: Key, most: int) -> list[Key]:
    """Keys of rows of another table that go with a row."""
    table = table_named(part.table)
    rows = session.execute(select(*key_of(table)).where(table.c[part.by] == of[0]).limit(most))
    return [tuple(row) for row in rows]


def list_rows_of(
    session: Session, table: str, by: str, ids: Sequence[str], blank: Mapping[str, Any] | None
) -> list[Key]:
    """Keys of the rows that name one of these people in a column."""
    named = table_named(table)
    chosen = select(*key_of(named)).where(named.c[by].in_(ids))
    if blank is not None and all(_can_compare(named.c[name]) for name in blank):
        chosen = chosen.where(holds_something(named, blank))
    return [tuple(row) for row in session.execute(chosen)]

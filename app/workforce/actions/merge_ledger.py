"""What a merge did, row by row, written with it: enough to take each step back."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.extensions import Model, Moment
from app.workforce.models import MergeStep

Values = Mapping[str, Any]
MOST_KEYS = 400
MERGE_STEP: Any = MergeStep.__table__


@dataclass(frozen=True, slots=True)
class Step:
    """One row before and after; None is a row that is not there."""

    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def keep_steps(session: Session, merge_id: int, steps: Iterable[Step]) -> None:
    """Write down what a merge does, in its transaction."""
    kept = session.scalar(select(func.count()).where(MergeStep.merge_id == merge_id)) or 0
    rows = [
        {
            "merge_id": merge_id,
            "n": n,
            "table_name": step.table,
            "row_key": step.key,
            "before": _packed(step.before),
            "after": _packed(step.after),
        }
        for n, step in enumerate(steps, kept + 1)
    ]
    if rows:
        session.connection().execute(insert(MERGE_STEP), rows)


def list_steps(session: Session, merge_id: int, tables: Sequence[str] = ()) -> list[Step]:
    """What a merge did, in its order; only to some tables where these are named."""
    step = MERGE_STEP.c
    chosen = select(step.table_name, step.row_key, step.before, step.after)
    chosen = chosen.where(step.merge_id == merge_id).order_by(step.n)
    if tables:
        chosen = chosen.where(step.table_name.in_(tables))
    return [
        Step(table, key, _unpacked(before), _unpacked(after))
        for table, key, before, after in session.execute(chosen)
    ]


def change_rows(
    session: Session, merge_id: int, table: Table, changes: Sequence[tuple[str, Values, Values]]
) -> None:
    """Set columns of rows by key (`id`), and keep what they were: (key, before, after)."""
    set_columns(session, table, [(key, after) for key, _, after in changes])
    keep_steps(
        session,
        merge_id,
        [Step(table.name, key, dict(before), dict(after)) for key, before, after in changes],
    )


def set_columns(session: Session, table: Table, rows: Sequence[tuple[str, Values]]) -> None:
    """Set columns of many rows by key (`id`): one statement for all that set the same ones."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for key, values in rows:
        set_to = {f"to_{name}": value for name, value in values.items()}
        by_columns[tuple(values)].append({"row_id": key, **set_to})
    for columns, bound in by_columns.items():
        to = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in columns}
        statement = update(table).where(table.c.id == bindparam("row_id")).values(to)
        session.connection().execute(statement, bound)


def remove_row(session: Session, merge_id: int, table: Table, row: Values) -> None:
    """Take a whole row out, and keep it."""
    session.execute(delete(table).where(table.c.id == row["id"]))
    keep_steps(session, merge_id, [Step(table.name, row["id"], dict(row), None)])


def add_row(session: Session, merge_id: int, table: Table, row: Values) -> None:
    """Put a new row in, and keep that a merge did."""
    session.execute(insert(table).values(**row))
    keep_steps(session, merge_id, [Step(table.name, row["id"], None, dict(row))])


def undo_steps(session: Session, steps: Sequence[Step]) -> None:
    """Take steps back; what somebody changed since stays as it is."""
    changed: dict[tuple[str, tuple[str, ...]], list[Step]] = defaultdict(list)
    for step in reversed(steps):
        table = Model.metadata.tables[step.table]
        if step.before is None:
            session.execute(delete(table).where(table.c.id == step.key))
        elif step.after is None:
            session.execute(insert(table).values(**readable(table, step.before)))
        else:
            changed[step.table, tuple(step.after)].append(step)
    for (name, columns), alike in changed.items():
        _put_back(session, Model.metadata.tables[name], columns, alike)


def _put_back(
    session: Session, table: Table, columns: Sequence[str], steps: Sequence[Step]
) -> None:
    now: dict[str, Values] = {}
    for part in range(0, len(steps), MOST_KEYS):
        keys = [step.key for step in steps[part : part + MOST_KEYS]]
        chosen = select(table.c.id, *[table.c[name] for name in columns])
        for key, *values in session.execute(chosen.where(table.c.id.in_(keys))):
            now[key] = dict(zip(columns, values, strict=True))
    still = [step for step in steps if now.get(step.key) == readable(table, step.after or {})]
    set_columns(session, table, [(step.key, readable(table, step.before or {})) for step in still])


def readable(table: Table, values: Values) -> dict[str, Any]:
    """Kept values as the table's columns take them."""
    return {name: _value(table, name, value) for name, value in values.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if isinstance(value, str) and isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(value, str) and isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return value


def _packed(values: Values | None) -> str | None:
    if values is None:
        return None
    return json.dumps(dict(values), ensure_ascii=False, default=_plain)


def _unpacked(text: str | None) -> dict[str, Any] | None:
    unpacked: dict[str, Any] | None = json.loads(text) if text is not None else None
    return unpacked


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)

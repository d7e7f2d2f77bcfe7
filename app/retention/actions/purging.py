"""Removing rows that are due: some at a time, each time checked again in the same transaction."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, select, true, update
from sqlalchemy.orm import Session

from app.retention.queries.due import Due, Key, among, is_due, key_of, own_id, table_named
from app.retention.rules.steps import OWN_ID, Part


def purge_rows(session: Session, due: Due, keys: Sequence[Key]) -> dict[str, int]:
    """Remove those of these rows that are due still; rows by table."""
    return remove_rows(session, due.step.table, keys, due.step.parts, due.step.blank, is_due(due))


def purge_parts(
    session: Session, due: Due, part: Part, of: Key, keys: Sequence[Key]
) -> dict[str, int]:
    """Remove these rows that go with another one, if that is due still; rows by table."""
    table, child = table_named(due.step.table), table_named(part.table)
    goes = select(key_of(table)[0]).where(among(table, [of]), is_due(due))
    return remove_rows(session, part.table, keys, (), None, child.c[part.by].in_(goes))


def remove_rows(
    session: Session,
    name: str,
    keys: Sequence[Key],
    parts: Sequence[Part],
    blank: Mapping[str, Any] | None,
    still: ColumnElement[bool] | None = None,
) -> dict[str, int]:
    """Delete or blank rows, with the rows of other tables that go with them; rows by table."""
    table = table_named(name)
    chosen = among(table, keys)
    if still is not None or parts:
        rows = session.execute(
            select(*key_of(table)).where(chosen, true() if still is None else still)
        )
        keys = [tuple(row) for row in rows]
    if not keys:
        return {}
    with _overwritten(session):
        return _remove(session, table, keys, parts, blank)


@contextlib.contextmanager
def _overwritten(session: Session) -> Iterator[None]:
    """SQLite writes zeros over what is removed meanwhile, which it does not do by itself."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA secure_delete").scalar()
    connection.exec_driver_sql("PRAGMA secure_delete=ON").close()
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA secure_delete={before or 0}").close()


def _remove(
    session: Session,
    table: Table,
    keys: Sequence[Key],
    parts: Sequence[Part],
    blank: Mapping[str, Any] | None,
) -> dict[str, int]:
    chosen = among(table, keys)
    counts = {part.table: _delete_part(session, part, keys) for part in parts}
    done = (
        delete(table).where(chosen)
        if blank is None
        else update(table).where(chosen).values(_blanked(table, blank))
    )
    counts[table.name] = _rows(session, done)
    return counts


def _delete_part(session: Session, part: Part, keys: Sequence[Key]) -> int:
    child = table_named(part.table)
    return _rows(session, delete(child).where(child.c[part.by].in_([key[0] for key in keys])))


def _blanked(table: Table, blank: Mapping[str, Any]) -> dict[str, Any]:
    return {name: own_id(table) if value == OWN_ID else value for name, value in blank.items()}


def _rows(session: Session, statement: Any) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], done).rowcount

"""Many rows at once into a table, in the way that is cheapest for the database at hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

MANY = 4
# The names that psycopg has for the kinds of our columns.
NAMES = {
    "BOOLEAN": "bool",
    "BYTEA": "bytea",
    "DATE": "date",
    "INTEGER": "int4",
    "JSON": "json",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "varchar",
}


def store_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns; PostgreSQL takes many as one stream."""
    connection = session.connection()
    if len(rows) < MANY or connection.dialect.name != "postgresql":
        if rows:
            connection.execute(insert(table), list(rows))
        return
    _copy(connection, table, rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    dialect = connection.dialect
    quoted = dialect.identifier_preparer
    columns = [table.c[name] for name in rows[0]]
    names = [NAMES[each.type.compile(dialect).partition("(")[0]] for each in columns]
    readied = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns]
    listed = ", ".join(quoted.quote(each.name) for each in columns)
    statement = f"COPY {quoted.format_table(table)} ({listed}) FROM STDIN (FORMAT BINARY)"
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as stream:
            stream.set_types(names)
            for row in rows:
                values = zip(readied, row.values(), strict=True)
                stream.write_row([ready(value) if ready else value for ready, value in values])
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect
        ) from error
    finally:
        cursor.close()

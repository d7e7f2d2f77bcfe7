"""A PostgreSQL database as something to back up: COPY out of one snapshot, no other program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from app.upkeep.gateways.stores import Dump, Progress, Replacement, Schema
from app.upkeep.gateways.tallies import RunningTally
from app.upkeep.rules.manifests import Manifest, TableTally, check_tallies, same_tallies
from app.upkeep.rules.refusals import (
    DamagedBackup,
    FolderNotEmpty,
    NodeRunning,
    NothingToBackUp,
    NotPermitted,
)

ALEMBIC = "alembic_version"
BLOCK = 1024 * 1024
# The same value is written the same way on every server.
STEADY = (
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
)


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """The database of a node, reached by the engine that may write."""

    engine: Engine

    @property
    def kind(self) -> str:
        """The kind of database."""
        return "postgresql"

    def members(self, manifest: Manifest) -> tuple[str, ...]:
        """One part a table."""
        return tuple(_member(table.name) for table in manifest.tables)

    def has_rows(self) -> bool:
        """Whether any table but Alembic's own holds a row."""
        with self.engine.connect() as connection:
            return _has_rows(connection)

    def size(self) -> int:
        """Bytes that the server says the database takes up."""
        with self.engine.connect() as connection:
            asked = text("SELECT pg_database_size(current_database())")
            return int(connection.scalar(asked) or 0)

    def holds(self, manifest: Manifest) -> bool:
        """Whether the database holds exactly the rows and the schema of a backup."""
        with self.engine.connect() as connection, connection.begin():
            _steady(connection)
            revision = connection.scalar(text(f"SELECT version_num FROM {ALEMBIC}"))  # noqa: S608
            names = _table_names(connection)
            if revision != manifest.revision or len(names) != len(manifest.tables):
                return False
            found = [_copy_out(connection, name, None) for name in names]
            return same_tallies(manifest.tables, found)

    def dump(self, folder: Path, progress: Progress) -> Dump:
        """Copy every table as it stood at one moment, tables that others point at first."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with connection.begin():
                _steady(connection)
                names = _table_names(connection)
                if not names:
                    raise NothingToBackUp
                revision = connection.scalar(text(f"SELECT version_num FROM {ALEMBIC}"))  # noqa: S608
                tables = []
                for number, name in enumerate(names):
                    tables.append(_copy_out(connection, name, folder))
                    progress((number + 1) / len(names))
                members = tuple(_member(name) for name in names)
                return Dump(str(revision), tuple(tables), members, _sequences(connection))

    def prove(self, folder: Path, manifest: Manifest, schema: Schema, progress: Progress) -> None:
        """Load into a scratch schema and compare, in a transaction that is then undone."""
        scratch = f"scratch_{manifest.made_at:%Y%m%d%H%M%S}"
        with self.engine.connect() as connection, _permitted(), connection.begin() as transaction:
            connection.execute(text(f"CREATE SCHEMA {scratch}"))
            connection.execute(text(f"SET LOCAL search_path TO {scratch}"))
            _load(connection, folder, manifest, schema, progress)
            transaction.rollback()

    def restore(
        self,
        folder: Path,
        manifest: Manifest,
        schema: Schema,
        replacement: Replacement,
        before_it_counts: Callable[[], None],
    ) -> str | None:
        """Load in one transaction; a schema with data is renamed, never dropped."""
        with self.engine.connect() as connection, _permitted(), connection.begin():
            _refuse_company(connection)
            filled, aside = _has_rows(connection), f"before_restore_{replacement.stamp}"
            if filled and not replacement.allowed:
                raise FolderNotEmpty
            if filled:
                own = connection.scalar(text("SELECT quote_ident(current_schema())"))
                connection.execute(text(f"ALTER SCHEMA {own} RENAME TO {aside}"))
                connection.execute(text(f"CREATE SCHEMA {own}"))
            elif _table_names(connection):
                schema.downgrade_on(connection)
            newest = not replacement.as_it_was
            _load(connection, folder, manifest, schema, lambda _: None, newest=newest)
            before_it_counts()
            return aside if filled else None


@contextmanager
def _permitted() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        if isinstance(error.orig, errors.InsufficientPrivilege):
            raise NotPermitted from error
        raise


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _steady(connection: Connection) -> None:
    for setting in STEADY:
        connection.execute(text(setting))


def _refuse_company(connection: Connection) -> None:
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    )
    if others:
        raise NodeRunning


def _table_names(connection: Connection) -> list[str]:
    """Tables of the current schema, each after those that it points at."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names(schema=_schema(connection))
    return [name for name, _ in ordered if name is not None and name != ALEMBIC]


def _schema(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT current_schema()")))


def _has_rows(connection: Connection) -> bool:
    return any(
        connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{name}")'))  # noqa: S608
        for name in _table_names(connection)
    )


def _sequences(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        text(
            "SELECT sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
    )
    return {str(name): int(last) for name, last in rows}


def _cursor(connection: Connection) -> psycopg.Cursor[Any]:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError(type(raw))
    return raw.cursor()


def _columns(connection: Connection, table: str) -> tuple[str, ...]:
    described = inspect(connection).get_columns(table, schema=_schema(connection))
    return tuple(column["name"] for column in described)


def _copy_out(connection: Connection, table: str, folder: Path | None) -> TableTally:
    """Tally a table row by row, writing the rows down when there is a folder for them."""
    columns, tally = _columns(connection, table), RunningTally()
    place = folder / _member(table) if folder else None
    statement = f"COPY {_listed(table, columns)} TO STDOUT"
    with _cursor(connection) as cursor, cursor.copy(statement.encode()) as rows:
        if place is None:
            for row in rows:
                tally.add(bytes(row))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                for row in rows:
                    tally.add(bytes(row))
                    file.write(row)
    return tally.of(table, columns)


def _listed(table: str, columns: tuple[str, ...]) -> str:
    named = ", ".join(f'"{column}"' for column in columns)
    return f'"{table}" ({named})'


def _load(
    connection: Connection,
    folder: Path,
    manifest: Manifest,
    schema: Schema,
    progress: Progress,
    *,
    newest: bool = True,
) -> None:
    """Make the schema of the backup, fill it, compare every table, then take the newer steps."""
    _steady(connection)
    schema.upgrade_on(connection, manifest.revision)
    try:
        for number, table in enumerate(manifest.tables):
            _copy_in(connection, table, folder)
            progress((number + 0.5) / len(manifest.tables))
        found = [_copy_out(connection, table.name, None) for table in manifest.tables]
    except psycopg.Error as error:
        raise DamagedBackup from error
    check_tallies(manifest.tables, found)
    for name, last in manifest.sequences.items():
        connection.execute(
            text("SELECT setval(quote_ident(:name)::regclass, :last)"), {"name": name, "last": last}
        )
    if newest:
        schema.upgrade_on(connection)
    progress(1)


def _copy_in(connection: Connection, table: TableTally, folder: Path) -> None:
    statement = f"COPY {_listed(table.name, table.columns)} FROM STDIN"
    with (
        (folder / _member(table.name)).open("rb") as file,
        _cursor(connection) as cursor,
        cursor.copy(statement.encode()) as rows,
    ):
        while block := file.read(BLOCK):
            rows.write(block)

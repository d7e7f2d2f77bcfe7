"""A SQLite file as something to back up: copied page by page from one read snapshot."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.upkeep.gateways.stores import Dump, Progress, Replacement, Schema, part
from app.upkeep.gateways.tallies import RunningTally
from app.upkeep.rules.manifests import Manifest, TableTally, check_tallies, same_tallies
from app.upkeep.rules.refusals import (
    DamagedBackup,
    DatabaseDamaged,
    DiskFull,
    FolderNotEmpty,
    NodeRunning,
    NothingToBackUp,
)

MEMBER = "database/anca.db"
PAGES_AT_ONCE = 2048
BUSY_SECONDS = 30
# Not a search index and its parts: they are made of the other tables and never empty.
_TABLES = (
    "SELECT name FROM sqlite_schema AS one WHERE type = 'table' "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS ("
    "SELECT 1 FROM sqlite_schema AS made WHERE made.sql LIKE 'CREATE VIRTUAL TABLE%' "
    "AND substr(one.name, 1, length(made.name)) = made.name) ORDER BY name"
)


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """The database file of a node."""

    path: Path

    @property
    def kind(self) -> str:
        """The kind of database."""
        return "sqlite"

    def members(self, manifest: Manifest) -> tuple[str, ...]:
        """The one part: the file itself."""
        return (MEMBER,)

    def has_rows(self) -> bool:
        """Whether any table but Alembic's own holds a row; a damaged file may hold some."""
        if not self.path.exists():
            return False
        try:
            with _reading(self.path) as connection:
                names = [name for name in _table_names(connection) if name != "alembic_version"]
                return any(
                    connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()  # noqa: S608
                    for name in names
                )
        except UnicodeDecodeError:  # what SQLite quotes from a damaged page is no text
            return True
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            return True

    def size(self) -> int:
        """Bytes of the file and of the log beside it."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def holds(self, manifest: Manifest) -> bool:
        """Whether the file holds exactly the rows and the schema of a backup."""
        try:
            with _reading(self.path) as connection:
                return _revision(connection) == manifest.revision and same_tallies(
                    manifest.tables, list(_tallies(connection, lambda _: None))
                )
        except sqlite3.DatabaseError:
            return False

    def dump(self, folder: Path, progress: Progress) -> Dump:
        """Copy the file out of one read transaction: in WAL mode the writer goes on meanwhile."""
        if not self.path.exists():
            raise NothingToBackUp
        copy = folder / MEMBER
        copy.parent.mkdir(parents=True, exist_ok=True)
        with _room(), _reading(self.path) as source, _opened(copy) as target:
            # A snapshot held open: without it every commit would start the copy all over again.
            source.execute("BEGIN")
            if not _table_names(source):
                raise NothingToBackUp
            source.backup(target, pages=PAGES_AT_ONCE, progress=_told(part(progress, 0, 0.5)))
            target.execute("PRAGMA journal_mode=DELETE")
            if not _is_whole(target):
                raise DatabaseDamaged
            tables = tuple(_tallies(target, part(progress, 0.5, 1)))
            return Dump(_revision(target), tables, (MEMBER,))

    def prove(self, folder: Path, manifest: Manifest, schema: Schema, progress: Progress) -> None:
        """Check the unpacked file table by table; bring it to the newest schema as a trial."""
        _check(folder / MEMBER, manifest, progress)
        _upgrade(folder / MEMBER, schema)

    def restore(
        self,
        folder: Path,
        manifest: Manifest,
        schema: Schema,
        replacement: Replacement,
        before_it_counts: Callable[[], None],
    ) -> str | None:
        """Put the unpacked file in place; the old file is renamed, never deleted."""
        fresh = folder / MEMBER
        _check(fresh, manifest, lambda _: None)
        if not replacement.as_it_was:
            _upgrade(fresh, schema)
        filled = self.has_rows()
        if filled and not replacement.allowed:
            raise FolderNotEmpty
        self._close_file()
        before_it_counts()
        aside = self.path.with_name(f"{self.path.stem}-before-restore-{replacement.stamp}.db")
        if filled:
            self.path.rename(aside)
        self._put_log_aside(aside)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _settle(fresh)
        fresh.replace(self.path)
        return str(aside) if filled else None

    def _put_log_aside(self, aside: Path) -> None:
        """A log that a lost file left behind must not be played into the one put in its place."""
        for ending in ("-wal", "-shm"):
            left = self.path.with_name(self.path.name + ending)
            if left.exists():
                left.rename(aside.with_name(aside.name + ending))

    def _close_file(self) -> None:
        """Fold the log into the file; that works only while nobody else has it open."""
        if not self.path.exists():
            return
        with closing(sqlite3.connect(self.path, timeout=1, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.OperationalError as error:
                raise NodeRunning from error
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                # A damaged file folds nothing in; it and its log are put aside as they are.
                return


def _settle(path: Path) -> None:
    """Bring a file to the disk before its name says that it is there."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    with closing(connection):
        yield connection


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        yield connection


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise DiskFull from error
        raise DatabaseDamaged from error


def _told(progress: Progress) -> Callable[[int, int, int], None]:
    return lambda _, remaining, total: progress(1 - remaining / max(total, 1))


def _table_names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES)]


def _is_whole(connection: sqlite3.Connection) -> bool:
    whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return whole and not connection.execute("PRAGMA foreign_key_check").fetchall()


def _revision(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _tallies(connection: sqlite3.Connection, progress: Progress) -> Iterator[TableTally]:
    names = _table_names(connection)
    for number, name in enumerate(names):
        rows = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - names of our schema
        tally = RunningTally()
        for row in rows:
            tally.add(json.dumps(row, default=bytes.hex).encode())
        yield tally.of(name, tuple(column[0] for column in rows.description))
        progress((number + 1) / len(names))


def _check(path: Path, manifest: Manifest, progress: Progress) -> None:
    try:
        with _opened(path) as connection:
            if not _is_whole(connection) or _revision(connection) != manifest.revision:
                raise DamagedBackup
            check_tallies(manifest.tables, list(_tallies(connection, progress)))
    except sqlite3.DatabaseError as error:
        raise DamagedBackup from error


def _upgrade(path: Path, schema: Schema) -> None:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        schema.upgrade_on(connection)
    engine.dispose()

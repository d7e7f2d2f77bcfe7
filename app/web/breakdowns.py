"""What a database says when it cannot go on, as refusals with codes of their own."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from app.kernel.refusals import Refusal


class DatabaseUnavailable(Refusal):
    """The database did not take the work; nothing of it was kept, it may be tried again."""

    code = "database.unavailable"
    status = 503


class NoRoom(DatabaseUnavailable):
    """The disk is full: reading goes on, and writing once there is room."""

    code = "database.disk_full"


class DatabaseReadOnly(DatabaseUnavailable):
    """The disk, or the database itself, may only be read just now."""

    code = "database.read_only"


class DiskFailing(DatabaseUnavailable):
    """The machine could not read or write the file."""

    code = "database.disk_failing"


class DatabaseMissing(DatabaseUnavailable):
    """The file is not where it was, or another lies in its place."""

    code = "database.missing"


class DatabaseDamaged(DatabaseUnavailable):
    """What is in the file is no sound database: nothing more is written to it."""

    code = "database.damaged"


_BY_SQLITE: dict[int, type[DatabaseUnavailable]] = {
    sqlite3.SQLITE_FULL: NoRoom,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_IOERR: DiskFailing,
    sqlite3.SQLITE_CANTOPEN: DatabaseMissing,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
    sqlite3.SQLITE_BUSY: DatabaseUnavailable,
}
# PostgreSQL's states, the first of which fits: Appendix A of its manual.
_BY_STATE: tuple[tuple[str, type[DatabaseUnavailable]], ...] = (
    ("53100", NoRoom),
    ("25006", DatabaseReadOnly),
    ("58", DiskFailing),
    ("3D000", DatabaseMissing),
    ("XX001", DatabaseDamaged),
    ("XX002", DatabaseDamaged),
)


def breakdown_of(error: DBAPIError) -> DatabaseUnavailable | None:
    """What keeps the database itself from going on; None when only the statement was at fault.

    A full disk ends SQLite's transaction, and undoing a part of it then fails for another reason:
    what failed first counts.
    """
    found: BaseException | None = error
    while found is not None:
        kind = _kind_of(found) if isinstance(found, DBAPIError) else None
        if kind is not None:
            refusal = kind(reason=str(error.orig))
            refusal.__cause__ = error
            return refusal
        found = found.__cause__ or found.__context__
    return None


def unavailable(error: DBAPIError) -> DatabaseUnavailable:
    """The refusal that stands for a database that could not take a work, whatever the reason."""
    refusal = breakdown_of(error) or DatabaseUnavailable(reason=str(error.orig))
    refusal.__cause__ = error
    return refusal


def _kind_of(error: DBAPIError) -> type[DatabaseUnavailable] | None:
    number = getattr(error.orig, "sqlite_errorcode", None)
    if number is not None:
        return _BY_SQLITE.get(number & 0xFF)  # the rest of it tells the place, not the kind
    state = str(getattr(error.orig, "sqlstate", None) or "")
    for beginning, kind in _BY_STATE:
        if state.startswith(beginning):
            return kind
    gone = isinstance(error, OperationalError) and state[:2] in {"", "08", "53", "57"}
    return DatabaseUnavailable if gone and not isinstance(error.orig, sqlite3.Error) else None

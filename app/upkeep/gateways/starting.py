"""Looking at a node's folder before it serves: a broken one is told, and nothing is made worse."""

import errno
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy.dialects import sqlite

from app.extensions import EncryptedText, FieldKeyMissing
from app.kernel.files import write_whole
from app.settings import KeyFile, Secrets, Settings
from app.upkeep.gateways.sqlite_log import commits_out_of_reach
from app.upkeep.rules.breakdowns import (
    CannotStart,
    FileDamaged,
    FileMissing,
    FolderFull,
    FolderNotWritable,
    FolderReadOnly,
    KeysWrong,
    TooNew,
)
from app.web.own_file import is_marked
from app.web.schema import knows_revision

MAGIC = b"SQLite format 3\x00"
ROOM = 256 * 1024
# So large a file is looked through in a second or less; a larger one after a start that was not
# clean, while the node works, and every night with the backup.
QUICKLY_CHECKED = 64 * 1024 * 1024
BUSY_SECONDS = 5
KEPT_ASIDE = ".damaged-"


def refuse_broken(settings: Settings) -> None:
    """Refuse to serve from a folder that cannot be written, or whose data cannot be trusted."""
    _try_writing(settings.instance)
    Secrets.in_folder(settings.instance)
    if not settings.on_sqlite:
        return
    path = settings.sqlite_path
    if not path.exists() or path.stat().st_size == 0:
        if is_marked(settings.instance):
            raise FileMissing(file=str(path))
        return
    try:
        _look_into(path, KeyFile(settings.instance))
    except sqlite3.DatabaseError as error:
        raise _refusal(error, path) from error
    except UnicodeDecodeError as error:  # what SQLite quotes from a damaged page is no text
        raise FileDamaged(file=str(path), reason="malformed") from error


def _try_writing(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(ROOM))
            probe.flush()
    except OSError as error:
        raise _of_folder(error, folder) from error


def _of_folder(error: OSError, folder: Path) -> CannotStart:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return FolderFull(folder=str(folder))
    if error.errno == errno.EROFS:
        return FolderReadOnly(folder=str(folder))
    return FolderNotWritable(folder=str(folder), reason=error.strerror or str(error))


def _look_into(path: Path, keys: KeyFile) -> None:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise FileDamaged(file=str(path), reason="not a database")
    if commits_out_of_reach(path):
        _keep_log_aside(path)
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.text_factory = readable
        # What other connections need to find is made here, and stays until the last one closes.
        connection.execute("PRAGMA wal_autocheckpoint=0")
        if path.stat().st_size <= QUICKLY_CHECKED:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise FileDamaged(file=str(path), reason=_said(found[0]))
        _refuse_newer(connection)
        _try_keys(connection, keys)


def _said(found: object) -> str:
    """The last line of what SQLite says, without the rubbish that it may quote."""
    line = (str(found).splitlines() or [""])[-1]
    return "".join(each for each in line if each.isprintable())[:80]


def readable(raw: bytes) -> str:
    """Text of a file that may be damaged: what SQLite says of it quotes what it finds there."""
    return raw.decode("utf-8", "replace")


def _keep_log_aside(path: Path) -> None:
    """Keep what SQLite would soon write over; the page of this node tells of it as long.

    The park goes on without it: a gate that does not open at five helps nobody.
    """
    log = path.with_name(f"{path.name}-wal")
    kept = path.with_name(f"{log.name}{KEPT_ASIDE}{int(log.stat().st_mtime)}")
    if not kept.exists():
        write_whole(kept, log.read_bytes())


def logs_kept_aside(path: Path) -> list[str]:
    """Names of damaged logs that lie beside a database."""
    return sorted(each.name for each in path.parent.glob(f"{path.name}-wal{KEPT_ASIDE}*"))


def _refuse_newer(connection: sqlite3.Connection) -> None:
    if not _has(connection, "alembic_version"):
        return
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row and not knows_revision(row[0]):
        raise TooNew(revision=row[0])


def _try_keys(connection: sqlite3.Connection, keys: KeyFile) -> None:
    """Open one sealed value: the node's own key, which is there from the first contact on."""
    if not _has(connection, "this_node"):
        return
    row = connection.execute("SELECT sign_key FROM this_node LIMIT 1").fetchone()
    if row is None:
        return
    opener = Flask("keys")
    opener.extensions["field_keys"] = keys
    with opener.app_context():
        try:
            EncryptedText("this_node.sign_key").process_result_value(row[0], sqlite.dialect())
        except (InvalidTag, FieldKeyMissing, ValueError, LookupError) as error:
            raise KeysWrong from error


def _has(connection: sqlite3.Connection, table: str) -> bool:
    asked = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return connection.execute(asked, (table,)).fetchone() is not None


def _refusal(error: sqlite3.DatabaseError, path: Path) -> CannotStart:
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_FULL:
        return FolderFull(folder=str(path.parent))
    if kind == sqlite3.SQLITE_READONLY:
        return FolderReadOnly(folder=str(path.parent))
    if kind in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}:
        return FolderNotWritable(folder=str(path.parent), reason=str(error))
    return FileDamaged(file=str(path), reason=_said(error))

"""Whose file a connection writes to: never an empty one made where a node's data had been.

SQLite makes a file where it finds none. After a restore cut off half-way, or a disk that was not
mounted, a server would then begin an empty park and answer "saved" beside the lost one. So a folder
is marked once it holds data; from then on a file that is missing is told, not made.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from app.settings import DATA_MARK

TEXT = """\
Thư mục này giữ dữ liệu của một máy chủ An Ca. Nếu thiếu {name}, hãy khôi phục từ bản sao lưu.
Chỉ xoá tệp này khi thật sự muốn bắt đầu lại với dữ liệu trống.

This folder holds the data of an An Ca node. If {name} is missing, restore it from a backup.
Delete this file only if you really mean to begin again with no data.
"""


def is_marked(folder: Path) -> bool:
    """Whether there was data in a folder."""
    return (folder / DATA_MARK).exists()


def mark(folder: Path, name: str) -> None:
    """Note that there is data in a folder; where that cannot be written it is left for later."""
    with contextlib.suppress(OSError):
        (folder / DATA_MARK).write_text(TEXT.format(name=name), encoding="utf-8")


def open_only_own(engine: Engine, path: Path, folder: Path) -> None:
    """Let an engine open only a file that is there, once its folder is marked."""

    @event.listens_for(engine, "do_connect")
    def find(*_told: Any) -> None:
        if is_marked(folder):
            if _identity(path) is None:
                raise _missing(f"{path.name} is missing")
        elif _identity(path) is not None:
            mark(folder, path.name)


def write_only_own(engine: Engine, path: Path) -> None:
    """Let an engine write only while the file that it opened lies where it did."""

    @event.listens_for(engine, "connect")
    def opened(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        held = connection.info.get("file")
        if held is not None and _identity(path) != held:
            connection.invalidate()
            words = f"{path.name} was moved or replaced while it was open"
            raise OperationalError("BEGIN", None, _missing(words))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None


def _missing(words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    error.sqlite_errorname = "SQLITE_CANTOPEN"
    return error

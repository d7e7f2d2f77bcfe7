"""The machine a node runs on: room on its disk, versions of what it runs."""

import functools
import shutil
import sqlite3
import tomllib
from pathlib import Path

from app.settings import ROOT


def disk_free(folder: Path) -> int:
    """Bytes free where the instance folder lies."""
    return shutil.disk_usage(folder).free


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library that this process uses."""
    return sqlite3.sqlite_version_info


@functools.cache
def program_version() -> str:
    """The version of this program."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(described["project"]["version"])

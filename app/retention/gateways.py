"""The register of granted deletions: a file beside the backups, not inside them.

A backup from before a deletion brings the person back; this file tells which deletions are then to
be carried out again. It holds ids and moments, no name.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from app.retention.rules.erasures import Granted, read_register

REGISTER = "deletions.ndjson"
FOLDER = "backups"


def register_path(instance: Path) -> Path:
    """Where the register of a node lies."""
    return instance / FOLDER / REGISTER


def read_granted(instance: Path) -> list[Granted]:
    """What the register tells; nothing where there is none."""
    with contextlib.suppress(FileNotFoundError):
        return read_register(register_path(instance).read_text(encoding="utf-8", errors="replace"))
    return []


def note_granted(instance: Path, granted: Iterable[Granted]) -> None:
    """Add lines to the register; on disk before this returns, each once."""
    known = set(read_granted(instance))
    lines = [each.line() for each in granted if each not in known]
    if not lines:
        return
    path = register_path(instance)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        # A line that was cut off must not swallow the next one.
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            lines = lines if file.read(1) == b"\n" else ["", *lines]
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())

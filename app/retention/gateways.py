"""The register of granted deletions: a file beside the backups, not inside them.

A backup from before a deletion brings the person back; this file tells which deletions are then to
be carried out again. It holds ids and moments, no name. A second place of backups has it as well:
a new machine that is set up from there reads it there.
"""

import contextlib
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.retention.rules.erasures import Granted, read_register
from app.settings import Settings

log = logging.getLogger(__name__)
REGISTER = "deletions.ndjson"
FOLDER = "backups"


def register_places(settings: Settings) -> list[Path]:
    """Where the register lies: with the nightly backups first, then in their second place."""
    second = [Path(settings.backup_to) / REGISTER] if settings.backup_to else []
    return [settings.instance / FOLDER / REGISTER, *second]


def read_granted(places: Sequence[Path]) -> list[Granted]:
    """What the register tells, in whichever place; nothing where there is none."""
    return list(dict.fromkeys(granted for place in places for granted in _read(place)))


def _read(place: Path) -> list[Granted]:
    with contextlib.suppress(OSError):
        return read_register(place.read_text(encoding="utf-8", errors="replace"))
    return []


def note_granted(places: Sequence[Path], new: Iterable[Granted]) -> None:
    """Add lines to the register, and whatever one place does not have yet.

    On disk in the first place before this returns; another place may be away for now.
    """
    wanted = [*read_granted(places), *new]
    first, *others = places
    _add(first, wanted)
    for place in others:
        try:
            if place.parent.is_dir():
                _add(place, wanted)
        except OSError as error:
            log.warning("the register of deletions cannot be written to %s: %s", place, error)


def _add(place: Path, wanted: Sequence[Granted]) -> None:
    known = set(_read(place))
    lines = [each.line() for each in dict.fromkeys(wanted) if each not in known]
    if not lines:
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            # A line that was cut off must not swallow the next one.
            file.seek(size - 1)
            lines = lines if file.read(1) == b"\n" else ["", *lines]
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def list_files_aside(settings: Settings) -> list[Path]:
    """Files put aside: old databases with their logs, old keys, logs that were damaged."""
    found = set(settings.instance.glob("secrets-before-restore-*.json"))
    if settings.on_sqlite:
        database = settings.sqlite_path
        for pattern in (f"{database.stem}-before-restore-*.db*", f"{database.name}-*.damaged-*"):
            found.update(database.parent.glob(pattern))
    return sorted(found)

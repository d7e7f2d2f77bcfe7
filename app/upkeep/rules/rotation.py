"""Names of the nightly files, and which of them have served their time."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

_NIGHTLY = re.compile(r"anca-\d{8}-\d{4}(-\d+)?\.zip")


class MadeBackup(Protocol):
    """A backup that was made."""

    @property
    def path(self) -> str:
        """Where the file lies."""

    @property
    def made_at(self) -> datetime:
        """When it was made."""

    @property
    def verified_at(self) -> datetime | None:
        """When restoring it was proved."""

    @property
    def code(self) -> str | None:
        """Why it is no good."""


B = TypeVar("B", bound=MadeBackup)


def nightly_name(now: datetime, zone: ZoneInfo, taken: Collection[str]) -> str:
    """anca-YYYYMMDD-HHMM.zip in the park's time; a second one of that minute is numbered."""
    stem = f"anca-{now.astimezone(zone):%Y%m%d-%H%M}"
    names = [f"{stem}.zip", *(f"{stem}-{number}.zip" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def has_served(backups: Sequence[B], folder: PurePath, keep: int) -> list[B]:
    """Backups of the folder to delete: all but the newest `keep` good ones and what came after.

    Files that a person named otherwise, or put elsewhere, are never among them.
    """
    ours = [
        backup
        for backup in sorted(backups, key=lambda backup: backup.made_at, reverse=True)
        if PurePath(backup.path).parent == folder and _NIGHTLY.fullmatch(PurePath(backup.path).name)
    ]
    good = [backup for backup in ours if backup.verified_at and not backup.code]
    if len(good) <= max(keep, 1):
        return []
    oldest_kept = good[max(keep, 1) - 1]
    return [backup for backup in ours if backup.made_at < oldest_kept.made_at]

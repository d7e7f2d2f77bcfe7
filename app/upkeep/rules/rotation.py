"""Names of the nightly files, and which of them have served their time."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from app.kernel.text import fold

_NIGHTLY = re.compile(r"anca-\d{8}-\d{4}(-\d+)?\.zip")
_SEALED = re.compile(r"(?P<node>.+)-(?P<on>\d{8})-\d{4}(-\d+)?\.sealed")
# A second place is for mishaps that are noticed late; health data is kept no longer than that.
DAYS, WEEKS, MONTHS = 7, 4, 3
_BEFORE_UPGRADE = re.compile(r"before-.+-(?P<at>\d{14})\.zip")
UPGRADE_COPY_KEPT = timedelta(days=14)


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


def upgrade_copies_served(
    names: Iterable[str], good_at: datetime | None, now: datetime
) -> list[str]:
    """Copies made before upgrades to delete: old ones that a good nightly backup came after."""
    return [
        name
        for name in names
        if (made_at := _made_before_upgrade(name))
        and good_at is not None
        and made_at < min(good_at, now - UPGRADE_COPY_KEPT)
    ]


def _made_before_upgrade(name: str) -> datetime | None:
    found = _BEFORE_UPGRADE.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found["at"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def sealed_name(nightly: str, node: str, mark: str) -> str:
    """The name in the second place: the node's and its mark, then the nightly file's minute.

    Two nodes may be called the same and share a place: the mark keeps them apart.
    """
    return f"{_marked(node, mark)}-{PurePath(nightly).stem.removeprefix('anca-')}.sealed"


def list_unmarked(names: Iterable[str], node: str) -> list[str]:
    """Sealed files of earlier programs, named without a mark: of this node or of a namesake."""
    return [name for name in names if _day_of(name, _slug(node))]


def has_served_elsewhere(
    names: Iterable[str], node: str, mark: str, unmarked: Iterable[str] = ()
) -> list[str]:
    """Sealed files of this node to delete: all but the newest of 7 days, 4 weeks and 3 months.

    `unmarked`: files without a mark that are certain to be this node's.
    """
    days: dict[str, date] = {}
    for kind, of_kind in ((_marked(node, mark), names), (_slug(node), unmarked)):
        days |= {name: on for name in of_kind if (on := _day_of(name, kind))}
    newest_first = sorted(days, key=_moment_of, reverse=True)
    kept: set[str] = set()
    for most, period in ((DAYS, _by_day), (WEEKS, _by_week), (MONTHS, _by_month)):
        firsts: dict[object, str] = {}
        for name in newest_first:
            firsts.setdefault(period(days[name]), name)
        kept.update(list(firsts.values())[:most])
    return [name for name in newest_first if name not in kept]


def _marked(node: str, mark: str) -> str:
    return f"{_slug(node)}-{mark}"


def _day_of(name: str, node: str) -> date | None:
    """The day of a sealed file, where it is of what is called so."""
    found = _SEALED.fullmatch(name)
    return _day(found["on"]) if found and found["node"] == node else None


def _slug(node: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(node)).strip("-") or "an-ca"


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day of the park
    except ValueError:
        return None


def _moment_of(name: str) -> tuple[str, int]:
    stamp, number = re.findall(r"(\d{8}-\d{4})(?:-(\d+))?\.sealed$", name)[0]
    return stamp, int(number or 1)


def _by_day(on: date) -> object:
    return on


def _by_week(on: date) -> object:
    return on.isocalendar()[:2]


def _by_month(on: date) -> object:
    return on.year, on.month

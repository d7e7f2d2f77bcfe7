"""Names of what was put aside, by a restore or because it is damaged, tell when that was."""

import re
from datetime import UTC, datetime

_STAMP = re.compile(r"before[-_]restore[-_](\d{8}_\d{6})(\.[-.a-z]+)?")
_DAMAGED = re.compile(r"\.damaged-(\d{1,10})")


def set_aside_before(name: str, moment: datetime) -> bool:
    """Whether a name says that it was put aside before a moment; one that does not say is not."""
    at = _put_aside_at(name)
    return at is not None and at < moment


def _put_aside_at(name: str) -> datetime | None:
    if damaged := _DAMAGED.search(name):
        return datetime.fromtimestamp(int(damaged[1]), UTC)
    found = _STAMP.search(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None

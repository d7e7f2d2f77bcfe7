"""Names of what a restore moved aside tell when that was."""

import re
from datetime import UTC, datetime

_STAMP = re.compile(r"before[-_]restore[-_](\d{8}_\d{6})(\.db)?")


def set_aside_before(name: str, moment: datetime) -> bool:
    """Whether a name says that it was moved aside before a moment; one that does not say is not."""
    found = _STAMP.search(name)
    if found is None:
        return False
    try:
        at = datetime.strptime(found[1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return False
    return at < moment

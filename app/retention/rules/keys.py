"""Keys that open what other nodes sealed for this one: replaced in time, destroyed later.

Bodies with names in the logs are sealed for a key of the node that reads them. With its private
part gone nobody reads them any more, wherever a copy lies, and every hash and signature holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

REPLACED_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class KeyLook:
    """What a look at the keys led to: the keys to keep, how many went, and whether one is old."""

    keys: Mapping[str, Any]
    destroyed: int
    is_old: bool


def look_at_keys(keys: Mapping[str, Any], *, before: datetime, now: datetime) -> KeyLook:
    """Drop past keys that ended before a moment.

    A key without a moment is given this one: nobody knows since when it stands or is past.
    """
    since = _moment(keys.get("since"), now)
    past = [
        {**key, "ended_at": key.get("ended_at") or now.isoformat()} for key in keys.get("past", [])
    ]
    kept = [key for key in past if _moment(key["ended_at"], now) >= before]
    looked: dict[str, Any] = {**keys, "since": since.isoformat()}
    looked.pop("past", None)
    if kept:
        looked["past"] = kept
    return KeyLook(looked, len(past) - len(kept), now - since >= REPLACED_AFTER)


def _moment(text: object, otherwise: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise
    return at if at.tzinfo else otherwise

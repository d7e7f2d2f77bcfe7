"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

import re
import secrets
import threading
from datetime import datetime

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


_lock = threading.Lock()
_newest = (0, 0)


def new_id(now: datetime) -> str:
    """A fresh UUIDv7 as lower-case text; of one millisecond the later made sorts later."""
    global _newest
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    with _lock:
        same = milliseconds == _newest[0]
        noise = _newest[1] + 1 + secrets.randbits(32) if same else secrets.randbits(73)
        _newest = (milliseconds, noise)
    value = milliseconds << 80 | 7 << 76 | (noise >> 62) << 64 | 2 << 62 | noise & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def first_id_of(moment: datetime) -> str:
    """What no id made from a moment on sorts before, and every id made earlier does."""
    text = f"{int(moment.timestamp() * 1000) & ((1 << 48) - 1):012x}"
    return f"{text[:8]}-{text[8:]}"


def is_id(text: object) -> bool:
    """Whether a value is the text of a UUID, written as this program writes it."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None

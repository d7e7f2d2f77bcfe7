"""Small JSON files that people carry between nodes."""

import errno
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.kernel.files import write_whole
from app.sync.rules import DiskFull, NotAnEnrolment, NotWritable

LARGEST_FILE = 256 * 1024 * 1024


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file whole or not at all."""
    try:
        write_whole(path, json.dumps(content, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise (DiskFull if error.errno == errno.ENOSPC else NotWritable)() from error


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise NotAnEnrolment
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise NotWritable from error
    except (ValueError, RecursionError):
        raise NotAnEnrolment from None
    if not isinstance(content, dict):
        raise NotAnEnrolment
    return content

"""Deleting one person's data: how deep, why, and the register that outlives a backup.

Law 91/2025/QH15, Art. 25 (from 1/1/2026): the data of an employee are deleted when the contract
ends, unless a law or an agreement says otherwise.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.kernel.ids import is_id


class Depth(StrEnum):
    """The whole record, or what is not needed while somebody still works here."""

    WHOLE = "whole"
    HISTORY = "history"


class Cause(StrEnum):
    """Why a record goes."""

    LEFT = "left"
    GRANTED = "granted"


# Of somebody who still works here the answers of the running shift and of the night before stay.
STILL_NEEDED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Granted:
    """A deletion that was granted, as it stands in the register: ids and a moment, no name."""

    worker_id: str
    depth: Depth
    at: datetime

    def line(self) -> str:
        """One line of the register."""
        told = {"worker": self.worker_id, "depth": self.depth, "at": self.at.isoformat()}
        return json.dumps(told, separators=(",", ":"))


def read_register(text: str) -> list[Granted]:
    """Every line that can be read, once; a line that was cut off while it was written is none."""
    found: dict[Granted, None] = {}
    for line in text.splitlines():
        granted = _read_line(line)
        if granted is not None:
            found[granted] = None
    return list(found)


def _read_line(line: str) -> Granted | None:
    try:
        match json.loads(line):
            case {"worker": str(worker), "depth": str(depth), "at": str(at)} if is_id(worker):
                moment = datetime.fromisoformat(at)
                return Granted(worker, Depth(depth), moment) if moment.tzinfo else None
            case _:
                return None
    except ValueError:
        return None


def not_yet_done(
    register: Iterable[Granted], done: Iterable[tuple[str, datetime]]
) -> list[Granted]:
    """What the register tells and this database does not know of: a backup was put back."""
    known = set(done)
    return [each for each in register if (each.worker_id, each.at) not in known]


def depth_for(left_on: date | None, today: date) -> Depth:
    """How deep a granted deletion goes: to the ground once the contract has ended."""
    return Depth.WHOLE if left_on is not None and left_on <= today else Depth.HISTORY


def first_day_left(asked_on: date) -> date:
    """Of a deletion of history asked on a day: what counts from an earlier day goes."""
    return asked_on - STILL_NEEDED

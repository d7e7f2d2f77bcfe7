"""What both exchanges with the other side share: the commit point, and when to try again."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.kernel.refusals import Refusal
from app.sync.rules import wait_after, wait_until_asking

T = TypeVar("T")
TOLD = ("seq", "expected_seq", "reason")
LONGEST_WAIT = timedelta(minutes=20)  # a longer one was noted by a clock that ran ahead
LONGEST_PAUSE = timedelta(hours=4)  # between two times of asking when all is well


class Transact(Protocol):
    """The commit point, handed in by the edge that pushes."""

    def __call__(self, work: Callable[[Session], T]) -> T:
        """Run a work and commit it."""


def problem_now(before: dict[str, Any] | None, refusal: Refusal, now: datetime) -> dict[str, Any]:
    """What is kept of a failure; the same one again keeps its beginning."""
    same = before is not None and before["code"] == refusal.code
    since = before["since"] if before and same else now.isoformat()
    told = {name: refusal.params[name] for name in TOLD if name in refusal.params}
    return {"code": refusal.code, "since": since, "params": told}


def drawn_pause(quiet: timedelta, *, rung: bool, unrung: timedelta) -> timedelta:
    """How long to wait with the next question when nothing came for so long."""
    jitter = secrets.randbelow(1001) / 1000
    return wait_until_asking(quiet, rung=rung, jitter=jitter, unrung=unrung)


def drawn_wait(failures: int) -> timedelta:
    """How long to wait after so many failures: drawn anew each time (full jitter)."""
    drawn: timedelta = wait_after(failures, 0) * (secrets.randbelow(1001) / 1000)
    return drawn

"""The pace of a channel: no more than its provider takes, and spread over the minute."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Turns to send, evenly spread; a second's worth may go at once.

    `now` and `wait` are in seconds; `wait` says true when there is no more time to wait.
    """

    per_minute: int
    now: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self) -> float:
        """Take the next turn; how many seconds to wait for it."""
        step = 60 / self.per_minute
        burst = max(1.0, self.per_minute / 60)
        with self._lock:
            at = self.now()
            self._next = max(self._next, at - (burst - 1) * step) + step
            return max(0.0, self._next - step - at)

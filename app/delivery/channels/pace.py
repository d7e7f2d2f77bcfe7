"""The pace of a channel: no more than its provider takes, and spread over the minute."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Turns to send, evenly spread; a second's worth, or `at_once` turns, may go at once.

    `now` is in seconds; `use` is the share of the minute's turns that is given out. With use +
    at_once / per_minute below 1 no sixty seconds ever hold more than `per_minute` turns.
    """

    per_minute: int
    now: Callable[[], float] = time.monotonic
    use: float = 1.0
    at_once: float | None = None
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self, longest: float = math.inf) -> float:
        """Take the next turn; how many seconds to wait for it.

        One for which more than `longest` seconds would have to be waited is not taken.
        """
        step = 60 / (self.per_minute * self.use)
        burst = max(1.0, self.per_minute / 60 if self.at_once is None else self.at_once)
        with self._lock:
            at = self.now()
            begins = max(self._next, at - (burst - 1) * step)
            wait = max(0.0, begins - at)
            if wait <= longest:
                self._next = begins + step
            return wait

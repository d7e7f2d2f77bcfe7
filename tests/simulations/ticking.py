"""Time that passes on the park's clock alone, for whatever counts seconds of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.delivery.channels.pace import Pace
from tests.conftest import SetClock

BEGAN = datetime(2026, 11, 23, 22, tzinfo=UTC).timestamp()
# What a hand waits for is over at once, but a wait it must be.
AN_INSTANT = 1e-9


@dataclass(slots=True)
class Ticking:
    """The machine's own count of seconds, as far as the park's clock has gone on.

    A clock that is set back takes nothing from it: so it is the true time as well.
    """

    clock: SetClock
    seen: datetime | None = None
    counted: float = 0.0

    def monotonic(self) -> float:
        now = self.clock.now()
        if self.seen is not None:
            self.counted += max(0.0, (now - self.seen).total_seconds())
        self.seen = now
        return self.counted

    def time(self) -> float:
        return BEGAN + self.monotonic()

    def sleep(self, seconds: float) -> None:
        self.monotonic()
        self.clock.move(seconds=seconds)


class Waiting(Pace):
    """A pace whose turns are waited for on the park's clock."""

    ticking: Ticking

    @classmethod
    def like(cls, pace: Pace, ticking: Ticking) -> "Waiting":
        made = cls(pace.per_minute, ticking.monotonic, pace.use, pace.at_once)
        made.ticking = ticking
        return made

    def turn(self, longest: float = 5.0) -> float:
        wait = super().turn(longest)
        if not 0 < wait <= longest:
            return wait
        self.ticking.sleep(wait)
        return AN_INSTANT

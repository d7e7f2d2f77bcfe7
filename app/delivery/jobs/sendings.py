"""What one round of sending did, and how much of it is written at once."""

from collections import defaultdict
from dataclasses import dataclass, field

CHUNK = 400


@dataclass(slots=True)
class Sendings:
    """What one round of sending did; numbers of deliveries."""

    left: int | None = None
    held: int = 0
    sent: int = 0
    expired: int = 0
    unclear: int = 0
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def room(self, most: int) -> int:
        """How many more may be sent at once now."""
        return most if self.left is None else min(most, self.left - self.held)

    def count(self, sent: int, *, was_held: int = 0) -> None:
        """Some more were sent, of so many that were held for it."""
        self.sent += sent
        self.held -= was_held
        if self.left is not None:
            self.left -= sent

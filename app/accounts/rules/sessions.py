"""How long a signed-in browser stays so: by role, the strictest of those a person holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from app.kernel.actors import Role


@dataclass(frozen=True, slots=True)
class Limits:
    """A browser is asked again after `idle` without a touch, and `longest` after signing in."""

    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, idle_minutes: int, hours: int) -> Self:
        """Limits as settings give them."""
        return cls(timedelta(minutes=idle_minutes), timedelta(hours=hours))


def limits_for(roles: Iterable[Role | str], by_role: Mapping[str, Limits], rest: Limits) -> Limits:
    """The strictest limits of these roles; `rest` is for roles without their own."""
    held = [by_role.get(role, rest) for role in roles] or [rest]
    return Limits(min(each.idle for each in held), min(each.longest for each in held))


def is_over(started_at: datetime, last_seen_at: datetime, now: datetime, limits: Limits) -> bool:
    """Whether a browser was left alone too long, or signed in too long ago."""
    return now - last_seen_at > limits.idle or now - started_at > limits.longest

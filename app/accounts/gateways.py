"""A guard against floods of sign-ins from one address, above what a busy gate needs."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# 800 people in a quarter of an hour pass one gate: 54 a minute, doubled, and doubled again.
SIGN_INS_A_MINUTE = RateLimitItemPerMinute(240)
_limiter = MovingWindowRateLimiter(MemoryStorage())


def is_flood(address: str) -> bool:
    """Count one sign-in from an address; true when there are too many this minute."""
    return not _limiter.hit(SIGN_INS_A_MINUTE, address)


def forget_floods() -> None:
    """Start counting anew."""
    _limiter.storage.reset()

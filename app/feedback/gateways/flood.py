"""A guard against floods that remembers nobody: one count for the whole node, in memory."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# A shift of two thousand that all write in one break.
NOTES_A_MINUTE = RateLimitItemPerMinute(120)
# A code has 44 bits: at this rate a guesser finds one of ten thousand in thirty years.
ASKS_A_MINUTE = RateLimitItemPerMinute(120)
_limiter = MovingWindowRateLimiter(MemoryStorage())


def too_many_notes() -> bool:
    """Count one note of nobody; true when more come than people write."""
    return not _limiter.hit(NOTES_A_MINUTE, "notes")


def too_many_asks() -> bool:
    """Count one question by code; true when more come than people ask."""
    return not _limiter.hit(ASKS_A_MINUTE, "asks")


def forget_counts() -> None:
    """Start counting anew."""
    _limiter.storage.reset()

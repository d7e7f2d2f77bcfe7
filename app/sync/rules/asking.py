"""How often a park asks its province whether there is anything for it."""

from datetime import timedelta

SOONEST = timedelta(minutes=1)
# Nobody rings here: what is urgent waits for the next time the park asks. A day of asking as
# often as this, and all else that goes, stays under 50 kB; a setting shortens it.
UNRUNG = timedelta(minutes=30)
# The province rings when it writes something, and proves every few minutes that it would have:
# asking only makes sure that nothing was missed.
RUNG = timedelta(hours=4)
JITTER_SHARE = 0.2


def wait_until_asking(
    quiet: timedelta, *, rung: bool, jitter: float, unrung: timedelta = UNRUNG
) -> timedelta:
    """How long after an answer to ask again, `quiet` being how long nothing has come.

    News seldom comes alone: the longer there was none, the rarer it is asked for. `jitter` from 0
    to 1 is drawn outside, so that parks do not ask all at once.
    """
    wait: timedelta = RUNG if rung else min(unrung, max(SOONEST, quiet))
    return wait * (1 - JITTER_SHARE * jitter)

"""How often a park asks its province whether there is anything for it."""

from datetime import timedelta

SOONEST = timedelta(minutes=1)
# Nobody rings here: what is urgent waits for the next time the park asks.
UNRUNG = timedelta(minutes=2)
# The province rings when it writes something: asking only makes sure that nothing was missed.
RUNG = timedelta(minutes=90)
OF_THE_QUIET = 2  # news seldom comes alone: the longer there was none, the rarer it is asked for
JITTER_SHARE = 0.2


def wait_until_asking(quiet: timedelta, *, rung: bool, jitter: float) -> timedelta:
    """How long after an answer to ask again, `quiet` being how long nothing has come.

    `jitter` from 0 to 1 is drawn outside, so that parks do not ask all at once.
    """
    wait: timedelta = RUNG if rung else min(UNRUNG, max(SOONEST, quiet / OF_THE_QUIET))
    return wait * (1 - JITTER_SHARE * jitter)

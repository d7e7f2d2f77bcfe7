"""When a bus leaves for work: a few times of day, as somebody types them."""

import re
from datetime import time

from app.kernel.refusals import Refusal

MOST_DEPARTURES = 6
_TIME = re.compile(r"(\d{1,2})\s*(?:[:hHgG.]\s*(\d{2})?)?")


class NoTimeOfDay(Refusal):
    """A time of leaving is written as 05:15."""

    code = "workforce.no_time_of_day"


class TooManyDepartures(Refusal):
    """A bus leaves for work at most six times a day."""

    code = "workforce.too_many_departures"


class NotABus(Refusal):
    """Only a bus group has times of leaving."""

    code = "workforce.not_a_bus"
    status = 409


def read_departures(text: str) -> tuple[str, ...]:
    """The times of a text such as "5h15, 13:10", each once and in order, as 05:15; may be none."""
    parts = [part.strip() for part in re.split(r"[,;\n]+|\s{1,}(?=\d)", text) if part.strip()]
    times = sorted({_read(part) for part in parts})
    if len(times) > MOST_DEPARTURES:
        raise TooManyDepartures(most=MOST_DEPARTURES)
    return tuple(f"{each:%H:%M}" for each in times)


def _read(part: str) -> time:
    found = _TIME.fullmatch(part)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise NoTimeOfDay(text=part[:20])
    return time(int(found[1]), int(found[2] or 0))

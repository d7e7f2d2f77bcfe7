"""The moment and the time zone of the node, for the pages of reminders."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app


def clock_now() -> datetime:
    """The present moment of the node."""
    now: datetime = current_app.extensions["clock"].now()
    return now


def zone() -> ZoneInfo:
    """The park's time zone."""
    found: ZoneInfo = current_app.config["SETTINGS"].timezone
    return found

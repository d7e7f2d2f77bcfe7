"""The park's day, by the node's clock; for views and commands."""

from datetime import date

from flask import current_app

from app.kernel.clock import local_day


def today() -> date:
    """The day in the park."""
    now = current_app.extensions["clock"].now()
    return local_day(now, current_app.config["SETTINGS"].timezone)

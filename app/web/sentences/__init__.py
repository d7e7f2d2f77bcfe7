"""The one catalogue of refusals: stable code to what a person is told; a room for each feature.

A sentence stands in the room of the feature whose code says the refusal.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app

from app.kernel.clock import local_day
from app.web.filters import clock, day
from app.web.sentences import (
    accounts,
    alerts,
    bulletins,
    cases,
    checkins,
    dashboards,
    delivery,
    demo,
    feedback,
    gate,
    ground_floor,
    intake,
    notices,
    outbox,
    reminders,
    reports,
    retention,
    risk,
    sync,
    upkeep,
    workforce,
)

ROOMS = (
    accounts,
    alerts,
    bulletins,
    cases,
    checkins,
    dashboards,
    delivery,
    demo,
    feedback,
    gate,
    ground_floor,
    intake,
    notices,
    outbox,
    reminders,
    reports,
    retention,
    risk,
    sync,
    upkeep,
    workforce,
)
SENTENCES: Mapping[str, Any] = {
    code: text for room in ROOMS for code, text in room.SENTENCES.items()
}


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What a person is told, in the language of the request."""
    text = str(SENTENCES.get(code, SENTENCES["refused"]))
    values = {
        name: _written(value) if isinstance(value, date) else value
        for name, value in (params or {}).items()
        if name != "errors"
    }
    return text % values if "%(" in text else text


def _written(on: date) -> str:
    """A day; a moment with its time of day in the park."""
    if not isinstance(on, datetime):
        return day(on)
    zone = current_app.config["SETTINGS"].timezone
    return f"{clock(on, zone)} {day(local_day(on, zone))}"

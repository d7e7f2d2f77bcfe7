"""Kinds of groups, and what is told upwards when somebody's work changes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.events import Event
from app.kernel.refusals import Refusal


class GroupKind(StrEnum):
    """Why people are in a group together."""

    LINE = "line"
    TEAM = "team"
    DORM_ROOM = "dorm_room"
    BUS = "bus"
    MEAL_SLOT = "meal_slot"
    SAFETY_TEAM = "safety_team"
    AD_HOC = "ad_hoc"


class BadgeTaken(Refusal):
    """Another worker of the company has this badge."""

    code = "workforce.badge_taken"
    status = 409


class EndsBeforeStart(Refusal):
    """The last day lies before the first."""

    code = "workforce.ends_before_start"


@dataclass(frozen=True, slots=True)
class WorkEnded(Event):
    """These workers have left the company."""

    worker_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkersWithdrawn(Event):
    """These workers should never have been added: nobody waits for their answer from a day on."""

    company_id: int
    worker_ids: tuple[str, ...]
    from_on: date


@dataclass(frozen=True, slots=True)
class WorkChanged(Event):
    """When or where these workers work changed from a day on."""

    company_id: int
    worker_ids: tuple[str, ...]
    from_on: date

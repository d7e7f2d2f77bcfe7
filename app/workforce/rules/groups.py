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


# Groups of these kinds stand for a unit of the tree: people come and go with their unit.
UNIT_KINDS = (GroupKind.LINE, GroupKind.TEAM)
FREE_KINDS = tuple(kind for kind in GroupKind if kind not in UNIT_KINDS)
# Nobody sleeps in two rooms, rides two buses or eats at two times: the newest place counts.
EXCLUSIVE_KINDS = frozenset({GroupKind.DORM_ROOM, GroupKind.BUS, GroupKind.MEAL_SLOT})


class BadgeTaken(Refusal):
    """Another worker of the company has this badge."""

    code = "workforce.badge_taken"
    status = 409


class EndsBeforeStart(Refusal):
    """The last day lies before the first."""

    code = "workforce.ends_before_start"


class GroupNameTaken(Refusal):
    """The company has an open group of this kind and name."""

    code = "workforce.group_name_taken"
    status = 409


class GroupFollowsUnit(Refusal):
    """The group stands for a unit of the tree; people are moved there, not here."""

    code = "workforce.group_follows_unit"
    status = 409


class GroupIsClosed(Refusal):
    """Nobody joins a group that was closed."""

    code = "workforce.group_closed"
    status = 409


class OtherKindOfGroup(Refusal):
    """People are moved only between groups of one kind."""

    code = "workforce.other_kind_of_group"


class NobodyChosen(Refusal):
    """Nothing says whom it is about."""

    code = "workforce.nobody_chosen"


class TooLateToUndo(Refusal):
    """The change was undone already, or is not of today."""

    code = "workforce.too_late_to_undo"
    status = 409


class PlaceInUse(Refusal):
    """Something still needs a unit or group that is about to be removed."""

    code = "workforce.place_in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class PlaceWithdrawn(Event):
    """A unit or some groups that no worker ever used since are about to be removed.

    Whoever still needs one of them refuses with `PlaceInUse`.
    """

    unit_id: int | None
    group_ids: tuple[str, ...]


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

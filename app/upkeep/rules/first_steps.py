"""What each role does first on a fresh node, in order; whether it is done is asked of the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.actors import Role

TOPIC = "first_steps"


class FirstStep(StrEnum):
    """One thing to do before a node is in use."""

    OFFICERS = "officers"
    BACKUP = "backup"
    HTTPS = "https"
    PROVINCE = "province"
    ROSTER = "roster"
    TIMETABLE = "timetable"
    SECRETS = "secrets"
    SAFETY_TEAM = "safety_team"
    RULES = "rules"
    REMINDERS = "reminders"
    FIRST_ANSWER = "first_answer"
    PARK_RULES = "park_rules"
    EVERY_ROSTER = "every_roster"
    OWN_PIN = "own_pin"
    OWN_ANSWER = "own_answer"
    ROLL_CALL = "roll_call"
    RECOVERY = "recovery"


STEPS: dict[Role, tuple[FirstStep, ...]] = {
    Role.ADMIN: (
        FirstStep.HTTPS,
        FirstStep.OFFICERS,
        FirstStep.BACKUP,
        FirstStep.PROVINCE,
        FirstStep.RECOVERY,
    ),
    Role.SAFETY_OFFICER: (
        FirstStep.ROSTER,
        FirstStep.TIMETABLE,
        FirstStep.SECRETS,
        FirstStep.SAFETY_TEAM,
        FirstStep.RULES,
        FirstStep.REMINDERS,
        FirstStep.FIRST_ANSWER,
        FirstStep.RECOVERY,
    ),
    Role.PARK_MANAGER: (FirstStep.EVERY_ROSTER, FirstStep.PARK_RULES, FirstStep.RECOVERY),
    Role.TEAM_MEMBER: (FirstStep.OWN_PIN, FirstStep.OWN_ANSWER, FirstStep.ROLL_CALL),
}


@dataclass(frozen=True, slots=True)
class StepState:
    """A step, and whether the data says that it is done."""

    step: FirstStep
    done: bool


def steps_of(roles: Sequence[Role]) -> tuple[FirstStep, ...]:
    """The steps of somebody with these roles, each once."""
    found = [step for role in STEPS if role in roles for step in STEPS[role]]
    return tuple(dict.fromkeys(found))


def is_over(states: Sequence[StepState]) -> bool:
    """Whether nothing is left to do."""
    return all(each.done for each in states)

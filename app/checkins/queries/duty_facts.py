"""Duties read with everything that is kept of them."""

from typing import Any

from app.checkins.models import Duty
from app.checkins.rules import DutyState, Level
from app.checkins.rules.merging import DutyFacts

DUTY: Any = Duty.__table__
FIELD_NAMES = tuple(DutyFacts.__dataclass_fields__)
FACTS = [DUTY.c[name] for name in FIELD_NAMES]


def duty_facts(
    company_id: int, branch_id: int, state: str, level: str | None, *rest: Any
) -> DutyFacts:
    """A duty out of the columns that `FACTS` asks for."""
    return DutyFacts(
        company_id, branch_id, DutyState(state), Level(level) if level else None, *rest
    )

"""Rows on their way into their tables, written many at a time."""

from collections import defaultdict
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.models import Account, Consent, Credential, DeviceToken, RoleGrant
from app.audit.models import AuditEntry
from app.checkins.models import CheckIn, Clearance, Duty, HealthState, RuleAcceptance
from app.delivery.models import ContactPoint
from app.extensions import Model
from app.workforce.models import (
    Holiday,
    Leave,
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
    WorkPattern,
)

# Parents before the tables that point at them.
ORDER: tuple[type[Model], ...] = (
    Account,
    RoleGrant,
    Credential,
    DeviceToken,
    Worker,
    ContactPoint,
    WorkGroup,
    WorkPattern,
    Membership,
    PatternAssignment,
    Leave,
    Holiday,
    Consent,
    RuleAcceptance,
    Duty,
    CheckIn,
    HealthState,
    Clearance,
    AuditEntry,
)
MOST_HELD = 6000


class Rows:
    """Rows of many tables; `write` hands them over in an order that foreign keys allow."""

    def __init__(self) -> None:
        self.held: dict[type[Model], list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: type[Model], **values: Any) -> None:
        """One more row; every row of a table names the same columns."""
        self.held[model].append(values)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write."""
        return len(self.held[CheckIn]) + len(self.held[Duty]) > MOST_HELD

    def write(self, session: Session) -> None:
        """Put everything held into the tables."""
        for model in ORDER:
            rows = self.held.pop(model, None)
            if rows:
                session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
        if any(self.held.values()):
            raise AssertionError(f"no place for {sorted(map(str, self.held))}")

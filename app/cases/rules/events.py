"""What is told when a case goes up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    """A safety officer sends a named case to the province; `body` is for its eyes only."""

    case_id: str
    company_id: int
    body: Mapping[str, Any]

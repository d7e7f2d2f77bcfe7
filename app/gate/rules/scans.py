"""Somebody showed a pass or a badge at a gate: what is told of it, and what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from app.gate.rules.passes import ReadPass
from app.gate.rules.verdicts import Direction, Verdict


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as a gate reports it: a pass, or a badge with the code of its company."""

    read: ReadPass | None
    badge: str | None
    company: str
    gate: str
    direction: Direction
    verdict: Verdict
    made_at: datetime
    offset_ms: int | None

"""What becomes of the shifts of two records that are one person, and of one person that is two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from app.checkins.rules.counts import DutyMark, DutyState
from app.checkins.rules.levels import Level

# Of two that nobody answered for, what a person said counts more than that nobody said anything.
_SAID = (DutyState.EXPECTED, DutyState.NOT_ASKED, DutyState.ABSENT, DutyState.ANSWERED)


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """All that is kept of one person on one shift; `check_in_id` is the answer that counts."""

    company_id: int
    branch_id: int
    state: DutyState
    level: Level | None = None
    on_time: bool = False
    version: int = 0
    check_in_id: str | None = None
    answered_at: datetime | None = None
    reason: str | None = None

    @property
    def mark(self) -> DutyMark:
        """How it is counted."""
        return DutyMark(self.state, self.level, self.on_time)

    def as_json(self) -> dict[str, Any]:
        """In a form that can be kept."""
        return {
            "company_id": self.company_id,
            "branch_id": self.branch_id,
            "state": str(self.state),
            "level": str(self.level) if self.level else None,
            "on_time": self.on_time,
            "version": self.version,
            "check_in_id": self.check_in_id,
            "answered_at": self.answered_at.isoformat() if self.answered_at else None,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        at = kept["answered_at"]
        return cls(
            **{
                **kept,
                "state": DutyState(kept["state"]),
                "level": Level(kept["level"]) if kept["level"] else None,
                "answered_at": datetime.fromisoformat(at) if at else None,
            }
        )


def joined_duty(kept: DutyFacts | None, gone: DutyFacts) -> DutyFacts:
    """One shift of one person from the shifts of two records: counted once, never milder.

    The worse answer counts, of two alike the later; in time is who was in time with either.
    """
    if kept is None:
        return gone
    if DutyState.ANSWERED not in (kept.state, gone.state):
        said = max((kept, gone), key=lambda duty: _SAID.index(duty.state))
        return replace(said, branch_id=kept.branch_id, company_id=kept.company_id)
    counted = max(
        (duty for duty in (kept, gone) if duty.state is DutyState.ANSWERED), key=_severity
    )
    return replace(
        counted,
        branch_id=kept.branch_id,
        company_id=kept.company_id,
        on_time=kept.on_time or gone.on_time,
        version=kept.version + gone.version,
    )


def _severity(duty: DutyFacts) -> tuple[int, float]:
    return (
        duty.level.rank if duty.level else 0,
        duty.answered_at.timestamp() if duty.answered_at else 0,
    )


def parted_duty(
    now: DutyFacts | None,
    joined: DutyFacts,
    before: DutyFacts | None,
    *,
    own_answers: Mapping[str, bool],
    newest_version: int,
) -> DutyFacts | None:
    """What the kept record has of a shift when a merge is taken back.

    Untouched since the merge, it is what it was `before`. An answer added since stays, as does an
    absence noted or a shift dropped. `own_answers` are the kept record's, by id: given in time?
    """
    if now == joined:
        return before
    if now is None:
        return None
    if now.state is not DutyState.ANSWERED:
        return now
    own = own_answers.get(now.check_in_id or "")
    if own is not None and now.check_in_id != joined.check_in_id:
        on_time = before.on_time if before and before.state is DutyState.ANSWERED else own
        return replace(now, version=newest_version, on_time=on_time)
    return before


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """A level that stands, since when, and why."""

    level: Level
    since: datetime
    check_in_id: str
    reasons: tuple[str, ...]
    advice: str | None

    def as_json(self) -> dict[str, Any]:
        """In a form that can be kept."""
        return {
            "level": str(self.level),
            "since": self.since.isoformat(),
            "check_in_id": self.check_in_id,
            "reasons": list(self.reasons),
            "advice": self.advice,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        return cls(
            Level(kept["level"]),
            datetime.fromisoformat(kept["since"]),
            kept["check_in_id"],
            tuple(kept["reasons"]),
            kept["advice"],
        )


def worse_standing(*levels: StandingFacts | None) -> StandingFacts | None:
    """The most severe of what stands; of two alike the first."""
    known = [each for each in levels if each is not None]
    return max(known, key=lambda each: each.level.rank, default=None)


def parted_standing(
    now: StandingFacts | None,
    joined: StandingFacts | None,
    before: StandingFacts | None,
    since: StandingFacts | None,
) -> StandingFacts | None:
    """What stands for the kept record when a merge is taken back.

    What rose or was cleared since the merge stays so. Else it is what stood `before`, unless the
    record's own answers `since` are worse: those were covered by what the other brought along.
    """
    return worse_standing(before, since) if now == joined else now

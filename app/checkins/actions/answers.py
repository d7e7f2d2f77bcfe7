"""Recording answers: judged, versioned, counted, and standing until somebody clears them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.checkins.actions.morning import Morning
from app.checkins.queries.standing import hold_people, people_now, rules_by_company
from app.checkins.rules import AnswersTaken, CheckInRecorded, Level, WellAnswered
from app.checkins.rules.requests import CheckInRequest
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.refusals import Refusal
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class RecordedCheckIn:
    """What became of an answer; `level` is the effective one."""

    check_in_id: str
    version: int
    level: Level
    reasons: tuple[str, ...]
    advice: str | None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer with who hands it in, and when it arrived."""

    request: CheckInRequest
    actor: Actor
    now: datetime


def record_check_in(
    session: Session, request: CheckInRequest, *, settings: Settings, actor: Actor, now: datetime
) -> RecordedCheckIn:
    """Store a new version of a worker's answer for a shift, and all that follows from it."""
    given = [GivenAnswer(request, actor, now)]
    outcome = record_check_ins(session, given, settings=settings)[0]
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def record_check_ins(
    session: Session, given: Sequence[GivenAnswer], *, settings: Settings
) -> list[RecordedCheckIn | Refusal]:
    """Store many answers in their order; one that is refused leaves no trace and stops no other.

    1. All that is known beforehand is read at once. 2. The rules decide one answer after the
    other, a later one knowing what the earlier ones changed. 3. All of it is written at once.
    4. What follows is told, in order.
    """
    session.flush()
    requests = [each.request for each in given]
    hold_people(session, [each.worker_id for each in requests])
    people = people_now(
        session, [each.worker_id for each in requests], [each.shift_on for each in requests]
    )
    companies = rules_by_company(session, {person.company_id for person in people.values()})
    morning = Morning(people, companies, settings)
    outcomes: list[RecordedCheckIn | Refusal] = []
    for each in given:
        try:
            taken = morning.take(each.request, each.actor, each.now)
            outcomes.append(
                RecordedCheckIn(
                    taken.check_in_id, taken.version, taken.level, taken.reasons, taken.advice
                )
            )
        except Refusal as refusal:
            outcomes.append(refusal)
    morning.write(session)
    for event, now in morning.events:
        publish(session, event, now=now)
    now = max(each.now for each in given)
    recorded = [event for event, _ in morning.events if isinstance(event, CheckInRecorded)]
    if recorded:
        publish(session, AnswersTaken(tuple(recorded)), now=now)
    well = morning.well()
    if well:
        publish(session, WellAnswered(well), now=now)
    return outcomes

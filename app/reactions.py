"""What follows an event: the one table. Reactions run in the event's own transaction."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.checkins.actions.counting import drop_empty_counts
from app.checkins.actions.duties import drop_expected, replan_duties
from app.checkins.actions.merging import join_health, part_health
from app.checkins.queries.answers import list_answered_shifts
from app.checkins.rules import CheckInRecorded
from app.delivery.actions.ledger import cancel_waiting, settle_answer
from app.kernel.events import Reactions
from app.reminders.queries.groups import is_reminded
from app.reminders.rules.planning import answer_key
from app.workforce.actions.planned import drop_overtaken
from app.workforce.rules.duplicates import WorkersMerged, WorkersParted
from app.workforce.rules.groups import (
    PlaceInUse,
    PlaceWithdrawn,
    WorkChanged,
    WorkEnded,
    WorkersWithdrawn,
)


def expect_anew(session: Session, event: WorkChanged, *, now: datetime) -> None:
    """Duties follow every change of when or where somebody works."""
    replan_duties(
        session,
        event.company_id,
        event.worker_ids,
        event.from_on,
        settings=session.info["settings"],
        now=now,
    )


def plan_anew(session: Session, event: WorkChanged, *, now: datetime) -> None:
    """What was planned for somebody and cannot follow on the change is planned no more."""
    drop_overtaken(session, event.company_id, event.worker_ids, now=now)


def expect_no_more(session: Session, event: WorkersWithdrawn, *, now: datetime) -> None:
    """Who was added by mistake is missing nowhere."""
    drop_expected(session, event.company_id, event.worker_ids, event.from_on, now=now)


def count_no_more(session: Session, event: PlaceWithdrawn, *, now: datetime) -> None:
    """A unit that goes takes its empty figures along; one with figures stays."""
    if event.unit_id is not None and not drop_empty_counts(session, event.unit_id):
        raise PlaceInUse


def remind_no_more(session: Session, event: PlaceWithdrawn, *, now: datetime) -> None:
    """A group that a reminder goes to stays."""
    if event.group_ids and is_reminded(session, event.group_ids):
        raise PlaceInUse


def write_no_more(session: Session, event: WorkEnded, *, now: datetime) -> None:
    """Who has left is written to no more; what was sent stays theirs."""
    cancel_waiting(session, event.worker_ids)


def stop_reminding(session: Session, event: CheckInRecorded, *, now: datetime) -> None:
    """Who has answered needs no reminder of it any more."""
    settle_answer(
        session,
        event.worker_id,
        answer_key(event.shift_on, event.shift),
        by_person=event.own,
        now=now,
    )


def stop_reminding_merged(session: Session, event: WorkersMerged, *, now: datetime) -> None:
    """Whoever answered with either record needs no reminder of it any more."""
    since = now.date() - timedelta(days=1)
    for on, shift in list_answered_shifts(session, event.kept_id, since):
        settle_answer(session, event.kept_id, answer_key(on, shift), by_person=False, now=now)


REACTIONS: Reactions = {
    CheckInRecorded: (stop_reminding,),
    WorkChanged: (plan_anew, expect_anew),
    WorkersMerged: (join_health, stop_reminding_merged),
    WorkersParted: (part_health,),
    WorkEnded: (write_no_more,),
    WorkersWithdrawn: (expect_no_more,),
    PlaceWithdrawn: (remind_no_more, count_no_more),
}

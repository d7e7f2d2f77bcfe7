"""What follows an event: the one table. Reactions run in the event's own transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.checkins.actions.duties import drop_expected, replan_duties
from app.checkins.rules import CheckInRecorded
from app.delivery.actions.ledger import cancel_waiting, settle_answer
from app.kernel.events import Reactions
from app.reminders.rules.planning import answer_key
from app.workforce.rules.groups import WorkChanged, WorkEnded, WorkersWithdrawn


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


def expect_no_more(session: Session, event: WorkersWithdrawn, *, now: datetime) -> None:
    """Who was added by mistake is missing nowhere."""
    drop_expected(session, event.company_id, event.worker_ids, event.from_on, now=now)


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


REACTIONS: Reactions = {
    CheckInRecorded: (stop_reminding,),
    WorkChanged: (expect_anew,),
    WorkEnded: (write_no_more,),
    WorkersWithdrawn: (expect_no_more,),
}

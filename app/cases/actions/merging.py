"""Cases of two records that are merged; taking the merge back needs nothing of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.actions.ending import message_key
from app.cases.actions.steps import PROGRAM, write_entry
from app.cases.models import FollowUpCase
from app.cases.queries.standing import hold_open_cases
from app.cases.rules.states import CaseAct, CaseState
from app.delivery.actions.ledger import cancel_messages
from app.workforce.actions.merge_ledger import change_rows
from app.workforce.rules.duplicates import WorkersMerged

CASE: Any = FollowUpCase.__table__


def join_cases(session: Session, event: WorkersMerged, *, now: datetime) -> None:
    """The kept record takes over the cases; of two that are open its own goes on."""
    kept_id, gone_id = event.kept_id, event.gone_id
    held = hold_open_cases(session, [kept_id, gone_id])
    own, other = held.get(kept_id), held.get(gone_id)
    changes = []
    for case_id in session.scalars(
        select(CASE.c.id).where(CASE.c.worker_id == gone_id).order_by(CASE.c.id)
    ).all():
        before: dict[str, Any] = {"worker_id": gone_id}
        after: dict[str, Any] = {"worker_id": kept_id}
        if own is not None and other is not None and case_id == other.id:
            before |= {"state": other.state, "closed_at": None}
            after |= {"state": str(CaseState.CLOSED), "closed_at": now}
        changes.append((case_id, before, after))
    change_rows(session, event.merge_id, CASE, changes)
    if own is None or other is None:
        session.expire_all()
        return
    joined = {"joined": own.id}
    cancel_messages(session, message_key(other.id), now=now)
    session.expire(other)
    write_entry(session, other, CaseAct.CLOSE, actor=PROGRAM, now=now, details=joined)
    write_entry(session, own, CaseAct.NOTE, actor=PROGRAM, now=now, details={"joins": other.id})
    session.expire_all()

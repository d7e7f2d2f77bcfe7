"""What the province says of a case that was sent up."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.cases.actions.steps import write_entry
from app.cases.models import CaseEntry, FollowUpCase
from app.kernel.actors import program

PROVINCE = "province"
READ_WITHIN = timedelta(hours=1)  # the program's own choice, until somebody acts on the case


def take_province_answer(
    session: Session,
    case_id: str,
    text: str,
    *,
    number: int,
    answered_by: str,
    answered_at: datetime,
    now: datetime,
) -> bool:
    """The province's words go on the timeline, once for each `number`; false without such a case.

    The state stays as it is, of a closed case too: people here decide what follows. An open case
    comes up in the queue, so that the words are read.
    """
    case = session.get(FollowUpCase, case_id, with_for_update=True, populate_existing=True)
    if case is None or case.escalated_at is None:
        return False
    told = session.scalars(
        select(CaseEntry.details).where(CaseEntry.case_id == case_id, CaseEntry.act == PROVINCE)
    ).all()
    if any(each.get("n") == number for each in told):
        return True
    actor = program(answered_by)
    details = {"n": number, "at": answered_at.isoformat()}
    write_entry(session, case, PROVINCE, actor=actor, now=now, words=text, details=details)
    case.version += 1
    if case.closed_at is None and now + READ_WITHIN < case.due_at:
        case.due_at, case.due_step = now + READ_WITHIN, PROVINCE
    record_act(
        session,
        "cases.province_answered",
        actor=actor,
        now=now,
        subject_id=case.worker_id,
        company_id=case.company_id,
        case=case.id,
    )
    return True

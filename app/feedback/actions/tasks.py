"""Tasks that the province gives a park out of what its hotline was told."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_company, find_park
from app.audit.actions import record_act
from app.feedback.models import Feedback
from app.feedback.rules.notes import Category, Level, Source
from app.feedback.rules.refusals import NotKept
from app.feedback.rules.states import FeedbackState
from app.kernel.actors import program


def take_task(
    session: Session,
    task_id: str,
    category: Category,
    text: str,
    *,
    company_code: str,
    level: Level,
    created_on: date,
    due_on: date,
    noted_by: str,
    now: datetime,
) -> bool:
    """Keep a task as feedback of the park, once; false when it is here already.

    It lies with the company's officers where the company is known here, else with the park's
    managers. `sent_seq` 0 says that the province follows what becomes of it.
    """
    if session.get(Feedback, task_id) is not None:
        return False
    company = find_company(session, company_code) if company_code else None
    branch = company or find_park(session)
    if branch is None:
        raise NotKept
    session.add(
        Feedback(
            id=task_id,
            source=Source.PROVINCE,
            branch_id=branch.id,
            company_id=company.id if company else None,
            category=category,
            text=text,
            noted_by=noted_by,
            created_on=created_on,
            received_at=now,
            state=FeedbackState.NEW,
            level=level if company else Level.PARK,
            owner_name="",
            due_on=due_on,
            sent_seq=0,
            version=1,
        )
    )
    session.flush()
    record_act(
        session,
        "feedback.task_taken_in",
        actor=program(noted_by),
        now=now,
        subject_id=task_id,
        company_id=company.id if company else None,
    )
    return True

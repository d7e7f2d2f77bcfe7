"""A deliberate act: a named case goes up to the province, for its eyes only."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.cases.actions.steps import do_step, needed_words, settle_due, take_up
from app.cases.models import FollowUpCase, FollowUpDay
from app.cases.queries.standing import days_of, list_samples
from app.cases.rules.events import CaseEscalated
from app.cases.rules.refusals import AlreadyEscalated
from app.cases.rules.states import CaseAct
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.workforce.models import Worker


def escalate_case(
    session: Session,
    case_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Send a named case up, once, with the reason; what the province gets is fixed by that."""
    case = take_up(session, case_id, CaseAct.ESCALATE, seen)
    if case.escalated_at is not None:
        raise AlreadyEscalated
    words = needed_words(reason)
    do_step(session, case, CaseAct.ESCALATE, actor=actor, now=now, words=words)
    case.escalated_at = now
    settle_due(session, case, now=now)
    body = _body(session, case, words, actor, now)
    publish(session, CaseEscalated(case.id, case.company_id, body), now=now)


def note_sent(session: Session, case_id: str, seq: int) -> None:
    """The case went into the log under this number."""
    session.execute(
        update(FollowUpCase).where(FollowUpCase.id == case_id).values(escalated_seq=seq)
    )


def _body(
    session: Session, case: FollowUpCase, words: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    worker = session.get_one(Worker, case.worker_id)
    company = session.get_one(Branch, case.company_id)
    unit = session.get_one(Branch, worker.branch_id)
    asked = days_of(case)
    return {
        "case": case.id,
        "escalated_at": now.isoformat(),
        "escalated_by": actor.name,
        "reason": words,
        "company": {"code": company.code, "name": company.name},
        "worker": {
            "badge": worker.badge,
            "name": worker.name,
            "unit": unit.name,
            "phone": worker.phone,
            "sex": worker.sex,
            "born_on": worker.born_on.isoformat() if worker.born_on else None,
            "birth_year": worker.birth_year,
        },
        "opened_at": case.opened_at.isoformat(),
        "level": case.level,
        "state": case.state,
        "class": case.person_class,
        "isolated_on": case.isolated_on.isoformat() if case.isolated_on else None,
        "follow_up": {"from_on": asked.from_on.isoformat(), "days": asked.days} if asked else None,
        "tests": [
            {"taken_at": each.over_at.isoformat() if each.over_at else None, "result": each.result}
            for each in list_samples(session, case.id)
        ],
        "days": _days(session, case.id),
    }


def _days(session: Session, case_id: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(FollowUpDay)
        .where(FollowUpDay.case_id == case_id)
        .order_by(FollowUpDay.on, FollowUpDay.version)
    ).all()
    newest = {row.on: row for row in rows}
    return [
        {"on": on.isoformat(), "level": row.level, "answers": json.loads(row.answers)}
        for on, row in sorted(newest.items())
    ]

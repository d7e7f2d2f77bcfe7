"""Calls of the province's hotline: written down, and sealed for a park as a task."""

import json
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.feedback.actions.tasks import take_task
from app.intake.models import IntakeItem
from app.intake.queries.limits import get_limits
from app.intake.queries.parks import list_park_names
from app.intake.rules.answers import Task, read_task
from app.intake.rules.calls import Call
from app.intake.rules.refusals import UnknownPark
from app.intake.rules.states import ItemKind, ItemState
from app.intake.rules.times import end_of_day, working_day_after
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.settings import Settings
from app.sync.actions.opening import open_sealed
from app.sync.actions.sending_down import append_down, sealed_for
from app.sync.rules import DownKind, EntryArrived


def note_call(session: Session, call: Call, *, actor: Actor, now: datetime) -> str:
    """Somebody phoned: kept here with who called, and given to a park without; the item's id."""
    if call.node not in dict(list_park_names(session)):
        raise UnknownPark
    settings: Settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    due_on = working_day_after(today, get_limits().feedback_working_days)
    task = Task(
        str(uuid.uuid4()),
        call.category,
        call.text,
        call.company_code,
        call.level,
        today,
        due_on,
        actor.name,
    )
    content = {
        "text": call.text,
        "caller": call.caller,
        "company": {"code": call.company_code, "name": ""},
        "level": str(call.level),
        "noted_by": actor.name,
        "created_on": today.isoformat(),
    }
    item = IntakeItem(
        id=str(uuid.uuid4()),
        node=call.node,
        kind=ItemKind.CALL,
        ref=task.id,
        company_code=call.company_code,
        category=call.category,
        level="",
        content=json.dumps(content, ensure_ascii=False),
        content_seq=0,
        park_state="",
        state_seq=0,
        state=ItemState.NEW,
        owner_id=actor.account_id,
        owner_name=actor.name,
        reported_at=now,
        came_on=today,
        due_at=end_of_day(due_on, settings.timezone),
        looked_on=today,
        version=1,
    )
    session.add(item)
    session.flush()
    jwe = sealed_for(session, call.node, task.body())
    append_down(session, call.node, DownKind.TASK, {"jwe": jwe}, now)
    record_act(session, "intake.call_noted", actor=actor, now=now, subject_id=item.id)
    return item.id


def task_arrives(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """At a park: the task becomes feedback of the park, once."""
    task = read_task(open_sealed(session, event.body.get("jwe"), now))
    take_task(
        session,
        task.id,
        task.category,
        task.text,
        company_code=task.company_code,
        level=task.level,
        created_on=task.called_on,
        due_on=task.due_on,
        noted_by=task.noted_by,
        now=now,
    )

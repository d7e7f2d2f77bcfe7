"""Writing down a breach of personal data, and who was told when."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.retention.models import Breach
from app.retention.rules.breaches import BreachMoved, Told, check_known, check_told


def note_breach(session: Session, told: Told, *, actor: Actor, now: datetime) -> str:
    """Write a breach down; the clock runs from when it was known. Its id."""
    _check(told, now)
    breach = Breach(
        id=new_id(now),
        known_at=told.known_at,
        what=told.what,
        whose=told.whose,
        people=told.people,
        done=told.done,
        told_authority_at=told.told_authority_at,
        told_people_at=told.told_people_at,
        noted_at=now,
        noted_by=actor.name,
        version=1,
    )
    session.add(breach)
    session.flush()
    record_act(session, "retention.breach_noted", actor=actor, now=now, subject_id=breach.id)
    return breach.id


def change_breach(
    session: Session, breach_id: str, told: Told, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Say more of a breach; refused when somebody else did since version `seen`."""
    breach = session.get(Breach, breach_id, with_for_update=True)
    if breach is None:
        raise NotFound
    if breach.version != seen:
        raise BreachMoved
    _check(told, now)
    breach.known_at, breach.what, breach.whose = told.known_at, told.what, told.whose
    breach.people, breach.done = told.people, told.done
    breach.told_authority_at, breach.told_people_at = told.told_authority_at, told.told_people_at
    breach.version += 1
    record_act(session, "retention.breach_changed", actor=actor, now=now, subject_id=breach_id)


def _check(told: Told, now: datetime) -> None:
    check_known(told.known_at, now)
    check_told(told.known_at, told.told_authority_at, now)
    check_told(told.known_at, told.told_people_at, now)

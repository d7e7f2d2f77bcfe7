"""Leaving a note to the next shift, and taking it over; neither is ever changed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.checkins.models import HandOverNote, HandOverReading
from app.checkins.rules.hand_over import note_text
from app.extensions import upsert
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound


def leave_note(
    session: Session,
    company_id: int,
    unit_id: int,
    shift_on: date,
    shift: str,
    written: str,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Leave a note to whoever comes next; `shift` empty for the day. Returns its id."""
    if actor.account_id is None:
        raise NotFound
    note = HandOverNote(
        id=new_id(now),
        company_id=company_id,
        branch_id=unit_id,
        shift_on=shift_on,
        shift=shift,
        text=note_text(written),
        account_id=actor.account_id,
        written_by=actor.name[:120],
        written_at=now,
    )
    session.add(note)
    session.flush()
    record_act(
        session,
        "hand_over.note_left",
        actor=actor,
        now=now,
        subject_id=note.id,
        company_id=company_id,
        unit_id=unit_id,
    )
    return note.id


def take_over(session: Session, note_id: str, *, actor: Actor, now: datetime) -> None:
    """Somebody has read a note and takes it over; whoever was first stands."""
    note = session.get(HandOverNote, note_id)
    if note is None or actor.account_id is None:
        raise NotFound
    first = session.scalars(
        upsert(session, HandOverReading)
        .values(note_id=note_id, account_id=actor.account_id, read_by=actor.name[:120], read_at=now)
        .on_conflict_do_nothing()
        .returning(HandOverReading.note_id)
    ).first()
    if first is not None:
        record_act(
            session,
            "hand_over.note_read",
            actor=actor,
            now=now,
            subject_id=note_id,
            company_id=note.company_id,
        )

"""At a park: what the province answers, to the case or the feedback that it is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.cases.actions.province import take_province_answer
from app.feedback.actions.answers import take_answer
from app.feedback.queries.notes import find_path
from app.intake.rules.answers import Answer, read_answer
from app.intake.rules.refusals import NobodyWaits
from app.intake.rules.states import ItemKind
from app.sync.actions.opening import open_sealed
from app.sync.rules import EntryArrived


def answer_arrives(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """The words go on the case's timeline, or to whoever wrote the feedback."""
    body: Mapping[str, Any] = open_sealed(session, event.body.get("jwe"), now)
    told = read_answer(body, event.made_at)
    if not _put_down(session, told, now):
        raise NobodyWaits


def _put_down(session: Session, told: Answer, now: datetime) -> bool:
    if told.kind is ItemKind.CASE:
        return take_province_answer(
            session,
            told.ref,
            told.text,
            number=told.number,
            answered_by=told.answered_by,
            answered_at=told.answered_at,
            now=now,
        )
    # What was closed here meanwhile stays closed; the province is told of that by its own entry.
    take_answer(
        session,
        told.ref,
        told.text,
        number=told.number,
        answered_by=told.answered_by,
        now=now,
    )
    return find_path(session, told.ref) is not None

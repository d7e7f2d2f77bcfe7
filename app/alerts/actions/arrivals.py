"""What a park does with the province's notices; what it cannot take in, the province hears of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.refusals import Refusal
from app.notices.actions.arriving import arrive_cancel, arrive_notice
from app.notices.rules.arriving import LONGEST_ID
from app.sync.actions.log import append_entry
from app.sync.actions.placing import mark
from app.sync.rules import EntryArrived, UpKind

UNAPPLIED = "unapplied"


def take_notice(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """A notice of the province goes out here at once."""
    _take(session, event, lambda body: arrive_notice(session, body, now=now), now)


def take_cancel(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """The province takes a notice back."""
    _take(session, event, lambda body: arrive_cancel(session, body, now=now), now)


def _take(
    session: Session,
    event: EntryArrived,
    arrive: Callable[[Mapping[str, Any]], object],
    now: datetime,
) -> None:
    try:
        with session.begin_nested():
            arrive(event.body)
    except Refusal as refusal:
        mark(session, event.park, event.direction, event.seq, refusal.code)
        _tell(session, event.body, refusal.code, now)


def _tell(session: Session, body: Mapping[str, Any], code: str, now: datetime) -> None:
    """Let the province know, where it can be said of which notice."""
    match body:
        case {"alert": str(alert_id), "version": int(version)} if len(alert_id) <= LONGEST_ID:
            told = {
                "alert": alert_id,
                "version": version,
                "as_of": now.isoformat(timespec="seconds"),
                "state": UNAPPLIED,
                "code": code,
            }
            append_entry(session, UpKind.NOTICE_STATE, told, now)

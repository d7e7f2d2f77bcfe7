"""A call to the other system, written down before it goes and after it came back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.extensions import upsert
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.reports.models import ReportCodes, ReportSend, ReportValue
from app.reports.rules.codes import NoSource, codes_file, read_codes
from app.reports.rules.dhis2 import Outcome, SendState, taken_rows
from app.reports.rules.rows import DataRow, digest_of

AT_ONCE = 500


def keep_codes(
    session: Session, content: Mapping[str, Any], source: str, *, actor: Actor, now: datetime
) -> int:
    """A new version of the codes; earlier ones stay. Its number."""
    if not source:
        raise NoSource
    version = (session.scalar(select(func.max(ReportCodes.version))) or 0) + 1
    codes = read_codes(content, version=version, source=source)
    session.add(
        ReportCodes(
            version=version,
            content=codes_file(codes),
            source=source,
            added_at=now,
            added_by=actor.account_id,
        )
    )
    record_act(session, "reports.codes_kept", actor=actor, now=now, version=version, source=source)
    return version


def begin_send(
    session: Session,
    rows: Sequence[DataRow],
    period: tuple[date, date],
    *,
    codes_version: int,
    dry_run: bool,
    actor: Actor,
    now: datetime,
) -> str:
    """Write down that rows are about to go; the call's id."""
    send = ReportSend(
        id=new_id(now),
        from_on=period[0],
        to_on=period[1],
        rows=len(rows),
        digest=digest_of(rows),
        codes_version=codes_version,
        dry_run=dry_run,
        state=SendState.ASKED.value,
        problem="",
        counts={},
        conflicts=[],
        asked_at=now,
        asked_by=actor.account_id,
    )
    session.add(send)
    act = "reports.send_tried" if dry_run else "reports.send_asked"
    record_act(session, act, actor=actor, now=now, subject_id=send.id, rows=len(rows))
    return send.id


def end_send(session: Session, send_id: str, outcome: Outcome, *, now: datetime) -> None:
    """Write down what came of it."""
    send = session.get_one(ReportSend, send_id)
    send.state, send.problem, send.ended_at = outcome.state.value, outcome.problem, now
    send.counts = dict(outcome.counts)
    send.conflicts = [asdict(each) for each in outcome.conflicts]


def keep_taken(session: Session, send_id: str, rows: Sequence[DataRow], outcome: Outcome) -> None:
    """Write down what the other side has now, or may have, after one call of a sending."""
    taken = taken_rows(rows, outcome)
    for start in range(0, len(taken), AT_ONCE):
        some = [
            {"place": row.place, "told": row.told, "send_id": send_id}
            for row in taken[start : start + AT_ONCE]
        ]
        wanted = upsert(session, ReportValue)
        session.execute(
            wanted.values(some).on_conflict_do_update(
                index_elements=["place"],
                set_={"told": wanted.excluded.told, "send_id": wanted.excluded.send_id},
            )
        )

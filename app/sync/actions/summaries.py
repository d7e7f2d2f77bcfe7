"""Making the summaries that are due, each row together with its log entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from app.settings import Settings
from app.sync.actions.log import append_entry, locked_node
from app.sync.gateways.signing import payload_of
from app.sync.models import Summary
from app.sync.queries.figures import (
    DueToMake,
    list_days_due,
    list_due,
    list_figures,
    list_missing,
)
from app.sync.queries.logs import list_compacts
from app.sync.rules import DueSummary, UpKind, day_summary, is_news, shift_summary

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MadeSummary:
    """A revision that went into the log; `shift` None is the day total."""

    on: date
    shift: str | None
    revision: int
    final: bool
    seq: int


def make_due_summaries(
    session: Session, settings: Settings, now: datetime, on: date | None = None
) -> list[MadeSummary]:
    """Make what is due now, of all days or of one; what says nothing new makes no revision."""
    node = locked_node(session, now).node  # two who look at once must not both find it due
    days = [on] if on is not None else list_days_due(session, settings, now)
    made: list[MadeSummary] = []
    for day in days:
        due = list_due(session, settings, now, day, day)
        of_day = [_make(session, node, each, settings, now) for each in due]
        if any(of_day) and all(each.due.shift for each in due):
            of_day.append(_settled_total(session, node, day, settings, now))
        made += [each for each in of_day if each is not None]
    return made


def _settled_total(
    session: Session, node: str, on: date, settings: Settings, now: datetime
) -> MadeSummary | None:
    """A total that was final already follows a shift that came or changed afterwards."""
    total = _find(session, node, on, "")
    if total is None or not total.final:
        return None
    due = DueSummary(on, None, True, now)
    return _keep(session, node, _total(session, node, due, settings, now), now)


def _make(
    session: Session, node: str, wanted: DueToMake, settings: Settings, now: datetime
) -> MadeSummary | None:
    due, span = wanted.due, wanted.span
    if due.shift is None or span is None:
        return _keep(session, node, _total(session, node, due, settings, now), now)
    body = shift_summary(
        on=due.on,
        shift=due.shift,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        final=due.final,
        as_of=now,
        figures=list_figures(session, due.on, due.shift),
        missing=list_missing(session, due.on, due.shift),
        earlier=_told(session, node, _find(session, node, due.on, due.shift)),
        small_cell=settings.small_cell,
    )
    return _keep(session, node, body, now)


def _total(session: Session, node: str, due: DueSummary, settings: Settings, now: datetime) -> Body:
    before = _find(session, node, due.on, "")
    shifts = session.scalars(
        select(Summary.body)
        .where(Summary.node == node, Summary.on == due.on, Summary.shift != "")
        .order_by(Summary.shift)
    ).all()
    return day_summary(
        on=due.on,
        final=due.final,
        as_of=now,
        shifts=shifts,
        revision=before.revision + 1 if before else 1,
        small_cell=settings.small_cell,
    )


def _find(session: Session, node: str, on: date, shift: str) -> Summary | None:
    return session.scalars(
        select(Summary).where(Summary.node == node, Summary.on == on, Summary.shift == shift)
    ).first()


def _told(session: Session, node: str, newest: Summary | None) -> Sequence[Body]:
    """Every revision sent of a shift, oldest first, out of the log."""
    if newest is None:
        return []
    entries = list_compacts(session, node, newest.seqs[:-1])
    return [*(payload_of(each.encode())["body"] for each in entries), newest.body]


def _keep(session: Session, node: str, body: Body, now: datetime) -> MadeSummary | None:
    on, shift = date.fromisoformat(body["on"]), body["shift"] or ""
    row = _find(session, node, on, shift)
    if row is not None:
        row.checked_at = now
        if not is_news(row.body, body):
            return None
    seq = append_entry(session, UpKind.SUMMARY, body, now)
    if row is None:
        row = Summary(id=new_id(now), node=node, on=on, shift=shift, checked_at=now, seqs=[])
        session.add(row)
    row.revision, row.final, row.body = body["revision"], body["final"], dict(body)
    row.as_of = row.received_at = now
    row.seqs = [*row.seqs, seq]
    return MadeSummary(on, body["shift"], row.revision, row.final, seq)

"""Summaries out of a log of entries into the table of the newest revisions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from app.sync.actions.placing import mark
from app.sync.gateways.packing import Packed
from app.sync.gateways.storing import store_rows
from app.sync.models import Summary
from app.sync.rules import Direction, Entry, MalformedEntry, SummaryHead, read_summary

SUMMARIES = cast(Table, Summary.__table__)


def apply_summaries(
    session: Session, node: str, entries: Sequence[Entry], *, now: datetime
) -> datetime | None:
    """The newest revision of each stands; the newest moment that any of them tells of.

    What this program cannot place stays in the log only.
    """
    heads: list[tuple[SummaryHead, Entry]] = []
    for entry in entries:
        head = entry.summary or read_summary(entry.body)
        if head is None:
            mark(session, node, Direction.UP, entry.seq, MalformedEntry.code)
        else:
            heads.append((head, entry))
    if not heads:
        return None
    session.flush()
    rows = _summaries_of(session, node, {head.on for head, _ in heads})
    fresh: dict[tuple[date, str], dict[str, Any]] = {}
    for head, entry in heads:
        known = rows.get((head.on, head.shift))
        value = fresh.get((head.on, head.shift))
        newest = value["revision"] if value else known.revision if known else 0
        if head.revision <= newest:
            continue
        seqs = value["seqs"] if value else known.seqs if known else []
        fresh[head.on, head.shift] = {
            "revision": head.revision,
            "final": head.final,
            "body": Packed(entry.packed) if entry.packed else dict(entry.body),
            "as_of": head.as_of,
            "received_at": now,
            "checked_at": now,
            "seqs": [*seqs, entry.seq],
        }
    added = []
    for (on, shift), value in fresh.items():
        row = rows.get((on, shift))
        if row is None:
            place = {"id": new_id(now), "node": node, "on": on, "shift": shift}
            added.append(place | value)
            continue
        session.execute(
            update(Summary)
            .where(Summary.id == row.id)
            .values(value)
            .execution_options(synchronize_session=False)
        )
    store_rows(session, SUMMARIES, added)
    _forget_loaded(session)
    return max((value["as_of"] for value in fresh.values()), default=None)


def _forget_loaded(session: Session) -> None:
    """What the session read of summaries before is read again."""
    for each in list(session.identity_map.values()):
        if isinstance(each, Summary):
            session.expire(each)


def _summaries_of(session: Session, node: str, days: set[date]) -> dict[tuple[date, str], Any]:
    rows = session.execute(
        select(Summary.id, Summary.on, Summary.shift, Summary.revision, Summary.seqs).where(
            Summary.node == node, Summary.on.in_(days)
        )
    )
    return {(row.on, row.shift): row for row in rows}

"""What parks sent of each day, added up once for each revision and kept in memory."""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dashboards.rules.province import Totals, read_report, told_at, totals_of
from app.sync.models import Summary

MOST_KEPT = 40_000  # park-days: 500 parks for 62 days, the longest period asked for, and more
AT_ONCE = 400
Stamp = tuple[str, int, datetime]  # a row, its revision, and when that came: never another body


@dataclass(frozen=True, slots=True)
class SentDay:
    """One park's day: the newest of its figures, when they came, and their sum."""

    figures_at: datetime
    received_at: datetime
    ahead: timedelta
    totals: Totals


class _Kept:
    """Sums by the revisions they were made of; the longest unused go first."""

    def __init__(self) -> None:
        self._sums: OrderedDict[tuple[Stamp, ...], Totals] = OrderedDict()
        self._lock = Lock()

    def find(self, stamps: tuple[Stamp, ...]) -> Totals | None:
        with self._lock:
            if stamps in self._sums:
                self._sums.move_to_end(stamps)
            return self._sums.get(stamps)

    def keep(self, stamps: tuple[Stamp, ...], totals: Totals) -> None:
        with self._lock:
            self._sums[stamps] = totals
            while len(self._sums) > MOST_KEPT:
                self._sums.popitem(last=False)


_kept = _Kept()


def list_sent_days(
    session: Session, from_on: date, to_on: date, nodes: Collection[str] | None = None
) -> Mapping[str, Mapping[date, SentDay]]:
    """What each park sent of each day: the day total, or the shifts where there is none."""
    asked = select(
        Summary.id,
        Summary.node,
        Summary.on,
        Summary.shift,
        Summary.revision,
        Summary.as_of,
        Summary.received_at,
    ).where(Summary.on.between(from_on, to_on))
    if nodes is not None:
        asked = asked.where(Summary.node.in_(nodes))
    sent: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in session.execute(asked.order_by(Summary.shift)):
        sent[row.node, row.on].append(row)
    parts = {key: _counted(rows) for key, rows in sent.items()}
    sums = _sums(session, {key: _stamps(rows) for key, rows in parts.items()})
    found: dict[str, dict[date, SentDay]] = defaultdict(dict)
    for (node, on), rows in parts.items():
        newest = max(rows, key=lambda row: row.received_at)
        figures_at = max(told_at(row.as_of, row.received_at)[0] for row in rows)
        ahead = told_at(newest.as_of, newest.received_at)[1]
        found[node][on] = SentDay(figures_at, newest.received_at, ahead, sums[node, on])
    return found


def _counted(rows: Sequence[Any]) -> list[Any]:
    """The day total alone, where there is one: it is never added to its shifts."""
    return [rows[0]] if rows[0].shift == "" else list(rows)


def _stamps(rows: Sequence[Any]) -> tuple[Stamp, ...]:
    return tuple((row.id, row.revision, row.received_at) for row in rows)


def _sums(
    session: Session, wanted: Mapping[tuple[str, date], tuple[Stamp, ...]]
) -> dict[tuple[str, date], Totals]:
    known = {key: _kept.find(stamps) for key, stamps in wanted.items()}
    found = {key: totals for key, totals in known.items() if totals is not None}
    unknown = [(key, wanted[key]) for key in wanted if key not in found]
    for start in range(0, len(unknown), AT_ONCE):
        some = unknown[start : start + AT_ONCE]
        ids = [stamp[0] for _, stamps in some for stamp in stamps]
        rows = session.execute(select(Summary.id, Summary.body).where(Summary.id.in_(ids)))
        bodies = {row.id: row.body for row in rows}
        for key, stamps in some:
            read = [read_report(bodies[stamp[0]]) for stamp in stamps if stamp[0] in bodies]
            found[key] = totals_of(read)
            _kept.keep(stamps, found[key])
    return found

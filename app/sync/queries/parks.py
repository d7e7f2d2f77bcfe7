"""The parks of a province, and the summaries made here or received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import Moment
from app.kernel.text import fold
from app.sync.models import Invitation, KnownNode, LogEntry, Summary, ThisNode
from app.sync.rules import MERGED, Direction, DownKind


@dataclass(frozen=True, slots=True)
class ParkRow:
    """A park with its freshness and its newest summary, None before the first."""

    node: str
    name: str
    as_of: datetime | None
    accepted_through: int
    last_contact_at: datetime | None
    latest: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A park in the register of nodes: its key, how far both logs came, what version it runs.

    `down_waiting` counts what was written for it and not confirmed, receipts apart.
    """

    node: str
    name: str
    key: str
    enrolled_at: datetime
    revoked_at: datetime | None
    version: str
    as_of: datetime | None
    last_contact_at: datetime | None
    accepted_through: int
    down_waiting: int


class Look(StrEnum):
    """Which parks of the register are wanted."""

    SILENT = "silent"
    WAITING = "waiting"
    REVOKED = "revoked"


SILENT_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A code that was given out and not used."""

    name: str
    expires_at: datetime
    replaces: bool


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The newest revision of a summary; `accepted` says whether the province has it."""

    node: str
    park: str
    accepted: bool
    body: Mapping[str, Any]


def list_parks(session: Session) -> list[ParkRow]:
    """Every park that enrolled here, by name."""
    parks = session.scalars(select(KnownNode).order_by(KnownNode.name, KnownNode.node)).all()
    return [
        ParkRow(
            park.node,
            park.name,
            park.as_of,
            park.accepted_through,
            park.last_contact_at,
            _latest(session, park.node),
        )
        for park in parks
    ]


def list_nodes(session: Session) -> list[NodeRow]:
    """Every park that enrolled here, by name, as the keeper of the node looks at it."""
    waiting = (
        select(func.count())
        .where(
            LogEntry.node == KnownNode.node,
            LogEntry.direction == Direction.DOWN,
            LogEntry.seq > KnownNode.confirmed_through,
            LogEntry.kind != DownKind.RECEIPT,
        )
        .correlate(KnownNode)
        .scalar_subquery()
    )
    rows = session.execute(
        select(KnownNode, waiting).order_by(KnownNode.name, KnownNode.node)
    ).all()
    return [
        NodeRow(
            park.node,
            park.name,
            str(park.sign_key.get("kid", ""))[:8],
            park.enrolled_at,
            park.revoked_at,
            park.version,
            park.as_of,
            park.last_contact_at,
            park.accepted_through,
            count,
        )
        for park, count in rows
    ]


def choose_nodes(rows: Sequence[NodeRow], *, text: str, look: str, now: datetime) -> list[NodeRow]:
    """Those whose name holds a text, accents apart, and that are looked for."""
    wanted = fold(text)
    return [
        row for row in rows if wanted in fold(row.name) and (not look or _is(row, Look(look), now))
    ]


def _is(row: NodeRow, look: Look, now: datetime) -> bool:
    if look is Look.REVOKED:
        return row.revoked_at is not None
    if look is Look.WAITING:
        return row.down_waiting > 0
    return row.last_contact_at is None or row.last_contact_at < now - SILENT_AFTER


class ToldPark(NamedTuple):
    """The number of the newest entry for a park, receipts apart; and when it was heard of."""

    through: int
    last_contact_at: datetime


def list_told(session: Session) -> dict[str, ToldPark]:
    """Each park that is believed."""
    last = func.coalesce(KnownNode.last_contact_at, KnownNode.enrolled_at, type_=Moment)
    rows = session.execute(
        select(KnownNode.node, KnownNode.told_through, last.label("at")).where(
            KnownNode.revoked_at.is_(None)
        )
    )
    return {row.node: ToldPark(row.told_through, row.at) for row in rows}


def list_invitations(session: Session, now: datetime) -> list[InvitationRow]:
    """Codes that still open the door, the newest first."""
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.created_at.desc())
    )
    return [InvitationRow(row.name, row.expires_at, row.replaces is not None) for row in rows]


def _latest(session: Session, node: str) -> Mapping[str, Any] | None:
    """The newest of the newest day; of two made at once the day total."""
    return session.scalar(
        select(Summary.body)
        .where(Summary.node == node)
        .order_by(Summary.on.desc(), Summary.as_of.desc(), Summary.shift)
        .limit(1)
    )


def list_own_summaries(session: Session, on: date) -> list[SummaryRow]:
    """The summaries that this park made of a day, the day total first."""
    rows = session.execute(
        select(Summary.node, Summary.seqs, Summary.body, ThisNode.accepted_through)
        .join(ThisNode, ThisNode.node == Summary.node)
        .where(Summary.on == on)
        .order_by(Summary.shift)
    ).all()
    return [SummaryRow(node, "", seqs[-1] <= through, body) for node, seqs, body, through in rows]


def list_summaries_received(session: Session, on: date) -> list[SummaryRow]:
    """The summaries of a day that came from the parks, by park, the day total first."""
    rows = session.execute(
        select(KnownNode.node, KnownNode.name, Summary.body)
        .join(Summary, Summary.node == KnownNode.node)
        .where(Summary.on == on)
        .order_by(KnownNode.name, KnownNode.node, Summary.shift)
    ).all()
    return [SummaryRow(node, park, True, body) for node, park, body in rows]


def only_companies(body: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """A summary as one company may read it: without the others, and without the merged row."""
    shown = set(codes) - {MERGED}
    return {
        **body,
        "companies": [row for row in body["companies"] if row["code"] in shown],
        "missing": [code for code in body["missing"] if code in shown],
    }

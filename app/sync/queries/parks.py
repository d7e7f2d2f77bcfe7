"""The parks of a province, and the summaries made here or received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sync.models import KnownNode, Summary, ThisNode
from app.sync.rules import MERGED


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

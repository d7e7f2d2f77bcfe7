"""What staff of the province see of their bulletins: drafts, versions, and how far parks are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.bulletins.models import BulletinDraft, BulletinVersion, DownSending, RuleDocument
from app.bulletins.rules.bulletins import (
    Channel,
    Content,
    State,
    content_without_cases,
    kept_content,
)
from app.sync.models import KnownNode

STILL_SENT_DAYS = 60


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A bulletin in the list: `version` 0 was never published, `open` has changes not yet out."""

    id: str
    number: str
    on: date
    title: str
    channels: tuple[Channel, ...]
    cases: int
    version: int
    touched: int
    open: bool
    withdrawn: bool
    touched_at: datetime
    touched_by: str
    content: Content


@dataclass(frozen=True, slots=True)
class ParkState:
    """How far a thing is on its way to a park; `sent_at` is None while it waits."""

    node: str
    name: str
    sent_at: datetime | None
    received: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is still to be written into the log of a park; of rules the version is 1."""

    thing_id: str
    version: int
    node: str
    is_rules: bool


def _row(draft: BulletinDraft, *, whole: bool) -> DeskRow:
    content = kept_content(draft.content if whole else content_without_cases(draft.content))
    return DeskRow(
        draft.id,
        draft.number,
        draft.on,
        content.titles["vi"],
        content.channels,
        len(draft.content["cases"]),
        draft.version,
        draft.touched,
        draft.open,
        draft.withdrawn,
        draft.touched_at,
        draft.touched_by,
        content,
    )


def list_desk(session: Session, *, limit: int, offset: int) -> tuple[list[DeskRow], int]:
    """The bulletins of the province, the newest day first, and how many there are."""
    rows = session.scalars(
        select(BulletinDraft)
        .order_by(BulletinDraft.on.desc(), BulletinDraft.id.desc())
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(BulletinDraft)) or 0
    return [_row(each, whole=False) for each in rows], total


def find_desk(session: Session, bulletin_id: str) -> DeskRow | None:
    """One bulletin of the province."""
    draft = session.get(BulletinDraft, bulletin_id)
    return _row(draft, whole=True) if draft is not None else None


def find_newest(session: Session) -> DeskRow | None:
    """The bulletin of the newest day, from which the next one's number follows."""
    draft = session.scalars(
        select(BulletinDraft).order_by(BulletinDraft.on.desc(), BulletinDraft.id.desc()).limit(1)
    ).first()
    return _row(draft, whole=False) if draft is not None else None


def list_park_states(
    session: Session, thing_id: str, version: int, nodes: Sequence[str] | None = None
) -> list[ParkState]:
    """How far this version is with each park, or each of some parks; those that wait first."""
    rows = session.execute(
        select(KnownNode, DownSending)
        .outerjoin(
            DownSending,
            (DownSending.node == KnownNode.node)
            & (DownSending.thing_id == thing_id)
            & (DownSending.version == version),
        )
        .where(KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.name, KnownNode.node)
    ).all()
    states = [
        ParkState(
            park.node,
            park.name,
            sending.sent_at if sending else None,
            sending is not None and sending.seq <= park.confirmed_through,
        )
        for park, sending in rows
        if nodes is None or park.node in nodes
    ]
    return sorted(states, key=lambda each: (each.received, each.sent_at is not None, each.name))


def list_parks_to_choose(session: Session) -> list[tuple[str, str]]:
    """Every park that still belongs to the province: id and name."""
    rows = session.execute(
        select(KnownNode.node, KnownNode.name)
        .where(KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.name, KnownNode.node)
    )
    return [(row.node, row.name) for row in rows]


def list_waiting(session: Session, now: datetime, *, limit: int) -> list[Waiting]:
    """What is to be written into logs of parks and is not: worked out, so nothing is forgotten.

    Only the newest version of a bulletin goes; whoever never had one is not told of its end.
    """
    parks = [node for node, _ in list_parks_to_choose(session)]
    return [*_waiting_bulletins(session, parks, now), *_waiting_rules(session, parks)][:limit]


def _waiting_bulletins(session: Session, parks: Sequence[str], now: datetime) -> list[Waiting]:
    newest = _newest_for_workers(session, now - timedelta(days=STILL_SENT_DAYS))
    counts = _counts(session)
    # Of what every park has nothing is looked up: that is all but the newest ones, each time.
    short = [each for each in newest if counts.get(each[:2], 0) < len(parks)]
    sent = _sent(session, [bulletin_id for bulletin_id, _, _ in short])
    found: list[Waiting] = []
    for bulletin_id, version, withdrawn in short:
        done = sent.get((bulletin_id, version), set())
        had = {node for thing, nodes in sent.items() if thing[0] == bulletin_id for node in nodes}
        wanted = [node for node in parks if node in had] if withdrawn else parks
        found += [Waiting(bulletin_id, version, node, False) for node in wanted if node not in done]
    return found


def _counts(session: Session) -> Mapping[tuple[str, int], int]:
    """How many of the parks of today a version was written for."""
    rows = session.execute(
        select(DownSending.thing_id, DownSending.version, func.count())
        .join(KnownNode, KnownNode.node == DownSending.node)
        .where(KnownNode.revoked_at.is_(None))
        .group_by(DownSending.thing_id, DownSending.version)
    )
    return {(thing, version): count for thing, version, count in rows}


def _newest_for_workers(session: Session, since: datetime) -> list[tuple[str, int, bool]]:
    """Id, newest version and whether it is withdrawn, of what is for workers, as it was made."""
    rows = session.execute(
        select(
            BulletinVersion.bulletin_id,
            BulletinVersion.version,
            BulletinVersion.state,
            BulletinVersion.channels,
        )
        .join(
            BulletinDraft,
            (BulletinDraft.id == BulletinVersion.bulletin_id)
            & (BulletinDraft.version == BulletinVersion.version),
        )
        .where(BulletinVersion.made_at >= since)
        .order_by(BulletinVersion.made_at, BulletinVersion.bulletin_id)
    )
    return [
        (bulletin_id, version, state == State.WITHDRAWN)
        for bulletin_id, version, state, channels in rows
        if Channel.WORKERS in channels
    ]


def _waiting_rules(session: Session, parks: Sequence[str]) -> list[Waiting]:
    rows = session.execute(
        select(RuleDocument.id, RuleDocument.nodes)
        .where(RuleDocument.sent_at.is_not(None))
        .order_by(RuleDocument.sent_at, RuleDocument.id)
    ).all()
    counts = _counts(session)
    short = [
        row
        for row in rows
        if counts.get((row.id, 1), 0) < (len(parks) if row.nodes is None else len(row.nodes))
    ]
    sent = _sent(session, [row.id for row in short])
    return [
        Waiting(row.id, 1, node, True)
        for row in short
        for node in parks
        if (row.nodes is None or node in row.nodes) and node not in sent.get((row.id, 1), ())
    ]


def _sent(session: Session, things: Collection[str]) -> Mapping[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    if not things:
        return found
    rows = session.execute(
        select(DownSending.thing_id, DownSending.version, DownSending.node).where(
            DownSending.thing_id.in_(things)
        )
    )
    for thing, version, node in rows:
        found.setdefault((thing, version), set()).add(node)
    return found


def find_bulletin_path(session: Session, bulletin_id: str) -> str | None:
    """The branch path of a bulletin of the province: its root."""
    root = find_park(session)
    return root.path if root and session.get(BulletinDraft, bulletin_id) else None

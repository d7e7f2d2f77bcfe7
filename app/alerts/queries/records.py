"""The province's notices as lists, pages and the job read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.alerts.models import Alert, AlertPark
from app.alerts.rules.reach import is_away
from app.alerts.rules.states import OPEN, AlertState
from app.alerts.rules.told import AlertProgress, ParkProgress, ParkStage, stage_of
from app.sync.models import KnownNode

GROUPED: Mapping[str, tuple[AlertState, ...]] = {
    "open": (AlertState.DRAFT, AlertState.WAITING, AlertState.COUNTDOWN, AlertState.SENDING),
    "sent": (AlertState.SENT,),
    "over": (AlertState.CANCELLED, AlertState.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A notice in a list; `parks` it is for, `taken` by how many, counts as parks told them."""

    id: str
    version: int
    state: AlertState
    titles: Mapping[str, str]
    writer_name: str
    written_at: datetime
    begun_at: datetime | None
    expires_at: datetime
    parks: int = 0
    taken: int = 0
    audience: int | None = None
    read: int | None = None


def find_alert(session: Session, alert_id: str) -> Alert | None:
    """A notice by its id."""
    return session.get(Alert, alert_id)


def find_alert_path(session: Session, alert_id: str) -> str | None:
    """The branch path of whose notice it is: the province's root."""
    if session.get(Alert, alert_id) is None:
        return None
    return session.scalar(select(Branch.path).where(Branch.parent_id.is_(None)))


def nodes_told(root_id: str) -> Select[str]:
    """Parks that some version of a notice was written for."""
    version = aliased(AlertPark)
    return (
        select(version.node)
        .join(Alert, Alert.id == version.alert_id)
        .where(Alert.root_id == root_id, version.seq.is_not(None))
    )


def list_alerts(
    session: Session, group: str, *, limit: int, offset: int
) -> tuple[list[AlertRow], int]:
    """Notices, newest first, and how many; `group` is open, sent, over or all."""
    chosen = select(Alert)
    if group in GROUPED:
        chosen = chosen.where(Alert.state.in_(GROUPED[group]))
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(Alert.written_at.desc(), Alert.id.desc()).limit(limit).offset(offset)
    ).all()
    return _rows(session, rows), total


def count_groups(session: Session) -> dict[str, int]:
    """How many notices each group of the list has."""
    rows = session.execute(select(Alert.state, func.count()).group_by(Alert.state)).all()
    by_state = {AlertState(state): int(count) for state, count in rows}
    return {
        name: sum(by_state.get(state, 0) for state in states) for name, states in GROUPED.items()
    }


def count_open(session: Session, paths: Sequence[str]) -> int:
    """How many notices wait for a second person, count down or are going out."""
    if not paths:
        return 0
    return session.scalar(select(func.count()).where(Alert.state.in_(sorted(OPEN)))) or 0


def list_versions(session: Session, root_id: str) -> list[AlertRow]:
    """Every version of a notice, first one first."""
    rows = session.scalars(
        select(Alert).where(Alert.root_id == root_id).order_by(Alert.version)
    ).all()
    return _rows(session, rows)


def find_current(session: Session, now: datetime) -> Alert | None:
    """The notice to have in view: one on its way to being sent, else the last that holds."""
    on_way = select(Alert).where(Alert.state.in_(sorted(OPEN))).order_by(Alert.written_at.desc())
    found = session.scalars(on_way.limit(1)).first()
    if found is not None:
        return found
    holds = select(Alert).where(Alert.state == AlertState.SENT, Alert.expires_at > now)
    return session.scalars(holds.order_by(Alert.begun_at.desc()).limit(1)).first()


def get_progress(session: Session, alert: Alert, now: datetime) -> AlertProgress:
    """How far each park came with a version, those that came least far first."""
    rows = session.execute(
        select(AlertPark, KnownNode.name, KnownNode.confirmed_through, KnownNode.last_contact_at)
        .join(KnownNode, KnownNode.node == AlertPark.node)
        .where(AlertPark.alert_id == alert.id)
        .order_by(KnownNode.name, KnownNode.node)
    ).all()
    parks = [
        ParkProgress(
            row.node,
            name,
            stage_of(row.seq, confirmed, row.told_state),
            row.seq,
            row.sent_at,
            row.told_at,
            contact,
            is_away(contact, now),
            row.audience,
            row.reached,
            row.read,
            row.told_code,
            tuple(row.unknown),
            None if row.cancel_seq is None else row.cancel_seq <= confirmed,
        )
        for row, name, confirmed, contact in rows
    ]
    order = list(ParkStage)
    parks.sort(key=lambda park: order.index(park.stage))
    return AlertProgress(tuple(parks))


def list_due_ids(session: Session, now: datetime) -> list[str]:
    """Notices whose countdown has run out."""
    return list(
        session.scalars(
            select(Alert.id).where(Alert.state == AlertState.COUNTDOWN, Alert.sends_at <= now)
        )
    )


def list_going_ids(session: Session) -> list[str]:
    """Notices that are being written into the logs of the parks."""
    return list(session.scalars(select(Alert.id).where(Alert.state == AlertState.SENDING)))


def list_ended_ids(session: Session, now: datetime) -> list[str]:
    """Notices whose time is over before parks were told."""
    return list(
        session.scalars(
            select(Alert.id).where(Alert.state.in_(sorted(OPEN)), Alert.expires_at <= now)
        )
    )


def list_unwithdrawn_ids(session: Session) -> list[str]:
    """Withdrawn notices that some park still has to be told of."""
    other, version = aliased(AlertPark), aliased(Alert)
    told = (
        select(other.node)
        .join(version, version.id == other.alert_id)
        .where(version.root_id == Alert.root_id, other.seq.is_not(None))
        .where(other.node == AlertPark.node)
        .correlate(Alert, AlertPark)
        .exists()
    )
    return list(
        session.scalars(
            select(Alert.id)
            .join(AlertPark, AlertPark.alert_id == Alert.id)
            .where(Alert.state == AlertState.CANCELLED, AlertPark.cancel_seq.is_(None), told)
            .distinct()
        )
    )


def _rows(session: Session, alerts: Sequence[Alert]) -> list[AlertRow]:
    counted = _counts(session, [each.id for each in alerts])
    return [
        AlertRow(
            each.id,
            each.version,
            AlertState(each.state),
            each.titles,
            each.writer_name,
            each.written_at,
            each.begun_at,
            each.expires_at,
            *counted.get(each.id, (0, 0, None, None)),
        )
        for each in alerts
    ]


def _counts(
    session: Session, alert_ids: Sequence[str]
) -> dict[str, tuple[int, int, int | None, int | None]]:
    confirmed = (AlertPark.seq <= KnownNode.confirmed_through) | (AlertPark.told_state != "")
    rows = session.execute(
        select(
            AlertPark.alert_id,
            func.count(),
            func.count(case((confirmed, 1))),
            func.sum(AlertPark.audience),
            func.sum(AlertPark.read),
        )
        .join(KnownNode, KnownNode.node == AlertPark.node)
        .where(AlertPark.alert_id.in_(alert_ids))
        .group_by(AlertPark.alert_id)
    ).all()
    return {alert_id: tuple(counts) for alert_id, *counts in rows}  # type: ignore[misc]

"""Notices as pages list and show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.notices.models import Notice, NoticeTarget
from app.notices.rules.audience import TargetKind
from app.notices.rules.states import LIVE, NoticeState
from app.workforce.models import WorkGroup

GROUPED: Mapping[str, tuple[NoticeState, ...]] = {
    "open": (NoticeState.DRAFT, NoticeState.WAITING, NoticeState.COUNTDOWN, NoticeState.SENDING),
    "sent": (NoticeState.SENT, NoticeState.STOPPED),
    "over": (NoticeState.CANCELLED, NoticeState.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in a list."""

    id: str
    version: int
    kind: str
    state: NoticeState
    titles: Mapping[str, str]
    severity: str
    sender: str
    writer_name: str
    written_at: datetime
    begun_at: datetime | None
    expires_at: datetime
    audience: int


@dataclass(frozen=True, slots=True)
class TargetShown:
    """One part of an audience in words: what, where, which shift and day."""

    kind: TargetKind
    place: str
    company: str
    shift: str = ""
    on: date | None = None


def find_notice(session: Session, notice_id: str) -> Notice | None:
    """A notice by its id."""
    return session.get(Notice, notice_id)


def find_notice_path(session: Session, notice_id: str) -> str | None:
    """The branch path of whose notice it is: a company, or the park."""
    return session.scalar(
        select(Branch.path)
        .join(Notice, Notice.branch_id == Branch.id)
        .where(Notice.id == notice_id)
    )


def list_notices(
    session: Session,
    paths: Sequence[str],
    group: str,
    *,
    company_id: int | None = None,
    limit: int,
    offset: int,
) -> tuple[list[NoticeRow], int]:
    """Notices of these branches, newest first, and how many; `group` is open, sent, over or all.

    `company_id`: only those that this company wrote, or that are for its people.
    """
    chosen = select(Notice).join(Branch, Branch.id == Notice.branch_id).where(_under(paths))
    if company_id is not None:
        chosen = chosen.where(_about(company_id))
    if group in GROUPED:
        chosen = chosen.where(Notice.state.in_(GROUPED[group]))
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(Notice.written_at.desc(), Notice.id.desc()).limit(limit).offset(offset)
    ).all()
    return [_row(each) for each in rows], total


def _about(company_id: int) -> ColumnElement[bool]:
    """Whether a company wrote a notice, or it is for people of that company."""
    target = select(NoticeTarget.notice_id).where(
        NoticeTarget.notice_id == Notice.id,
        or_(NoticeTarget.company_id.is_(None), NoticeTarget.company_id == company_id),
    )
    return or_(Notice.branch_id == company_id, target.exists())


def count_groups(
    session: Session, paths: Sequence[str], company_id: int | None = None
) -> dict[str, int]:
    """How many notices each group of the list has."""
    chosen = (
        select(Notice.state, func.count())
        .join(Branch, Branch.id == Notice.branch_id)
        .where(_under(paths))
        .group_by(Notice.state)
    )
    if company_id is not None:
        chosen = chosen.where(_about(company_id))
    rows = session.execute(chosen).all()
    by_state = {NoticeState(state): int(count) for state, count in rows}
    return {
        name: sum(by_state.get(state, 0) for state in states) for name, states in GROUPED.items()
    }


def list_live(session: Session, paths: Sequence[str]) -> list[NoticeRow]:
    """Notices of these branches that count down or are being sent at this moment."""
    if not paths:
        return []
    rows = session.scalars(
        select(Notice)
        .join(Branch, Branch.id == Notice.branch_id)
        .where(Notice.state.in_(sorted(LIVE)), _under(paths))
        .order_by(Notice.written_at.desc())
    ).all()
    return [_row(each) for each in rows]


def list_waiting(session: Session, paths: Sequence[str]) -> list[NoticeRow]:
    """Notices of these branches that wait for a second person, first asked for first."""
    if not paths:
        return []
    rows = session.scalars(
        select(Notice)
        .join(Branch, Branch.id == Notice.branch_id)
        .where(Notice.state == NoticeState.WAITING, _under(paths))
        .order_by(Notice.asked_at, Notice.id)
    ).all()
    return [_row(each) for each in rows]


def list_received(session: Session, company_ids: Sequence[int], *, limit: int) -> list[NoticeRow]:
    """What somebody above these companies sent to people of theirs, newest first."""
    rows = session.scalars(
        _received(company_ids).order_by(Notice.begun_at.desc(), Notice.id.desc()).limit(limit)
    ).all()
    return [_row(each) for each in rows]


def find_received(session: Session, notice_id: str, company_ids: Sequence[int]) -> Notice | None:
    """A notice that somebody above these companies sent to people of theirs."""
    return session.scalars(_received(company_ids).where(Notice.id == notice_id)).first()


def _received(company_ids: Sequence[int]) -> Select[Notice]:
    target = select(NoticeTarget.notice_id).where(
        NoticeTarget.notice_id == Notice.id,
        or_(NoticeTarget.company_id.is_(None), NoticeTarget.company_id.in_(company_ids)),
    )
    return (
        select(Notice)
        .join(Branch, Branch.id == Notice.branch_id)
        .where(Branch.kind == BranchKind.PARK, Notice.begun_at.is_not(None), target.exists())
    )


def list_versions(session: Session, root_id: str) -> list[NoticeRow]:
    """Every version of a notice, first one first."""
    rows = session.scalars(
        select(Notice).where(Notice.root_id == root_id).order_by(Notice.version)
    ).all()
    return [_row(each) for each in rows]


def list_target_words(session: Session, notice_id: str) -> list[TargetShown]:
    """Whom a notice is for, in names."""
    rows = session.scalars(
        select(NoticeTarget).where(NoticeTarget.notice_id == notice_id).order_by(NoticeTarget.n)
    ).all()
    return [_in_words(session, row) for row in rows]


def list_due_ids(session: Session, now: datetime) -> list[str]:
    """Notices whose countdown has run out."""
    return list(
        session.scalars(
            select(Notice.id).where(Notice.state == NoticeState.COUNTDOWN, Notice.sends_at <= now)
        )
    )


def list_sending_ids(session: Session) -> list[str]:
    """Notices that are being sent, the first begun first."""
    return list(
        session.scalars(
            select(Notice.id)
            .where(Notice.state == NoticeState.SENDING)
            .order_by(Notice.begun_at, Notice.id)
        )
    )


def list_ended_ids(session: Session, now: datetime) -> list[str]:
    """Notices whose time is over while they wait, count down or are being sent."""
    open_states = (NoticeState.WAITING, NoticeState.COUNTDOWN, NoticeState.SENDING)
    return list(
        session.scalars(
            select(Notice.id).where(Notice.state.in_(open_states), Notice.expires_at <= now)
        )
    )


def list_unswept_ids(session: Session) -> list[str]:
    """Notices that ended before everybody got them, whose rest is still to be cancelled."""
    ended = (NoticeState.STOPPED, NoticeState.CANCELLED, NoticeState.EXPIRED)
    return list(
        session.scalars(
            select(Notice.id)
            .where(Notice.state.in_(ended), Notice.swept_at.is_(None))
            .where(Notice.message_id.is_not(None))
        )
    )


def _under(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*[Branch.path.startswith(path) for path in paths])


def _row(row: Notice) -> NoticeRow:
    return NoticeRow(
        row.id,
        row.version,
        row.kind,
        NoticeState(row.state),
        row.titles,
        row.severity,
        row.sender,
        row.writer_name,
        row.written_at,
        row.begun_at,
        row.expires_at,
        row.audience,
    )


def _in_words(session: Session, row: NoticeTarget) -> TargetShown:
    company = session.get(Branch, row.company_id) if row.company_id else None
    group = session.get(WorkGroup, row.group_id) if row.group_id else None
    branch = session.get(Branch, row.branch_id) if row.branch_id else None
    place = group.name if group else branch.name if branch else ""
    return TargetShown(
        TargetKind(row.kind), place, company.name if company else "", row.shift, row.on
    )

"""What screens, kiosks and line sheets show now: notices that hold, newest version of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.notices.models import Notice, NoticeTarget
from app.notices.rules.audience import TargetKind
from app.notices.rules.states import NoticeState
from app.notices.rules.wording import MessageType

_SHOWN = (NoticeState.SENDING, NoticeState.SENT, NoticeState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Showing:
    """A notice as a screen shows it; a withdrawn one is only there to be crossed out.

    `for_all`: it is for everybody of the companies asked for, not for single lines or groups.
    """

    id: str
    version: int
    title: Mapping[str, str]
    text: Mapping[str, str]
    severity: str
    sent_at: datetime
    expires_at: datetime
    cancelled: bool
    sender: str = ""
    message_id: str | None = None
    corrects: bool = False
    for_all: bool = True


def list_showing(
    session: Session, company_ids: Collection[int] | None, *, now: datetime
) -> list[Showing]:
    """What holds now for people of these companies (None: of the park), newest first.

    A corrected version goes as soon as its correction is sent; one that was stopped does not show.
    """
    newest = (
        select(Notice.root_id, func.max(Notice.version).label("version"))
        .where(Notice.begun_at.is_not(None), Notice.kind != MessageType.CANCEL)
        .group_by(Notice.root_id)
        .subquery()
    )
    rows = session.scalars(
        select(Notice)
        .join(newest, (newest.c.root_id == Notice.root_id) & (newest.c.version == Notice.version))
        .where(Notice.state.in_(_SHOWN), Notice.expires_at > now, _touches(company_ids))
        .order_by(Notice.begun_at.desc(), Notice.id.desc())
    ).all()
    whole = _for_all(session, [row.id for row in rows])
    return [_shown(row, for_all=row.id in whole) for row in rows]


def _touches(company_ids: Collection[int] | None) -> ColumnElement[bool]:
    target = select(NoticeTarget.notice_id).where(NoticeTarget.notice_id == Notice.id)
    if company_ids is not None:
        own = NoticeTarget.company_id.in_(sorted(company_ids))
        target = target.where(or_(NoticeTarget.company_id.is_(None), own))
    return target.exists()


def _for_all(session: Session, ids: Sequence[str]) -> set[str]:
    wide = (TargetKind.PARK, TargetKind.COMPANY)
    return set(
        session.scalars(
            select(NoticeTarget.notice_id).where(
                NoticeTarget.notice_id.in_(ids), NoticeTarget.kind.in_(wide)
            )
        )
    )


def _shown(row: Notice, *, for_all: bool) -> Showing:
    return Showing(
        row.root_id,
        row.version,
        row.titles,
        row.texts,
        row.severity,
        row.begun_at or row.written_at,
        row.expires_at,
        row.state == NoticeState.CANCELLED,
        row.sender,
        row.message_id,
        row.corrects_id is not None,
        for_all,
    )

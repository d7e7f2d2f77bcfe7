"""What the province sends: a notice goes out at once, a newer one replaces it, a cancel ends it.

It was approved and counted down at the province. Twice, late or shuffled ends the same: the
newest version counts, and nothing follows on a cancel.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import find_company
from app.accounts.rules import BranchKind
from app.audit.actions import record_act
from app.kernel.canonical import digest
from app.kernel.ids import new_id
from app.notices.actions.releasing import count_now
from app.notices.actions.sending import PROGRAM, end_sending, start_sending
from app.notices.actions.steps import do_step, hold_notice
from app.notices.actions.withdrawing import withdraw_notice
from app.notices.models import Notice, NoticeTarget, ProvinceNotice
from app.notices.rules.arriving import FromProvince, MalformedNotice, read_cancel, read_notice
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.refusals import NoticeCancelled, NoticeExpired
from app.notices.rules.states import NoticeAct, NoticeState
from app.notices.rules.wording import MessageType


def arrive_notice(session: Session, body: Mapping[str, Any], *, now: datetime) -> str | None:
    """Take a notice of the province in; the id of what became of it here, None when nothing did."""
    told = read_notice(body)
    known = _hold(session, told.alert_id)
    if known.cancelled_at is not None or told.version <= known.version:
        return None
    targets, unknown = _targets(session, told)
    old = hold_notice(session, known.notice_id) if known.notice_id else None
    if old is not None and old.state == NoticeState.SENDING:
        end_sending(session, old, PROGRAM, now)
        do_step(session, old, NoticeAct.STOP, actor=PROGRAM, now=now)
    notice = _new(session, told, old, digest(dict(body)), now)
    session.add(notice)
    session.flush()
    _put_targets(session, notice.id, targets)
    known.version, known.notice_id = told.version, notice.id
    known.root_id, known.unknown = notice.root_id, list(unknown)
    known.closed_at = None
    if notice.state == NoticeState.SENDING:
        start_sending(session, notice, count_now(session, notice, now), now=now)
    record_act(
        session,
        "notices.arrived",
        actor=PROGRAM,
        now=now,
        notice=notice.id,
        alert=told.alert_id,
        version=told.version,
        state=str(notice.state),
        people=notice.audience,
        unknown=list(unknown),
    )
    return notice.id


def arrive_cancel(session: Session, body: Mapping[str, Any], *, now: datetime) -> None:
    """The province takes a notice back: nothing more of it leaves, and who got it is told."""
    told = read_cancel(body)
    known = _hold(session, told.alert_id)
    if known.cancelled_at is not None:
        return
    known.cancelled_at, known.cancelled_for = now, told.reason
    if known.notice_id is None:
        return
    try:
        withdraw_notice(session, known.notice_id, told.reason, actor=PROGRAM, now=now)
    except (NoticeExpired, NoticeCancelled):
        # Its time was over: who reads it sees that, and there is nothing to take back.
        return


def _hold(session: Session, alert_id: str) -> ProvinceNotice:
    held = session.scalars(
        select(ProvinceNotice).where(ProvinceNotice.alert_id == alert_id).with_for_update()
    ).first()
    if held is None:
        held = ProvinceNotice(alert_id=alert_id, version=0, unknown=[], cancelled_for="")
        session.add(held)
        session.flush()
    return held


def _root(session: Session) -> Branch:
    root = session.scalars(select(Branch).where(Branch.kind == BranchKind.PARK)).first()
    if root is None:
        raise MalformedNotice
    return root


def _targets(session: Session, told: FromProvince) -> tuple[list[Target], list[str]]:
    """The places here that a notice is for, and the codes that nobody here has."""
    if told.companies:
        found = {code: find_company(session, code) for code in told.companies}
        places = [branch.id for branch in found.values() if branch is not None]
        unknown = [code for code, branch in found.items() if branch is None]
        kind = TargetKind.COMPANY
    else:
        places, unknown, kind = [_root(session).id], [], TargetKind.PARK
    if not told.shifts:
        return [Target(kind, place) for place in places], unknown
    return [
        Target(TargetKind.SHIFT, place, shift, told.on) for place in places for shift in told.shifts
    ], unknown


def _new(
    session: Session, told: FromProvince, old: Notice | None, seal: str, now: datetime
) -> Notice:
    over = told.expires_at <= now
    notice_id = new_id(now)
    root_id = old.root_id if old else notice_id
    newest = select(func.max(Notice.version)).where(Notice.root_id == root_id)
    return Notice(
        id=notice_id,
        root_id=root_id,
        version=(session.scalar(newest) or 0) + 1,
        corrects_id=old.id if old else None,
        kind=MessageType.UPDATE if old else MessageType.ALERT,
        state=NoticeState.EXPIRED if over else NoticeState.SENDING,
        branch_id=_root(session).id,
        titles=dict(told.wording.titles),
        texts=dict(told.wording.texts),
        severity=told.severity,
        seal=seal,
        reason=told.reason,
        written_at=now,
        writer_id=None,
        writer_name=told.sender,
        sender=told.sender,
        expires_at=told.expires_at,
        approved_at=told.approved_at,
        approved_seal=seal,
        approver_name=told.sender,
        ended_at=now if over else None,
        ended_by=PROGRAM.name if over else "",
        audience=0,
        planned=0,
        roads={},
    )


def _put_targets(session: Session, notice_id: str, targets: Sequence[Target]) -> None:
    places = session.execute(
        select(Branch.id, Branch.company_id).where(
            Branch.id.in_({target.branch_id for target in targets})
        )
    ).all()
    company_of = {place.id: place.company_id for place in places}
    rows = [
        {
            "notice_id": notice_id,
            "n": n,
            "kind": target.kind,
            "company_id": company_of.get(target.branch_id),
            "branch_id": target.branch_id,
            "shift": target.shift,
            "on": target.on,
            "group_id": None,
        }
        for n, target in enumerate(targets)
    ]
    if rows:
        session.execute(insert(NoticeTarget), rows)

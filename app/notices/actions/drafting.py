"""Writing a notice: a draft, its changes, and the draft of a correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import Permission, may
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.notices.actions.steps import (
    company_of,
    do_step,
    needed_reason,
    refuse_of_province,
    take_up,
)
from app.notices.models import Notice, NoticeTarget
from app.notices.queries.audience import targets_of
from app.notices.rules.audience import Target, TargetKind, make_audience, seal
from app.notices.rules.refusals import AlreadyCorrected, OutsideReach
from app.notices.rules.states import NoticeAct, NoticeState
from app.notices.rules.wording import MessageType, Severity, Wording, check_expiry, used_in
from app.reminders.queries.hotlines import hotline
from app.reminders.rules import PlaceholderUnfilled
from app.workforce.models import WorkGroup


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote: the words, for whom, how bad, and until when it holds."""

    wording: Wording
    targets: Sequence[Target]
    severity: Severity
    expires_at: datetime


def write_notice(
    session: Session, branch_id: int, draft: Draft, *, actor: Actor, now: datetime
) -> str:
    """Keep a new notice of a company or of the park as a draft; returns its id."""
    notice_id = new_id(now)
    notice = _new(session, notice_id, branch_id, actor, now)
    notice.root_id = notice_id
    _put(session, notice, draft, actor, now)
    _told(session, notice, "notices.written", actor, now)
    return notice_id


def change_notice(
    session: Session, notice_id: str, draft: Draft, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Change a draft; what waited for approval is a draft again, and has to be asked for anew."""
    notice = take_up(session, notice_id, NoticeAct.EDIT, seen)
    _put(session, notice, draft, actor, now)
    notice.asked_at, notice.approved_seal = None, ""
    notice.writer_id, notice.writer_name = actor.account_id, actor.name
    do_step(session, notice, NoticeAct.EDIT, actor=actor, now=now)


def begin_correction(
    session: Session, notice_id: str, reason: str, *, actor: Actor, now: datetime
) -> str:
    """The draft of the next version: the same words and audience, and everybody who got this one.

    Returns its id. The version that it corrects stands until the correction is sent.
    """
    refuse_of_province(session, notice_id)
    why = needed_reason(reason)
    old = take_up(session, notice_id, NoticeAct.CORRECT)
    _refuse_second(session, old)
    fresh = _new(session, new_id(now), old.branch_id, actor, now)
    fresh.root_id, fresh.version, fresh.corrects_id = old.root_id, _next(session, old), old.id
    fresh.kind, fresh.reason = MessageType.UPDATE, why
    draft = Draft(
        Wording(old.titles, old.texts),
        targets_of(session, old.id),
        Severity(old.severity),
        old.expires_at,
    )
    _put(session, fresh, draft, actor, now, check=False)
    do_step(session, old, NoticeAct.CORRECT, actor=actor, now=now, by=fresh.id, reason=why)
    return fresh.id


def _refuse_second(session: Session, old: Notice) -> None:
    later = session.scalar(
        select(Notice.id)
        .where(Notice.corrects_id == old.id, Notice.kind == MessageType.UPDATE)
        .where(Notice.state.not_in((NoticeState.CANCELLED, NoticeState.EXPIRED)))
        .limit(1)
    )
    if later is not None:
        raise AlreadyCorrected


def _next(session: Session, old: Notice) -> int:
    newest = select(func.max(Notice.version)).where(Notice.root_id == old.root_id)
    return (session.scalar(newest) or 0) + 1


def _new(session: Session, notice_id: str, branch_id: int, actor: Actor, now: datetime) -> Notice:
    return Notice(
        id=notice_id,
        version=1,
        state=NoticeState.DRAFT,
        branch_id=branch_id,
        written_at=now,
        writer_id=actor.account_id,
        writer_name=actor.name[:120],
        sender=session.get_one(Branch, branch_id).name[:120],
        touched=1,
        kind=MessageType.ALERT,
        reason="",
    )


def _put(
    session: Session,
    notice: Notice,
    draft: Draft,
    actor: Actor,
    now: datetime,
    *,
    check: bool = True,
) -> None:
    if check:
        check_expiry(draft.expires_at, now)
    _refuse_unfilled(session, draft.wording, now)
    targets = make_audience(draft.targets)
    owner = session.get_one(Branch, notice.branch_id)
    companies = [_within(session, owner, each, actor) for each in targets]
    notice.titles, notice.texts = dict(draft.wording.titles), dict(draft.wording.texts)
    notice.severity, notice.expires_at = draft.severity, draft.expires_at
    notice.seal = seal(
        draft.wording,
        targets,
        draft.severity,
        draft.expires_at.isoformat(),
        notice.corrects_id or "",
    )
    session.add(notice)
    session.flush()
    session.execute(delete(NoticeTarget).where(NoticeTarget.notice_id == notice.id))
    session.execute(insert(NoticeTarget), list(_rows(notice.id, targets, companies)))


def _refuse_unfilled(session: Session, wording: Wording, now: datetime) -> None:
    """Nobody is to read a placeholder: the only one that may lack a value is the hotline's."""
    zone = session.info["settings"].timezone
    if "hotline" in used_in(wording) and not hotline(session, local_day(now, zone)):
        raise PlaceholderUnfilled(placeholder="{hotline}")


def _rows(
    notice_id: str, targets: Sequence[Target], companies: Sequence[int | None]
) -> Iterable[dict[str, object]]:
    for n, (target, company_id) in enumerate(zip(targets, companies, strict=True)):
        yield {
            "notice_id": notice_id,
            "n": n,
            "kind": target.kind,
            "company_id": company_id,
            "branch_id": target.branch_id or None,
            "shift": target.shift,
            "on": target.on,
            "group_id": target.group_id or None,
        }


def _within(session: Session, owner: Branch, target: Target, actor: Actor) -> int | None:
    """The company a target lies in (none: the park), refused when it is not the writer's."""
    if target.kind is TargetKind.GROUP:
        group = session.get(WorkGroup, target.group_id)
        branch = session.get(Branch, group.company_id) if group else None
    else:
        branch = session.get(Branch, target.branch_id)
    inside = branch is not None and branch.path.startswith(owner.path)
    if branch is None or not inside or not may(actor, Permission.SEND_NOTICES, branch.path):
        raise OutsideReach
    return branch.company_id


def _told(session: Session, notice: Notice, act: str, actor: Actor, now: datetime) -> None:
    record_act(
        session,
        act,
        actor=actor,
        now=now,
        company_id=company_of(session, notice),
        notice=notice.id,
        version=notice.version,
    )

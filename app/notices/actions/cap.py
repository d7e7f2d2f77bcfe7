"""An alert from outside is kept as a draft, once, whichever way its copies come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.notices.actions.drafting import Draft, begin_correction, change_notice, write_notice
from app.notices.models import Notice
from app.notices.queries.cap import find_imported, list_referenced
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.cap.importing import CapCancelsUnknown, CapPlan, CapStep


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: the notice it is or speaks of; `known` when it was here before."""

    notice_id: str
    step: CapStep
    known: bool = False


def import_alert(
    session: Session, branch_id: int, plan: CapPlan, *, reason: str, actor: Actor, now: datetime
) -> Imported:
    """Keep an alert as a draft of this branch; a copy of one that is here changes nothing.

    `reason` is what a correction says of why. Cancelling is asked about, not done.
    """
    branch = session.get_one(Branch, branch_id)
    referenced = list_referenced(session, plan.references, branch.path)
    if plan.step is CapStep.CANCEL:
        if not referenced:
            raise CapCancelsUnknown
        return Imported(referenced[0], CapStep.CANCEL)
    known = find_imported(session, plan.own)
    if known is not None:
        return Imported(known, plan.step, known=True)
    try:
        with session.begin_nested():
            return _keep(session, branch, plan, referenced, reason, actor, now)
    except IntegrityError:
        known = find_imported(session, plan.own)
        if known is None:
            raise
        return Imported(known, plan.step, known=True)


def _keep(
    session: Session,
    branch: Branch,
    plan: CapPlan,
    referenced: list[str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Imported:
    draft = _draft(branch, plan)
    corrected = _begin_correction(session, referenced, reason, actor, now)
    if corrected is None:
        step = CapStep.DRAFT
        notice_id = write_notice(session, branch.id, draft, actor=actor, now=now)
    else:
        notice_id, step = corrected, CapStep.CORRECT
        seen = session.get_one(Notice, notice_id).touched
        change_notice(session, notice_id, draft, seen=seen, actor=actor, now=now)
    notice = session.get_one(Notice, notice_id)
    notice.cap_sender, notice.cap_identifier, notice.cap_sent = plan.key
    notice.urgency, notice.certainty = plan.urgency, plan.certainty
    notice.sender = plan.sender[:120]
    session.flush()
    return Imported(notice_id, step)


def _begin_correction(
    session: Session, referenced: list[str], reason: str, actor: Actor, now: datetime
) -> str | None:
    """The next version of the notice that is corrected; None where its state has none."""
    for notice_id in referenced:
        try:
            return begin_correction(session, notice_id, reason, actor=actor, now=now)
        except Refusal:
            continue
    return None


def _draft(branch: Branch, plan: CapPlan) -> Draft:
    assert plan.wording is not None  # noqa: S101 - only a cancel goes without words
    kind = TargetKind.COMPANY if branch.kind == BranchKind.COMPANY else TargetKind.PARK
    return Draft(plan.wording, [Target(kind, branch.id)], plan.severity, plan.expires_at)

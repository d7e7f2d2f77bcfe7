"""What comes up from the parks: opened, read, and put with what is known of the same thing."""

import json
import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.intake.models import IntakeEntry, IntakeItem
from app.intake.queries.limits import get_limits
from app.intake.queries.parks import find_park_name
from app.intake.rules.items import Heard, Known, put_together, read_case, read_feedback
from app.intake.rules.states import OVER_AT_PARK, ItemKind, ItemState, state_by_park
from app.intake.rules.times import end_of_day, working_day_after
from app.kernel.clock import local_day
from app.settings import Settings
from app.sync.actions.opening import open_sealed
from app.sync.rules import EntryArrived

PARK_SAYS = "park"


def case_arrives(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """A named case that a safety officer sent up."""
    body = open_sealed(session, event.body.get("jwe"), now)
    _hear(session, event.park, read_case(body, event.seq, event.made_at), now)


def feedback_arrives(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Feedback that a park passed on, or what became of it there; also of a task from here."""
    body = open_sealed(session, event.body.get("jwe"), now)
    _hear(session, event.park, read_feedback(body, event.seq, event.made_at), now)


def _hear(session: Session, node: str, heard: Heard, now: datetime) -> None:
    zone = _settings(session).timezone
    row = _row(session, node, heard, now)
    session.flush()
    known = Known({} if row.content else None, row.content_seq, row.park_state, row.state_seq)
    after = put_together(known, heard)
    if heard.content is not None and after.content_seq != row.content_seq:
        _write_content(row, heard, now)
    if after.state_seq != row.state_seq:
        row.park_state, row.state_seq = after.state, after.state_seq
        over = row.kind != ItemKind.CASE and after.state in OVER_AT_PARK
        row.park_over_on = local_day(heard.made_at, zone) if over else None
        if row.kind == ItemKind.CALL:
            row.state = state_by_park(ItemState(row.state), after.state)
            row.answered_on = row.park_over_on
    row.version += 1
    _write_down(session, row, heard, now)


def _row(session: Session, node: str, heard: Heard, now: datetime) -> IntakeItem:
    kinds = [heard.kind] if heard.kind is ItemKind.CASE else [ItemKind.FEEDBACK, ItemKind.CALL]
    row = session.scalars(
        select(IntakeItem)
        .where(IntakeItem.node == node, IntakeItem.ref == heard.ref, IntakeItem.kind.in_(kinds))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is not None:
        return row
    settings, limits = _settings(session), get_limits()
    came_on = local_day(now, settings.timezone)
    is_case = heard.kind is ItemKind.CASE
    last = working_day_after(came_on, limits.feedback_working_days)
    row = IntakeItem(
        id=str(uuid.uuid4()),
        node=node,
        kind=heard.kind,
        ref=heard.ref,
        company_code="",
        category="",
        level="",
        content_seq=0,
        park_state="",
        state_seq=0,
        state=ItemState.NEW,
        owner_name="",
        reported_at=heard.made_at if is_case else None,
        came_on=came_on,
        due_at=now + timedelta(hours=limits.case_hours)
        if is_case
        else end_of_day(last, settings.timezone),
        version=0,
    )
    session.add(row)
    return row


def _write_content(row: IntakeItem, heard: Heard, now: datetime) -> None:
    content = heard.content or {}
    row.content_seq = heard.seq
    if row.kind == ItemKind.CALL or row.destroyed_on is not None:
        return  # a call was written down here; what was destroyed does not come back
    row.content = json.dumps(content, ensure_ascii=False)
    row.company_code = content["company"]["code"]
    row.category = content.get("category", "")
    row.level = content.get("level", "")
    if row.kind == ItemKind.CASE:
        row.reported_at = min(datetime.fromisoformat(content["escalated_at"]), now)


def _write_down(session: Session, row: IntakeItem, heard: Heard, now: datetime) -> None:
    """What was heard, in the item's history: once for each entry of the park's log."""
    if row.destroyed_on is not None or (heard.content is not None and row.kind != ItemKind.CALL):
        return
    of_item = IntakeEntry.item_id == row.id
    if session.scalar(select(IntakeEntry.n).where(of_item, IntakeEntry.seq == heard.seq)):
        return
    session.add(
        IntakeEntry(
            item_id=row.id,
            n=1 + (session.scalar(select(func.max(IntakeEntry.n)).where(of_item)) or 0),
            act=PARK_SAYS,
            at=min(heard.made_at, now),
            account_id=None,
            name=find_park_name(session, row.node),
            words=heard.answer,
            before={"state": heard.state},
            seq=heard.seq,
            undone=False,
        )
    )
    session.flush()


def _settings(session: Session) -> Settings:
    settings: Settings = session.info["settings"]
    return settings

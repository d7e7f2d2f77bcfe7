"""Writing a bulletin, and the next version of one that is out."""

from datetime import datetime

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.bulletins.models import BulletinDraft
from app.bulletins.rules.bulletins import Content, content_body
from app.bulletins.rules.refusals import (
    ChangedSince,
    ChannelsStand,
    NotADraft,
    NumberTaken,
)
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import fold


def write_draft(session: Session, content: Content, *, actor: Actor, now: datetime) -> str:
    """Begin a bulletin; its id."""
    _check_number(session, content, None)
    draft = BulletinDraft(
        id=new_id(now),
        number=content.number,
        on=content.on,
        content=content_body(content),
        touched_at=now,
        touched_by=actor.name,
    )
    session.add(draft)
    session.flush()
    record_act(session, "bulletins.written", actor=actor, now=now, subject_id=draft.id)
    return draft.id


def change_draft(
    session: Session, bulletin_id: str, content: Content, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Write on; of what is out the next version is written, and its channels stay."""
    draft = held_draft(session, bulletin_id, seen)
    if draft.version and set(content.channels) != set(draft.content["channels"]):
        raise ChannelsStand
    _check_number(session, content, bulletin_id)
    body = content_body(content)
    if body == draft.content:
        return
    draft.content, draft.number, draft.on = body, content.number, content.on
    draft.open = True
    touch(draft, actor, now)


def held_draft(session: Session, bulletin_id: str, seen: int) -> BulletinDraft:
    """The bulletin for changing it; refused when it was withdrawn or touched since it was seen."""
    draft = session.get_one(
        BulletinDraft, bulletin_id, with_for_update=True, populate_existing=True
    )
    if draft.withdrawn:
        raise NotADraft
    if draft.touched != seen:
        raise ChangedSince
    return draft


def touch(draft: BulletinDraft, actor: Actor, now: datetime) -> None:
    """Note who changed it last, so that a page that was open longer is refused."""
    draft.touched += 1
    draft.touched_at, draft.touched_by = now, actor.name


def discard_draft(
    session: Session, bulletin_id: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Throw away what nobody outside has seen."""
    draft = held_draft(session, bulletin_id, seen)
    if draft.version:
        raise NotADraft
    session.delete(draft)
    record_act(session, "bulletins.discarded", actor=actor, now=now, subject_id=bulletin_id)


def _check_number(session: Session, content: Content, own_id: str | None) -> None:
    """Two bulletins of one year have two numbers."""
    rows = session.execute(
        select(BulletinDraft.id, BulletinDraft.number).where(
            extract("year", BulletinDraft.on) == content.on.year,
            BulletinDraft.withdrawn.is_(False),
        )
    )
    for other, number in rows:
        if other != own_id and fold(number) == fold(content.number):
            raise NumberTaken(number=number)

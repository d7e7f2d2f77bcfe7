"""Publishing a bulletin, correcting it by the next version, and withdrawing it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.bulletins.actions.drafting import held_draft, touch
from app.bulletins.models import BulletinDraft, BulletinVersion
from app.bulletins.rules.bulletins import (
    LONGEST_REASON,
    State,
    check_content,
    check_words,
    kept_content,
)
from app.bulletins.rules.case_lists import cells_of, read_case_list
from app.bulletins.rules.refusals import NotADraft, NothingChanged, ReasonMissing
from app.kernel.actors import Actor
from app.kernel.text import squeeze


def publish_bulletin(
    session: Session, bulletin_id: str, *, reason: str, seen: int, actor: Actor, now: datetime
) -> int:
    """Make what is written the version that counts; its number. A correction says why."""
    draft = held_draft(session, bulletin_id, seen)
    if not draft.open:
        raise NothingChanged
    why = squeeze(reason)[:LONGEST_REASON]
    if draft.version and not why:
        raise ReasonMissing
    check_words([why])
    content = kept_content(draft.content)
    read_case_list([cells_of(each) for each in content.cases])
    check_content(content)
    _add_version(session, draft, State.PUBLISHED, why if draft.version else "", actor, now)
    draft.open = False
    act = "bulletins.corrected" if draft.version > 1 else "bulletins.published"
    record_act(session, act, actor=actor, now=now, subject_id=bulletin_id, version=draft.version)
    return draft.version


def withdraw_bulletin(
    session: Session, bulletin_id: str, *, reason: str, seen: int, actor: Actor, now: datetime
) -> int:
    """Take a bulletin back everywhere; it stays named, with the reason, and says nothing more."""
    draft = held_draft(session, bulletin_id, seen)
    if not draft.version:
        raise NotADraft
    why = squeeze(reason)[:LONGEST_REASON]
    if not why:
        raise ReasonMissing
    check_words([why])
    _add_version(session, draft, State.WITHDRAWN, why, actor, now)
    draft.withdrawn, draft.open = True, False
    record_act(
        session,
        "bulletins.withdrawn",
        actor=actor,
        now=now,
        subject_id=bulletin_id,
        version=draft.version,
    )
    return draft.version


def _add_version(
    session: Session,
    draft: BulletinDraft,
    state: State,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    draft.version += 1
    touch(draft, actor, now)
    session.add(
        BulletinVersion(
            bulletin_id=draft.id,
            version=draft.version,
            state=state,
            number=draft.number,
            on=draft.on,
            titles=draft.content["titles"],
            channels=draft.content["channels"],
            content=draft.content if state is State.PUBLISHED else None,
            reason=reason,
            made_at=now,
            made_by=actor.name,
            stored_at=now,
        )
    )
    session.flush()

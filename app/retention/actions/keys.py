"""This node's keys for sealed bodies: old ones destroyed, the one in use replaced in time."""

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.retention.rules.keys import look_at_keys
from app.sync.actions.settling import rotate_keys
from app.sync.models import KnownNode, ThisNode


def destroy_old_keys(session: Session, *, before: datetime, actor: Actor, now: datetime) -> int:
    """Destroy keys that ended before a moment; replace one that is old. How many were destroyed.

    Nothing is replaced at a node that nobody seals anything for.
    """
    node = session.scalars(select(ThisNode).with_for_update()).first()
    if node is None:
        return 0
    look = look_at_keys(json.loads(node.box_key), before=before, now=now)
    node.box_key = json.dumps(look.keys)
    session.flush()
    if look.destroyed:
        record_act(
            session,
            "retention.keys_destroyed",
            actor=actor,
            now=now,
            subject_id=node.node,
            keys=look.destroyed,
        )
    parks = session.scalar(select(func.count()).select_from(KnownNode)) or 0
    if look.is_old and (parks or node.enrolled_at is not None):
        rotate_keys(session, actor=actor, now=now)
        after = look_at_keys(json.loads(node.box_key), before=before, now=now)
        node.box_key = json.dumps(after.keys)
    return look.destroyed

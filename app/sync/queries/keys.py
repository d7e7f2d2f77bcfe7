"""This node's key for receiving what only it may read."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sync.models import ThisNode


def find_box_key(session: Session) -> dict[str, Any] | None:
    """The private P-256 key of this node; None before its first need."""
    kept = session.scalar(select(ThisNode.box_key))
    return None if kept is None else dict(json.loads(kept))

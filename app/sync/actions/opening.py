"""Personal bodies that the other side sealed for this node."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.sync.actions.log import signing_node
from app.sync.gateways.boxing import unbox
from app.sync.rules import NotReadable


def open_sealed(session: Session, jwe: object, now: datetime) -> dict[str, Any]:
    """What a compact JWE for this node says; refused when it is for another or was changed."""
    key = json.loads(signing_node(session, now).box_key)
    for past in (key, *key.get("past", [])):
        try:
            return unbox(jwe, past)
        except NotReadable:
            continue
    raise NotReadable

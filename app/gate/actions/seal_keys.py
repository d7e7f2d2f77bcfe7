"""Making the keys that commands are sealed for."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.gate.gateways.sealing import new_seal_key, public_part
from app.gate.models import SealKey
from app.gate.queries.seal_keys import find_newest_key
from app.gate.rules.kiosk import SEAL_KEY_LASTS


def renew_seal_key(session: Session, *, now: datetime) -> dict[str, Any]:
    """The public key to seal for, made anew when there is none or it has grown old."""
    newest = find_newest_key(session)
    if newest is not None and now - newest.made_at <= SEAL_KEY_LASTS:
        return newest.jwk
    key = new_seal_key()
    public = public_part(key)
    session.add(SealKey(kid=key["kid"], public=public, private=json.dumps(key), made_at=now))
    return public

"""The public key that browsers seal commands for."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.extensions import db
from app.gate.actions.seal_keys import renew_seal_key
from app.gate.queries.seal_keys import find_newest_key
from app.gate.rules.kiosk import SEAL_KEY_LASTS
from app.web.transaction import transact


def seal_key(now: datetime) -> dict[str, Any]:
    """The public JWK to seal for from now on, made when there is none or it has grown old."""
    newest = find_newest_key(db.session())
    if newest is not None and now - newest.made_at <= SEAL_KEY_LASTS:
        return newest.jwk

    def work(session: Session) -> dict[str, Any]:
        return renew_seal_key(session, now=now)

    return transact(work)

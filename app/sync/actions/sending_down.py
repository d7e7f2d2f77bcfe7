"""What the province tells its parks: into the log down of each, in the transaction of the fact."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.sync.actions.log import add_entry, signing_node
from app.sync.actions.receiving import locked_park
from app.sync.gateways.boxing import box
from app.sync.rules import Direction


def append_down(
    session: Session, park: str, kind: str, body: Mapping[str, Any], now: datetime
) -> int:
    """Append a signed entry to the log down to one park; its number there."""
    locked_park(session, park)
    signer = signing_node(session, now)
    return add_entry(session, signer, park, Direction.DOWN, kind, body, now).seq


def sealed_for(session: Session, park: str, body: Mapping[str, Any]) -> str:
    """A personal body as only this park can read it: a compact JWE for its key."""
    return box(body, locked_park(session, park).box_key)

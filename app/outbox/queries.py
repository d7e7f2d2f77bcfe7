"""Reading commands that were answered."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.outbox.models import Command

_COMMAND: Any = Command.__table__
KNOWN = select(_COMMAND).where(_COMMAND.c.key.in_(bindparam("keys", expanding=True)))


def find_commands(session: Session, keys: Collection[str]) -> dict[str, Row[Any]]:
    """The rows of the answered commands of these keys, by key."""
    found = session.connection().execute(KNOWN, {"keys": sorted(keys)}).all()
    return {command.key: command for command in found}

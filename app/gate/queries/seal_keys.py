"""The keys that commands are sealed for."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gate.models import SealKey


@dataclass(frozen=True, slots=True)
class PublicSealKey:
    """What browsers seal for, and since when."""

    jwk: dict[str, Any]
    made_at: datetime


def find_newest_key(session: Session) -> PublicSealKey | None:
    """The key to seal for from now on; None before the first."""
    newest = session.scalars(
        select(SealKey).order_by(SealKey.made_at.desc(), SealKey.kid).limit(1)
    ).first()
    return None if newest is None else PublicSealKey(newest.public, newest.made_at)


def find_private_keys(session: Session, kids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The keys of these names with which to open, by name; old ones too."""
    rows = session.execute(
        select(SealKey.kid, SealKey.private).where(SealKey.kid.in_(sorted(set(kids))))
    )
    return {kid: json.loads(private) for kid, private in rows}

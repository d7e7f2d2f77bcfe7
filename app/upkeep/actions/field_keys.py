"""Closing encrypted values anew, a few at a time, while the node works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, bindparam, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import program
from app.upkeep.queries.field_keys import EncryptedColumn, Key

THE_KEYS = program("keys")


@dataclass(frozen=True, slots=True)
class ClosedAnew:
    """One value: the primary key of its row, as it lay there, and under the newest key."""

    key: Key
    before: bytes
    after: bytes


def put_closed_anew(session: Session, each: EncryptedColumn, values: Sequence[ClosedAnew]) -> None:
    """Put values under the newest key in place; one that was changed meanwhile is left as it is."""
    change = (
        update(each.table)
        .where(each.closed == bindparam("before", type_=LargeBinary))
        .values({each.closed: bindparam("after", type_=LargeBinary)})
    )
    for number, key in enumerate(each.keys):
        change = change.where(key == bindparam(f"key_{number}", type_=key.type))
    rows: list[dict[str, Any]] = [
        {
            "before": value.before,
            "after": value.after,
            **{f"key_{number}": part for number, part in enumerate(value.key)},
        }
        for value in values
    ]
    session.connection().execute(change, rows)


def record_new_key(session: Session, number: int, *, now: datetime) -> None:
    """Keep that a key joined the ring."""
    record_act(session, "keys.added", actor=THE_KEYS, now=now, number=number)


def record_destroyed(session: Session, numbers: Sequence[int], *, now: datetime) -> None:
    """Keep that keys left the ring."""
    record_act(session, "keys.destroyed", actor=THE_KEYS, now=now, numbers=list(numbers))

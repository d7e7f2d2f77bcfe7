"""Which columns are encrypted, under which keys their values lie, and which wait for a new one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnClause,
    LargeBinary,
    TableClause,
    column,
    func,
    literal,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from app.extensions import Base, EncryptedText

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column as bytes, the columns of its table's primary key, and what it is bound to."""

    table: TableClause
    closed: ColumnClause[bytes]
    keys: tuple[ColumnClause[Any], ...]
    purpose: str

    @property
    def name(self) -> str:
        """The column as people read it."""
        return f"{self.table.name}.{self.closed.name}"


def encrypted_columns() -> list[EncryptedColumn]:
    """Every encrypted column of the schema."""
    found = []
    for each in Base.metadata.sorted_tables:
        for held in each.columns:
            if isinstance(held.type, EncryptedText):
                keys = [column(key.name, key.type) for key in each.primary_key.columns]
                closed = column(held.name, LargeBinary)
                place = table(each.name, *keys, closed)
                found.append(
                    EncryptedColumn(
                        place,
                        place.c[held.name],
                        tuple(place.c[key.name] for key in keys),
                        held.type.purpose,
                    )
                )
    return found


def _number(session: Session, closed: ColumnClause[bytes]) -> Any:
    """The number of the key that a value was closed with, as SQL."""
    if session.get_bind().dialect.name == "postgresql":
        return func.get_byte(closed, 0)
    return func.hex(func.substr(closed, 1, 1))


def _told(session: Session, number: int) -> Any:
    return number if session.get_bind().dialect.name == "postgresql" else f"{number:02X}"


def count_by_key(session: Session) -> dict[int, int]:
    """How many values lie under each key, by its number."""
    counted: Counter[int] = Counter()
    for each in encrypted_columns():
        number = _number(session, each.closed)
        rows = session.execute(
            select(number, func.count()).where(each.closed.is_not(None)).group_by(number)
        )
        for told, count in rows:
            counted[told if isinstance(told, int) else int(told, 16)] += count
    return dict(counted)


def list_closed_before(
    session: Session, each: EncryptedColumn, newest: int, after: Key | None, limit: int
) -> Sequence[tuple[Key, bytes]]:
    """The next values of a column that lie under another key, by primary key."""
    asked = (
        select(*each.keys, each.closed)
        .where(each.closed.is_not(None))
        .where(_number(session, each.closed) != _told(session, newest))
        .order_by(*each.keys)
        .limit(limit)
    )
    if after is not None:
        reached = [literal(value, key.type) for key, value in zip(each.keys, after, strict=True)]
        asked = asked.where(tuple_(*each.keys) > tuple_(*reached))
    return [(tuple(row[:-1]), bytes(row[-1])) for row in session.execute(asked)]


def count_older_transactions(session: Session, since: Any) -> int:
    """Others' transactions from before a moment of the database's clock that write, or wait to."""
    return int(
        session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND xact_start < :since "
                "AND (backend_xid IS NOT NULL OR wait_event_type = 'Lock')"
            ),
            {"since": since},
        )
        or 0
    )

"""Tables of the province's inboxes: what came in, and what was done with it.

Rows lie in the order of their random ids, without a row number: nothing tells which came first.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class IntakeItem(Model):
    """A named case, feedback, or a call, from `node` or for it; `ref` is what the park calls it.

    `content` is sealed JSON with every name, text and number; empty when it was destroyed or has
    not come. `content_seq` and `state_seq` are the entries of the park's log that told it.
    """

    __tablename__ = "intake_item"
    __table_args__ = (
        UniqueConstraint("node", "kind", "ref"),
        Index("ix_intake_item_queue", "kind", "state", "due_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    node: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(8))
    ref: Mapped[str] = mapped_column(String(60))
    company_code: Mapped[str] = mapped_column(String(40), default="")
    category: Mapped[str] = mapped_column(String(10), default="")
    level: Mapped[str] = mapped_column(String(5), default="")
    content: Mapped[str | None] = mapped_column(EncryptedText("intake_item.content"))
    content_seq: Mapped[int] = mapped_column(default=0)
    park_state: Mapped[str] = mapped_column(String(20), default="")
    state_seq: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    owner_name: Mapped[str] = mapped_column(String(120), default="")
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    came_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(Moment)
    looked_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    park_over_on: Mapped[date | None]
    destroyed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class IntakeEntry(Model):
    """One thing that was done with an item here, or heard of it from the park.

    `seq` is the entry of the park's log that told it; `before` is what an act changed.
    """

    __tablename__ = "intake_entry"
    __table_args__ = (UniqueConstraint("item_id", "seq"), {"sqlite_with_rowid": False})

    item_id: Mapped[str] = mapped_column(ForeignKey("intake_item.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(EncryptedText("intake_entry.words"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seq: Mapped[int | None]
    undone: Mapped[bool] = mapped_column(default=False)

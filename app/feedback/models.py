"""Tables of feedback: notes, their pictures, and what was done with them.

Rows lie in the order of their random ids, without a row number: nothing tells which came first.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class Feedback(Model):
    """A note of a worker or a call of the hotline.

    Of an anonymous one only the day is known: no `received_at`, no worker, an id that tells no
    time. `reply_index` is the keyed digest of what its writer's code hashes to.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("reply_index"),
        Index("ix_feedback_branch", "branch_id", "state", "due_on"),
        Index("ix_feedback_worker", "worker_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    source: Mapped[str] = mapped_column(String(10))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    worker_id: Mapped[str | None] = mapped_column(ForeignKey("worker.id"))
    category: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(EncryptedText("feedback.text"))
    caller: Mapped[str | None] = mapped_column(EncryptedText("feedback.caller"))
    noted_by: Mapped[str] = mapped_column(String(120), default="")
    created_on: Mapped[date]
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    reply_index: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    owner_name: Mapped[str] = mapped_column(String(120), default="")
    due_on: Mapped[date]
    same_as: Mapped[str | None] = mapped_column(String(36))
    looked_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    sent_seq: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class FeedbackPhoto(Model):
    """The picture of a note, drawn anew without what the camera noted."""

    __tablename__ = "feedback_photo"
    __table_args__ = ({"sqlite_with_rowid": False},)

    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id"), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FeedbackEntry(Model):
    """One thing that was done with feedback, by whom; `before` is what it changed."""

    __tablename__ = "feedback_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)

    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(EncryptedText("feedback_entry.words"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone: Mapped[bool] = mapped_column(default=False)

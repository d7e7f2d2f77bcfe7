"""Tables of the signed logs, of the nodes known, and of the summaries received."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class ThisNode(Model):
    """This node's own name and keys, and how far its log came; one row, made on first need."""

    __tablename__ = "this_node"

    id: Mapped[int] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(String(36))
    sign_key: Mapped[str] = mapped_column(EncryptedText("this_node.sign_key"))
    box_key: Mapped[str] = mapped_column(EncryptedText("this_node.box_key"))
    enrolled_at: Mapped[datetime | None] = mapped_column(Moment)
    upstream_url: Mapped[str] = mapped_column(String(200), default="")
    upstream_keys: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    accepted_through: Mapped[int] = mapped_column(default=0)
    last_contact_at: Mapped[datetime | None] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(default=0)
    next_push_at: Mapped[datetime | None] = mapped_column(Moment)
    last_problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class KnownNode(Model):
    """A park that enrolled with this province."""

    __tablename__ = "known_node"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    sign_key: Mapped[dict[str, Any]] = mapped_column(JSON)
    box_key: Mapped[dict[str, Any]] = mapped_column(JSON)
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    accepted_through: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(43), default="")
    last_contact_at: Mapped[datetime | None] = mapped_column(Moment)
    as_of: Mapped[datetime | None] = mapped_column(Moment)


class Invitation(Model):
    """A one-time code by which a park enrols; only its hash is kept."""

    __tablename__ = "invitation"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    node: Mapped[str | None] = mapped_column(String(36))


class LogEntry(Model):
    """One signed entry of a log; `direction` is up or down, `node` whose log it is."""

    __tablename__ = "log_entry"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)
    stored_at: Mapped[datetime] = mapped_column(Moment)
    hash: Mapped[str] = mapped_column(String(43))
    compact: Mapped[bytes] = mapped_column(LargeBinary)


class Fork(Model):
    """An entry that claims a place in a park's log which another entry holds already."""

    __tablename__ = "fork"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Moment)
    compact: Mapped[bytes] = mapped_column(LargeBinary)


class Summary(Model):
    """The newest revision of a summary, made here or received from a park.

    `seqs` are the numbers of the log entries that hold its revisions, oldest first; `checked_at`
    is when it was last compared with the figures, where it is made.
    """

    __tablename__ = "summary"
    __table_args__ = (
        UniqueConstraint("node", "on", "shift"),
        Index("ix_summary_on", "on", "node"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    node: Mapped[str] = mapped_column(String(36))
    on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8), default="")
    revision: Mapped[int]
    final: Mapped[bool]
    as_of: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    checked_at: Mapped[datetime] = mapped_column(Moment)
    seqs: Mapped[list[int]] = mapped_column(JSON)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

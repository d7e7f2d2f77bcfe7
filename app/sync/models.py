"""Tables of the signed logs, of the nodes known, and of the summaries received."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment
from app.sync.gateways.packing import CompactEntry, PackedBody


class ThisNode(Model):
    """This node's own name and keys, and how far its logs came; one row, made on first need.

    `accepted_through` is how far the province confirmed the log up, `applied_through` how far the
    log down was taken in here, `down_head` how far it reaches as far as anybody told. `next_keys`
    wait for the answer of a province that is to know this node by them.
    """

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
    applied_through: Mapped[int] = mapped_column(default=0, server_default="0")
    applied_hash: Mapped[str] = mapped_column(String(43), default="", server_default="")
    down_head: Mapped[int] = mapped_column(default=0, server_default="0")
    pull_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    next_pull_at: Mapped[datetime | None] = mapped_column(Moment)
    pull_problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    next_keys: Mapped[str | None] = mapped_column(EncryptedText("this_node.next_keys"))


class KnownNode(Model):
    """A park that enrolled with this province; `phone` is whom to call when it falls silent.

    `told_through` is the newest entry written for it that is not a receipt, `confirmed_through`
    how far it said that it has the log down.
    """

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
    confirmed_through: Mapped[int] = mapped_column(default=0, server_default="0")
    told_through: Mapped[int] = mapped_column(default=0, server_default="0")
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[str] = mapped_column(String(40), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(20), default="", server_default="")


class PastKey(Model):
    """A key of a node that was replaced or revoked; what it signed counts up to one number."""

    __tablename__ = "past_key"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    sign_key: Mapped[dict[str, Any]] = mapped_column(JSON)
    through: Mapped[int]
    ended_at: Mapped[datetime] = mapped_column(Moment)


class Invitation(Model):
    """A one-time code by which a park enrols; only its hash is kept.

    With `replaces` it is for the machine that goes on as that park.
    """

    __tablename__ = "invitation"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    node: Mapped[str | None] = mapped_column(String(36))
    replaces: Mapped[str | None] = mapped_column(String(36))


class LogEntry(Model):
    """One signed entry of a log; `direction` is up or down, `node` whose log it is.

    `unapplied` is the code of the reason why nothing followed from it here.
    """

    __tablename__ = "log_entry"
    __table_args__ = (
        Index(
            "ix_log_entry_unapplied",
            "kind",
            "stored_at",
            sqlite_where=text("unapplied IS NOT NULL"),
            postgresql_where=text("unapplied IS NOT NULL"),
        ),
    )

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)
    stored_at: Mapped[datetime] = mapped_column(Moment)
    hash: Mapped[str] = mapped_column(String(43))
    compact: Mapped[bytes] = mapped_column(CompactEntry)
    unapplied: Mapped[str | None] = mapped_column(String(60))


class EarlyEntry(Model):
    """An entry that came before others that it follows, kept until these have come."""

    __tablename__ = "early_entry"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Moment)
    compact: Mapped[bytes] = mapped_column(LargeBinary)


class Fork(Model):
    """An entry that claims a place in a log which another entry holds already.

    At a park also what proves that the province knows another history; `settled_at` is when
    people on both sides chose one.
    """

    __tablename__ = "fork"

    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Moment)
    compact: Mapped[bytes] = mapped_column(LargeBinary)
    direction: Mapped[str] = mapped_column(String(4), default="up", server_default="up")
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


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
    body: Mapped[dict[str, Any]] = mapped_column(PackedBody)

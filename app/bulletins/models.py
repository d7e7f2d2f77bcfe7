"""Tables of bulletins, of the links of a closed channel, and of rules sent to parks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class BulletinDraft(Model):
    """What staff of the province write on: the next version of a bulletin.

    `version` is the newest version that went out, 0 before the first; `touched` counts changes.
    """

    __tablename__ = "bulletin_draft"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=0)
    touched: Mapped[int] = mapped_column(default=1)
    open: Mapped[bool] = mapped_column(default=True)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    touched_by: Mapped[str] = mapped_column(String(120))


class BulletinVersion(Model):
    """A version that went out: made here at a province, received at a park; never changed.

    `content` is null in the version that withdraws. The one with the highest number counts.
    """

    __tablename__ = "bulletin_version"
    __table_args__ = (Index("ix_bulletin_version_on", "on"),)

    bulletin_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    channels: Mapped[list[str]] = mapped_column(JSON)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    stored_at: Mapped[datetime] = mapped_column(Moment)


class DownSending(Model):
    """What was written into the log down of a park: which thing, which version, which entry."""

    __tablename__ = "down_sending"

    thing_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Moment)


class ChannelLink(Model):
    """The secret address of a closed channel; only its hash is kept, the newest one counts."""

    __tablename__ = "channel_link"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    renewed_at: Mapped[datetime] = mapped_column(Moment)
    renewed_by: Mapped[str] = mapped_column(String(120))


class RuleDocument(Model):
    """Rules that go, or went, to parks: hotlines, a triage set or an index set, as sent.

    `nodes` are the parks chosen; null means all, also those that enrol later.
    """

    __tablename__ = "rule_document"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    valid_from_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    nodes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_by: Mapped[str] = mapped_column(String(120), default="")


class RuleArrival(Model):
    """Rules that came from the province and were taken in at this park."""

    __tablename__ = "rule_arrival"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    valid_from_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    arrived_at: Mapped[datetime] = mapped_column(Moment)

"""Tables of the province's urgent notices: each version, and each park that is told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Alert(Model):
    """One version of a notice of the province; a correction is the next of its `root_id`.

    `seal` is a digest of all that an approver sees, `approved_seal` the one that was approved.
    `to` are parks, companies and shifts as the rules keep them; `people` how many the figures
    told of when it was asked for or approved. `touched` counts what was done, for pages that
    others have overtaken.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("root_id", "version"),
        Index("ix_alert_state", "state", "sends_at"),
        Index("ix_alert_written", "written_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    root_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"))
    state: Mapped[str] = mapped_column(String(10))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    severity: Mapped[str] = mapped_column(String(10))
    to: Mapped[dict[str, Any]] = mapped_column(JSON)
    seal: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(500), default="")
    returned_for: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_for: Mapped[str] = mapped_column(String(500), default="")
    written_at: Mapped[datetime] = mapped_column(Moment)
    writer_id: Mapped[str | None] = mapped_column(String(36))
    writer_name: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    touched: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    approver_id: Mapped[str | None] = mapped_column(String(36))
    approver_name: Mapped[str] = mapped_column(String(120), default="")
    approved_seal: Mapped[str] = mapped_column(String(64), default="")
    people: Mapped[int] = mapped_column(default=0)
    sends_at: Mapped[datetime | None] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(120), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)


class AlertPark(Model):
    """One park that a version is for; `seq` its entry in the log down, none until it is written.

    What the park told last stands beside it: counts of its people as of `told_at`.
    """

    __tablename__ = "alert_park"
    __table_args__ = (Index("ix_alert_park_node", "node"),)

    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    node: Mapped[str] = mapped_column(ForeignKey("known_node.node"), primary_key=True)
    seq: Mapped[int | None]
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    cancel_seq: Mapped[int | None]
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    told_state: Mapped[str] = mapped_column(String(10), default="")
    told_code: Mapped[str] = mapped_column(String(60), default="")
    audience: Mapped[int | None]
    gone: Mapped[int | None]
    reached: Mapped[int | None]
    read: Mapped[int | None]
    unknown: Mapped[list[str]] = mapped_column(JSON, default=list)

"""Tables of urgent notices: each version, and whom it is for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Notice(Model):
    """One version of an urgent notice; a correction or withdrawal is the next of its `root_id`.

    `branch_id` is whose notice it is, a company or the park. `seal` is a digest of all that an
    approver sees; `approved_seal` the one that was approved. `cursor` is the last person written
    down; `audience` how many it is for, counted when sending was asked for and again as it begins.
    `touched` counts what was done, for pages that others have overtaken.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("root_id", "version"),
        UniqueConstraint("cap_sender", "cap_identifier", "cap_sent"),
        Index("ix_notice_state", "state", "sends_at"),
        Index("ix_notice_branch", "branch_id", "written_at"),
        Index("ix_notice_message", "message_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    root_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("notice.id"))
    kind: Mapped[str] = mapped_column(String(8), default="Alert")
    state: Mapped[str] = mapped_column(String(10))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    severity: Mapped[str] = mapped_column(String(10), default="Severe")
    urgency: Mapped[str] = mapped_column(String(10), default="Immediate")
    certainty: Mapped[str] = mapped_column(String(10), default="Observed")
    cap_sender: Mapped[str | None] = mapped_column(String(120))
    cap_identifier: Mapped[str | None] = mapped_column(String(120))
    cap_sent: Mapped[str | None] = mapped_column(String(30))
    seal: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(500), default="")
    returned_for: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_for: Mapped[str] = mapped_column(String(500), default="")
    written_at: Mapped[datetime] = mapped_column(Moment)
    writer_id: Mapped[str | None] = mapped_column(String(36))
    writer_name: Mapped[str] = mapped_column(String(120))
    sender: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    touched: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    approver_id: Mapped[str | None] = mapped_column(String(36))
    approver_name: Mapped[str] = mapped_column(String(120), default="")
    approved_seal: Mapped[str] = mapped_column(String(64), default="")
    sends_at: Mapped[datetime | None] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    planned_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    swept_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(120), default="")
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id"))
    cursor: Mapped[str | None] = mapped_column(String(36))
    audience: Mapped[int] = mapped_column(default=0)
    planned: Mapped[int] = mapped_column(default=0)
    roads: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class NoticeTarget(Model):
    """One part of whom a notice is for; `company_id` is empty for the whole park."""

    __tablename__ = "notice_target"
    __table_args__ = (Index("ix_notice_target_company", "company_id", "notice_id"),)

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    shift: Mapped[str] = mapped_column(String(8), default="")
    on: Mapped[date | None]
    group_id: Mapped[str | None] = mapped_column(ForeignKey("work_group.id"))


class ProvinceNotice(Model):
    """A notice of the province as it stands at this park, by its id there.

    `version` is the newest that came, `notice_id` what became of it here, `root_id` the first one
    here. `told` is what the province was told of it last, until `closed_at`; `looked_at` is when
    its figures were last counted for that.
    """

    __tablename__ = "province_notice"
    __table_args__ = (Index("ix_province_notice_root", "root_id"),)

    alert_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    root_id: Mapped[str | None] = mapped_column(String(36))
    notice_id: Mapped[str | None] = mapped_column(ForeignKey("notice.id"))
    unknown: Mapped[list[str]] = mapped_column(JSON, default=list)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_for: Mapped[str] = mapped_column(String(500), default="")
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

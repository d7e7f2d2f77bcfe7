"""Tables of what was sent to other systems: by which codes, when, and what they took."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class ReportCodes(Model):
    """One version of the codes by which the other system knows things, with who says so."""

    __tablename__ = "report_codes"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str | None] = mapped_column(String(36))


class ReportSend(Model):
    """A set of rows that went, or was tried, in one call; `digest` names the set.

    `counts` are the other side's imported, updated, ignored, deleted; `conflicts` its words about
    what it would not take.
    """

    __tablename__ = "report_send"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    rows: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    codes_version: Mapped[int]
    dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str] = mapped_column(String(60), default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    conflicts: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_by: Mapped[str | None] = mapped_column(String(36))


class ReportValue(Model):
    """What the other side last took, or may have taken, for one place in its tables.

    `place` and `told` are digests of the row's keys and of its value with comment.
    """

    __tablename__ = "report_value"

    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    told: Mapped[str] = mapped_column(String(64))
    send_id: Mapped[str] = mapped_column(String(36))

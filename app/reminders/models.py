"""Tables of reminder schedules and of the occurrences that came due."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class ReminderSchedule(Model):
    """When a text goes to whom; `version` rises with every change, `removed_at` hides it.

    `carry_id` is the act that carried it here from another company, `left_behind` the groups and
    units it had there, both until somebody here has looked at it.
    """

    __tablename__ = "reminder_schedule"
    __table_args__ = (Index("ix_reminder_schedule_company", "company_id", "active"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    template: Mapped[str] = mapped_column(String(60))
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    audience: Mapped[str] = mapped_column(String(10))
    anchor: Mapped[str] = mapped_column(String(12))
    clock_time: Mapped[str | None] = mapped_column(String(5))
    offset_minutes: Mapped[int] = mapped_column(default=0)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    shifts: Mapped[list[str]] = mapped_column(JSON)
    group_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    only_unanswered: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    branch_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    on_holidays: Mapped[bool] = mapped_column(default=True, server_default=true())
    language: Mapped[str] = mapped_column(String(5), default="", server_default="")
    carried_from: Mapped[str] = mapped_column(String(160), default="", server_default="")
    left_behind: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    carry_id: Mapped[str | None] = mapped_column(String(36), index=True)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class ReminderOneDay(Model):
    """A schedule differs once: left out, moved or added on the shift of a start date."""

    __tablename__ = "reminder_one_day"
    __table_args__ = (
        Index(
            "ix_reminder_one_day_standing",
            "schedule_id",
            "on",
            "shift",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_reminder_one_day_company", "company_id", "on"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    schedule_id: Mapped[str] = mapped_column(ForeignKey("reminder_schedule.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8), default="")
    kind: Mapped[str] = mapped_column(String(6))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120), default="")
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class ReminderLook(Model):
    """Up to when (excluded) the clock has been looked at for what comes due; one row."""

    __tablename__ = "reminder_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(Moment)


class ReminderOccurrence(Model):
    """A schedule came due once: planned to its people up to `cursor`, or missed.

    `part`: only for those whose bus leaves then, 05:15.
    """

    __tablename__ = "reminder_occurrence"
    __table_args__ = (
        UniqueConstraint("schedule_id", "shift_on", "shift", "part"),
        Index("ix_reminder_occurrence_due", "company_id", "due_at"),
        Index(
            "ix_reminder_occurrence_open",
            "due_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    schedule_id: Mapped[str] = mapped_column(ForeignKey("reminder_schedule.id"))
    company_id: Mapped[int]
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8), default="")
    part: Mapped[str] = mapped_column(String(5), default="", server_default="")
    due_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str | None] = mapped_column(String(36))
    reached: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str | None] = mapped_column(String(36))
    skipped: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class HotlineList(Model):
    """The hotlines that the province sent; `rows` are as in the data file of the program."""

    __tablename__ = "hotline_list"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    valid_from_on: Mapped[date] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(300))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)

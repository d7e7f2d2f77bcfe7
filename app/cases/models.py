"""Tables of follow-up cases: the case, its tasks, its days, and all that was done in it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class FollowUpCase(Model):
    """One worker in follow-up; of those that are not closed a worker has at most one.

    `level` is the worst that opened or joined it; `due_at` by when somebody has to turn to it;
    `follow_rule` is empty where a person set the days; `version` counts what was done.
    """

    __tablename__ = "follow_up_case"
    __table_args__ = (
        Index(
            "ix_follow_up_case_open",
            "worker_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_follow_up_case_worker", "worker_id", "opened_at"),
        Index("ix_follow_up_case_queue", "company_id", "closed_at", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    state: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(5))
    origin: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    owner_name: Mapped[str] = mapped_column(String(120), default="")
    due_at: Mapped[datetime] = mapped_column(Moment)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    person_class: Mapped[str | None] = mapped_column(String(2))
    isolated_on: Mapped[date | None]
    follow_from_on: Mapped[date | None]
    follow_days: Mapped[int] = mapped_column(default=0)
    follow_rule: Mapped[str] = mapped_column(String(20), default="")
    escalated_at: Mapped[datetime | None] = mapped_column(Moment)
    escalated_seq: Mapped[int | None]
    cleared_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseTask(Model):
    """Something to be done in a case by a moment; `rule` is empty where a person asked for it.

    A test is done when the sample is taken; its `result` comes later.
    """

    __tablename__ = "case_task"
    __table_args__ = (Index("ix_case_task_case", "case_id", "state"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("follow_up_case.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[datetime] = mapped_column(Moment)
    rule: Mapped[str] = mapped_column(String(20), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(EncryptedText("case_task.note"), default="")
    over_at: Mapped[datetime | None] = mapped_column(Moment)
    over_by: Mapped[str] = mapped_column(String(120), default="")
    result: Mapped[str | None] = mapped_column(String(10))
    result_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseEntry(Model):
    """One line of a case's timeline, never changed: who did what, when, and the state after."""

    __tablename__ = "case_entry"
    __table_args__ = (Index("ix_case_entry_case", "case_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("follow_up_case.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    by_name: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(EncryptedText("case_entry.words"), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    check_in_id: Mapped[str | None] = mapped_column(String(36))


class FollowUpDay(Model):
    """What was heard of the person on one day of follow-up; the newest version counts.

    `answers` is sealed JSON: signs and the temperature; `source` tells a call from an own answer.
    """

    __tablename__ = "follow_up_day"
    __table_args__ = (UniqueConstraint("case_id", "on", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("follow_up_case.id"))
    on: Mapped[date]
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    by_name: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(8))
    level: Mapped[str] = mapped_column(String(5))
    answers: Mapped[str] = mapped_column(EncryptedText("follow_up_day.answers"))
    check_in_id: Mapped[str | None] = mapped_column(String(36))

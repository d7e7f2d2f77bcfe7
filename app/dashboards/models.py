"""Tables of what was kept of past shifts and days, of files asked for, and of weekly digests."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class ShiftRecord(Model):
    """What is too dear to count for a page: reminders and the final summary of one shift.

    `wanted` are the reminders that were still needed when their time came. `final_seq` is the
    entry of the log that holds the newest final summary; `zero` whether it says that nobody is
    amber or red, null where it must not say.
    """

    __tablename__ = "shift_record"
    __table_args__ = (Index("ix_shift_record_on", "shift_on"), {"sqlite_with_rowid": False})

    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    shift_on: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[str] = mapped_column(String(8), primary_key=True)
    wanted: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    final_due_at: Mapped[datetime | None] = mapped_column(Moment)
    final_seq: Mapped[int | None]
    zero: Mapped[bool | None]
    as_of: Mapped[datetime] = mapped_column(Moment)


class DayRecord(Model):
    """What stood in one company on one day: safety teams, and follow-ups as last looked at."""

    __tablename__ = "day_record"
    __table_args__ = (Index("ix_day_record_on", "on"), {"sqlite_with_rowid": False})

    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    teams_needed: Mapped[int | None]
    teams_staffed: Mapped[int | None]
    cases_open: Mapped[int | None]
    cases_overdue: Mapped[int | None]
    as_of: Mapped[datetime] = mapped_column(Moment)


class FiguresFile(Model):
    """A large file of figures that somebody asked for, written beside the pages; theirs alone."""

    __tablename__ = "figures_file"
    __table_args__ = (Index("ix_figures_file_account", "account_id", "asked_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime] = mapped_column(Moment)


class WeeklyDigest(Model):
    """What changed in a week, as values, for one account; once a week and account."""

    __tablename__ = "weekly_digest"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class DigestAddress(Model):
    """Where an account has its weekly digest sent by e-mail too."""

    __tablename__ = "digest_address"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    address: Mapped[str] = mapped_column(EncryptedText("digest_address.address"))
    set_at: Mapped[datetime] = mapped_column(Moment)


class DigestLetter(Model):
    """One digest by e-mail: `sending` while a sender holds it, and what became of it."""

    __tablename__ = "digest_letter"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    code: Mapped[str] = mapped_column(String(40), default="")


class DigestChoice(Model):
    """Whether an account wants the weekly digest; without a row it does."""

    __tablename__ = "digest_choice"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    wanted: Mapped[bool]
    chosen_at: Mapped[datetime] = mapped_column(Moment)

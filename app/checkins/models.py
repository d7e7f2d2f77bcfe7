"""Tables of duties, answers, standing levels and the counts rolled up from them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class Duty(Model):
    """One worker on one shift: expected, and what became of it; `level` is the effective one."""

    __tablename__ = "duty"
    __table_args__ = (
        Index("ix_duty_board", "company_id", "shift_on", "shift", "state", "level"),
        Index("ix_duty_line", "branch_id", "shift_on", "shift", "state"),
        {"sqlite_with_rowid": False},
    )

    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    shift_on: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[str] = mapped_column(String(8), primary_key=True)
    company_id: Mapped[int]
    branch_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    level: Mapped[str | None] = mapped_column(String(5))
    on_time: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    check_in_id: Mapped[str | None] = mapped_column(String(36))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(80))


class DutyPlan(Model):
    """How far the duties of a company for a day were planned: through which worker, and when done.

    `finished_at` is empty while chunks are still to come.
    """

    __tablename__ = "duty_plan"
    __table_args__ = ({"sqlite_with_rowid": False},)

    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    shift_on: Mapped[date] = mapped_column(primary_key=True)
    through_id: Mapped[str | None] = mapped_column(String(36))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class CheckIn(Model):
    """One version of one answer, never changed afterwards."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("worker_id", "shift_on", "shift", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    clock_suspect: Mapped[bool] = mapped_column(default=False)
    on_time: Mapped[bool]
    source: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str | None] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[str] = mapped_column(String(60))
    rules_proposed: Mapped[bool] = mapped_column(default=True)
    lookback_days: Mapped[int]
    level: Mapped[str] = mapped_column(String(5))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    advice: Mapped[str | None] = mapped_column(String(20))


class HealthState(Model):
    """The standing level of a worker who is not green: it stays until somebody clears it."""

    __tablename__ = "health_state"
    __table_args__ = (Index("ix_health_state_company", "company_id", "level"),)

    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    company_id: Mapped[int]
    level: Mapped[str] = mapped_column(String(5))
    since: Mapped[datetime] = mapped_column(Moment)
    check_in_id: Mapped[str] = mapped_column(String(36))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    advice: Mapped[str | None] = mapped_column(String(20))


class Clearance(Model):
    """A person set a standing level back to green, with the reason."""

    __tablename__ = "clearance"
    __table_args__ = (Index("ix_clearance_worker", "worker_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    level: Mapped[str] = mapped_column(String(5))
    since: Mapped[datetime] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    cleared_by: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(500))


class ShiftCount(Model):
    """Figures of one branch (a company, or a unit inside it) for one shift."""

    __tablename__ = "shift_count"
    __table_args__ = (
        Index("ix_shift_count_on", "shift_on", "branch_id"),
        {"sqlite_with_rowid": False},
    )

    branch_id: Mapped[int] = mapped_column(primary_key=True)
    shift_on: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[str] = mapped_column(String(8), primary_key=True)
    company_id: Mapped[int]
    expected: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    on_time: Mapped[int] = mapped_column(default=0)
    absent: Mapped[int] = mapped_column(default=0)
    not_asked: Mapped[int] = mapped_column(default=0)
    green: Mapped[int] = mapped_column(default=0)
    amber: Mapped[int] = mapped_column(default=0)
    red: Mapped[int] = mapped_column(default=0)
    as_of: Mapped[datetime] = mapped_column(Moment)


class SymptomCount(Model):
    """How many of a company's latest answers for one shift name a symptom."""

    __tablename__ = "symptom_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    company_id: Mapped[int] = mapped_column(primary_key=True)
    shift_on: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[str] = mapped_column(String(8), primary_key=True)
    symptom: Mapped[str] = mapped_column(String(30), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class RuleAcceptance(Model):
    """A person accepted a rule set for a branch; the newest one counts."""

    __tablename__ = "rule_acceptance"
    __table_args__ = (Index("ix_rule_acceptance_branch", "branch_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    rules: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    accepted_by: Mapped[str] = mapped_column(String(120))


class SentRuleSet(Model):
    """A rule set that the province sent: proposed until a person accepts it, from its day on.

    `document` is what the data file of triage rules would say of this one set.
    """

    __tablename__ = "sent_rule_set"

    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    received_at: Mapped[datetime] = mapped_column(Moment)


class AnswerSheet(Model):
    """A filled check-in sheet that was read back; `lines` is sealed JSON, one entry a person.

    An entry is settled once it was kept or discarded; the lines go when all are.
    """

    __tablename__ = "answer_sheet"
    __table_args__ = (Index("ix_answer_sheet_company", "company_id", "read_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8))
    account_id: Mapped[str | None] = mapped_column(String(36))
    read_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    lines: Mapped[str | None] = mapped_column(EncryptedText("answer_sheet.lines"))
    kept: Mapped[int] = mapped_column(default=0)
    discarded: Mapped[int] = mapped_column(default=0)


class RollCall(Model):
    """A leader's sheet of a group for one shift that was closed; `id` is the key of its command.

    `called_at` is the moment that counts: the leader's clock where it can be believed.
    """

    __tablename__ = "roll_call"
    __table_args__ = (Index("ix_roll_call_group", "group_id", "shift_on", "shift"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("work_group.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8))
    account_id: Mapped[str] = mapped_column(String(36))
    called_by: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    clock_suspect: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(120))


class RollMark(Model):
    """What a roll call said of one worker, and what it did.

    `steps` holds the duty before and after; `kept` says why it changed nothing; `restored` that
    what it did was taken back.
    """

    __tablename__ = "roll_mark"
    __table_args__ = (
        Index("ix_roll_mark_duty", "worker_id", "shift_on", "shift"),
        {"sqlite_with_rowid": False},
    )

    roll_call_id: Mapped[str] = mapped_column(ForeignKey("roll_call.id"), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8))
    said: Mapped[str] = mapped_column(String(12))
    kept: Mapped[str | None] = mapped_column(String(20))
    steps: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    restored: Mapped[bool] = mapped_column(default=False)


class HandOverNote(Model):
    """What somebody left to the next shift of a company or a unit of it; never changed."""

    __tablename__ = "hand_over_note"
    __table_args__ = (Index("ix_hand_over_note_company", "company_id", "written_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8), default="")
    text: Mapped[str] = mapped_column(EncryptedText("hand_over_note.text"))
    account_id: Mapped[str] = mapped_column(String(36))
    written_by: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[datetime] = mapped_column(Moment)


class HandOverReading(Model):
    """Somebody took a note over; from then on it is history."""

    __tablename__ = "hand_over_reading"

    note_id: Mapped[str] = mapped_column(ForeignKey("hand_over_note.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(36))
    read_by: Mapped[str] = mapped_column(String(120))
    read_at: Mapped[datetime] = mapped_column(Moment)

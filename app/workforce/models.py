"""Tables of workers, their groups, and who works when."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class Worker(Model):
    """A person on a company's list; `id` is also the id of the account."""

    __tablename__ = "worker"
    __table_args__ = (
        UniqueConstraint("company_id", "badge_key"),
        Index("ix_worker_line", "company_id", "branch_id", "name_folded"),
        Index("ix_worker_phone", "phone_index"),
        Index("ix_worker_id_number", "id_number_index"),
        # Of those who were merged only: SQLite would look for everybody else through it.
        Index(
            "ix_worker_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    badge: Mapped[str] = mapped_column(String(40))
    badge_key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120))
    born_on: Mapped[date | None]
    birth_year: Mapped[int | None]
    sex: Mapped[str | None] = mapped_column(String(6))
    phone: Mapped[str | None] = mapped_column(EncryptedText("worker.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64))
    phone_tails: Mapped[str | None] = mapped_column(String(48))
    id_number: Mapped[str | None] = mapped_column(EncryptedText("worker.id_number"))
    id_number_index: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[str | None] = mapped_column(String(80))
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("worker.id"))
    updated_at: Mapped[datetime] = mapped_column(Moment)


class WorkerMerge(Model):
    """Two records were one person: the record that went (`gone_id`) stands as the kept one."""

    __tablename__ = "worker_merge"
    __table_args__ = (
        Index("ix_worker_merge_kept", "kept_id"),
        Index(
            "ix_worker_merge_standing",
            "gone_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kept_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    gone_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    merged_by: Mapped[str] = mapped_column(String(120))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class MergeStep(Model):
    """One row that a merge touched, as it was and as it became; null is a row that is not there."""

    __tablename__ = "merge_step"

    merge_id: Mapped[int] = mapped_column(ForeignKey("worker_merge.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_key: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(EncryptedText("merge_step.before"))
    after: Mapped[str | None] = mapped_column(EncryptedText("merge_step.after"))


class TwoPeople(Model):
    """Somebody looked at two records and said that they are two people; the lower id is first."""

    __tablename__ = "two_people"

    first_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))


class WorkGroup(Model):
    """People who are reached or traced together: a line, room, bus, meal slot or free group.

    `closed_on` is the first day on which it is no longer in use; `departures` of a bus are its
    times of leaving for work, 05:15.
    """

    __tablename__ = "work_group"
    __table_args__ = (UniqueConstraint("company_id", "kind", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), index=True)
    closed_on: Mapped[date | None]
    departures: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")


class GroupChange(Model):
    """One step of what was done to groups by hand, with all it takes to undo it the same day.

    The steps of one act share `act_id`; `steps` holds ids, never names.
    """

    __tablename__ = "group_change"
    __table_args__ = (Index("ix_group_change_act", "act_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    act_id: Mapped[str] = mapped_column(String(36))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    group_id: Mapped[str] = mapped_column(String(36))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Moment)
    steps: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class Membership(Model):
    """A worker in a group from one day to another, both included; open while `to_on` is null."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_group", "group_id", "to_on"),
        Index("ix_membership_worker", "worker_id", "from_on"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    group_id: Mapped[str] = mapped_column(ForeignKey("work_group.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class ShiftHours(Model):
    """A company's hours of one shift from a day on."""

    __tablename__ = "shift_hours"
    __table_args__ = (UniqueConstraint("company_id", "shift", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    shift: Mapped[str] = mapped_column(String(8))
    starts: Mapped[time]
    ends: Mapped[time]
    meal: Mapped[time | None]
    from_on: Mapped[date]


class WorkPattern(Model):
    """A cycle of shift codes, null where the day is off; day 0 of the cycle is `anchor_on`."""

    __tablename__ = "work_pattern"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(80))
    cycle: Mapped[list[str | None]] = mapped_column(JSON)
    anchor_on: Mapped[date]


class PatternAssignment(Model):
    """A worker follows a pattern from one day to another, both included."""

    __tablename__ = "pattern_assignment"
    __table_args__ = (
        Index("ix_pattern_assignment_worker", "worker_id", "from_on"),
        Index("ix_pattern_assignment_pattern", "pattern_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    pattern_id: Mapped[str] = mapped_column(ForeignKey("work_pattern.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Leave(Model):
    """Days on which a worker is not expected, both ends included."""

    __tablename__ = "leave"
    __table_args__ = (Index("ix_leave_worker", "worker_id", "from_on"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(80), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)


class Holiday(Model):
    """A day on which a company, or with a park's id the whole park, does not work."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("branch_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    on: Mapped[date]
    name: Mapped[str] = mapped_column(String(80))


class PlannedChange(Model):
    """A move, an end of work or a return asked for a coming day; `outcome` is empty until settled.

    A table and a job, since the rest of the product asks one question of a worker's row: where, and
    still here, now. A coming day in `branch_id` or `left_on` would end views, messages and sign-ins
    today; a row here leaves them be until the day, can be withdrawn, and says afterwards who asked.
    Joining needs none: `joined_on` is asked wherever somebody is expected or written to.
    """

    __tablename__ = "planned_change"
    __table_args__ = (
        Index("ix_planned_change_due", "outcome", "from_on"),
        Index("ix_planned_change_company", "company_id", "outcome", "from_on"),
        Index("ix_planned_change_worker", "worker_id", "outcome"),
        Index("ix_planned_change_import", "import_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    kind: Mapped[str] = mapped_column(String(8))
    from_on: Mapped[date]
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    account_id: Mapped[str | None] = mapped_column(String(36))
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    import_id: Mapped[str | None] = mapped_column(String(36))
    outcome: Mapped[str] = mapped_column(String(10), default="")
    code: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class DataRequest(Model):
    """A worker's request about the own data; `due_on` is the last day for the first answer.

    `state` follows the last answer. `made_at` is the device's word, `received_at` starts the clock.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        Index("ix_data_request_company", "company_id", "state", "due_on"),
        Index("ix_data_request_worker", "worker_id", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(EncryptedText("data_request.text"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date]
    rule_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    noted_by: Mapped[str] = mapped_column(String(120), default="")


class DataRequestAnswer(Model):
    """One answer to a request; nothing is overwritten, the highest `n` stands."""

    __tablename__ = "data_request_answer"

    request_id: Mapped[str] = mapped_column(ForeignKey("data_request.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(EncryptedText("data_request_answer.text"))
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(36))
    answered_by: Mapped[str] = mapped_column(String(120))


class RosterImport(Model):
    """One uploaded staff list: what was read and proposed, until it is confirmed or dropped."""

    __tablename__ = "roster_import"
    __table_args__ = (
        Index("ix_roster_import_company", "company_id", "created_at"),
        Index("ix_roster_import_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sheet_name: Mapped[str] = mapped_column(String(80), default="")
    sheets: Mapped[list[list[Any]] | None] = mapped_column(JSON)
    date1904: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    notes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    choices: Mapped[dict[str, dict[str, str | None]]] = mapped_column(JSON, default=dict)
    columns: Mapped[str | None] = mapped_column(EncryptedText("roster_import.columns"))
    corrections: Mapped[str | None] = mapped_column(EncryptedText("roster_import.corrections"))
    roster_mark: Mapped[str | None] = mapped_column(String(36))
    plan_digest: Mapped[str | None] = mapped_column(String(64))
    ends_work: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class ImportChange(Model):
    """What one worker was before a list was saved, sealed, and a keyed digest of what they became.

    `before` is null for whom the list added; `outcome` is set when the change was undone or kept.
    """

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_outcome", "import_id", "outcome", "worker_id"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    worker_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    before: Mapped[str | None] = mapped_column(EncryptedText("import_change.before"))
    after: Mapped[str] = mapped_column(String(64))
    saved_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(10), default="")


class ImportPlace(Model):
    """A unit, group or schedule that saving a list made, with the name it was given.

    `outcome` is set when undoing removed it or left it.
    """

    __tablename__ = "import_place"

    import_id: Mapped[str] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    place_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(10), default="")


class HeadingChoice(Model):
    """What a company said a heading of its lists holds; a null field is a column left out."""

    __tablename__ = "heading_choice"

    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    heading_key: Mapped[str] = mapped_column(String(120), primary_key=True)
    heading: Mapped[str] = mapped_column(String(120))
    field: Mapped[str | None] = mapped_column(String(24))
    chosen_at: Mapped[datetime] = mapped_column(Moment)


class StagedSheet(Model):
    """A part of the cells of an uploaded list as they stood, packed, for reading it anew."""

    __tablename__ = "staged_sheet"

    import_id: Mapped[str] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(EncryptedText("staged_sheet.content"))


class StagedRow(Model):
    """One row of an uploaded list as it was understood, sealed like the fields it holds.

    Rows below 0 are workers of the company whom the list does not name.
    """

    __tablename__ = "staged_row"
    __table_args__ = (
        Index("ix_staged_row_outcome", "import_id", "outcome", "row"),
        Index("ix_staged_row_severity", "import_id", "severity", "row"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(8), default="")
    codes: Mapped[str] = mapped_column(Text, default="")
    worker_id: Mapped[str | None] = mapped_column(String(36))
    leaves: Mapped[bool] = mapped_column(default=False)
    fields: Mapped[str] = mapped_column(Text, default="", server_default="")
    values: Mapped[str | None] = mapped_column(EncryptedText("staged_row.values"))
    problems: Mapped[str | None] = mapped_column(EncryptedText("staged_row.problems"))
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

"""Tables of purges, of days that were changed, of deletions, and of breaches."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class PurgeRun(Model):
    """One purge; without `finished_at` it is running or was cut off, and another goes on.

    `failed` counts deletions of people that could not be carried out and wait for the next night.
    """

    __tablename__ = "purge_run"
    __table_args__ = (Index("ix_purge_run_finished_at", "finished_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    by_name: Mapped[str] = mapped_column(String(120))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    people: Mapped[int] = mapped_column(default=0)
    keys: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0, server_default="0")


class RetentionDays(Model):
    """How many days this node keeps one kind, where it is not the rule's own number."""

    __tablename__ = "retention_days"

    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    days: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[str] = mapped_column(String(120))


class Erasure(Model):
    """The data of one person go, or are gone once `finished_at` is there; an id and no name."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_worker", "worker_id"),
        Index(
            "ix_erasure_open",
            "at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(String(36))
    depth: Mapped[str] = mapped_column(String(8))
    cause: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Moment)
    request_id: Mapped[str | None] = mapped_column(String(36))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Breach(Model):
    """Personal data got where they do not belong; the clock runs from `known_at`."""

    __tablename__ = "breach"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    known_at: Mapped[datetime] = mapped_column(Moment)
    what: Mapped[str] = mapped_column(EncryptedText("breach.what"))
    whose: Mapped[str] = mapped_column(EncryptedText("breach.whose"))
    people: Mapped[int | None]
    done: Mapped[str] = mapped_column(EncryptedText("breach.done"))
    told_authority_at: Mapped[datetime | None] = mapped_column(Moment)
    told_people_at: Mapped[datetime | None] = mapped_column(Moment)
    noted_at: Mapped[datetime] = mapped_column(Moment)
    noted_by: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)

"""Tables of leases and of backups made."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Lease(Model):
    """Who may do a thing that only one process may do, until when, and how far it has come."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime] = mapped_column(Moment)
    percent: Mapped[int | None]


class BackupRecord(Model):
    """A backup that was made, whether restoring it was proved, and its copy in the second place."""

    __tablename__ = "backup_record"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    path: Mapped[str] = mapped_column(String(400))
    size: Mapped[int | None] = mapped_column(BigInteger)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    code: Mapped[str | None] = mapped_column(String(60))
    copy_path: Mapped[str | None] = mapped_column(String(400))
    copied_at: Mapped[datetime | None] = mapped_column(Moment)
    copy_code: Mapped[str | None] = mapped_column(String(60))


class ToldTrouble(Model):
    """Something wrong that whoever keeps the node was told of; `ended_at` once it was over."""

    __tablename__ = "told_trouble"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    since_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

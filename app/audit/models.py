"""The audit table; triggers of the schema refuse to change or delete its rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class AuditEntry(Model):
    """One act, or one view of health data with the workers that it showed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_company", "company_id", "at"),
        Index("ix_audit_entry_subject", "subject_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[str | None] = mapped_column(String(36))
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_roles: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str | None] = mapped_column(String(60))
    company_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

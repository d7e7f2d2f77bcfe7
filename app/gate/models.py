"""Tables of kiosks, the keys that commands are sealed for, and what came back to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class SealKey(Model):
    """A key pair that commands are sealed for; an old one still opens what waited on a kiosk."""

    __tablename__ = "seal_key"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    private: Mapped[str] = mapped_column(EncryptedText("seal_key.private"))
    made_at: Mapped[datetime] = mapped_column(Moment)


class Kiosk(Model):
    """A shared device with an account of its own, and where it sends whoever feels unwell."""

    __tablename__ = "kiosk"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    leave_lock: Mapped[dict[str, Any]] = mapped_column(JSON)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class KioskReturn(Model):
    """A sealed command that was refused: whose badge, when and why, never what was said."""

    __tablename__ = "kiosk_return"
    __table_args__ = (Index("ix_kiosk_return_company", "company_id", "received_at"),)

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    badge: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_by: Mapped[str | None] = mapped_column(String(120))

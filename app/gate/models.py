"""Tables of passes and scans, of kiosks, and of the keys that they are signed and sealed with."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class PassKey(Model):
    """An Ed25519 key that passes are signed with; the one `in_use` is true, of the others null.

    `kid` is the beginning of its thumbprint (RFC 7638). A retired key verifies `until_at`.
    """

    __tablename__ = "pass_key"

    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    public: Mapped[str] = mapped_column(String(43))
    private: Mapped[str] = mapped_column(EncryptedText("pass_key.private"))
    in_use: Mapped[bool | None] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime | None] = mapped_column(Moment)


class GatePass(Model):
    """A pass that was issued: the worker behind `jti`, its shift and hours; signed anew when shown.

    At most one per worker and shift stands at a time.
    """

    __tablename__ = "gate_pass"
    __table_args__ = (
        Index(
            "ix_gate_pass_standing",
            "worker_id",
            "shift_on",
            "shift",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "ix_gate_pass_revoked",
            "expires_at",
            sqlite_where=text("revoked_at IS NOT NULL"),
            postgresql_where=text("revoked_at IS NOT NULL"),
        ),
    )

    jti: Mapped[str] = mapped_column(String(16), primary_key=True)
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    company_id: Mapped[int]
    shift_on: Mapped[date]
    shift: Mapped[str] = mapped_column(String(8))
    kid: Mapped[str] = mapped_column(String(16))
    opens_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_because: Mapped[str | None] = mapped_column(String(8))


class GateScan(Model):
    """Somebody showed a pass or a badge at a gate; `badge` as it was typed, known or not.

    `verdict` is what the gate said, `judged` what the park knew for that moment on arrival.
    """

    __tablename__ = "gate_scan"
    __table_args__ = (Index("ix_gate_scan_worker", "worker_id", "counted_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str | None] = mapped_column(ForeignKey("worker.id"))
    jti: Mapped[str | None] = mapped_column(String(16))
    badge: Mapped[str | None] = mapped_column(String(40))
    gate: Mapped[str] = mapped_column(String(40))
    direction: Mapped[str] = mapped_column(String(3))
    verdict: Mapped[str] = mapped_column(String(14))
    judged: Mapped[str | None] = mapped_column(String(14))
    made_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    clock_suspect: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[str | None] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(64))


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

"""Tables of messages, contact points, deliveries and attempts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.delivery.rules.grants import Grant
from app.extensions import EncryptedText, Model, Moment

# Said word for word where such rows are looked for: SQLite knows its partial index only by this.
WAITING_ROWS = "status IN ('created', 'queued')"
QUEUED_ROWS = "status = 'queued'"
SENDING_ROWS = "status = 'sending'"


def _only(rows: str) -> dict[str, Any]:
    """For an index of some rows only."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


class Message(Model):
    """What is to be said, once, to many, in every language it was written in.

    Nobody sees it before `planned_at`; nothing more of it leaves from `stopped_at` on;
    `expires_at` is when it no longer holds, `closed_at` when all that followed from that was done.
    `withdrawn_at`: its sender took it back; `corrects_id`: the message it takes the place of.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("source_key"),
        Index(
            "ix_message_open",
            "expires_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    lane: Mapped[str] = mapped_column(String(8))
    source_key: Mapped[str | None] = mapped_column(String(120))
    company_id: Mapped[int | None]
    sender: Mapped[str] = mapped_column(String(120), default="")
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    titles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    planned_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    corrects_id: Mapped[str | None] = mapped_column(String(36))


class ContactPoint(Model):
    """An address of a person, with its state and why; `channel` is the kind of the address.

    The state is the address's: it is the same for everybody who has it. From `gone_at` on it is
    this person's no more.
    """

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("person_id", "channel", "address_hash"),
        Index("ix_contact_point_address", "channel", "address_hash"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(EncryptedText("contact_point.address"))
    address_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    state_code: Mapped[str | None] = mapped_column(String(40))
    state_at: Mapped[datetime] = mapped_column(Moment)
    last_inbound_at: Mapped[datetime | None] = mapped_column(Moment)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    gone_at: Mapped[datetime | None] = mapped_column(Moment)


class PushSubscription(Model):
    """A phone that rings for a person's inbox, as they agreed to on it; gone when it is not there.

    It is tied to account and device: with the last token of both it rings no more.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("endpoint_hash"),
        UniqueConstraint("contact_point_id"),
        Index("ix_push_subscription_account", "account_id", "device_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str] = mapped_column(String(64))
    contact_point_id: Mapped[str] = mapped_column(ForeignKey("contact_point.id"))
    endpoint_hash: Mapped[str] = mapped_column(String(64))
    consented_at: Mapped[datetime] = mapped_column(Moment)


class Delivery(Model):
    """One message to one person over one channel, and how far it came.

    `values` fill what differs from person to person; `answer_key` names the shift whose answer
    makes a reminder needless, `answered_at` when it came; it is sent before `expires_at` or not at
    all. At `look_at` the ledger sees whether it needs another road, or is given up. `cost`: what
    its provider says it cost, in VND.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "person_id", "channel"),
        UniqueConstraint("once_key", "channel"),
        Index("ix_delivery_due", "channel", "lane", "next_attempt_at", **_only(QUEUED_ROWS)),
        Index("ix_delivery_waiting", "message_id", **_only(WAITING_ROWS)),
        Index("ix_delivery_late", "expires_at", **_only(WAITING_ROWS)),
        Index("ix_delivery_sending", "lease_until", **_only(SENDING_ROWS)),
        Index("ix_delivery_look", "look_at", **_only("look_at IS NOT NULL")),
        Index(
            "ix_delivery_external",
            "channel",
            "external_id",
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_delivery_answer",
            "person_id",
            "answer_key",
            sqlite_where=text("answer_key IS NOT NULL"),
            postgresql_where=text("answer_key IS NOT NULL"),
        ),
        Index("ix_delivery_person", "person_id", "created_at"),
        Index("ix_delivery_cost", "channel", "sent_at", **_only("cost IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    channel: Mapped[str] = mapped_column(String(16))
    once_key: Mapped[str | None] = mapped_column(String(120))
    answer_key: Mapped[str | None] = mapped_column(String(20))
    contact_point_id: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    status: Mapped[str] = mapped_column(String(20))
    lane: Mapped[str] = mapped_column(String(8))
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    values: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(80))
    error_class: Mapped[str | None] = mapped_column(String(30))
    error_code: Mapped[str | None] = mapped_column(String(40))
    cost: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class Attempt(Model):
    """One try to hand a delivery to its channel."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("delivery_id", "n"),
        Index("ix_attempt_started", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"))
    n: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(20))
    error_class: Mapped[str | None] = mapped_column(String(30))
    code: Mapped[str | None] = mapped_column(String(40))
    http_status: Mapped[int | None]
    ms: Mapped[int | None]
    masked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ProviderEvent(Model):
    """What a provider told, as it came; `outcome` is the effect that it had, once it had one."""

    __tablename__ = "provider_event"
    __table_args__ = (
        UniqueConstraint("channel", "provider_event_id"),
        Index("ix_provider_event_new", "received_at", **_only("handled_at IS NULL")),
        Index("ix_provider_event_handled", "handled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    provider_event_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    raw: Mapped[str] = mapped_column(EncryptedText("provider_event.raw"))
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(20))


class ChannelState(Model):
    """Whether a channel is paused, until when and why, and what is left of quota and money.

    `problem`: why it cannot send, as it said when it was last looked at; empty when it can.
    """

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    paused: Mapped[bool] = mapped_column(default=False)
    pause_reason: Mapped[str | None] = mapped_column(String(200))
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    resume_at: Mapped[datetime | None] = mapped_column(Moment)
    quota_left: Mapped[int | None]
    quota_reset_at: Mapped[datetime | None] = mapped_column(Moment)
    error_window: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    balance: Mapped[int | None]
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(String(120), default="", server_default="")


class ProviderGrant(Model):
    """What one account with a provider signs in with, kept by one node alone.

    `refresh_token` is good for one renewal; `version` counts them, and `renewing_until` is how long
    one that is under way keeps others from it. `problem`: why no more can be renewed. `templates`
    and `signatures` are what the provider was last seen to say: its templates with their state, and
    how often each variant of a signature matched.
    """

    __tablename__ = "provider_grant"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    access_token: Mapped[str | None] = mapped_column(EncryptedText("provider_grant.access_token"))
    refresh_token: Mapped[str | None] = mapped_column(EncryptedText("provider_grant.refresh_token"))
    access_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=0)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    rotated_at: Mapped[datetime | None] = mapped_column(Moment)
    renewing_until: Mapped[datetime | None] = mapped_column(Moment)
    next_renewal_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(String(40), default="", server_default="")
    problem_at: Mapped[datetime | None] = mapped_column(Moment)
    templates: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    templates_at: Mapped[datetime | None] = mapped_column(Moment)
    signatures: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    refused_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def grant(self) -> Grant:
        """The grant as the rules see it."""
        return Grant(
            self.version,
            bool(self.refresh_token),
            self.access_expires_at,
            self.renewing_until,
            self.next_renewal_at,
            self.problem,
        )

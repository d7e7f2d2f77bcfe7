"""Tables of what the province sends for its parks, and of what a park handed on."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment

# Said word for word where such rows are looked for.
QUEUED_ROWS, SENDING_ROWS, UNTOLD_ROWS = "status = 'queued'", "status = 'sending'", "told_rev < rev"


class HubDelivery(Model):
    """At the province: one message of a park to one person over one channel of Zalo.

    `ref` is the park's name for it. `rev` counts the news of it, `told_rev` those that its park
    was told. Address and words are destroyed some days after it is settled (`address` is None).
    `stopped_at`: from then on its park wants it no more; `tried_at`: when it was handed over last.
    """

    __tablename__ = "hub_delivery"
    __table_args__ = (
        UniqueConstraint("node", "ref"),
        UniqueConstraint("node", "once", "road"),
        Index(
            "ix_hub_delivery_due",
            "road",
            "lane",
            "next_attempt_at",
            sqlite_where=text(QUEUED_ROWS),
            postgresql_where=text(QUEUED_ROWS),
        ),
        Index(
            "ix_hub_delivery_sending",
            "lease_until",
            sqlite_where=text(SENDING_ROWS),
            postgresql_where=text(SENDING_ROWS),
        ),
        Index(
            "ix_hub_delivery_untold",
            "node",
            sqlite_where=text(UNTOLD_ROWS),
            postgresql_where=text(UNTOLD_ROWS),
        ),
        Index("ix_hub_delivery_external", "external_id"),
        Index("ix_hub_delivery_changed", "changed_at"),
        Index("ix_hub_delivery_tried", "road", "tried_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    node: Mapped[str] = mapped_column(ForeignKey("known_node.node"))
    ref: Mapped[str] = mapped_column(String(48))
    once: Mapped[str | None] = mapped_column(String(64))
    road: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str] = mapped_column(String(8))
    address: Mapped[str | None] = mapped_column(EncryptedText("hub_delivery.address"))
    words: Mapped[str | None] = mapped_column(EncryptedText("hub_delivery.words"))
    inbound_at: Mapped[datetime | None] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(20))
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    external_id: Mapped[str | None] = mapped_column(String(80))
    error_class: Mapped[str] = mapped_column(String(30), default="")
    error_code: Mapped[str] = mapped_column(String(40), default="")
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    rev: Mapped[int] = mapped_column(default=0)
    told_rev: Mapped[int] = mapped_column(default=0)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    tried_at: Mapped[datetime | None] = mapped_column(Moment)


class HubAddress(Model):
    """At the province: which park has somebody's Zalo id or number, by its keyed digest only."""

    __tablename__ = "hub_address"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    node: Mapped[str] = mapped_column(ForeignKey("known_node.node"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class HubEvent(Model):
    """At the province: what somebody did on Zalo, on its way to the park that has them."""

    __tablename__ = "hub_event"
    __table_args__ = (UniqueConstraint("node", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(ForeignKey("known_node.node"))
    key: Mapped[str] = mapped_column(String(64))
    told: Mapped[str] = mapped_column(EncryptedText("hub_event.told"))
    came_at: Mapped[datetime] = mapped_column(Moment)


class HubPassed(Model):
    """At a park: a delivery that the province was asked to send, and the last news of it.

    `stop_at`: when the province was asked not to send it after all.
    """

    __tablename__ = "hub_passed"

    delivery_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    passed_at: Mapped[datetime] = mapped_column(Moment)
    rev: Mapped[int] = mapped_column(default=0)
    stop_at: Mapped[datetime | None] = mapped_column(Moment)

"""What a channel is given, what it answers, and what it must be able to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from app.delivery.rules.errors import OutsideHours, Permanent
from app.delivery.rules.statuses import Lane, Status


class ChannelName(StrEnum):
    """Every road a message may take."""

    IN_APP = "in_app"
    NTFY = "ntfy"
    WEB_PUSH = "web_push"
    ZALO_CS = "zalo_cs"
    ZALO_TPL_UID = "zalo_tpl_uid"
    ZALO_TPL_PHONE = "zalo_tpl_phone"
    ZALO_BOT = "zalo_bot"
    SMS_ESMS = "sms_esms"
    SMS_SPEEDSMS = "sms_speedsms"
    SMS_HTTP = "sms_http"
    SMS_SMPP = "sms_smpp"
    SMS_GSM = "sms_gsm"
    EMAIL = "email"
    STAFF_ALERT = "staff_alert"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one person, ready to go; `address` in the channel's own form.

    `last_inbound_at`: when the person last wrote or tapped over that address.
    """

    delivery_id: str
    address: str
    text: str
    lane: Lane = Lane.NORMAL
    title: str = ""
    template_id: str | None = None
    template_data: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    expires_at: datetime | None = None
    test_mode: bool = False
    last_inbound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A provider took a message; `final` when it never reports further, `cost` in VND."""

    external_ids: tuple[str, ...] = ()
    final: bool = False
    parts: int = 1
    cost: int | None = None
    quota_left: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class ReportKind(StrEnum):
    """What a provider tells of its own accord."""

    STATUS = "status"
    INBOUND = "inbound"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    CONTACT = "contact"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Report:
    """One thing a provider told; `provider_event_id` recognises the second telling.

    `cost`: what the provider says the message cost, in VND.
    """

    kind: ReportKind
    provider_event_id: str
    at: datetime
    status: Status | None = None
    delivery_id: str | None = None
    external_id: str | None = None
    address: str | None = None
    text: str | None = None
    code: str = ""
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a channel can send at all, and what is left; `balance` in VND."""

    ok: bool
    why: str = ""
    balance: int | None = None
    quota_left: int | None = None


class Channel(Protocol):
    """One way to reach people; sending is one person and one call, with no database inside."""

    name: ChannelName
    needs_internet: bool
    has_receipts: bool
    max_per_minute: int
    silence_after: timedelta

    def health(self) -> Health:
        """Whether it can send now."""

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """Why this person cannot be reached this way now; None when nothing is known against it."""

    def send(self, out: Outbound) -> Accepted:
        """Hand one message over, or raise a ChannelError."""

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What a call from the provider tells, its signature checked first."""

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What the provider says became of earlier messages."""

"""What is the same in every channel of Zalo."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.zalo_codes import zalo_codes
from app.delivery.channels.zalo_group import LONGEST_VALUE, Template, ZaloRoad
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.rules import (
    Accepted,
    ChannelName,
    Health,
    Outbound,
    OutsideHours,
    Permanent,
    Report,
)
from app.delivery.rules.answers import as_code, filled
from app.delivery.rules.codes import CodeTable
from app.delivery.rules.zalo import NO_GRANT, NO_TEMPLATE
from app.kernel.text import nfc, squeeze

# The kinds of quota that are the account's; `reply` is what one person may still be written.
OF_ACCOUNT = frozenset({"sub_quota", "purchase_quota", "reward_quota"})
CUT = "…"


class ZaloChannel:
    """One door of Zalo; its calls, token and pace are those of the account."""

    name: ChannelName
    needs_internet = True
    has_receipts = True
    silence_after = timedelta(hours=24)

    def __init__(self, office: ZaloOffice, road: ZaloRoad) -> None:
        self.office = office
        self.road = road
        self.max_per_minute = office.account.per_minute
        self.at_once = office.account.connections
        self.pace = office.pace
        self.urgent_room = office.account.urgent_room

    @property
    def codes(self) -> CodeTable:
        """What the provider's codes mean."""
        return zalo_codes()

    def health(self) -> Health:
        """Without a grant nothing can be sent."""
        return Health(ok=self.office.token is not None, why="" if self.office.token else NO_GRANT)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """Why this person cannot be reached this way now."""
        raise NotImplementedError

    def send(self, out: Outbound) -> Accepted:
        """Hand one message over."""
        raise NotImplementedError

    def refuse_unreachable(self, out: Outbound) -> None:
        """What would be refused anyway is not asked."""
        problem = self.can_reach(None, out, self.office.now())
        if problem is not None:
            raise problem

    def template_of(self, out: Outbound) -> tuple[str, dict[str, str]]:
        """The approved template of the message's lane, and what fills it."""
        templates = self.office.account.templates
        template = templates.get(out.lane)
        if template is None and out.test_mode:
            template = next(iter(templates.values()), None)
        if template is None:
            raise Permanent(NO_TEMPLATE)
        return template.id, values_of(template, out, self.office)

    def accepted(self, number: str, quota_left: int | None) -> Accepted:
        """Zalo took it."""
        told = {"http_status": 200} | ({} if quota_left is None else {"quota_left": quota_left})
        ids = (number[:80],) if number else ()
        return Accepted(ids, quota_left=quota_left, raw=told)

    def close(self) -> None:
        """Let the connections go."""
        self.office.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Zalo calls one address for all its channels; see there."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """Messages by id cannot be asked about."""
        return ()


def values_of(template: Template, out: Outbound, office: ZaloOffice) -> dict[str, str]:
    """What fills a template, NFC and cut at the longest that Zalo takes."""
    known = {
        "text": squeeze(nfc(out.text)),
        "title": squeeze(nfc(out.title)),
        "link": out.link or office.account.link,
        "date": office.now().astimezone(office.account.zone).strftime("%d/%m/%Y"),
    }
    made = {name: str(filled(value, known)) for name, value in template.data.items()}
    return {
        name: cut(value, template.longest.get(name, LONGEST_VALUE)) for name, value in made.items()
    }


def cut(text: str, most: int) -> str:
    """A text of at most so many signs, cut between words and marked where it is."""
    if len(text) <= most:
        return text
    kept = text[: most - len(CUT)]
    return (kept.rpartition(" ")[0] or kept) + CUT


def quota_of_account(data: Mapping[str, Any]) -> int | None:
    """What is left of the account's quota, by the answer to a message to a Zalo id."""
    quota = data.get("quota")
    if not isinstance(quota, Mapping):
        return None
    if "remainingQuota" in quota:
        return whole(quota["remainingQuota"])
    return whole(quota.get("remain")) if quota.get("quota_type") in OF_ACCOUNT else None


def whole(value: Any) -> int | None:
    """A count that Zalo writes as text or number."""
    text = as_code(value)
    return int(text) if text.isdecimal() and len(text) < 10 else None

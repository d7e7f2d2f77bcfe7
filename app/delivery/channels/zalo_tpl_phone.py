"""Zalo's template to a phone number (ZBS, formerly ZNS)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.delivery.channels.ready import no_phone
from app.delivery.channels.zalo_channel import ZaloChannel, whole
from app.delivery.rules import (
    Accepted,
    ChannelName,
    Outbound,
    OutsideHours,
    Permanent,
    Report,
    ReportKind,
    Status,
)
from app.delivery.rules.answers import as_code
from app.delivery.rules.numbers import with_84
from app.delivery.rules.zalo import PHONE
from app.kernel.ids import is_id

LONGEST_NUMBER = 48
ON_THE_PHONE = "1"


class ZaloTemplateByPhone(ZaloChannel):
    """One template to one phone number; may be asked what became of it."""

    name = ChannelName.ZALO_TPL_PHONE
    can_be_asked = True

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """Only a phone number of Vietnam can be written to."""
        return no_phone(out.address)

    def send(self, out: Outbound) -> Accepted:
        """Hand one template over, under our own number."""
        self.refuse_unreachable(out)
        template_id, values = self.template_of(out)
        data = self.office.call(
            PHONE,
            "POST",
            f"{self.office.account.phone_url}/message/template",
            body={
                "phone": with_84(out.address),
                "template_id": template_id,
                "template_data": values,
                "tracking_id": out.delivery_id[:LONGEST_NUMBER],
            },
        )
        quota = data.get("quota")
        left = whole(quota.get("remainingQuota")) if isinstance(quota, dict) else None
        return self.accepted(as_code(data.get("msg_id")), left)

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """Whether earlier messages are on the phone by now."""
        for number in external_ids:
            if is_id(number):  # ours: Zalo gave it no number that could be asked for
                continue
            url = f"{self.office.account.phone_url}/message/status"
            data = self.office.call_in_turn(PHONE, "GET", url, args={"message_id": number})
            if as_code(data.get("status")) == ON_THE_PHONE:
                yield Report(
                    ReportKind.STATUS,
                    f"asked|{number}",
                    self.office.now(),
                    Status.DELIVERED,
                    external_id=number,
                )

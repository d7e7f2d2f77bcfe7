"""Zalo's template to a Zalo id: no window, an approved text with a few words of our own."""

from datetime import datetime
from typing import Any

from app.delivery.channels.zalo_channel import ZaloChannel, quota_of_account
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelName,
    Outbound,
    OutsideHours,
    Permanent,
)
from app.delivery.rules.answers import as_code
from app.delivery.rules.zalo import OA


class ZaloTemplateByUid(ZaloChannel):
    """One template to one Zalo id."""

    name = ChannelName.ZALO_TPL_UID

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """Only what is a Zalo id can be written to."""
        return None if out.address.isdecimal() else BadRecipient("no_address")

    def send(self, out: Outbound) -> Accepted:
        """Hand one template over; it takes no number of ours, so Zalo's own is kept."""
        self.refuse_unreachable(out)
        template_id, values = self.template_of(out)
        account = self.office.account
        whom = {"user_id": out.address}
        data = self.office.call(
            OA,
            "POST",
            f"{account.oa_url}/v3.0/oa/message/template",
            body={
                **(whom if account.uid_flat else {"recipient": whom}),
                "template_id": template_id,
                "template_data": values,
            },
        )
        number = as_code(data.get("message_id")) or as_code(data.get("msg_id"))
        return self.accepted(number, quota_of_account(data))

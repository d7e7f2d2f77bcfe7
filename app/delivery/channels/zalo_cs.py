"""Zalo's consultation message: free text, to who wrote or tapped within the window."""

from datetime import datetime
from typing import Any

from app.delivery.channels.zalo_channel import ZaloChannel, quota_of_account
from app.delivery.rules import (
    Accepted,
    BadMessage,
    BadRecipient,
    ChannelName,
    Outbound,
    OutsideHours,
    Permanent,
)
from app.delivery.rules.answers import as_code
from app.delivery.rules.zalo import CUSTOMER_SERVICE_WINDOW, OA, may_be_written_to
from app.kernel.text import nfc

LONGEST_TEXT = 2000


class ZaloCs(ZaloChannel):
    """One text to one Zalo id; outside of the window nothing is asked."""

    name = ChannelName.ZALO_CS

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """No Zalo id, or no action of the person within the window, closes this road."""
        if not out.address.isdecimal():
            return BadRecipient("no_address")
        known = out.test_mode or may_be_written_to(
            out.last_inbound_at, now, within=self.office.account.window
        )
        return None if known else Permanent(CUSTOMER_SERVICE_WINDOW)

    def send(self, out: Outbound) -> Accepted:
        """Hand one text over."""
        self.refuse_unreachable(out)
        text = nfc(out.text).strip()
        if not text or len(text) > LONGEST_TEXT:
            raise BadMessage("too_long" if text else "no_text")
        data = self.office.call(
            OA,
            "POST",
            f"{self.office.account.oa_url}/v3.0/oa/message/cs",
            body={"recipient": {"user_id": out.address}, "message": {"text": text}},
        )
        left = quota_of_account(data)
        return self.accepted(as_code(data.get("message_id")), left)

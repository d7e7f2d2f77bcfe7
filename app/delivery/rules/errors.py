"""What can go wrong on a channel; the class says whether trying again can help."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any


class ChannelError(Exception):
    """A channel failed; `code` is the provider's own, `detail` and what it `told` are masked."""

    def __init__(
        self,
        code: str = "",
        detail: str = "",
        *,
        retry_after: timedelta | None = None,
        not_before: datetime | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(" ".join(filter(None, (type(self).__name__, str(code), detail))))
        self.code = str(code)
        self.detail = detail
        self.retry_after = retry_after
        self.not_before = not_before
        self.told = dict(told or {})


class Temporary(ChannelError):  # noqa: N818 - names the remedy
    """Try the same channel again later."""


class RateLimited(Temporary):
    """Slow the whole channel down, not only this delivery."""


class QuotaUsedUp(Temporary):
    """Nothing more until `not_before`; urgent ones go to the next channel at once."""


class OutsideHours(Temporary):
    """Allowed again at `not_before`."""


class NotUnderstood(Temporary):
    """An answer that no table knows: tried once more, then a matter for whoever set it up."""


class Unclear(Temporary):
    """The request left us and no answer came: it may have been delivered."""


class Permanent(ChannelError):  # noqa: N818 - names the remedy
    """Never try this delivery again on this channel."""


class BadRecipient(Permanent):
    """The address is wrong, opted out or not a follower: mark it, use the next channel."""


class BadMessage(Permanent):
    """The text or its data is refused: every recipient would fail, so the batch stops."""


class ConfigProblem(ChannelError):  # noqa: N818 - names the remedy
    """Keys, rights, balance or template: pause the channel, tell a person, keep the queue."""


class AuthExpired(ConfigProblem):
    """Renew the credentials once, then try once more.

    `renewable`: somebody here can renew them, and has not just done so; `used`: their version.
    """

    renewable = False
    used = 0

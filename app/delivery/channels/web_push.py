"""Push to phones: a bell for the inbox, sealed for one browser; it says nothing of the message."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.delivery.channels.calling import LOOPBACK, Caller
from app.delivery.channels.given import MOST_AT_ONCE, Given, refuse_unknown
from app.delivery.channels.pace import Pace
from app.delivery.channels.push_sealing import PushKeys, padded, seal
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Health,
    Lane,
    NotUnderstood,
    Outbound,
    OutsideHours,
    Permanent,
    RateLimited,
    Report,
    Temporary,
    Unclear,
)
from app.delivery.rules.codes import N_, CodeTable, Outcome, ProviderCode
from app.delivery.rules.push import is_known_service, open_address, shown

PREFIX = "ANCA_PUSH_"
KNOWN = frozenset({"CONTACT", "HOSTS", "PER_MINUTE", "CONNECTIONS", "LANES"})
# The push services of Chrome, Firefox, Safari and Edge.
HOSTS = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
URGENCY = {Lane.URGENT: "high", Lane.NORMAL: "normal", Lane.BULK: "low"}
HOLDS = timedelta(hours=4)
LONGEST = timedelta(days=28)
SECONDS = 10.0
ANSWERING = "status"
# One phone's subscription may be at fault, or made up; that so many in a row are is the node's own.
MOST_REFUSED = 5
DOUBTFUL = frozenset({"400", "401", "403"})


def _code(code: str, outcome: Outcome, words: str, meaning: str) -> ProviderCode:
    return ProviderCode("web_push", ANSWERING, code, outcome, words, meaning)


# By RFC 8030 and 8292, and what the services make of them.
CODES = CodeTable(
    "web_push",
    [
        _code("200", Outcome.ACCEPTED, N_("Dịch vụ đẩy tin đã nhận."), "accepted"),
        _code("201", Outcome.ACCEPTED, N_("Dịch vụ đẩy tin đã nhận."), "accepted"),
        _code("202", Outcome.ACCEPTED, N_("Dịch vụ đẩy tin đã nhận."), "accepted"),
        _code("204", Outcome.ACCEPTED, N_("Dịch vụ đẩy tin đã nhận."), "accepted"),
        _code(
            "400",
            Outcome.NOT_THIS_WAY,
            N_("Dịch vụ đẩy tin không hiểu yêu cầu. Kiểm tra CONTACT và giờ máy chủ."),
            "bad request",
        ),
        _code(
            "401",
            Outcome.NOT_THIS_WAY,
            N_("Dịch vụ đẩy tin không nhận chữ ký. Kiểm tra giờ máy chủ và tệp push_key.pem."),
            "signature refused",
        ),
        _code(
            "403",
            Outcome.NOT_THIS_WAY,
            N_("Chữ ký khác với lúc điện thoại bật nhận tin. Tệp push_key.pem đã bị thay?"),
            "another key than at subscribing",
        ),
        _code(
            "404",
            Outcome.RECIPIENT,
            N_("Điện thoại này không còn nhận tin; đã gỡ."),
            "no such subscription",
        ),
        _code(
            "410",
            Outcome.RECIPIENT,
            N_("Điện thoại này đã tắt nhận tin; đã gỡ."),
            "subscription gone",
        ),
        _code("413", Outcome.MESSAGE, N_("Tin đẩy quá dài."), "payload too large"),
        _code("429", Outcome.RATE, N_("Dịch vụ đẩy tin báo gửi quá nhanh."), "too many requests"),
    ],
)


@dataclass(frozen=True, slots=True)
class PushGroup:
    """How push services are reached; `contact` is whom they write to about this node."""

    contact: str
    hosts: tuple[str, ...] = HOSTS
    per_minute: int = 3000
    connections: int = 8
    lanes: tuple[Lane, ...] = (Lane.URGENT, Lane.NORMAL)
    seconds: float = SECONDS


def read_push(values: Mapping[str, str]) -> PushGroup | None:
    """The group of settings of push; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    contact = given.needed("CONTACT", "push services want to know whom to write to")
    if not contact.startswith(("mailto:", "https://")):
        raise given.unsafe("CONTACT", "must begin with mailto: or https://")
    return PushGroup(
        contact,
        tuple(given.text("HOSTS").split()) or HOSTS,
        given.whole("PER_MINUTE", 3000, most=1_000_000),
        given.whole("CONNECTIONS", 8, most=MOST_AT_ONCE),
        given.lanes("urgent normal"),
    )


class WebPush:
    """One bell to one phone; the phone says that it rang, and fetching the inbox does too."""

    name = ChannelName.WEB_PUSH
    needs_internet = True
    has_receipts = True
    silence_after = timedelta(hours=12)

    def __init__(
        self, group: PushGroup, keys: PushKeys, park: str, now: Callable[[], datetime]
    ) -> None:
        self.group = group
        self.keys = keys
        self.park = park
        self.now = now
        self.max_per_minute = group.per_minute
        self.at_once = group.connections
        self.pace = Pace(group.per_minute)
        self._refused: set[str] = set()
        local = set(group.hosts) <= LOOPBACK
        self._caller = Caller(
            "http://127.0.0.1" if local else "https://push.example",
            seconds=group.seconds,
            connections=group.connections,
        )

    def health(self) -> Health:
        """Push services show only by a message whether they take one."""
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no subscription of a known service rings nowhere."""
        held = open_address(out.address)
        if held is None or not is_known_service(held.endpoint, self.group.hosts):
            return BadRecipient("no_address")
        return None

    def send(self, out: Outbound) -> Accepted:
        """Have one phone ring."""
        held = open_address(out.address)
        if held is None or not is_known_service(held.endpoint, self.group.hosts):
            raise BadRecipient("no_address")
        told = shown(self.park, out.lane, held.language, self.keys.mark(out.delivery_id))
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        now = self.now()
        parts = urlsplit(held.endpoint)
        try:
            sealed = seal(text, p256dh=padded(held.p256dh), auth=padded(held.auth))
        except ValueError:
            raise BadRecipient("bad_keys") from None
        headers = {
            "TTL": str(_holds_for(out, now)),
            "Urgency": URGENCY[out.lane],
            "Topic": hashlib.sha256(out.delivery_id.encode()).hexdigest()[:32],
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": self.keys.proof(
                f"{parts.scheme}://{parts.netloc}", self.group.contact, now
            ),
        }
        try:
            answer = self._caller.call("POST", held.endpoint, content=sealed, headers=headers)
        except Unclear as problem:
            # Sent again it takes the place of the first: nothing rings twice.
            raise Temporary(problem.code, problem.detail) from None
        except ConfigProblem as problem:
            raise self._not_rung(problem.code, held.endpoint) from None
        refusal = _problem(answer.status, answer.rest(now))
        if refusal is not None:
            if refusal.code in DOUBTFUL:
                refusal = self._not_rung(refusal.code, held.endpoint)
            refusal.told = {"http_status": answer.status}
            raise refusal
        self._refused.clear()
        return Accepted((out.delivery_id,), raw={"http_status": answer.status})

    def close(self) -> None:
        """Let the connections go."""
        self._caller.close()

    def _not_rung(self, code: str, endpoint: str) -> ChannelError:
        """A fault of this subscription alone, unless those of several phones had it in a row."""
        self._refused.add(endpoint)
        if len(self._refused) < MOST_REFUSED:
            return BadRecipient(code) if code == "url" else Permanent(code)
        self._refused.clear()
        return ConfigProblem(code)

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Push services do not call."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """Push services cannot be asked."""
        return ()


def _problem(status: int, rest: timedelta | None) -> ChannelError | None:
    code = str(status)
    if status >= 500:
        return Temporary(code, retry_after=rest)
    if CODES.find(ANSWERING, code) is None:
        return NotUnderstood(code)
    problem = CODES.problem(ANSWERING, code)
    return RateLimited(code, retry_after=rest) if isinstance(problem, RateLimited) else problem


def _holds_for(out: Outbound, now: datetime) -> int:
    """How many seconds a phone that is off may wait for it."""
    ends = out.expires_at - now if out.expires_at is not None else HOLDS
    return int(max(min(ends, LONGEST), timedelta()).total_seconds())

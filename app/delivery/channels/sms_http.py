"""SMS over any gateway that takes HTTP: what it is sent and what it answers stand in settings."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from app.delivery.channels.pace import Pace
from app.delivery.channels.sms_group import SmsGroup
from app.delivery.channels.sms_reports import read_report, read_status
from app.delivery.rules import (
    Accepted,
    BadMessage,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Health,
    NotUnderstood,
    Outbound,
    OutsideHours,
    RateLimited,
    Report,
    Temporary,
    Unclear,
)
from app.delivery.rules.answers import as_code, filled, masked, pointed
from app.delivery.rules.sms import sms_text

LARGEST_ANSWER = 64 * 1024
# Packed answers could unpack to any size.
HEADERS = {"User-Agent": "an-ca", "Accept": "application/json", "Accept-Encoding": "identity"}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NUMBER = re.compile(r"84\d{8,10}")


class SmsHttp:
    """One SMS to one phone by one call; redirects are not followed, answers are read bounded."""

    name = ChannelName.SMS_HTTP
    needs_internet = True

    def __init__(self, group: SmsGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.has_receipts = bool(group.reports or group.status)
        self.callback_secret = group.reports.secret if group.reports else ""
        self.max_per_minute = group.per_minute
        self.at_once = group.connections
        self.silence_after = timedelta(hours=24)
        self.pace = Pace(group.per_minute)
        self._client = httpx.Client(
            timeout=httpx.Timeout(group.seconds, connect=min(5.0, group.seconds)),
            limits=httpx.Limits(max_connections=group.connections + 1),
            follow_redirects=False,
            trust_env=httpx.URL(group.url).host not in LOOPBACK,
            headers={**HEADERS, **group.headers},
            auth=httpx.BasicAuth(group.user, group.password) if group.user else None,
        )

    def health(self) -> Health:
        """A gateway shows only by an SMS whether it works."""
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no phone number of Vietnam reaches nobody."""
        return None if _NUMBER.fullmatch(_digits(out.address)) else BadRecipient("no_address")

    def send(self, out: Outbound) -> Accepted:
        """Hand one SMS to the gateway."""
        number = _digits(out.address)
        if not _NUMBER.fullmatch(number):
            raise BadRecipient("no_address")
        made = sms_text(out.text, accented=self.group.accents)
        if made.size.parts > self.group.max_parts:
            raise BadMessage("too_long", f"{made.size.parts} parts")
        if not made.text.strip():
            raise BadMessage("no_text")
        values = {
            "address": self.group.written(number),
            "text": made.text,
            "sender": self.group.sender,
            "reference": out.delivery_id,
        }
        status, headers, content = self._call(self._request(values))
        accepted = self._read(status, headers, content, out.delivery_id)
        return Accepted((accepted[0],), parts=made.size.parts, raw=accepted[1])

    def close(self) -> None:
        """Let the connections to the gateway go."""
        self._client.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What a call of the gateway tells; the secret in its address was compared before."""
        return read_report(self.group.reports, headers, raw, args, self.now())

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What the gateway says became of earlier messages, one call each."""
        query = self.group.status
        if query is None:
            return
        for external_id in external_ids:
            url = filled(query.url, {"id": external_id})
            status, _, content = self._call(self._client.build_request("GET", url))
            if status == 200:
                yield from read_status(query, external_id, content, self.now())

    def _request(self, values: Mapping[str, str]) -> httpx.Request:
        group = self.group
        body = filled(group.body, values)
        match group.body_form:
            case "json":
                return self._client.build_request(group.method, group.url, json=body)
            case "form":
                return self._client.build_request(group.method, group.url, data=body)
            case _:
                return self._client.build_request(group.method, group.url, params=body)

    def _call(self, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and the bounded answer; the class of fault says how far the call came."""
        began = time.monotonic()
        try:
            response = self._client.send(request, stream=True)
            try:
                content = _bounded(response, began + self.group.seconds)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            if "CERTIFICATE" in str(problem) or "SSL" in str(problem):
                raise ConfigProblem("tls", type(problem).__name__) from None
            raise Temporary("no_connection", type(problem).__name__) from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as problem:
            raise ConfigProblem("url", type(problem).__name__) from None
        except httpx.HTTPError as problem:
            raise Unclear("no_answer", type(problem).__name__) from None
        return response.status_code, response.headers, content

    def _read(
        self, status: int, headers: httpx.Headers, content: bytes, reference: str
    ) -> tuple[str, dict[str, Any]]:
        """The gateway's id of the message and the masked answer, or why it is none."""
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        told: dict[str, Any] = {"http_status": status}
        if answer is not None:
            told["answer"] = masked(answer, self.group.secrets)
        problem = self._problem(status, headers, answer)
        if problem is not None:
            problem.told = told
            raise problem
        found = as_code(pointed(answer, self.group.id_pointer)) if self.group.id_pointer else ""
        return found[:80] or reference, told

    def _problem(self, status: int, headers: httpx.Headers, answer: Any) -> ChannelError | None:
        rule = self.group.rule
        if status == 429:
            return RateLimited("429", retry_after=_seconds(headers.get("Retry-After"), self.now()))
        if status in {401, 403}:
            return ConfigProblem(str(status))
        refusal = rule.refusal_of(answer) if answer is not None else None
        if 200 <= status < 300:
            if rule.pointer and answer is None:
                return NotUnderstood("no_json")
            return refusal
        if refusal is not None and not isinstance(refusal, NotUnderstood):
            return refusal
        if known := rule.classes.get(str(status)):
            return rule.by_code(str(status)) if known != "accepted" else None
        if status == 504:  # whoever stands behind the gateway may have taken it
            return Unclear("504")
        if status >= 500 or status == 408:
            return Temporary(str(status))
        return NotUnderstood(str(status))


def _digits(address: str) -> str:
    """A phone number as 84 and the rest, whatever form it was kept in."""
    bare = re.sub(r"[\s.()-]", "", address).removeprefix("+")
    return "84" + bare[1:] if bare.startswith("0") else bare


def _bounded(response: httpx.Response, until: float) -> bytes:
    """The answer, of which more than is read is nobody's answer; the whole call has an end."""
    parts, size = [], 0
    for part in response.iter_raw(LARGEST_ANSWER):
        size += len(part)
        parts.append(part)
        if size > LARGEST_ANSWER:
            return b""
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer took too long")
    return b"".join(parts)


def _seconds(text: str | None, now: datetime) -> timedelta | None:
    """How long to rest by a Retry-After header: seconds, or a day and time (RFC 9110)."""
    if not text:
        return None
    if text.strip().isdecimal():
        return timedelta(seconds=min(int(text.strip()), 86_400))
    try:
        until = parsedate_to_datetime(text)
        return min(max(until - now, timedelta()), timedelta(days=1))
    except (ValueError, TypeError):
        return None

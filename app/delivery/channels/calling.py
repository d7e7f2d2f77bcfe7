"""Calls to a provider over HTTP: no redirect followed, answers read bounded, faults classed."""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from app.delivery.rules import (
    ChannelError,
    ConfigProblem,
    NotUnderstood,
    RateLimited,
    Temporary,
    Unclear,
)

LARGEST_ANSWER = 64 * 1024
# Packed answers could unpack to any size.
HEADERS = {"User-Agent": "an-ca", "Accept": "application/json", "Accept-Encoding": "identity"}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered; `content` is empty when it was longer than anybody reads."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def json(self) -> Any:
        """The answer as JSON; None when it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def rest(self, now: datetime) -> timedelta | None:
        """How long to rest by the Retry-After header: seconds, or a day and time (RFC 9110)."""
        return _seconds(self.headers.get("Retry-After"), now)


class Caller:
    """The connections to one provider; the class of fault says how far a call came."""

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        connections: int,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> None:
        self.seconds = seconds
        self.client = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(5.0, seconds)),
            limits=httpx.Limits(max_connections=connections + 1),
            follow_redirects=False,
            trust_env=httpx.URL(url).host not in LOOPBACK,
            headers={**HEADERS, **(headers or {})},
            auth=httpx.BasicAuth(*auth) if auth else None,
        )

    def call(self, method: str, url: str, **parts: Any) -> Answer:
        """Make one call and read its answer; nothing is tried twice."""
        began = time.monotonic()
        try:
            request = self.client.build_request(method, url, **parts)
            response = self.client.send(request, stream=True)
            try:
                content = _bounded(response, began + self.seconds)
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
        return Answer(response.status_code, response.headers, content)

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()


def fault_of_status(answer: Answer, now: datetime) -> ChannelError | None:
    """What an HTTP status alone means, where no table says more; None for any 2xx."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 429:
        return RateLimited("429", retry_after=answer.rest(now))
    if status in {401, 403}:
        return ConfigProblem(str(status))
    if status in {502, 504}:  # whoever stands behind the gateway may have taken it
        return Unclear(str(status))
    if status >= 500 or status == 408:
        return Temporary(str(status))
    return NotUnderstood(str(status))


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

"""The province over HTTP: enrol there, hand entries in, read what it answers."""

import gzip
import json
import secrets
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.kernel.refusals import Refusal
from app.sync.gateways.bell import question_of
from app.sync.gateways.calls import TIGHT, Earlier, tight_call
from app.sync.gateways.signing import sign
from app.sync.rules import (
    MOST_ENTRIES,
    VERSION,
    BadAnswer,
    BadCode,
    BadKey,
    BadSignature,
    ClockOff,
    Declined,
    Forked,
    Gap,
    InsecureUrl,
    MalformedEntry,
    NodeTaken,
    OtherCode,
    RevokedKey,
    TooManyEntries,
    TooManyTries,
    UnknownNode,
    Unreachable,
    WrongRecipient,
    WrongRequest,
    asked_of,
)

# Seconds. A rural uplink takes its time over 8 MiB; a server that says nothing does not get it.
TIMEOUT = httpx.Timeout(30, connect=10, write=120)
UNNEEDED = ("Accept", "Connection")  # they say what goes without saying
LARGEST_ANSWER = 8 * 1024 * 1024
GZIP = 16 + zlib.MAX_WBITS
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
UNDERSTOOD: Mapping[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        BadCode, BadKey, BadSignature, ClockOff, Forked, Gap, MalformedEntry, NodeTaken, OtherCode,
        RevokedKey, TooManyEntries, TooManyTries, UnknownNode, WrongRecipient, WrongRequest,
    )
}  # fmt: skip
TOLD = ("accepted_through", "receipt", "expected_seq", "seq", "server_time", "stopped_at")
Answer = dict[str, Any]
HEAD_OF_TIGHT = {"Content-Type": TIGHT}
NOT_UNDERSTOOD = frozenset({"payload.not_json", "http_415"})
# So often in a row, and a province is taken to read only what the contract says; now and then it
# is tried again, for it may have been renewed.
MISUNDERSTANDINGS = 3
TRIED_AGAIN_AFTER = 200  # calls
_misunderstood: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks a province for entries, and what time it is there as far as is known here."""

    node: str
    sign_key: Mapping[str, Any]
    at: datetime

    def ticket(self, target: str) -> str:
        """A signed request, good for a few minutes and for this target alone."""
        nonce = secrets.token_urlsafe(12)
        return sign(
            asked_of(self.node, "GET", target, int(self.at.timestamp()), nonce), self.sign_key
        )


@dataclass(frozen=True, slots=True)
class Province:
    """Where a park's province is; `plain_http` allows it without encryption over a network."""

    url: str
    plain_http: bool = False

    def enrol(
        self,
        code: str,
        name: str,
        sign_key: Answer,
        box_key: Answer,
        node: str | None,
        *,
        take_over: bool = False,
    ) -> Answer:
        """Hand in a one-time code and the public keys; the node's id and the province's keys."""
        body: Answer = {"code": code, "name": name, "sign_key": sign_key, "box_key": box_key}
        if node is not None:
            body["node"] = node
        if take_over:
            body["take_over"] = True
        return self._post("/api/v1/sync/enrol", body)

    def push(self, node: str, entries: Sequence[str], earlier: Earlier | None = None) -> Answer:
        """Hand in entries in their order; how far the province has them now, and its receipt.

        `earlier` is an entry that it has.
        """
        path = "/api/v1/sync/entries"
        self._checked_host()
        if _misunderstood[self.url] >= MISUNDERSTANDINGS:
            _misunderstood[self.url] += 1
            if _misunderstood[self.url] >= MISUNDERSTANDINGS + TRIED_AGAIN_AFTER:
                _misunderstood[self.url] = MISUNDERSTANDINGS - 1
        else:
            try:
                told = self._call("POST", path, HEAD_OF_TIGHT, tight_call(node, entries, earlier))
            except Declined as refusal:
                if refusal.params.get("reason") not in NOT_UNDERSTOOD:
                    raise
                _misunderstood[self.url] += 1
            else:
                _misunderstood.pop(self.url, None)
                return told
        return self._post(path, {"node": node, "entries": list(entries)})

    @property
    def host(self) -> str:
        """The machine it is on."""
        return _split(self.url).hostname or ""

    def pull(
        self, asker: Asker, after: int, *, most: int, log: str = "down", bell: bool = False
    ) -> Answer:
        """Ask for the next entries of a log of this park; what came and how far the log reaches."""
        target = f"/api/v1/sync/entries?after={after}"
        if most != MOST_ENTRIES:
            target += f"&limit={most}"
        if bell:
            target += "&bell=1"
        if log != "down":
            target += f"&log={log}"
        return self._call("GET", target, {"Authorization": f"Bearer {asker.ticket(target)}"})

    def has_news(self, node: str, after: int, code: str, now: datetime) -> bool:
        """Whether the log down goes on after a number: the shortest question there is."""
        at = int(now.timestamp())
        proof = question_of(code, node, after, at)
        target = f"/api/v1/sync/news?n={node}&a={after}&t={at}&s={proof}"
        return bool(
            self._call("GET", target, {}, unneeded=(*UNNEEDED, "Accept-Encoding", "User-Agent"))
        )

    def _post(self, path: str, body: Mapping[str, Any]) -> Answer:
        packed = gzip.compress(json.dumps(body, separators=(",", ":")).encode(), mtime=0)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return self._call("POST", path, headers, packed)

    def _call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        content: bytes | None = None,
        unneeded: Sequence[str] = UNNEEDED,
    ) -> Answer:
        host = self._checked_host()
        sent = {**headers, "Accept-Encoding": "gzip", "User-Agent": f"anca/{VERSION}"}
        try:
            with httpx.Client(timeout=TIMEOUT, trust_env=host not in LOOPBACK) as client:
                request = client.build_request(
                    method, f"{self.url}{target}", content=content, headers=sent
                )
                for name in unneeded:
                    request.headers.pop(name, None)
                response = client.send(request, stream=True)
                try:
                    return _read(response.status_code, _bounded(response))
                finally:
                    response.close()
        except httpx.HTTPError as error:
            raise Unreachable(reason=str(error)[:200] or type(error).__name__) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise InsecureUrl(url=self.url) from error

    def _checked_host(self) -> str:
        parts = _split(self.url)
        host = parts.hostname or ""
        safe = parts.scheme == "https" or host in LOOPBACK or self.plain_http
        if parts.scheme not in {"http", "https"} or not host or not safe:
            raise InsecureUrl(url=self.url)
        return host


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        raise InsecureUrl(url=url) from None


def _bounded(response: httpx.Response) -> bytes:
    """The answer, unpacked here: what bursts out of a small one stops at the same limit."""
    packed = response.headers.get("Content-Encoding", "identity").lower()
    unpacker = zlib.decompressobj(GZIP) if packed == "gzip" else None
    parts, size = [], 0
    try:
        for raw in response.iter_raw(65536):
            part = raw if unpacker is None else unpacker.decompress(raw, LARGEST_ANSWER + 1 - size)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise BadAnswer
            parts.append(part)
    except zlib.error:
        raise BadAnswer from None
    if unpacker is not None and not unpacker.eof:
        raise Unreachable(reason="cut short")
    return b"".join(parts)


def _read(status: int, content: bytes) -> Answer:
    if status >= 500:
        raise Unreachable(reason=f"HTTP {status}")
    if status == 204:
        return {}
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise BadAnswer from None
    if not isinstance(answer, dict):
        raise BadAnswer
    if status == 200:
        return answer
    code = str(answer.get("code", f"http_{status}"))[:60]
    known = UNDERSTOOD.get(code)
    told = {name: answer[name] for name in TOLD if name in answer}
    raise known(**told) if known else Declined(reason=code)

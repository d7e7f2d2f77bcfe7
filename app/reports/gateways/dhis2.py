"""A DHIS2 over HTTPS: one call that posts values, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from app.reports.rules.dhis2 import STRATEGY, NotSet, Outcome, SendState, read_answer

PREFIX = "ANCA_DHIS2_"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Dhis2:
    """Where it is and who signs in there: a personal token, or a user with a password."""

    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 20

    @classmethod
    def of(cls, settings: Mapping[str, str], *, plain_http: bool = False) -> Self:
        """From the settings of the group; refused where address or sign-in are missing."""
        url = settings.get(f"{PREFIX}URL", "").rstrip("/")
        token, user = settings.get(f"{PREFIX}TOKEN", ""), settings.get(f"{PREFIX}USER", "")
        parts = urlsplit(url)
        safe = parts.scheme == "https" or parts.hostname in LOOPBACK or plain_http
        if not parts.hostname or parts.scheme not in ("http", "https") or not safe:
            raise NotSet
        if not (token or user):
            raise NotSet
        seconds = settings.get(f"{PREFIX}SECONDS", "20")
        return cls(
            url,
            token,
            user,
            settings.get(f"{PREFIX}PASSWORD", ""),
            float(seconds) if seconds.isdecimal() and int(seconds) else 20,
        )

    @property
    def host(self) -> str:
        """The address as people read it."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def post(self, body: Mapping[str, Any], *, dry_run: bool, rows: int, repeats: int) -> Outcome:
        """Post values; what came of it. A call that was cut off may have arrived all the same."""
        query = {"idScheme": "CODE", "importStrategy": STRATEGY, "async": "false"}
        if dry_run:
            query["dryRun"] = "true"
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"ApiToken {self.token}"
        sign_in = None if self.token else httpx.BasicAuth(self.user, self.password)
        direct = urlsplit(self.url).hostname in LOOPBACK
        try:
            with (
                httpx.Client(timeout=self.seconds, trust_env=not direct) as client,
                client.stream(
                    "POST",
                    f"{self.url}/api/dataValueSets",
                    params=query,
                    json=body,
                    headers=headers,
                    auth=sign_in,
                ) as answer,
            ):
                read = _bounded(answer)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.InvalidURL,
            httpx.UnsupportedProtocol,
        ):
            return Outcome(SendState.FAILED, "reports.dhis2_unreachable")
        except httpx.HTTPError:
            return Outcome(SendState.UNKNOWN, "reports.dhis2_no_answer")
        return read_answer(answer.status_code, read, rows=rows, repeats=repeats)


def _bounded(answer: httpx.Response) -> object:
    """The answer's JSON; None where it is none, or too much of it."""
    parts, size = [], 0
    for part in answer.iter_bytes(65536):
        size += len(part)
        if size > LARGEST_ANSWER:
            return None
        parts.append(part)
    try:
        return json.loads(b"".join(parts))
    except (ValueError, RecursionError):
        return None

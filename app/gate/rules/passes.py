"""A pass: what it says, for which hours it is issued, and how it is read off a code."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

VERSION = 1
ALGORITHM = "EdDSA"
# People come by bus long before their shift; the margin is this project's choice.
OPENS_BEFORE = timedelta(hours=2)
LONGEST_TEXT = 2000
SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


class RevokedBecause(StrEnum):
    """Why a pass no longer counts."""

    LEVEL = "level"
    LEFT = "left"
    MERGED = "merged"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class AskedPass:
    """A pass to be issued: for whom, and for which shift with its hours."""

    worker_id: str
    company_id: int
    shift_on: date
    shift: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass says, times in seconds since 1970; no name, no health."""

    park: str
    jti: str
    sub: str
    company: str
    on: str
    shift: str
    nbf: int
    exp: int
    iat: int

    def payload(self) -> dict[str, Any]:
        """The payload as it is signed."""
        return {
            "v": VERSION,
            "park": self.park,
            "jti": self.jti,
            "sub": self.sub,
            "co": self.company,
            "on": self.on,
            "sh": self.shift,
            "nbf": self.nbf,
            "exp": self.exp,
            "iat": self.iat,
        }


@dataclass(frozen=True, slots=True)
class ReadPass:
    """A pass as it was read, its signature not yet looked at."""

    kid: str
    said: Pass
    signed: bytes
    signature: bytes


def validity(asked: AskedPass) -> tuple[datetime, datetime]:
    """From and until when a pass counts: two hours before the shift until it ends."""
    return asked.starts_at - OPENS_BEFORE, asked.ends_at


def seconds(at: datetime) -> int:
    """A moment as whole seconds since 1970."""
    return int(at.timestamp())


def read_pass(scanned: str) -> ReadPass | None:
    """The pass in what a scanner read; None when it is none: an address, a certificate, noise."""
    text = scanned.strip()
    parts = text.split(".")
    if len(text) > LONGEST_TEXT or len(parts) != 3:
        return None
    header, payload = _json_object(parts[0]), _json_object(parts[1])
    signature = _bytes(parts[2])
    if header is None or payload is None or signature is None:
        return None
    kid, said = header.get("kid"), _said(payload)
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or said is None:
        return None
    return ReadPass(kid, said, f"{parts[0]}.{parts[1]}".encode(), signature)


def _said(payload: Mapping[str, Any]) -> Pass | None:
    texts = [payload.get(name) for name in ("park", "jti", "sub", "co", "on", "sh")]
    times = [payload.get(name) for name in ("nbf", "exp", "iat")]
    if payload.get("v") != VERSION or isinstance(payload.get("v"), bool):
        return None
    if not all(isinstance(text, str) and text for text in texts):
        return None
    if not all(isinstance(time, int) and not isinstance(time, bool) for time in times):
        return None
    park, jti, sub, company, on, shift = (str(text) for text in texts)
    nbf, exp, iat = (int(str(time)) for time in times)
    return Pass(park, jti, sub, company, on, shift, nbf, exp, iat)


def _json_object(segment: str) -> dict[str, Any] | None:
    decoded = _bytes(segment)
    if decoded is None:
        return None
    try:
        value = json.loads(decoded.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _bytes(segment: str) -> bytes | None:
    if SEGMENT.fullmatch(segment) is None:
        return None
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        return None

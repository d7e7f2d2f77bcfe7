"""A push service and the browser behind it: it checks who sends, and really opens what is sealed.

The opening is by `http_ece`, which knows nothing of how the program seals.
"""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.peers.gateway import Asked, Gateway, Says, gateway


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class Phone:
    """One browser that subscribed; `rang` is what it showed, in order."""

    endpoint: str
    server_key: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    gone: int = 0
    rang: list[dict[str, Any]] = field(default_factory=list)

    @property
    def subscription(self) -> dict[str, Any]:
        """What the browser hands to the page."""
        form = serialization.PublicFormat.UncompressedPoint
        public = self.key.public_key().public_bytes(serialization.Encoding.X962, form)
        keys = {"p256dh": unpadded(public), "auth": unpadded(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


@dataclass(slots=True)
class PushService:
    """The state of the service; `weather` is what happens to the next calls, in order."""

    phones: dict[str, Phone] = field(default_factory=dict)
    weather: list[str] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    at: Gateway | None = None

    @property
    def url(self) -> str:
        """Where the service listens."""
        assert self.at is not None
        return self.at.url

    def subscribe(self, server_key: str) -> Phone:
        """A browser asks for an address that this server key alone may write to."""
        path = f"/wpush/{unpadded(os.urandom(9))}"
        phone = self.phones[path] = Phone(self.url + path, server_key)
        return phone

    def answer(self, asked: Asked) -> Says:
        """What the service says to a call."""
        self.calls.append(asked)
        sky = self.weather.pop(0) if self.weather else ""
        if sky.isdecimal():
            return Says(int(sky), content=b"", headers={"Retry-After": "60"})
        phone = self.phones.get(asked.path)
        if phone is None or phone.gone:
            return Says(phone.gone if phone else 404, content=b"")
        refused = self._refused(asked, phone)
        if refused:
            return Says(refused, content=b"")
        opened = http_ece.decrypt(
            asked.body, private_key=phone.key, auth_secret=phone.auth, version="aes128gcm"
        )
        phone.rang.append(json.loads(opened))
        if sky == "drop":
            return Says(drop=True)
        return Says(201, content=b"", headers={"Location": f"{self.url}/m/1"})

    def _refused(self, asked: Asked, phone: Phone) -> int:
        if "TTL" not in asked.headers or asked.headers.get("Content-Encoding") != "aes128gcm":
            return 400
        if len(asked.body) > 4096:
            return 413
        scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in given.split(",") if "=" in part)
        if scheme != "vapid" or not {"t", "k"} <= set(parts):
            return 401
        if parts["k"] != phone.server_key:
            return 403
        point = padded(parts["k"])
        key = {
            "kty": "EC",
            "crv": "P-256",
            "x": unpadded(point[1:33]),
            "y": unpadded(point[33:]),
        }
        try:
            claims = jwt.decode(parts["t"], ECKey.import_key(key)).claims
        except Exception:  # whatever is wrong with it, it is no proof
            return 401
        self.claims.append(claims)
        return 0 if claims.get("aud") == self.url and claims.get("sub") else 403


@contextmanager
def push_service(*, port: int = 0) -> Iterator[PushService]:
    """The service on a socket of its own."""
    service = PushService()
    with gateway(service.answer, port=port) as at:
        service.at = at
        yield service


def settings_for() -> dict[str, str]:
    """The settings of a node that rings phones here."""
    return {"ANCA_PUSH_CONTACT": "mailto:anca@kcn.example", "ANCA_PUSH_HOSTS": "127.0.0.1"}

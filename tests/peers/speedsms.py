"""SpeedSMS.vn as its documents describe it: a token, 60 calls a minute, prices in the answer.

By hand: `python -m tests.peers.speedsms 8102`, then ANCA_SPEEDSMS_URL=http://127.0.0.1:8102 and the
token below; every text that arrives is printed.
"""

import base64
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.peers.gateway import Asked, Gateway, Says, gateway

TOKEN = "speed-access-token-1"


@dataclass(slots=True)
class Speedsms:
    """The state of the service; `weather` is what happens to the next calls, in order."""

    balance: int = 100_000
    price: int = 750
    calls_left: int = 60
    bad_phones: set[str] = field(default_factory=set)
    weather: list[str] = field(default_factory=list)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    at: Gateway | None = None

    def answer(self, asked: Asked) -> Says:
        """What the service says to a call."""
        sky = self.weather.pop(0) if self.weather else ""
        if sky == "html":
            return Says(content=b"<html>502 Bad Gateway</html>")
        if sky.isdecimal():
            return Says(content={"status": "error", "code": sky, "message": "as told"})
        self.calls_left -= 1
        if self.calls_left < 0:
            told = {"name": "Too Many Requests", "message": "Rate limit exceeded.", "code": 0}
            return Says(429, {**told, "status": 429}, {"X-Rate-Limit-Reset": "37"})
        known = base64.b64encode(f"{TOKEN}:x".encode()).decode()
        if asked.headers.get("Authorization") != f"Basic {known}":
            return Says(401, {"name": "Unauthorized", "code": 0, "status": 401})
        says = self._say(asked)
        if sky == "drop":
            return Says(drop=True)
        return Says(mute=True) if sky == "slow" else says

    def _say(self, asked: Asked) -> Says:
        if asked.path == "/user/info":
            told = {"email": "kcn@example.vn", "balance": self.balance, "currency": "VND"}
            return Says(content={"status": "success", "code": "00", "data": told})
        if asked.path.startswith("/sms/status/"):
            number = asked.path.rpartition("/")[2]
            if number not in self.states:
                return Says(content={"status": "error", "code": "101", "message": "unknown"})
            states = [{"phone": self.texts[number]["to"][0], "status": self.states[number]}]
            return Says(content={"status": "success", "code": "00", "data": states})
        if asked.path == "/sms/send":
            return self._take(asked.json)
        return Says(404, {"name": "Not Found", "code": 0, "status": 404})

    def _take(self, body: dict[str, Any]) -> Says:
        if not body.get("to") or not body.get("content"):
            return _no("101")
        if any(phone in self.bad_phones for phone in body["to"]):
            return _no("105")
        if self.balance < self.price:
            return _no("300")
        self.balance -= self.price
        number = str(123_456 + len(self.texts))
        self.texts[number] = body
        told = {
            "tranId": int(number),
            "totalSMS": 1,
            "totalPrice": self.price,
            "invalidPhone": [],
        }
        return Says(content={"status": "success", "code": "00", "data": told})

    def report(self, number: str, state: int) -> dict[str, Any]:
        """What the webhook is told of a text."""
        self.states[number] = state
        phone = self.texts[number]["to"][0]
        return {"type": "report", "tranId": int(number), "phone": phone, "status": state}


def _no(code: str) -> Says:
    return Says(content={"status": "error", "code": code, "message": "no", "invalidPhone": []})


@contextmanager
def speedsms(*, port: int = 0) -> Iterator[Speedsms]:
    """The service on a socket of its own."""
    service = Speedsms()
    with gateway(service.answer, port=port) as at:
        service.at = at
        yield service


def settings_for(service: Speedsms) -> dict[str, str]:
    """The settings of a node that has an account here."""
    assert service.at is not None
    return {"ANCA_SPEEDSMS_URL": service.at.url, "ANCA_SPEEDSMS_TOKEN": TOKEN}


def main() -> None:
    """Listen until interrupted; print what comes and say that it arrived when asked."""
    seen: set[str] = set()
    with speedsms(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8102) as service:
        for name, value in settings_for(service).items():
            sys.stdout.write(f"{name}={value}\n")
        rest = threading.Event()
        while not rest.wait(1):
            service.calls_left = 60
            for number, body in list(service.texts.items()):
                if number not in seen:
                    seen.add(number)
                    service.states[number] = 0
                    sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

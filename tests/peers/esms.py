"""eSMS.vn as its documents describe it: keys in the body, errors inside HTTP 200, calls back.

By hand: `python -m tests.peers.esms 8101`, then ANCA_ESMS_URL=http://127.0.0.1:8101 with the keys
and brandname below; every text that arrives is printed, and reported back when asked for.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

from tests.peers.gateway import Asked, Gateway, Says, gateway

API_KEY, SECRET_KEY, BRANDNAME = "esms-api-key-1", "esms-secret-key-1", "KCNVANTRUNG"
PART = {0: (160, 153), 1: (70, 67)}


@dataclass(slots=True)
class Text:
    """One text that was taken, and what became of it."""

    sms_id: str
    body: dict[str, Any]
    price: int
    state: int = 1
    arrived: int = 0

    def call_back(self) -> str:
        """The address that is called by GET when something became of it."""
        told = {
            "SMSID": self.sms_id,
            "SendStatus": self.state,
            "SendSuccess": self.arrived,
            "SendFailed": int(self.state == 5 and not self.arrived),
            "TotalReceiver": 1,
            "TotalSent": 1,
            "TotalPrice": f"{self.price}.0000",
            "RequestId": self.body.get("RequestId", ""),
            "TypeId": 2,
            "telcoid": 1,
            "phonenumber": self.body["Phone"],
            "partnerids": "",
            "error_info": "",
        }
        return f"{self.body['CallbackUrl']}?{urlencode(told)}"


@dataclass(slots=True)
class Esms:
    """The state of the service; `weather` is what happens to the next calls, in order."""

    balance: int = 100_000
    price: int = 800
    blocked: set[str] = field(default_factory=set)
    unknown_carriers: tuple[str, ...] = ()
    template: str = ""
    weather: list[str] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    by_request: dict[str, str] = field(default_factory=dict)
    at: Gateway | None = None

    def answer(self, asked: Asked) -> Says:
        """What the service says to a call."""
        sky = self.weather.pop(0) if self.weather else ""
        if sky == "html":
            return Says(content=b"<html><h1>Bao tri he thong</h1></html>")
        if sky == "busy":
            return Says(503, content=b"")
        if sky.isdecimal():
            told = {"CodeResult": sky, "CodeResponse": sky, "ErrorMessage": "as told"}
            return Says(content=told)
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path.rpartition("/json/")[2].strip("/"):
            case "SendMultipleMessage_V4_post_json":
                says = self._take(asked.json)
            case "GetBalance_json":
                says = self._balance(asked.json)
            case "GetSendStatus":
                says = self._status(query)
            case _:
                return Says(404, content=b"<html>Endpoint not found.</html>")
        if sky == "drop":
            return Says(drop=True)
        return Says(mute=True) if sky == "slow" else says

    def _take(self, body: dict[str, Any]) -> Says:
        code = self._refusal(body)
        if code:
            return Says(content={"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": "no"})
        request = str(body.get("RequestId", ""))
        if request and request in self.by_request:
            return Says(content={"CodeResult": "124", "SMSID": self.by_request[request]})
        sms_id = f"ebe101db-87cd-4285-b97b-{len(self.texts):014d}"
        alone, part = PART[int(body["IsUnicode"])]
        length = len(body["Content"])
        parts = 1 if length <= alone else -(-length // part)
        text = Text(sms_id, body, self.price * parts)
        if not int(body.get("Sandbox", 0)):
            self.balance -= text.price
        self.texts[sms_id], self.by_request[request] = text, sms_id
        return Says(content={"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms_id})

    def _refusal(self, body: dict[str, Any]) -> str:
        phone = str(body.get("Phone", ""))
        if (body.get("ApiKey"), body.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return "101"
        if body.get("Brandname") != BRANDNAME:
            return "104"
        if not (phone.startswith("0") and phone.isdecimal() and len(phone) == 10):
            return "108"
        if phone in self.blocked:
            return "99"
        if phone.startswith(self.unknown_carriers or ("-",)):
            return "177"
        if self.template and self.template not in body["Content"]:
            return "146"
        if self.balance < self.price:
            return "103"
        return ""

    def _balance(self, body: dict[str, Any]) -> Says:
        if (body.get("ApiKey"), body.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return Says(content={"CodeResponse": "101"})
        told = {"Balance": self.balance, "CodeResponse": "100", "UserID": 9999}
        return Says(content=told)

    def _status(self, query: dict[str, str]) -> Says:
        if (query.get("ApiKey"), query.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return Says(content={"CodeResponse": "101", "SMSID": query.get("RefId")})
        text = self.texts.get(query.get("RefId", ""))
        if text is None:
            return Says(content={"CodeResponse": "105"})
        return Says(
            content={
                "CodeResponse": "100",
                "SMSID": text.sms_id,
                "SendFailed": int(text.state == 5 and not text.arrived),
                "SendStatus": text.state,
                "SendSuccess": text.arrived,
                "TotalPrice": float(text.price),
                "TotalReceiver": 1,
                "TotalSent": 1,
            }
        )

    def finish(self, sms_id: str, *, state: int = 5, arrived: int = 1) -> Text:
        """The carrier says what became of a text."""
        text = self.texts[sms_id]
        text.state, text.arrived = state, arrived
        return text


@contextmanager
def esms(*, port: int = 0) -> Iterator[Esms]:
    """The service on a socket of its own."""
    service = Esms()
    with gateway(service.answer, port=port) as at:
        service.at = at
        yield service


def settings_for(service: Esms) -> dict[str, str]:
    """The settings of a node that has an account here."""
    assert service.at is not None
    return {
        "ANCA_ESMS_URL": service.at.url,
        "ANCA_ESMS_API_KEY": API_KEY,
        "ANCA_ESMS_SECRET_KEY": SECRET_KEY,
        "ANCA_ESMS_BRANDNAME": BRANDNAME,
    }


def main() -> None:
    """Listen until interrupted; print what comes and say that it arrived."""
    seen: set[str] = set()
    with esms(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8101) as service:
        for name, value in settings_for(service).items():
            sys.stdout.write(f"{name}={value}\n")
        rest = threading.Event()
        while not rest.wait(1):
            for sms_id, text in list(service.texts.items()):
                if sms_id not in seen:
                    seen.add(sms_id)
                    sys.stdout.write(json.dumps(text.body, ensure_ascii=False) + "\n")
                    service.finish(sms_id)
                    if text.body.get("CallbackUrl"):
                        with suppress(OSError):  # nobody there: the text has arrived all the same
                            urlopen(text.call_back(), timeout=5).read()


if __name__ == "__main__":
    main()

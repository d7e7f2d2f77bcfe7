"""Zalo as its documents describe it: tokens, both hosts, quotas, errors inside HTTP 200, calls.

By hand: `python -m tests.peers.zalo --port 8100`, then set ANCA_ZALO_OA_URL, ANCA_ZALO_PHONE_URL
and ANCA_ZALO_OAUTH_URL to http://127.0.0.1:8100 and open that address: messages arrive there.
"""

import argparse
import base64
import hashlib
import html
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

APP_ID, APP_SECRET = "360846524940903967", "app-secret-0123456789"
OA_ID, WEBHOOK_SECRET = "388613280878808645", "webhook-secret-0123456789"
DAY = 86_400.0
WINDOW, FREE = 7 * DAY, 2 * DAY
TEMPLATE = "412345"
CS, UID, PHONE = "/v3.0/oa/message/cs", "/v3.0/oa/message/template", "/message/template"
PAGE = {"Content-Type": "text/html; charset=utf-8"}
SAID = {0: "Success", -216: "Access token is invalid", -124: "Access token invalid"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was accepted; `answered` is false where the answer was dropped."""

    door: str
    to: str
    words: str
    number: str
    tracking_id: str
    at: float
    answered: bool = True


@dataclass(slots=True)
class User:
    """Somebody on Zalo; `acted_at` in seconds, None when they never did."""

    uid: str
    phone: str = ""
    follows: bool = True
    acted_at: float | None = None


@dataclass(slots=True)
class Zalo:
    """Everything that is true at Zalo; a story may change any of it while it runs."""

    per_minute: int = 4000
    daily: int = 5000
    token_seconds: float = 90_000
    slow_seconds: float = 0.0
    drops: int = 0  # so many of the next messages are accepted without an answer
    next_errors: dict[str, list[int]] = field(default_factory=dict)
    next_trades: list[tuple[int, Any]] = field(default_factory=list)  # what renewals are told first
    broken: bool = False  # every call of either host answers 500
    users: dict[str, User] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            TEMPLATE: {"name": "Thông báo", "status": "ENABLE", "params": {"noi_dung": 200}}
        }
    )
    taken: list[Taken] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    most_in_a_minute: int = 0
    crossed: int = 0
    trades: int = 0
    refresh_token: str = "refresh-0"
    oa_id: str = OA_ID
    codes: dict[str, str] = field(default_factory=dict)  # of consents, with their challenges
    access: dict[str, float] = field(default_factory=lambda: {"access-0": time.time() + 90_000})
    sent_today: int = 0
    url: str = ""
    hook: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    lately: deque[float] = field(default_factory=deque)

    # What a story does.

    def join(self, uid: str, phone: str = "", *, acted: float | None = 0.0) -> User:
        """Somebody is on Zalo and follows; `acted`: seconds since they last wrote or tapped."""
        at = None if acted is None else time.time() - acted
        self.users[uid] = User(uid, phone, acted_at=at)
        return self.users[uid]

    def revoke_tokens(self) -> None:
        """Every access token is dead; the refresh token is not."""
        with self.lock:
            self.access.clear()

    def trade_elsewhere(self) -> None:
        """Somebody else uses the refresh token up."""
        with self.lock:
            self._new_pair()

    def event(self, name: str, **more: Any) -> bytes:
        """The body of a call, as Zalo writes it."""
        stamp = more.pop("timestamp", str(int(time.time() * 1000)))
        told = {"app_id": APP_ID, "event_name": name, "timestamp": stamp, **more}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    def from_user(self, uid: str, name: str = "user_send_text", **message: Any) -> bytes:
        """Somebody wrote or tapped."""
        number = message.pop("msg_id", secrets.token_hex(10))
        return self.event(
            name,
            sender={"id": uid},
            recipient={"id": OA_ID},
            message={"msg_id": number, **message},
        )

    def consents(self, asked: dict[str, str], *, state: bool = True) -> str:
        """Somebody agrees on the page of consent; where their browser is sent."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked.get("code_challenge", "")
        told = {"code": code, "oa_id": self.oa_id}
        if state and "state" in asked:
            told["state"] = asked["state"]
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def shares(self, uid: str) -> bytes:
        """Somebody taps the question for their number."""
        return self.event(
            "user_submit_info",
            sender={"id": uid},
            recipient={"id": OA_ID},
            info={"phone": self.users[uid].phone, "name": "Hoa"},
        )

    def call_back(self, raw: bytes, *, times: int = 1, secret: str = WEBHOOK_SECRET) -> list[int]:
        """Call the park's address, as often as asked; what it answered."""
        return [_post(self.hook, raw, signed(raw, secret=secret)) for _ in range(times)]

    # What a call does.

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Any, bool]:
        """Status, answer, and whether it is dropped instead of being said."""
        place = urlsplit(path)
        args = {name: values[0] for name, values in parse_qs(place.query).items()}
        if self.slow_seconds:
            time.sleep(self.slow_seconds)
        with self.lock:
            self.calls[place.path] += 1
            if place.path == "/v4/oa/access_token":
                if self.next_trades:
                    return *self.next_trades.pop(0), False
                return 200, self._trade(headers, dict(parse_qsl(body.decode()))), False
            if self.broken:
                return 500, {"error": "broken"}, False
            phone = place.path.startswith(("/message", "/template", "/quality"))
            if not self._in_time():
                return 200, _error(-32), False
            if self.access.get(headers.get("access_token", ""), 0.0) < time.time():
                return 200, _error(-124 if phone else -216), False
            match method, place.path:
                case "GET", "/v2.0/oa/getoa":
                    return 200, _done({"oa_id": self.oa_id, "name": "Khu"}), False
                case "GET", "/template/all":
                    return 200, self._list_templates(), False
                case "GET", "/message/status":
                    return 200, self._status(args.get("message_id", "")), False
                case "GET", "/message/quota":
                    return 200, _done({"quota": self._quota()}), False
                case "POST", "/v3.0/oa/message/cs" | "/v3.0/oa/message/template":
                    return self._take(place.path, body)
                case "POST", "/message/template":
                    return self._take(place.path, body)
        return 404, {"error": -404, "message": "empty api"}, False

    def _in_time(self) -> bool:
        now = time.monotonic()
        while self.lately and now - self.lately[0] >= 60:
            self.lately.popleft()
        self.lately.append(now)
        self.most_in_a_minute = max(self.most_in_a_minute, len(self.lately))
        if len(self.lately) > self.per_minute:
            self.crossed += 1
            return False
        return True

    def _trade(self, headers: dict[str, str], form: dict[str, str]) -> Any:
        if headers.get("secret_key") != APP_SECRET:
            return {"error_name": "Invalid secret key", "error": -14004}
        if form.get("app_id") != APP_ID:
            return {"error_name": "Invalid request", "error": -14001}
        match form.get("grant_type"):
            case "refresh_token":
                if form.get("refresh_token") != self.refresh_token:
                    return {"error_name": "Invalid refresh token", "error": -14014}
            case "authorization_code":
                challenge = self.codes.pop(form.get("code", ""), "")
                if not challenge or challenge != _challenge(form.get("code_verifier", "")):
                    return {"error_name": "Invalid code", "error": -14008}
            case _:
                return {"error_name": "Invalid request", "error": -14001}
        self.trades += 1
        access = self._new_pair()
        return {
            "access_token": access,
            "refresh_token": self.refresh_token,
            "expires_in": str(int(self.token_seconds)),
        }

    def _new_pair(self) -> str:
        self.refresh_token = f"refresh-{secrets.token_hex(6)}"
        access = f"access-{secrets.token_hex(6)}"
        self.access = {access: time.time() + self.token_seconds}
        return access

    def _take(self, door: str, body: bytes) -> tuple[int, Any, bool]:
        if waiting := self.next_errors.get(door):
            return 200, _error(waiting.pop(0)), False
        try:
            asked = json.loads(body)
        except ValueError:
            return 200, _error(-122 if door == PHONE else -201), False
        code, to, words = {CS: self._cs, UID: self._uid, PHONE: self._phone}[door](asked)
        if code:
            return 200, _error(code), False
        number = secrets.token_hex(10)
        dropped = self.drops > 0
        self.drops -= dropped
        if door != CS:
            self.sent_today += 1
        tracking = str(asked.get("tracking_id", ""))
        self.taken.append(Taken(door, to, words, number, tracking, time.time(), not dropped))
        data: dict[str, Any] = {"sent_time": str(int(time.time() * 1000))}
        if door == PHONE:
            data |= {"msg_id": number, "sending_mode": "1", "quota": self._quota()}
        elif door == UID:
            data |= {"message_id": number, "user_id": to, "quota": self._quota()}
        else:
            quota = {"quota_type": "reply", "owner_type": "OA", "remain": "7", "total": "8"}
            data |= {"message_id": number, "user_id": to, "quota": quota}
        return 200, _done(data), dropped

    def _cs(self, asked: Any) -> tuple[int, str, str]:
        uid, message = asked["recipient"]["user_id"], asked["message"]
        text = message.get("text", "")
        if not text:
            payload = message["attachment"]["payload"]
            element = payload["elements"][0]
            if payload["template_type"] != "request_user_info" or not element["image_url"]:
                return -201, uid, ""
            text = f"[{element['title']}]"
        user = self.users.get(uid)
        if user is None or not user.follows:
            return -213, uid, text
        if len(text) > 2000:
            return -210, uid, text
        if user.acted_at is None or time.time() - user.acted_at > WINDOW:
            return -230 if user.acted_at else -232, uid, text
        return 0, uid, text

    def _uid(self, asked: Any) -> tuple[int, str, str]:
        uid = str(asked.get("user_id", ""))
        if not uid:
            return -201, "", ""
        user = self.users.get(uid)
        if user is None or not user.follows:
            return -213, uid, ""
        problem = self._template(asked, {"over": -211, "id": -249, "param": -210})
        return problem, uid, _words(asked)

    def _phone(self, asked: Any) -> tuple[int, str, str]:
        phone = str(asked.get("phone", ""))
        if not phone.startswith("84") or not phone.isdecimal():
            return -108, phone, ""
        if not any(user.phone == phone for user in self.users.values()):
            return -118, phone, ""
        codes = {"over": -144, "id": -109, "param": -1121, "status": -131, "lacks": -1122}
        return self._template(asked, codes), phone, _words(asked)

    def _template(self, asked: Any, codes: dict[str, int]) -> int:
        template = self.templates.get(str(asked.get("template_id")))
        if template is None:
            return codes["id"]
        if template["status"] != "ENABLE":
            return codes.get("status", codes["id"])
        values = asked.get("template_data") or {}
        if set(values) != set(template["params"]):
            return codes.get("lacks", -201)
        if any(len(values[name]) > most for name, most in template["params"].items()):
            return codes["param"]
        return codes["over"] if self.sent_today >= self.daily else 0

    def _quota(self) -> dict[str, str]:
        left = max(0, self.daily - self.sent_today)
        return {"dailyQuota": str(self.daily), "remainingQuota": str(left)}

    def _status(self, number: str) -> Any:
        known = any(each.number == number for each in self.taken)
        return _done({"status": 1, "message": "on the phone"}) if known else _error(-107)

    def _list_templates(self) -> Any:
        return _done(
            [
                {"templateId": key, "templateName": each["name"], "status": each["status"]}
                for key, each in self.templates.items()
            ]
        )


def signed(
    raw: bytes, *, first: str = APP_ID, secret: str = WEBHOOK_SECRET, stamp: str | None = None
) -> dict[str, str]:
    """The headers of a call: plain SHA-256 over id, body, time stamp and secret."""
    at = stamp if stamp is not None else str(json.loads(raw).get("timestamp", ""))
    made = hashlib.sha256(first.encode() + raw + at.encode() + secret.encode()).hexdigest()
    headers = {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={made}"}
    return headers if stamp is None else {**headers, "X-ZEvent-Timestamp": stamp}


@contextmanager
def zalo(port: int = 0) -> Iterator[Zalo]:
    """Zalo listens as long as the story lasts."""
    told = Zalo()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(told))
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def settings_for(told: Zalo, **more: str) -> dict[str, str]:
    """The settings of a park that sends to this Zalo."""
    templates = {
        lane: {"id": TEMPLATE, "data": {"noi_dung": "{text}"}} for lane in ("urgent", "normal")
    }
    return {
        "ANCA_ZALO_ASK_IMAGE": f"{told.url}/picture.png",
        "ANCA_ZALO_APP_ID": APP_ID,
        "ANCA_ZALO_APP_SECRET": APP_SECRET,
        "ANCA_ZALO_OA_ID": OA_ID,
        "ANCA_ZALO_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "ANCA_ZALO_OA_URL": told.url,
        "ANCA_ZALO_PHONE_URL": told.url,
        "ANCA_ZALO_OAUTH_URL": told.url,
        "ANCA_ZALO_TEMPLATES": json.dumps(templates),
        **more,
    }


def _handler(told: Zalo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/by-hand":
                _by_hand(told, dict(parse_qsl(body.decode())))
                self._say(303, b"", Location="/")
                return
            if self.command == "GET" and self.path == "/":
                self._say(200, _page(told).encode(), **PAGE)
                return
            if self.command == "GET" and urlsplit(self.path).path == "/v4/oa/permission":
                self._say(200, _consent(told, self.path).encode(), **PAGE)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer, dropped = told.answer(self.command, self.path, headers, body)
            if dropped:
                self.close_connection = True
                return
            self._say(status, json.dumps(answer).encode(), **{"Content-Type": "application/json"})

        do_GET = do_POST  # noqa: N815 - the name is that of the library

        def _say(self, status: int, content: bytes, **headers: str) -> None:
            self.send_response(status)
            left = max(0, told.per_minute - len(told.lately))
            for name, value in {**headers, "X-RateLimit-Remain": str(left)}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def _words(asked: Any) -> str:
    return " ".join(str(value) for value in (asked.get("template_data") or {}).values())


def _done(data: Any) -> Any:
    return {"error": 0, "message": "Success", "data": data}


def _error(code: int) -> Any:
    return {"error": code, "message": SAID.get(code, f"error {code}")}


def _post(url: str, raw: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, raw, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except urllib.error.URLError:
        return 0  # nobody there: Zalo would try again, whoever is at the page may too


def _by_hand(told: Zalo, form: dict[str, str]) -> None:
    """What somebody at the page did: joined, or wrote something back."""
    uid = form.get("uid", "").strip() or str(secrets.randbelow(10**18))
    if uid not in told.users:
        told.join(uid, form.get("phone", "").strip())
        raw = told.event("follow", oa_id=OA_ID, follower={"id": uid})
    elif form.get("text", "") == "SHARE":
        raw = told.shares(uid)
    else:
        told.users[uid].acted_at = time.time()
        raw = told.from_user(uid, text=form.get("text", ""))
    if told.hook:
        told.call_back(raw)


def _challenge(verifier: str) -> str:
    """What a console was told of a verifier, which has 43 signs."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return made.rstrip(b"=").decode() if len(verifier) == 43 else ""


def _consent(told: Zalo, path: str) -> str:
    """The page on which somebody agrees."""
    asked = dict(parse_qsl(urlsplit(path).query))
    if asked.get("app_id") != APP_ID or not asked.get("redirect_uri"):
        return "-14003 Invalid redirect uri"
    return (
        "<!doctype html><meta charset=utf-8><title>Zalo (peer)</title><h1>Zalo (peer)</h1>"
        f"<p>App {APP_ID} asks to send for account {told.oa_id}.</p>"
        f'<p><a href="{html.escape(told.consents(asked))}">Allow</a></p>'
    )


def _page(told: Zalo) -> str:
    rows = "".join(
        f"<li><b>{html.escape(each.to)}</b> {html.escape(each.door)}: {html.escape(each.words)}"
        for each in reversed(told.taken[-50:])
    )
    people = ", ".join(html.escape(uid) for uid in told.users) or "nobody yet"
    return (
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=5>"
        f"<title>Zalo (peer)</title><h1>Zalo (peer)</h1><p>On Zalo: {people}. "
        f"Sent today: {told.sent_today} of {told.daily}. Renewals: {told.trades}.</p>"
        "<form method=post action=/by-hand>uid <input name=uid> phone <input name=phone> "
        "text (SHARE gives the phone) <input name=text value=KHOE> "
        "<button>Join or write</button></form>"
        f"<ol reversed>{rows}</ol>"
    )


def main() -> None:
    """Run by hand until interrupted; prints the lines that a park's settings need."""
    parser = argparse.ArgumentParser(description="Zalo for trying An Ca out, without an account")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--hook", default="http://127.0.0.1:8000/api/v1/zalo")
    parser.add_argument("--per-minute", type=int, default=4000)
    parser.add_argument("--daily", type=int, default=5000)
    given = parser.parse_args()
    with zalo(given.port) as told:
        told.hook, told.per_minute, told.daily = given.hook, given.per_minute, given.daily
        lines = [f"{name}={value}" for name, value in settings_for(told).items()]
        print("\n".join(lines), flush=True)  # noqa: T201
        print("refresh token to paste on the page of the account: refresh-0", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()

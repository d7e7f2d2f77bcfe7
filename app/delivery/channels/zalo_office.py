"""What Zalo's channels share: connections, pace, the token in memory, and reading answers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.calling import Answer, Caller
from app.delivery.channels.pace import Pace
from app.delivery.channels.zalo_codes import retry_words, zalo_codes
from app.delivery.channels.zalo_group import ZaloAccount
from app.delivery.rules import (
    AuthExpired,
    ChannelError,
    ConfigProblem,
    NotUnderstood,
    RateLimited,
    Temporary,
    Unclear,
)
from app.delivery.rules.answers import as_code, is_number, masked
from app.delivery.rules.zalo import (
    GRANT_LOST,
    NO_GRANT,
    OA,
    OAUTH,
    PHONE,
    again_at,
    is_grant_refused,
)

log = logging.getLogger(__name__)
# Of what a minute allows so much is used: what left here evenly may arrive in a bunch.
USED_SHARE, AT_ONCE_SHARE = 0.965, 0.025
LONGEST_WAIT_SECONDS = 5.0
NO_TURN = "no_turn"
ASKED_APART, MOST_ASKED, MOST_UNASKED = timedelta(days=1), 20_000, 1000
# In both languages: of whom nobody knows, nobody knows the language either.
UNKNOWN = (
    "Tài khoản Zalo này chưa gắn với hồ sơ nào nên không ghi được gì. Hãy khai báo trên trang khai "
    "báo, hoặc nói với Tổ an toàn, cán bộ an toàn của công ty. / This Zalo account belongs to no "
    "record yet, so nothing was recorded. Please check in on the check-in page, or tell your "
    "safety team."
)
PAUSES = {"next minute": timedelta(minutes=1), "60s": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Token:
    """The access token that calls are made with; a fresh one that is refused cannot be helped."""

    value: str
    version: int
    fresh_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Token(version={self.version})"


@dataclass(frozen=True, slots=True)
class Pair:
    """What a renewal gives: both tokens, and how long the first one lasts."""

    access: str
    refresh: str
    lasts: timedelta

    def __repr__(self) -> str:
        return f"Pair(lasts={self.lasts})"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A pair that was got and is not committed yet; `begun`: the version it was traded for."""

    pair: Pair
    begun: int
    at: datetime


class ZaloOffice:
    """One account's calls; it knows no database: whoever keeps the grant hands it the token."""

    def __init__(self, account: ZaloAccount, now: Callable[[], datetime]) -> None:
        self.account = account
        self.now = now
        self.pace = Pace(
            account.per_minute, use=USED_SHARE, at_once=account.per_minute * AT_ONCE_SHARE
        )
        self.token: Token | None = None
        # What was traded for it is spent: were this forgotten, a person would have to consent anew.
        self.unsaved: Renewed | None = None
        self._asked: dict[str, datetime] = {}
        self._unasked: list[str] = []
        self._lock = threading.Lock()
        self._caller: Caller | None = None

    def call_in_turn(self, surface: str, method: str, url: str, **parts: Any) -> dict[str, Any]:
        """A call that no sender waits for takes its turn in the minute like all others.

        Where that would be long in coming, the call is not made.
        """
        wait = self.pace.turn(LONGEST_WAIT_SECONDS)
        if wait > LONGEST_WAIT_SECONDS:
            raise Temporary(NO_TURN)
        time.sleep(wait)
        return self.call(surface, method, url, **parts)

    def call(
        self, surface: str, method: str, url: str, *, body: Any = None, args: Any = None
    ) -> dict[str, Any]:
        """The `data` of one call with the token, or why there is none."""
        token = self.token
        if token is None:
            raise ConfigProblem(NO_GRANT)
        answer = self._call(
            method, url, json=body, params=args, headers={"access_token": token.value}
        )
        return self._read(surface, answer, token)

    def ask_for_new_pair(self, refresh_token: str) -> Pair:
        """Trade a refresh token, which is good for one trade, for a new pair."""
        return self._trade({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def trade_code(self, code: str) -> Pair:
        """Trade the code that Zalo gave for a consent, good for one trade within ten minutes."""
        given = {"code": code, "code_verifier": self.account.verifier}
        return self._trade({"grant_type": "authorization_code", **given})

    def ask_whose(self, access_token: str) -> str:
        """The Official Account that a token was given by; empty when Zalo does not say."""
        url = f"{self.account.oa_url}/v2.0/oa/getoa"
        try:
            answer = self._call("GET", url, headers={"access_token": access_token}).json
        except ChannelError as fault:
            log.warning("Zalo did not say whose a token is: %s", fault)
            return ""
        data = answer.get("data") if isinstance(answer, dict) else None
        return as_code(data.get("oa_id")) if isinstance(data, dict) else ""

    def _trade(self, asked: Mapping[str, str]) -> Pair:
        account = self.account
        answered = self._call(
            "POST",
            f"{account.oauth_url}/v4/oa/access_token",
            data={"app_id": account.app_id, **asked},
            headers={"secret_key": account.app_secret},
        )
        answer, status = answered.json, answered.status
        if status == 429:
            raise RateLimited("429", retry_after=answered.rest(self.now()))
        if status >= 500 or status == 408:
            raise Temporary(str(status))
        if not isinstance(answer, dict):
            raise NotUnderstood("no_json")
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
            lasts = as_code(answer.get("expires_in"))
            seconds = int(lasts) if is_number(lasts) else 3600
            return Pair(access, refresh, timedelta(seconds=min(seconds, 90_000)))
        code = as_code(answer.get("error"))[:40]
        words = f"{as_code(answer.get('error_name'))} {as_code(answer.get('error_reason'))}"
        if is_grant_refused(code, words):
            raise ConfigProblem(GRANT_LOST, code)
        if zalo_codes().find(OAUTH, code):
            raise ConfigProblem(code)
        raise NotUnderstood(code or "no_code")

    def ask_who(self, uid: str) -> bool:
        """Ask somebody unknown to share their number, once a day; whether they were asked now.

        An account without a picture cannot ask: it says who can help.
        """
        asking, now = self.account.asking, self.now()
        if now - self._asked.get(uid, now - ASKED_APART) < ASKED_APART:
            return False
        if len(self._asked) >= MOST_ASKED:
            self._asked.clear()
        self._asked[uid] = now
        message: dict[str, Any] = {"text": UNKNOWN}
        if asking is not None:
            element = {"title": asking.title, "subtitle": asking.text, "image_url": asking.image}
            payload = {"template_type": "request_user_info", "elements": [element]}
            message = {"attachment": {"type": "template", "payload": payload}}
        self.call_in_turn(
            OA,
            "POST",
            f"{self.account.oa_url}/v3.0/oa/message/cs",
            body={"recipient": {"user_id": uid}, "message": message},
        )
        return True

    def ask_all(self, uids: Sequence[str]) -> None:
        """Ask these, and who could not be asked before; what does not pass now is asked later."""
        waiting = list(dict.fromkeys([*self._unasked, *uids]))[-MOST_UNASKED:]
        while waiting:
            try:
                self.ask_who(waiting[0])
            except Unclear as fault:  # it may have arrived: asked twice would be a nuisance
                log.warning("Zalo did not answer to a question for a number: %s", fault)
            except (Temporary, ConfigProblem) as fault:
                level = logging.WARNING if uids else logging.DEBUG
                log.log(level, "Zalo takes no questions for numbers now: %s", fault)
                self._asked.pop(waiting[0], None)
                break
            except ChannelError as fault:
                log.warning("Zalo did not take a question for a number: %s", fault)
            del waiting[0]
        self._unasked = waiting

    @property
    def has_unasked(self) -> bool:
        """Whether somebody is still to be asked."""
        return bool(self._unasked)

    def list_templates(self) -> list[dict[str, str]]:
        """The account's templates: id, name, state in Zalo's words."""
        url = f"{self.account.phone_url}/template/all"
        data = self.call_in_turn(PHONE, "GET", url, args={"offset": "0", "limit": "100"})
        rows = data.get("list")
        return [
            {
                "id": as_code(row.get("templateId"))[:40],
                "name": as_code(row.get("templateName"))[:120],
                "state": as_code(row.get("status"))[:40],
            }
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        ]

    def close(self) -> None:
        """Let the connections go."""
        with self._lock:
            if self._caller is not None:
                self._caller.close()
                self._caller = None

    def _call(self, method: str, url: str, **parts: Any) -> Answer:
        with self._lock:
            if self._caller is None:
                account = self.account
                self._caller = Caller(
                    account.oa_url, seconds=account.seconds, connections=account.connections + 1
                )
            caller = self._caller
        return caller.call(method, url, **parts)

    def _read(self, surface: str, answered: Answer, token: Token) -> dict[str, Any]:
        status = answered.status
        if status == 429:
            raise RateLimited("429", retry_after=answered.rest(self.now()))
        if status in {401, 403}:
            raise ConfigProblem(str(status))
        if status in {502, 504}:
            raise Unclear(str(status))
        if status >= 500 or status == 408:
            raise Temporary(str(status))
        answer = answered.json
        if not isinstance(answer, dict):
            raise NotUnderstood("no_json")
        code = as_code(answer.get("error"))
        if code == "0":
            data = answer.get("data")
            return data if isinstance(data, dict) else {"list": data}
        raise self._problem(surface, code, status, answer, token)

    def _problem(
        self, surface: str, code: str, status: int, answer: Mapping[str, Any], token: Token
    ) -> ChannelError:
        word, now = retry_words().get((surface, code), ""), self.now()
        problem = zalo_codes().problem(
            surface,
            code,
            detail=str(masked(as_code(answer.get("message")), (token.value,)))[:200],
            retry_after=PAUSES.get(word),
            not_before=again_at(word, now, self.account.zone),
            told={"http_status": status, "error": code[:40]},
        )
        assert problem is not None  # noqa: S101 - no code of Zalo's table counts as taken
        if isinstance(problem, AuthExpired):
            fresh = token.fresh_until is not None and now < token.fresh_until
            problem.renewable = not fresh
            problem.used = token.version
        return problem

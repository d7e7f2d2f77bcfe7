"""SMS over SpeedSMS.vn: 60 calls a minute, the price in the answer, reports by call or asked."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.calling import Answer, Caller, fault_of_status
from app.delivery.channels.given import LOW_BALANCE, Given, refuse_unknown
from app.delivery.channels.pace import Pace
from app.delivery.channels.ready import no_phone, ready_sms
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelError,
    ChannelName,
    Health,
    Lane,
    NotUnderstood,
    Outbound,
    OutsideHours,
    RateLimited,
    Report,
    ReportKind,
    Status,
)
from app.delivery.rules.answers import as_code, as_vnd, filled, is_number, masked, pointed
from app.delivery.rules.codes import N_, CodeTable, Outcome, ProviderCode
from app.kernel.ids import is_id

PREFIX = "ANCA_SPEEDSMS_"
KNOWN = frozenset(
    {
        "URL",
        "ALLOW_PLAIN",
        "TOKEN",
        "SENDER",
        "SMS_TYPE",
        "ACCENTS",
        "MAX_PARTS",
        "PER_MINUTE",
        "LANES",
        "CALLBACK_SECRET",
        "LOW_BALANCE",
        "STATUS_PATH",
        "FAILED_FROM",
    }
)
SERVICE = "https://api.speedsms.vn/index.php"
SECONDS = 10.0
# Sixty calls in sixty seconds are allowed; some are left for questions and the balance.
PER_MINUTE, MOST_PER_MINUTE = 50, 60
LONGEST_REST = timedelta(minutes=15)
# Answers, by speedsms.vn/sms-api.
ANSWERING = "code"


def _code(code: str, outcome: Outcome, words: str, meaning: str) -> ProviderCode:
    return ProviderCode("sms_speedsms", ANSWERING, code, outcome, words, meaning)


CODES = CodeTable(
    "sms_speedsms",
    [
        _code("00", Outcome.ACCEPTED, N_("SpeedSMS đã nhận tin."), "success"),
        _code(
            "007",
            Outcome.CONFIG,
            N_("SpeedSMS khoá địa chỉ IP của máy chủ này."),
            "IP locked",
        ),
        _code("008", Outcome.CONFIG, N_("Tài khoản SpeedSMS bị khoá."), "account blocked"),
        _code(
            "009",
            Outcome.CONFIG,
            N_("Tài khoản chưa được phép gửi qua API."),
            "account not allowed to call the API",
        ),
        _code(
            "101",
            Outcome.MESSAGE,
            N_("Thiếu hoặc sai tham số gửi."),
            "invalid or missing parameters",
        ),
        _code("105", Outcome.RECIPIENT, N_("Số điện thoại không hợp lệ."), "phone number invalid"),
        _code(
            "110",
            Outcome.MESSAGE,
            N_("Nội dung có ký tự SpeedSMS không gửi được."),
            "text encoding not supported",
        ),
        _code("113", Outcome.MESSAGE, N_("Nội dung quá dài."), "text too long"),
        _code(
            "300", Outcome.CONFIG, N_("Hết tiền trong tài khoản SpeedSMS."), "balance not enough"
        ),
        _code("500", Outcome.TEMPORARY, N_("SpeedSMS gặp lỗi, sẽ thử lại."), "internal error"),
    ],
)
ARRIVED = 0
# Neither is confirmed with an account: the likely value, which a setting may change.
STATUS_PATH, FAILED_FROM = "/sms/status/{id}", 64
UNCONFIRMED = (
    N_("Địa chỉ hỏi kết quả một tin (STATUS_PATH)."),
    N_("Mã kết quả từ 64 trở lên là hỏng hẳn (FAILED_FROM)."),
)


@dataclass(frozen=True, slots=True)
class SpeedGroup:
    """An account at SpeedSMS."""

    token: str = field(repr=False)
    sender: str = ""
    url: str = SERVICE
    sms_type: int = 2
    accents: bool = False
    max_parts: int = 3
    per_minute: int = PER_MINUTE
    lanes: tuple[Lane, ...] = (Lane.URGENT,)
    callback_secret: str = field(default="", repr=False)
    status_path: str = STATUS_PATH
    failed_from: int = FAILED_FROM
    low_balance: int = LOW_BALANCE
    seconds: float = SECONDS


def read_speedsms(values: Mapping[str, str]) -> SpeedGroup | None:
    """The group of settings of SpeedSMS; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    sms_type = int(given.one_of("SMS_TYPE", "2", "2", "3", "4", "5"))
    sender = given.text("SENDER")
    if sms_type in {3, 5} and not sender:
        given.needed("SENDER", "a brandname, or the phone that sends, is needed for this type")
    return SpeedGroup(
        token=given.needed("TOKEN", "stands on the account page of SpeedSMS"),
        sender=sender,
        url=given.address("URL", default=SERVICE).rstrip("/"),
        sms_type=sms_type,
        accents=given.yes("ACCENTS"),
        max_parts=given.whole("MAX_PARTS", 3, most=10),
        per_minute=given.whole("PER_MINUTE", PER_MINUTE, most=MOST_PER_MINUTE),
        lanes=given.lanes("urgent"),
        callback_secret=given.guarded("CALLBACK_SECRET"),
        status_path=_status_path(given),
        failed_from=given.whole("FAILED_FROM", FAILED_FROM, most=255),
        low_balance=given.money("LOW_BALANCE", LOW_BALANCE),
    )


def _status_path(given: Given) -> str:
    path = given.text("STATUS_PATH", STATUS_PATH)
    if path == "off":
        return ""
    if not path.startswith("/") or "{id}" not in path:
        raise given.unsafe("STATUS_PATH", "must begin with / and hold {id}, or be off")
    return path


class SmsSpeedsms:
    """One SMS to one phone by one call."""

    name = ChannelName.SMS_SPEEDSMS
    needs_internet = True
    silence_after = timedelta(hours=24)
    at_once = 1

    def __init__(self, group: SpeedGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.callback_secret = group.callback_secret
        self.can_be_asked = bool(group.status_path)
        self.has_receipts = self.can_be_asked or bool(group.callback_secret)
        self.low_balance = group.low_balance
        self.max_per_minute = group.per_minute
        self.pace = Pace(group.per_minute)
        self._caller = Caller(
            group.url, seconds=group.seconds, connections=1, auth=(group.token, "x")
        )

    def health(self) -> Health:
        """Whether the account is taken, and the money left on it."""
        try:
            answer = self._caller.call("GET", self.group.url + "/user/info")
        except ChannelError as problem:
            return Health(ok=False, why=problem.code)
        said = answer.json
        # An older form of the answer had no envelope.
        balance = as_vnd(pointed(said, "/data/balance") or pointed(said, "/balance"))
        if answer.status != 200 or balance is None:
            return Health(ok=False, why=as_code(pointed(said, "/code")) or str(answer.status))
        return Health(ok=True, balance=balance)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no phone number of Vietnam reaches nobody."""
        return no_phone(out.address)

    def send(self, out: Outbound) -> Accepted:
        """Hand one SMS to SpeedSMS."""
        group = self.group
        ready = ready_sms(out, accents=group.accents, max_parts=group.max_parts)
        body = {
            "to": [ready.number],
            "content": ready.made.text,
            "sms_type": group.sms_type,
            "sender": group.sender,
        }
        answer = self._caller.call("POST", group.url + "/sms/send", json=body)
        said = answer.json
        told = {"http_status": answer.status, "answer": masked(said, (group.token,))}
        problem = self._problem(answer, said)
        if problem is not None:
            problem.told = told
            raise problem
        external_id = as_code(pointed(said, "/data/tranId"))[:80] or out.delivery_id
        cost = as_vnd(pointed(said, "/data/totalPrice"))
        return Accepted((external_id,), parts=ready.made.size.parts, cost=cost, raw=told)

    def close(self) -> None:
        """Let the connection go."""
        self._caller.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What a call of SpeedSMS tells; the secret in its address was compared before."""
        told = {**args, **_json_object(raw)}
        if as_code(told.get("type")) != "report":
            return
        report = self._report(as_code(told.get("tranId")), told.get("status"))
        if report is not None:
            yield report

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What SpeedSMS says became of earlier messages, one call each."""
        if not self.can_be_asked:
            return
        for external_id in external_ids:
            if is_id(external_id):  # never answered for: it has no number to ask by
                continue
            path = filled(self.group.status_path, {"id": external_id})
            answer = self._caller.call("GET", self.group.url + path)
            report = self._report(external_id, pointed(answer.json, "/data/0/status"))
            if report is not None:
                yield report

    def _problem(self, answer: Answer, said: Any) -> ChannelError | None:
        if answer.status == 429:
            return RateLimited("429", retry_after=self._rest(answer))
        code = as_code(pointed(said, "/code"))
        plain = fault_of_status(answer, self.now())
        if CODES.find(ANSWERING, code) is not None:
            return CODES.problem(ANSWERING, code) or plain
        if plain is not None:
            return plain
        return CODES.problem(ANSWERING, code) if code else NotUnderstood("no_code")

    def _rest(self, answer: Answer) -> timedelta | None:
        """How long SpeedSMS asks to rest: seconds in a header of its own."""
        text = str(answer.headers.get("X-Rate-Limit-Reset", "")).strip()
        if text.isdecimal() and len(text) <= 6:
            return min(timedelta(seconds=int(text)), LONGEST_REST)
        return answer.rest(self.now())

    def _report(self, external_id: str, state: Any) -> Report | None:
        code = as_code(state)
        if not external_id or not is_number(code):
            return None
        event = hashlib.sha256(f"{external_id}|{code}".encode()).hexdigest()
        return Report(
            ReportKind.STATUS,
            event,
            self.now(),
            self._status(int(code)),
            external_id=external_id[:80],
            code=code[:40],
        )

    def _status(self, state: int) -> Status:
        """0 arrived; up to 63 a passing failure; from 64 on one that lasts."""
        if state == ARRIVED:
            return Status.DELIVERED
        lasts = state >= self.group.failed_from
        return Status.PERMANENT_FAILURE if lasts else Status.TEMPORARY_FAILURE


def _json_object(raw: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, Mapping) else {}

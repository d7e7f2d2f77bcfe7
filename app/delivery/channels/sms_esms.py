"""SMS over eSMS.vn: brandname texts by its JSON interface, reports by call and when asked."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.calling import Answer, Caller, fault_of_status
from app.delivery.channels.given import LOW_BALANCE, MOST_AT_ONCE, Given, refuse_unknown
from app.delivery.channels.pace import Pace
from app.delivery.channels.ready import no_phone, ready_sms, written_number
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
    Report,
    ReportKind,
    Status,
)
from app.delivery.rules.answers import as_code, as_vnd, is_number, masked
from app.delivery.rules.codes import N_, CodeTable, Outcome, ProviderCode
from app.delivery.rules.sms import SmsAlphabet
from app.kernel.ids import is_id

PREFIX = "ANCA_ESMS_"
KNOWN = frozenset(
    {
        "URL",
        "ALLOW_PLAIN",
        "API_KEY",
        "SECRET_KEY",
        "BRANDNAME",
        "SMS_TYPE",
        "SANDBOX",
        "CAMPAIGN",
        "ACCENTS",
        "MAX_PARTS",
        "PER_MINUTE",
        "CONNECTIONS",
        "LANES",
        "CALLBACK_BASE",
        "CALLBACK_SECRET",
        "LOW_BALANCE",
    }
)
SERVICE = "https://rest.esms.vn"
SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
BALANCE = "/MainService.svc/json/GetBalance_json"
STATUS = "/MainService.svc/json/GetSendStatus"
CALLS = "/api/v1/channels/sms_esms/"
SECONDS = 10.0
# Answers to a sending, by developers.esms.vn (table of error codes).
SENDING = "CodeResult"


def _code(code: str, outcome: Outcome, words: str, meaning: str) -> ProviderCode:
    return ProviderCode("sms_esms", SENDING, code, outcome, words, meaning)


CODES = CodeTable(
    "sms_esms",
    [
        _code(
            "99",
            Outcome.RECIPIENT,
            N_("eSMS chặn số điện thoại này."),
            "number blocked in their system",
        ),
        _code("100", Outcome.ACCEPTED, N_("eSMS đã nhận tin."), "accepted"),
        _code(
            "101",
            Outcome.CONFIG,
            N_("Sai ApiKey hoặc SecretKey."),
            "wrong ApiKey or SecretKey",
        ),
        _code(
            "102",
            Outcome.CONFIG,
            N_("Tài khoản bị khoá hoặc chưa có bảng giá."),
            "account locked or no price list",
        ),
        _code("103", Outcome.CONFIG, N_("Hết tiền trong tài khoản eSMS."), "balance too low"),
        _code(
            "104",
            Outcome.CONFIG,
            N_("Chưa có brandname này, hoặc brandname chưa được duyệt."),
            "brandname does not exist",
        ),
        _code("105", Outcome.NOT_THIS_WAY, N_("eSMS không có mã tin này."), "id not found"),
        _code(
            "107",
            Outcome.MESSAGE,
            N_("Tin quảng cáo phải gửi từ 30 số trở lên: đặt SMS_TYPE=2."),
            "fewer than 30 numbers for advertising",
        ),
        _code("108", Outcome.RECIPIENT, N_("Số điện thoại sai dạng."), "bad number form"),
        _code("110", Outcome.MESSAGE, N_("eSMS không đọc được nội dung gửi."), "bad data"),
        _code(
            "115",
            Outcome.MESSAGE,
            N_("Số điện thoại mã hoá không hợp lệ."),
            "bad hashed phone",
        ),
        _code("118", Outcome.MESSAGE, N_("Loại tin SMS không hợp lệ."), "type unsupported"),
        _code(
            "120",
            Outcome.MESSAGE,
            N_("Danh sách số trong một lần gửi quá dài."),
            "list too long",
        ),
        _code(
            "124",
            Outcome.ACCEPTED,
            N_("eSMS đã nhận tin này từ lần gửi trước, không gửi hai lần."),
            "RequestId seen before",
        ),
        _code(
            "140",
            Outcome.CONFIG,
            N_("Địa chỉ IP của máy chủ chưa được eSMS cho phép."),
            "calling IP not on the allowed list",
        ),
        _code(
            "146",
            Outcome.MESSAGE,
            N_("Nội dung không khớp mẫu đã đăng ký với nhà mạng."),
            "text does not match a registered template",
        ),
        _code(
            "177",
            Outcome.NOT_THIS_WAY,
            N_("Brandname chưa đăng ký với nhà mạng của số này."),
            "carrier not registered for this brandname",
        ),
        _code("199", Outcome.TEMPORARY, N_("eSMS đang xử lý tin này."), "already being processed"),
        _code("204", Outcome.CONFIG, N_("Zalo OA chưa cài đặt đúng."), "Zalo OA set-up wrong"),
        _code("210", Outcome.MESSAGE, N_("eSMS không nhận dạng dữ liệu gửi."), "bad payload"),
        _code("300", Outcome.MESSAGE, N_("Thiếu loại tin SMS."), "type missing"),
        _code("301", Outcome.MESSAGE, N_("Dịch vụ này không được hỗ trợ."), "service unsupported"),
        _code("687", Outcome.MESSAGE, N_("Quá 500 số trong một lần gửi."), "over 500 numbers"),
        _code("789", Outcome.CONFIG, N_("Mẫu tin Zalo chưa có."), "Zalo template missing"),
        _code("790", Outcome.CONFIG, N_("Mẫu tin Zalo chưa được duyệt."), "Zalo template wrong"),
        _code("791", Outcome.CONFIG, N_("Zalo OA không hợp lệ."), "Zalo OA wrong"),
        _code("799", Outcome.CONFIG, N_("Cài đặt Zalo chưa đúng."), "Zalo set-up wrong"),
    ],
)
UNCONFIRMED = (N_("Báo kết quả không có chữ ký: chỉ dựa vào chuỗi bí mật trong địa chỉ gọi về."),)
# SendStatus of a call or a question: 5 is over, and SendSuccess says how; 4 was refused.
OVER, REFUSED = "5", "4"


@dataclass(frozen=True, slots=True)
class EsmsGroup:
    """An account at eSMS; `callback` is where it calls back to, empty when it is only asked."""

    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    brandname: str
    url: str = SERVICE
    sms_type: str = "2"
    sandbox: bool = False
    campaign: str = ""
    accents: bool = False
    max_parts: int = 3
    per_minute: int = 300
    connections: int = 4
    lanes: tuple[Lane, ...] = (Lane.URGENT,)
    callback: str = field(default="", repr=False)
    callback_secret: str = field(default="", repr=False)
    low_balance: int = LOW_BALANCE
    seconds: float = SECONDS

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be kept or logged."""
        return tuple(filter(None, (self.api_key, self.secret_key, self.callback_secret)))


def read_esms(values: Mapping[str, str]) -> EsmsGroup | None:
    """The group of settings of eSMS; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    secret, base = given.guarded("CALLBACK_SECRET"), given.text("CALLBACK_BASE")
    if bool(secret) != bool(base):
        raise given.unsafe(
            "CALLBACK_BASE" if secret else "CALLBACK_SECRET",
            "give both: where this node is reached from outside, and the secret in the address",
        )
    if base:
        base = given.address("CALLBACK_BASE").rstrip("/")
    return EsmsGroup(
        api_key=given.needed("API_KEY", "stands on the account page of eSMS"),
        secret_key=given.needed("SECRET_KEY", "stands on the account page of eSMS"),
        brandname=given.needed("BRANDNAME", "the name that was registered with the carriers"),
        url=given.address("URL", default=SERVICE).rstrip("/"),
        sms_type=given.one_of("SMS_TYPE", "2", "1", "2", "8"),
        sandbox=given.yes("SANDBOX"),
        campaign=given.text("CAMPAIGN"),
        accents=given.yes("ACCENTS"),
        max_parts=given.whole("MAX_PARTS", 3, most=10),
        per_minute=given.whole("PER_MINUTE", 300, most=1_000_000),
        connections=given.whole("CONNECTIONS", 4, most=MOST_AT_ONCE),
        lanes=given.lanes("urgent"),
        callback=f"{base}{CALLS}{secret}" if base else "",
        callback_secret=secret,
        low_balance=given.money("LOW_BALANCE", LOW_BALANCE),
    )


class SmsEsms:
    """One SMS to one phone by one call; a text sent twice under one number goes out once."""

    name = ChannelName.SMS_ESMS
    needs_internet = True
    has_receipts = True
    can_be_asked = True
    silence_after = timedelta(hours=24)

    def __init__(self, group: EsmsGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.callback_secret = group.callback_secret
        self.low_balance = group.low_balance
        self.max_per_minute = group.per_minute
        self.at_once = group.connections
        self.pace = Pace(group.per_minute)
        self._caller = Caller(group.url, seconds=group.seconds, connections=group.connections)

    def health(self) -> Health:
        """Whether the account is taken, and the money left on it."""
        try:
            answer = self._caller.call("POST", self.group.url + BALANCE, json=self._account())
        except ChannelError as problem:
            return Health(ok=False, why=problem.code)
        said = _object(answer)
        code = as_code(said.get("CodeResponse"))
        if code != "100":
            return Health(ok=False, why=code or str(answer.status))
        return Health(ok=True, balance=as_vnd(said.get("Balance")))

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no phone number of Vietnam reaches nobody."""
        return no_phone(out.address)

    def send(self, out: Outbound) -> Accepted:
        """Hand one SMS to eSMS."""
        group = self.group
        ready = ready_sms(out, accents=group.accents, max_parts=group.max_parts)
        size = ready.made.size
        body = {
            **self._account(),
            "Phone": written_number(ready.number, "0"),
            "Content": ready.made.text,
            "Brandname": group.brandname,
            "SmsType": group.sms_type,
            "IsUnicode": int(size.alphabet is SmsAlphabet.UCS2),
            "Sandbox": int(group.sandbox),
            "RequestId": out.delivery_id,
        }
        if group.campaign:
            body["campaignid"] = group.campaign
        if group.callback:
            body["CallbackUrl"] = group.callback
        answer = self._caller.call("POST", group.url + SEND, json=body)
        told = {"http_status": answer.status, "answer": masked(answer.json, group.secrets)}
        problem = self._problem(answer)
        if problem is not None:
            problem.told = told
            raise problem
        external_id = as_code(_object(answer).get("SMSID"))[:80] or out.delivery_id
        return Accepted((external_id,), parts=size.parts, raw=told)

    def close(self) -> None:
        """Let the connections go."""
        self._caller.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What a call of eSMS tells; the secret in its address was compared before."""
        report = self._report(args, reference=as_code(args.get("RequestId")))
        if report is not None:
            yield report

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What eSMS says became of earlier messages, one call each.

        It knows them by its own numbers alone: what it never answered for it cannot be asked about.
        """
        for external_id in external_ids:
            if is_id(external_id):
                continue
            query = {**self._account(), "RefId": external_id}
            answer = self._caller.call("GET", self.group.url + STATUS, params=query)
            said = _object(answer)
            if as_code(said.get("CodeResponse")) == "100":
                report = self._report({**said, "SMSID": external_id}, reference="")
                if report is not None:
                    yield report

    def _account(self) -> dict[str, Any]:
        return {"ApiKey": self.group.api_key, "SecretKey": self.group.secret_key}

    def _problem(self, answer: Answer) -> ChannelError | None:
        plain = fault_of_status(answer, self.now())
        code = as_code(_object(answer).get(SENDING))
        if CODES.find(SENDING, code) is not None:
            # Whatever the status says: an acceptance counts only where it says so too.
            return CODES.problem(SENDING, code) or plain
        if plain is not None:
            return plain
        return CODES.problem(SENDING, code) if code else NotUnderstood("no_code")

    def _report(self, told: Mapping[str, Any], *, reference: str) -> Report | None:
        state, arrived = as_code(told.get("SendStatus")), as_code(told.get("SendSuccess"))
        external_id = as_code(told.get("SMSID"))[:80]
        status = _status(state, arrived)
        if status is None or not (external_id or reference):
            return None
        news = f"{external_id}|{reference}|{state}:{arrived}"
        return Report(
            ReportKind.STATUS,
            hashlib.sha256(news.encode()).hexdigest(),
            self.now(),
            status,
            reference[:36] or None,
            external_id or None,
            code=f"{state}:{arrived}"[:40],
            cost=as_vnd(told.get("TotalPrice")),
        )


def _status(state: str, arrived: str) -> Status | None:
    if state == OVER and is_number(arrived):
        return Status.DELIVERED if int(arrived) >= 1 else Status.PERMANENT_FAILURE
    return Status.PERMANENT_FAILURE if state == REFUSED else None


def _object(answer: Answer) -> Mapping[str, Any]:
    said = answer.json
    return said if isinstance(said, Mapping) else {}

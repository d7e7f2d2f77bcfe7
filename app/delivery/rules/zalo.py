"""Zalo's own rules: what its codes mean here, its windows, its day, and who signed a call."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from app.delivery.rules.codes import N_, Outcome
from app.delivery.rules.pausing import Rest

OA, PHONE, OAUTH = "oa", "zbs_phone", "oauth"
# What our own side calls the loss of the grant, beside the codes that Zalo gives.
GRANT_LOST, NO_GRANT, NO_TEMPLATE = "grant_lost", "no_grant", "no_template"
CUSTOMER_SERVICE_WINDOW, ROOM = "window", "room"
# What says that a refresh token itself is refused: used up, revoked or too old. Nothing else does.
_REFUSED_GRANTS = frozenset({"-14014"})
_REFUSED_WORDS = ("invalid", "expired", "used", "revoked")
BY_PROVINCE, NO_PROVINCE = "by_province", "no_province"
# How long before its end an access token is renewed, and how long a new one is trusted.
RENEWED_BEFORE, FRESH_FOR = timedelta(hours=5), timedelta(minutes=10)
# Zalo's tokens for renewal end after three months.
GRANT_LASTS = timedelta(days=90)
NIGHT_ENDS = time(6)

_QUOTA = frozenset({(OA, "-211"), (PHONE, "-144"), (PHONE, "-147"), (PHONE, "-1441")})
_HOURS = frozenset({(OA, "-234"), (PHONE, "-133")})
_AUTH = frozenset({(OA, "-216"), (OA, "-220"), (PHONE, "-124")})
# A person refused this kind of message, or is out of its window: other roads stay open. What the
# phone door says of a number says nothing about SMS to it, but that the number is none (-108).
_NOT_THIS_WAY = frozenset(
    {
        *((OA, code) for code in ("-218", "-230", "-232", "-244", "-305", "-311")),
        *((PHONE, code) for code in ("-110", "-114", "-118", "-119", "-134", "-139", "-140")),
        *((PHONE, code) for code in ("-141", "-1471", "-1472")),
    }
)
_RECIPIENT = frozenset({(OA, "-213"), (OA, "-217"), (OA, "-222"), (OA, "-227"), (PHONE, "-108")})


def outcome_of(surface: str, code: str, kind: str) -> Outcome:
    """What a code of the table means here; `kind`: temporary, permanent or config."""
    key = (surface, code)
    if key == (OA, "-32"):
        return Outcome.RATE
    for chosen, outcome in (
        (_QUOTA, Outcome.QUOTA),
        (_HOURS, Outcome.HOURS),
        (_AUTH, Outcome.AUTH),
        (_NOT_THIS_WAY, Outcome.NOT_THIS_WAY),
        (_RECIPIENT, Outcome.RECIPIENT),
    ):
        if key in chosen:
            return outcome
    return {"temporary": Outcome.TEMPORARY, "config": Outcome.CONFIG}.get(kind, Outcome.MESSAGE)


_BY_OUTCOME: Mapping[Outcome, str] = {
    Outcome.RATE: N_("Gửi nhanh hơn mức Zalo cho phép. Kênh tự chạy lại sau một phút."),
    Outcome.QUOTA: N_(
        "Hết hạn mức gửi của Zalo. Tin thường chờ sang ngày mai, tin khẩn đi kênh khác."
    ),
    Outcome.HOURS: N_(
        "Zalo không nhận loại tin này vào ban đêm. Tin thường chờ tới 6 giờ sáng, tin khẩn đi "
        "kênh khác."
    ),
    Outcome.TEMPORARY: N_("Zalo gặp lỗi tạm thời. Tin tự được gửi lại."),
    Outcome.AUTH: N_(
        "Mã truy cập hết hiệu lực. Máy chủ tự xin mã mới một lần; nếu vẫn bị từ chối thì kênh "
        "dừng và bạn cần cấp quyền lại."
    ),
    Outcome.RECIPIENT: N_("Địa chỉ này không nhận được tin. Tin đi kênh khác."),
    Outcome.NOT_THIS_WAY: N_("Người này không nhận được tin qua kênh này. Tin đi kênh khác."),
    Outcome.MESSAGE: N_(
        "Zalo từ chối nội dung hoặc tham số. Phần còn lại của tin chờ bạn xem lại nội dung và "
        "mẫu tin."
    ),
    Outcome.CONFIG: N_(
        "Zalo từ chối tài khoản hoặc thiết lập. Kiểm tra Official Account và ứng dụng trên trang "
        "quản lý của Zalo, rồi bấm Chạy tiếp."
    ),
}
_MONEY = N_(
    "Tài khoản thanh toán của Zalo chưa liên kết hoặc hết tiền. Nạp tiền rồi bấm Chạy tiếp."
)
_APP = N_(
    "Ứng dụng Zalo chưa được kích hoạt, bị gỡ hoặc sai mã. Kiểm tra ANCA_ZALO_APP_ID và trạng thái "
    "ứng dụng, rồi bấm Chạy tiếp."
)
_SECRET = N_(
    "Khoá bí mật của ứng dụng không đúng. Sửa ANCA_ZALO_APP_SECRET rồi khởi động lại máy chủ."
)
_ACCOUNT = N_("Official Account bị khoá, xoá hoặc không tồn tại. Liên hệ Zalo, rồi bấm Chạy tiếp.")
_RIGHTS = N_(
    "Official Account chưa được xác thực, gói dịch vụ quá thấp hoặc chưa cấp đủ quyền. Bổ sung "
    "trên trang quản lý của Zalo, rồi bấm Chạy tiếp."
)
_TEMPLATE = N_(
    "Mẫu tin sai mã, chưa được duyệt hoặc bị tắt. Chọn mẫu khác trong ANCA_ZALO_TEMPLATES hoặc chờ "
    "Zalo duyệt, rồi bấm Chạy tiếp."
)
_NO_ACCOUNT = N_("Số điện thoại này không dùng Zalo. Tin đi SMS.")
_BAD_NUMBER = N_("Số điện thoại không đúng. Số bị đánh dấu, cần sửa trong hồ sơ người lao động.")
_NO_INTERACTION = N_(
    "Người này không nhắn tin hoặc bấm nút với Official Account trong 7 ngày qua. Tin đi bằng mẫu."
)
_NO_FOLLOWER = N_("Người này không quan tâm Official Account. Địa chỉ Zalo bị đánh dấu.")
_AWAY = N_("Người này bị khoá hoặc không mở Zalo hơn 45 ngày. Địa chỉ Zalo bị đánh dấu.")
_REFUSED = N_("Người này từ chối nhận loại tin này. Tin đi kênh khác.")
_NOT_USED = N_("Phần mềm này không dùng chức năng đó. Nếu gặp mã này, hãy báo người phát triển.")
_CONSENT = N_("Địa chỉ nhận kết quả cấp quyền khác với địa chỉ đã lưu ở Zalo. Sửa trên trang Zalo.")
_WORDS: Mapping[str, Mapping[str, str]] = {
    OA: {
        **dict.fromkeys(("-320", "-321"), _MONEY),
        **dict.fromkeys(("-209", "-215", "-219"), _APP),
        **dict.fromkeys(("-202", "-208", "-242"), _SECRET),
        **dict.fromkeys(("-204", "-205"), _ACCOUNT),
        **dict.fromkeys(("-207", "-212", "-221", "-223", "-224", "-235"), _RIGHTS),
        "-249": _TEMPLATE,
        **dict.fromkeys(("-230", "-232", "-305"), _NO_INTERACTION),
        "-213": _NO_FOLLOWER,
        **dict.fromkeys(("-222", "-227"), _AWAY),
        **dict.fromkeys(("-217", "-244"), _REFUSED),
        **dict.fromkeys(
            ("-100", "-214", "-237", "-238", "-240", "-241", "-403", "-1340", "-1341"), _NOT_USED
        ),
    },
    PHONE: {
        **dict.fromkeys(("-115", "-136", "-137"), _MONEY),
        **dict.fromkeys(("-101", "-102", "-103", "-105"), _APP),
        **dict.fromkeys(("-104", "-1241"), _SECRET),
        **dict.fromkeys(("-125", "-1351"), _ACCOUNT),
        **dict.fromkeys(("-120", "-135", "-138", "-1381"), _RIGHTS),
        **dict.fromkeys(("-109", "-113", "-117", "-131", "-145", "-146"), _TEMPLATE),
        "-118": _NO_ACCOUNT,
        "-108": _BAD_NUMBER,
        **dict.fromkeys(("-134", "-139", "-141"), _REFUSED),
        **dict.fromkeys(
            ("-106", "-107", "-1091", "-1123", "-1201", "-1202", "-121", "-122", "-123"), _NOT_USED
        ),
        **dict.fromkeys(("-128", "-129", "-142", "-143", "-148", "-149", "-1491"), _NOT_USED),
        **dict.fromkeys(("-150", "-151", "-152", "-158", "-159", "-160"), _NOT_USED),
        **dict.fromkeys(("-161", "-162"), _NOT_USED),
    },
    OAUTH: {"-14002": _APP, "-14003": _CONSENT},
}
# What our own side found out before or without asking Zalo.
OWN_WORDS: Mapping[str, str] = {
    GRANT_LOST: N_(
        "Quyền gửi Zalo không còn dùng được: mã làm mới đã bị dùng ở nơi khác hoặc đã quá 3 tháng. "
        "Lấy cặp mã mới trên trang quản lý của Zalo rồi dán vào trang Tài khoản Zalo. Chỉ một máy "
        "chủ được giữ quyền này."
    ),
    NO_GRANT: N_("Chưa có quyền gửi Zalo. Dán cặp mã vào trang Tài khoản Zalo."),
    NO_TEMPLATE: N_("Chưa chọn mẫu tin cho loại tin này trong ANCA_ZALO_TEMPLATES."),
    CUSTOMER_SERVICE_WINDOW: N_(
        "Lần nhắn hoặc bấm nút gần nhất của người này đã quá ANCA_ZALO_WINDOW_HOURS giờ. Tin đi "
        "bằng mẫu."
    ),
    ROOM: N_(
        "Hạn mức hôm nay chỉ còn phần để dành cho tin khẩn (ANCA_ZALO_URGENT_ROOM). Tin thường chờ "
        "sang ngày mai, tin khẩn vẫn gửi."
    ),
}

# What Zalo's documents leave open; each is a setting with the likely value, or said on the page.
UNCONFIRMED_CS = (
    N_(
        "Sau 48 giờ kể từ lần nhắn cuối, tin có thể bị tính tiền. Máy chủ chỉ gửi trong "
        "ANCA_ZALO_WINDOW_HOURS giờ (mặc định 48, tối đa 168)."
    ),
)
UNCONFIRMED_UID = (
    N_(
        "Người nhận được ghi trực tiếp trong yêu cầu (ANCA_ZALO_UID_BODY=flat). Nếu Zalo báo mã "
        "-201, đổi thành recipient."
    ),
    N_("Từ 22 giờ đến 6 giờ tin theo mẫu vẫn tới nhưng điện thoại không reo."),
)
UNCONFIRMED_PHONE = (
    N_("Từ 22 giờ đến 6 giờ Zalo có thể từ chối tin theo mẫu (mã -133); tin thường chờ tới 6 giờ."),
    N_("Zalo không nói có nhận hai lần cùng một tin không: tin chưa rõ kết quả không tự gửi lại."),
)
UNCONFIRMED_SIGNATURE = N_(
    "Tài liệu của Zalo không thống nhất về cách ký lời gọi về. Máy chủ nhận các cách đã biết và "
    "đếm từng cách."
)


def is_grant_refused(code: str, words: str) -> bool:
    """Whether an answer to a renewal says that the refresh token itself is good for nothing."""
    told = words.lower().replace("_", " ")
    named = "refresh token" in told and any(word in told for word in _REFUSED_WORDS)
    return code in _REFUSED_GRANTS or named


def words_for(surface: str, code: str, outcome: Outcome) -> str:
    """What the administrator reads for a code (Vietnamese, translated where it is shown)."""
    return _WORDS.get(surface, {}).get(code) or _BY_OUTCOME[outcome]


def own_words(rest: Rest) -> str:
    """What the administrator reads for a code of our own side; empty for others."""
    return OWN_WORDS.get(rest.code, "")


def again_at(retry_after: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment that a word of the error table allows; None where it names none."""
    local = now.astimezone(zone)
    if retry_after.startswith("06:00"):
        return _next(local, NIGHT_ENDS, zone)
    if retry_after == "next day":
        return _next(local, time(), zone)
    if retry_after == "next month":
        first = (local.replace(day=1) + timedelta(days=32)).replace(day=1).date()
        return datetime.combine(first, time(), zone)
    return None


def next_day(now: datetime, zone: ZoneInfo) -> datetime:
    """When Zalo's next day of quotas begins."""
    return _next(now.astimezone(zone), time(), zone)


def _next(local: datetime, at: time, zone: ZoneInfo) -> datetime:
    found = datetime.combine(local.date(), at, zone)
    return found if found > local else found + timedelta(days=1)


def may_be_written_to(last_at: datetime | None, now: datetime, *, within: timedelta) -> bool:
    """Whether somebody acted so lately that a free message is taken (7 days, free 48 hours)."""
    return last_at is not None and now - last_at < within


@dataclass(frozen=True, slots=True)
class SignedWith:
    """What a call was signed with: its places in what was tried, none of which is settled."""

    first: str
    stamp: str
    secret: str

    @property
    def name(self) -> str:
        """One word for the variant, as it is counted."""
        return f"{self.first}+{self.stamp}+{self.secret}"


Terms = Sequence[tuple[str, str]]


def signed_with(
    raw: bytes, given: str, *, firsts: Terms, stamps: Terms, secrets: Terms
) -> SignedWith | None:
    """Which known variant of the signature (plain SHA-256, no HMAC) a call carries; None: none.

    Each term is a name and its value; one without a value is not tried.
    """
    wanted = given.strip().lower().removeprefix("mac=").strip()
    for (first, a), (stamp, t), (secret, s) in product(firsts, stamps, secrets):
        if not (a and t and s):
            continue
        stamped = t.encode(errors="surrogatepass")  # JSON lets half of a pair through
        made = hashlib.sha256(a.encode() + raw + stamped + s.encode()).hexdigest()
        if hmac.compare_digest(made.encode(), wanted.encode(errors="surrogatepass")):
            return SignedWith(first, stamp, secret)
    return None

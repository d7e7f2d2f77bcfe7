"""What is kept of a worker, field by field, with what each is kept for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.accounts.queries.cards import list_cards_of
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules import PinState
from app.checkins.queries.answers import find_standing
from app.extensions import db
from app.kernel.clock import local_day
from app.outbox.queries import Kept, count_kept
from app.web.filters import day, number, phone
from app.web.language import current_language
from app.web.present import today
from app.web.words import GROUP_KINDS
from app.workforce.queries.timetables import find_pattern_of, list_leaves_of
from app.workforce.queries.workers import WorkerRecord, list_groups_of

SHOWN_OF_ID_NUMBER = 3


def stored_told(record: WorkerRecord) -> list[dict[str, Any]]:
    """Groups of fields: the name of each, what stands there, and what it is kept for."""
    worker = record.worker
    kept = count_kept(db.session(), worker.id)
    return [
        _group(_("Thông tin của bạn"), _particulars(record)),
        _group(_("Nhóm và lịch làm"), _places(worker.id)),
        _group(_("Sức khoẻ"), _health(worker.id, kept)),
        _group(_("Cổng và tin nhắn"), _traces(kept)),
        _group(_("Đăng nhập"), _sign_in(record, kept)),
    ]


def _group(title: str, rows: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "title": title,
        "fields": [{"label": label, "text": text, "why": why} for label, text, why in rows],
    }


def _particulars(record: WorkerRecord) -> list[tuple[str, str, str]]:
    worker = record.worker
    listed = _("Có trong danh sách nhân sự của công ty.")
    apart = _("Để không nhầm với người khác trùng tên.")
    rows = [
        (_("Họ và tên"), worker.name, _("Để Tổ an toàn và cổng biết là bạn.")),
        (_("Mã nhân viên"), worker.badge, _("Để đăng nhập và ghi khai báo đúng người.")),
        (_("Công ty"), record.company, _("Để chỉ công ty của bạn xem được hồ sơ.")),
        (_("Đơn vị"), record.unit, _("Để biết ai phụ trách bạn.")),
        (_("Ngày sinh"), _born(worker.born_on, worker.birth_year), apart),
        (_("Giới tính"), _sex(worker.sex), _("Để gọi anh hoặc chị cho đúng.")),
        (
            _("Điện thoại"),
            phone(worker.phone) if worker.phone else _("Chưa có"),
            _("Để Tổ an toàn gọi khi cần."),
        ),
        (_("Giấy tờ"), _id_number(worker.id_number), apart),
        (_("Công việc"), worker.position or _("Chưa ghi"), listed),
        (
            _("Ngày vào làm"),
            day(worker.joined_on) if worker.joined_on else _("Chưa ghi"),
            _("Để biết từ ngày nào bạn cần khai báo."),
        ),
    ]
    if worker.left_on:
        left = _("Để không nhắn và không chờ bạn khai báo nữa.")
        rows.append((_("Ngày làm cuối"), day(worker.left_on), left))
    return rows


def _born(on: date | None, year: int | None) -> str:
    if on is not None:
        return day(on)
    return str(year or _("Chưa ghi"))


def _sex(sex: str | None) -> str:
    return str({"female": _("Nữ"), "male": _("Nam")}.get(sex or "", _("Chưa ghi")))


def _id_number(text: str | None) -> str:
    if not text:
        return str(_("Chưa có"))
    # A phone may lie about, and plain HTTP is read by others: the tail is enough to check it by.
    return str(_("có, 3 số cuối là %(tail)s", tail=text[-SHOWN_OF_ID_NUMBER:]))


def _places(worker_id: str) -> list[tuple[str, str, str]]:
    on = today()
    groups = [
        f"{GROUP_KINDS[each.kind]}: {each.name}"
        for each in list_groups_of(db.session(), worker_id, on)
    ]
    follows = find_pattern_of(db.session(), worker_id, on)
    leaves = list_leaves_of(db.session(), worker_id, date.min)
    return [
        (
            _("Nhóm"),
            ", ".join(groups) or _("Chưa ở nhóm nào"),
            _("Để nhắc đúng nhóm và biết ai gần ai khi có người bệnh."),
        ),
        (
            _("Lịch làm việc"),
            _("%(name)s, từ ngày %(day)s", name=follows.name, day=day(follows.from_on))
            if follows
            else _("Chưa xếp lịch"),
            _("Để biết ca nào bạn cần khai báo."),
        ),
        (_("Nghỉ phép"), _times(len(leaves)), _("Để không chờ bạn khai báo ngày nghỉ.")),
    ]


def _health(worker_id: str, kept: dict[str, Kept]) -> list[tuple[str, str, str]]:
    standing = find_standing(db.session(), worker_id)
    safety = _("Để quyết định bạn có vào ca được không và bảo vệ người làm cùng.")
    return [
        (_("Khai báo"), _counted(kept["answers"]), safety),
        (
            _("Mức đang có ở công ty"),
            _level(standing.level if standing else "green"),
            safety,
        ),
        (
            _("Lần được gỡ mức"),
            _counted(kept["clearances"]),
            _("Để biết ai đã gỡ và vì sao."),
        ),
    ]


def _level(level: str) -> str:
    return str({"amber": _("Theo dõi"), "red": _("Nguy cơ")}.get(level, _("Bình thường")))


def _traces(kept: dict[str, Kept]) -> list[tuple[str, str, str]]:
    return [
        (
            _("Thẻ vào ca đã cấp"),
            _counted(kept["passes"]),
            _("Để cổng kiểm tra mà không cần xem khai báo của bạn."),
        ),
        (
            _("Lượt quét ở cổng"),
            _counted(kept["scans"]),
            _("Để biết ai đã vào xưởng, khi có người bệnh."),
        ),
        (
            _("Số điện thoại, e-mail để nhắn tin"),
            _counted(kept["addresses"]),
            _("Để nhắn được khi bạn không mở ứng dụng."),
        ),
        (
            _("Tin nhắn gửi bạn"),
            _counted(kept["messages"]),
            _("Để không nhắn hai lần và biết tin đã đến."),
        ),
    ]


def _sign_in(record: WorkerRecord, kept: dict[str, Kept]) -> list[tuple[str, str, str]]:
    cards = [each for each in list_cards_of(db.session(), record.worker.id) if not each.revoked_at]
    tokens = list_tokens(db.session(), record.worker.id)
    none = record.pin is PinState.NONE
    return [
        (
            _("Mã PIN"),
            _("Chưa có mã PIN") if none else _("có, chỉ giữ dạng không đọc lại được"),
            _("Để chỉ bạn khai báo được cho mình."),
        ),
        (_("Thẻ QR đang dùng"), _things(len(cards)), _("Để khai báo ở kiosk.")),
        (_("Máy đã đăng nhập"), _things(len(tokens)), _("Để bạn khỏi nhập mã PIN mỗi ngày.")),
        (
            _("Dòng nhật ký về bạn"),
            _counted(kept["log"]),
            _("Để bạn và công ty biết ai đã xem, ai đã sửa."),
        ),
    ]


def _times(count: int) -> str:
    return str(_("%(count)s lần", count=number(count, current_language())))


def _things(count: int) -> str:
    return number(count, current_language())


def _counted(kept: Kept) -> str:
    if kept.first_at is None or kept.last_at is None:
        return str(_("Chưa có"))
    zone = current_app.config["SETTINGS"].timezone
    first, last = day(local_day(kept.first_at, zone)), day(local_day(kept.last_at, zone))
    count = number(kept.count, current_language())
    if first == last:
        return str(_("%(count)s, ngày %(day)s", count=count, day=first))
    told = _("%(count)s, từ ngày %(first)s đến ngày %(last)s", count=count, first=first, last=last)
    return str(told)

"""The first steps of a role on its first page: shown until they are done, or put away."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.help import put_help_away, take_help_out
from app.accounts.queries.help import is_help_away
from app.extensions import db
from app.kernel.actors import Actor
from app.upkeep.queries.first_steps import list_first_steps
from app.upkeep.rules.first_steps import TOPIC, FirstStep, is_over
from app.web.access import current_actor, signed_in
from app.web.transaction import transact

first_step_pages = Blueprint("first_steps", __name__)
# Where a role arrives; nowhere else do the steps stand.
FIRST_PAGES = frozenset(
    {"today.show_today", "compliance.show_compliance", "accounts_admin.list_accounts"}
)


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step as a page names it, and where it is done."""

    text: Any
    why: Any
    endpoint: str


WORDS: dict[FirstStep, StepWords] = {
    FirstStep.HTTPS: StepWords(
        _("Bật https"),
        _("Điện thoại giữ được khai báo khi mất mạng, và người ngoài không đọc được."),
        "upkeep_certificate.show_certificate",
    ),
    FirstStep.OFFICERS: StepWords(
        _("Tạo tài khoản cán bộ an toàn cho từng công ty"),
        _("Mỗi công ty cần ít nhất một người nhập danh sách và xử lý."),
        "accounts_admin.create_account",
    ),
    FirstStep.BACKUP: StepWords(
        _("Sao lưu lần đầu và thử phục hồi"),
        _("Bản sao lưu chỉ đáng tin khi đã mở lại được."),
        "upkeep_backups.show_backups",
    ),
    FirstStep.PROVINCE: StepWords(
        _("Nối với kênh tỉnh"),
        _("Cần mã mời của tỉnh. Chưa nối thì số liệu vẫn giữ ở khu."),
        "sync.show_sync",
    ),
    FirstStep.ROSTER: StepWords(
        _("Nhập danh sách nhân viên"),
        _("Tệp Excel đang dùng là được. Chưa lưu gì cho đến khi xác nhận."),
        "imports.start_import",
    ),
    FirstStep.TIMETABLE: StepWords(
        _("Đặt giờ ca và xếp lịch làm"),
        _("Có lịch thì mới biết ai cần khai báo cho ca nào."),
        "schedule.show_schedule",
    ),
    FirstStep.SECRETS: StepWords(
        _("In thẻ QR hoặc phiếu mã PIN"),
        _("Thẻ dùng ở kiosk, mã PIN dùng trên điện thoại."),
        "workers.choose_cards",
    ),
    FirstStep.SAFETY_TEAM: StepWords(
        _("Lập Tổ an toàn"),
        _("Tạo nhóm Tổ an toàn và đưa người vào, để biết ai hỏi ai."),
        "groups.list_company_groups",
    ),
    FirstStep.RULES: StepWords(
        _("Xem và chấp nhận bộ quy tắc"),
        _("Đến lúc đó mức khai báo được ghi là theo bộ đề xuất."),
        "rule_sets.show_rule_sets",
    ),
    FirstStep.REMINDERS: StepWords(
        _("Đặt lời nhắc đầu tiên"),
        _("Lịch 5K có sẵn, dùng ngay rồi sửa sau."),
        "reminders.show_reminders",
    ),
    FirstStep.FIRST_ANSWER: StepWords(
        _("Có người khai báo đầu tiên"),
        _("Dán tờ hướng dẫn có mã QR ở cổng và ở chuyền."),
        "guides.show_line_guide",
    ),
    FirstStep.PARK_RULES: StepWords(
        _("Chấp nhận bộ quy tắc cho cả khu"),
        _("Công ty chưa chọn bộ riêng sẽ theo bộ này."),
        "rule_sets.show_rule_sets",
    ),
    FirstStep.EVERY_ROSTER: StepWords(
        _("Mọi công ty có danh sách người lao động"),
        _("Công ty chưa có danh sách thì chưa có số liệu. Nhắc cán bộ an toàn của họ."),
        "compliance.show_compliance",
    ),
    FirstStep.OWN_PIN: StepWords(
        _("Đổi mã PIN được cấp"),
        _("Chọn mã chỉ mình bạn biết."),
        "accounts.show_my_account",
    ),
    FirstStep.OWN_ANSWER: StepWords(
        _("Khai báo cho chính mình"),
        _("Để biết người trong tổ thấy gì trên điện thoại."),
        "shells.show_check_in",
    ),
    FirstStep.ROLL_CALL: StepWords(
        _("Chốt một bảng điểm danh"),
        _("Mở bảng lúc có mạng, mất mạng vẫn điểm danh được."),
        "roll_call.list_groups",
    ),
    FirstStep.RECOVERY: StepWords(
        _("In mã khôi phục cho tài khoản của mình"),
        _("Quên mật khẩu vẫn vào được, kể cả khi không có mạng."),
        "accounts.show_my_account",
    ),
}


@first_step_pages.app_context_processor
def first_steps() -> dict[str, Any]:
    """What the layout shows on a role's first page; nothing once all is done or put away."""
    if request.endpoint not in FIRST_PAGES or request.method != "GET":
        return {}
    actor: Actor | None = current_app.extensions["judges"].by_session()
    if actor is None or is_help_away(db.session(), str(actor.account_id), TOPIC):
        return {}
    known = current_app.view_functions
    states = [
        state
        for state in list_first_steps(db.session(), actor, current_app.config["SETTINGS"])
        if WORDS[state.step].endpoint in known
    ]
    if is_over(states):
        return {}
    shown = [
        {
            "text": WORDS[state.step].text,
            "why": WORDS[state.step].why,
            "address": url_for(WORDS[state.step].endpoint),
            "done": state.done,
        }
        for state in states
    ]
    return {"role_steps": shown}


@first_step_pages.post("/first-steps/put-away")
@signed_in
def put_away() -> ResponseReturnValue:
    account_id, now = str(current_actor().account_id), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        put_help_away(session, account_id, TOPIC, now=now)

    transact(work)
    return redirect(url_for("dashboards.home"))


@first_step_pages.post("/first-steps/take-out")
@signed_in
def take_out() -> ResponseReturnValue:
    account_id = str(current_actor().account_id)

    def work(session: Session) -> None:
        take_help_out(session, account_id, TOPIC)

    transact(work)
    return redirect(url_for("dashboards.home"))

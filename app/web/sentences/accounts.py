"""Why signing in, roles and cards say no."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "accounts.wrong_credentials": _("Mã nhân viên, tên đăng nhập hoặc mã bí mật chưa đúng."),
    "accounts.locked_out": _(
        "Nhập sai nhiều lần. Thử lại sau %(minutes)s phút, hoặc gọi Tổ an toàn."
    ),
    "accounts.weak_pin": _(
        "Mã PIN cần 6 chữ số, không dễ đoán như 111111, 123456 hay mã nhân viên."
    ),
    "accounts.weak_secret": _(
        "Mật khẩu cần ít nhất 10 ký tự, không chứa tên đăng nhập và không phải từ, dãy số ai cũng đoán được."
    ),
    "accounts.login_taken": _("Tên đăng nhập này đã có người dùng."),
    "accounts.second_factor_needed": _("Mật khẩu đã đúng. Nhập thêm mã xác thực trên điện thoại."),
    "accounts.wrong_code": _(
        "Mã xác thực chưa đúng. Nhập mã điện thoại đang hiện, hoặc một mã dự phòng chưa dùng. "
        "Đồng hồ máy chủ lúc này: %(at)s; nếu giờ đó sai, báo quản trị."
    ),
    "accounts.code_used": _("Mã này đã dùng rồi. Đợi điện thoại hiện mã mới, nhiều nhất 30 giây."),
    "accounts.clock_off": _(
        "Đồng hồ điện thoại và máy chủ lệch nhau khoảng %(minutes)s phút. Bật giờ tự động trên điện thoại; nếu điện thoại đã đúng giờ, báo quản trị xem giờ máy chủ."
    ),
    "accounts.second_factor_missing": _(
        "Vai trò này phải bật xác thực hai bước. Đăng nhập ở trang của cán bộ để bật."
    ),
    "accounts.no_second_factor": _("Tài khoản này chưa bật xác thực hai bước."),
    "accounts.second_factor_held": _(
        "Xác thực hai bước đang bật rồi. Tắt trước khi đổi điện thoại."
    ),
    "accounts.enrolment_over": _("Đã quá 15 phút. Hãy bắt đầu lại."),
    "accounts.second_factor_demanded": _(
        "Quản trị đặt bắt buộc với vai trò của bạn, không tự tắt được."
    ),
    "accounts.try_it_first": _(
        "Bật xác thực hai bước cho chính bạn trước, rồi mới đặt bắt buộc với quản trị."
    ),
    "accounts.wrong_recovery_code": _(
        "Tên đăng nhập hoặc mã khôi phục chưa đúng, hoặc mã đã dùng rồi."
    ),
    "accounts.wrong_current": _("Mật khẩu hoặc mã PIN hiện tại chưa đúng."),
    "accounts.same_secret": _("Mã mới cần khác mã đang dùng."),
    "accounts.secret_must_change": _(
        "Cần đổi mật khẩu hoặc mã PIN được cấp trước khi làm việc khác."
    ),
    "accounts.own_account": _("Không đổi vai trò, khoá hay đặt lại được tài khoản mình đang dùng."),
    "accounts.last_role": _(
        "Tài khoản cần ít nhất một vai trò. Muốn người này không vào được nữa thì khoá tài khoản."
    ),
    "accounts.already_done": _(
        "Việc này đã làm rồi, và chỉ hiện kết quả một lần. Mở lại trang để làm lần nữa."
    ),
    "accounts.pin_already_chosen": _(
        "Người này đã tự chọn mã PIN. Muốn cấp lại, hãy bấm Đặt lại mã PIN."
    ),
    "accounts.card_revoked": _(
        "Thẻ này đã bị thu hồi, không dùng được nữa. Hãy dùng thẻ mới nhất, hoặc gọi Tổ an toàn."
    ),
    "accounts.unknown_card": _(
        "Không nhận ra thẻ này. Thẻ có thể của nơi khác; hãy nhập mã công ty và mã nhân viên."
    ),
    "accounts.no_card": _("Người này không có thẻ nào đang dùng."),
    "accounts.cards_just_made": _(
        "Thẻ của những người này vừa được cấp. In lại sẽ làm thẻ trước hết dùng được. Nếu vẫn cần, mở lại trang thẻ rồi in."
    ),
    "accounts.cards_being_made": _(
        "Công ty đang có một lần in thẻ chưa xong. Đợi một phút rồi thử lại."
    ),
    "accounts.needs_https": _(
        "Kết nối này không được mã hoá nên không đăng nhập tài khoản này được. "
        "Hãy mở địa chỉ bắt đầu bằng https."
    ),
}

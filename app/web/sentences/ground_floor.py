"""Why the program as a whole says no: the page, the fields, the database, the keys."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "refused": _("Không làm được việc này."),
    "not_found": _("Không có trang hoặc mục này."),
    "method_not_allowed": _("Địa chỉ này không nhận cách gọi đó."),
    "bad_request": _("Máy chủ không đọc được yêu cầu này."),
    "too_large": _("Dữ liệu gửi lên quá lớn."),
    "too_many_requests": _("Có quá nhiều yêu cầu cùng lúc. Thử lại sau ít phút."),
    "unsupported_media_type": _("Cần gửi dữ liệu dạng JSON."),
    "internal": _("Máy chủ gặp lỗi. Việc đã lưu vẫn còn nguyên."),
    "fields.invalid": _("Có mục chưa đúng. Xem từng mục bên dưới."),
    "fields.number_wanted": _("Cần một số."),
    "fields.missing": _("Thiếu mục này."),
    "fields.text_wanted": _("Mục này cần chữ, tối đa 200 ký tự."),
    "fields.choice_wanted": _("Mục này cần một trong các giá trị đã định."),
    "fields.object_wanted": _("Mục này không đúng dạng."),
    "fields.id_wanted": _("Mục này cần một mã dạng UUID."),
    "fields.day_wanted": _("Cần ngày dạng 2026-11-24 hoặc today."),
    "form.expired": _("Trang mở đã lâu nên chưa gửi được. Mở lại trang rồi gửi lại."),
    "payload.not_json": _("Cần gửi một đối tượng JSON."),
    "web.unknown_host": _(
        "Máy chủ này không dùng tên đó. Mở bằng địa chỉ người quản trị đã cho; "
        "người quản trị khai thêm tên bằng ANCA_TRUSTED_HOSTS."
    ),
    "accounts.not_allowed": _("Bạn không có quyền làm việc này."),
    "accounts.sign_in_needed": _("Cần đăng nhập trước."),
    "accounts.token_expired": _("Máy này lâu chưa dùng. Hãy đăng nhập lại."),
    "database.unavailable": _("Máy chủ chưa ghi được. Chưa có gì thay đổi, hãy thử lại."),
    "database.disk_full": _(
        "Ổ đĩa máy chủ đã đầy nên chưa lưu được. Khai báo vẫn giữ trên điện thoại và tự gửi lại. "
        "Người giữ máy chủ cần dọn bớt ổ đĩa."
    ),
    "database.read_only": _(
        "Ổ đĩa máy chủ đang chỉ cho đọc nên chưa lưu được. Khai báo vẫn giữ trên điện thoại và tự "
        "gửi lại. Người giữ máy chủ cần kiểm tra ổ đĩa và quyền của thư mục dữ liệu."
    ),
    "database.disk_failing": _(
        "Máy chủ không đọc hoặc ghi được ổ đĩa. Khai báo vẫn giữ trên điện thoại và tự gửi lại. "
        "Người giữ máy chủ cần kiểm tra dây, chỗ trống và tình trạng ổ đĩa."
    ),
    "database.missing": _(
        "Máy chủ không thấy tệp dữ liệu của mình nên không ghi gì thêm. Khai báo vẫn giữ trên điện "
        "thoại. Người giữ máy chủ cần dừng máy chủ rồi đưa tệp về chỗ cũ hoặc khôi phục bản sao lưu."
    ),
    "database.damaged": _(
        "Dữ liệu trên máy chủ bị hỏng nên không ghi gì thêm. Khai báo vẫn giữ trên điện thoại. "
        "Người giữ máy chủ cần dừng máy chủ và khôi phục từ bản sao lưu tốt gần nhất."
    ),
    "database.not_ready": _(
        "Cơ sở dữ liệu chưa sẵn sàng cho phiên bản này. Hãy chạy: flask --app wsgi db upgrade"
    ),
    "database.too_new": _(
        "Dữ liệu do bản chương trình mới hơn tạo ra (%(revision)s). Hãy cài bản mới rồi chạy lại."
    ),
    "keys.field_key_missing": _(
        "Thiếu khoá mã hoá số %(number)s nên không đọc được một số dữ liệu. Lấy lại tệp khoá từ bản sao lưu gần nhất."
    ),
    "node.keys_missing": _(
        "Có dữ liệu mà không có tệp khoá %(file)s. Lấy lại tệp này từ bản sao lưu gần nhất; "
        "đừng tạo khoá mới, vì khoá mới không mở được dữ liệu cũ."
    ),
    "node.keys_unreadable": _(
        "Tệp khoá %(file)s bị hỏng hoặc thiếu. Lấy lại tệp này từ bản sao lưu gần nhất."
    ),
}

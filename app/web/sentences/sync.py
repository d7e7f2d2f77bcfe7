"""Why two nodes do not go on with each other."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "sync.not_enrolled": _("Khu này chưa nối với kênh tỉnh."),
    "sync.wrong_role": _("Lệnh này dành cho máy chủ loại khác (khu hoặc tỉnh)."),
    "sync.bad_code": _("Mã mời không đúng, đã dùng hoặc hết hạn. Xin tỉnh mã mới."),
    "sync.bad_key": _("Khoá công khai không đúng dạng."),
    "sync.node_taken": _("Mã nút này đã thuộc về một khu khác."),
    "sync.too_many_tries": _("Có quá nhiều lần thử. Thử lại sau một phút."),
    "sync.unknown_node": _("Tỉnh chưa biết khu này. Cần nối lại bằng mã mời mới."),
    "sync.bad_signature": _("Chữ ký không khớp với khoá của khu."),
    "sync.fork": _(
        "Có hai mục khác nhau cùng mang một số. Thường là do máy chủ của khu được phục hồi từ "
        "bản sao cũ. Cả hai vẫn được giữ, cần người xem lại."
    ),
    "sync.too_many_entries": _("Mỗi lần chỉ gửi tối đa 200 mục."),
    "sync.entry_too_large": _("Mục này quá lớn để gửi."),
    "sync.insecure_url": _("Địa chỉ tỉnh phải bắt đầu bằng https://."),
    "sync.unreachable": _(
        "Chưa nối được với máy chủ tỉnh. Dữ liệu vẫn giữ ở đây và sẽ tự gửi lại."
    ),
    "sync.bad_answer": _("Máy chủ tỉnh trả lời không đúng. Kiểm tra lại địa chỉ."),
    "sync.declined": _("Tỉnh chưa nhận, mã lý do: %(reason)s."),
    "sync.malformed_entry": _("Mục nhật ký không đúng dạng."),
    "sync.wrong_recipient": _("Mục nhật ký này gửi cho nơi khác."),
    "sync.gap": _("Thiếu các mục trước đó. Máy chủ sẽ gửi lại từ mục còn thiếu."),
    "sync.clock": _("Đồng hồ máy lệch hơn 10 phút so với tỉnh. Kiểm tra ngày giờ của máy này."),
    "sync.wrong_request": _("Chữ ký này thuộc về một yêu cầu khác."),
    "sync.revoked_key": _(
        "Khoá ký này không còn dùng được: đã đổi hoặc đã bị thu hồi. Xin tỉnh mã nối tiếp."
    ),
    "sync.other_code": _(
        "Mã này dùng cho cách nối khác: mã nối tiếp cho máy thay thế, mã mời cho khu mới."
    ),
    "sync.only_by_file": _("Khu này trao đổi bằng gói trên USB, chưa có địa chỉ máy chủ tỉnh."),
    "sync.not_an_enrolment": _("Tệp này không phải tệp xin nối của khu hoặc tệp trả lời của tỉnh."),
    "sync.unknown_park": _("Không có khu nào tên hoặc mã %(park)s."),
    "sync.not_a_bundle": _(
        "Ở đây không có gói đồng bộ. Chọn thư mục hoặc tệp .zip có manifest.json."
    ),
    "sync.bundle_damaged": _(
        "Gói bị hỏng hoặc chép thiếu nên chưa nhận gì. Chép lại từ máy đã tạo gói."
    ),
    "sync.bundle_unsafe": _(
        "Tệp nén chứa đường dẫn ra ngoài thư mục nên không mở. Kiểm tra nguồn của tệp."
    ),
    "sync.bundle_too_large": _("Gói bung ra quá lớn nên không nhận. Tạo lại gói ở máy gốc."),
    "sync.bundle_newer": _("Gói do phiên bản An Ca mới hơn tạo ra. Nâng cấp máy này rồi nhận lại."),
    "sync.own_bundle": _("Gói này do chính máy này tạo. Mang gói sang máy bên kia."),
    "sync.disk_full": _(
        "Ổ đĩa đã đầy. Phần đã nhận vẫn còn; giải phóng chỗ rồi làm lại, không bị trùng."
    ),
    "sync.not_writable": _("Không đọc hoặc ghi được ở thư mục này. Kiểm tra USB và quyền ghi."),
    "sync.not_readable": _("Nội dung niêm phong này không dành cho máy này hoặc đã bị sửa."),
    "sync.unknown_kind": _("Loại mục này phiên bản hiện tại chưa biết. Mục vẫn được giữ."),
    "sync.not_applied": _("Mục đã giữ nhưng chưa xử lý được. Báo người giữ hệ thống."),
    "sync.down_gap": _(
        "Thiếu mục từ số %(expected_seq)s của tỉnh gửi xuống. Cần nhận lại từ số đó."
    ),
    "sync.up_gap": _("Thiếu mục từ số %(expected_seq)s. Cần khu gửi lại từ số đó."),
    "sync.down_fork": _(
        "Sổ tỉnh gửi xuống có hai bản khác nhau từ số %(seq)s. Thường là do máy chủ tỉnh được "
        "phục hồi từ bản sao cũ. Cả hai vẫn được giữ, cần người xem lại."
    ),
}

"""Why an index set, an assessment or a finding is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "risk.set_unreadable": _("Bộ chỉ số thiếu hoặc sai ở: %(where)s."),
    "risk.set_repeats": _("Bộ chỉ số có hai mục cùng tên: %(where)s."),
    "risk.bands_have_hole": _(
        "Các mức còn khoảng trống, ở %(where)s. Mỗi phần trăm từ 0 đến 100 cần đúng một mức."
    ),
    "risk.bands_overlap": _(
        "Các mức chồng lên nhau, ở %(where)s. Mỗi phần trăm từ 0 đến 100 cần đúng một mức."
    ),
    "risk.options_have_hole": _("Các phương án của “%(where)s” còn khoảng trống ở giữa."),
    "risk.options_overlap": _("Các phương án của “%(where)s” chồng lên nhau."),
    "risk.option_above_maximum": _("“%(where)s” có phương án dưới 0 hoặc cao hơn điểm tối đa."),
    "risk.maxima_do_not_add_up": _(
        "Cộng điểm tối đa được %(total)s, cả bộ là %(wanted)s. Xem lại điểm tối đa từng chỉ số."
    ),
    "risk.unknown_set": _("Không có bộ chỉ số này."),
    "risk.set_not_in_force": _("Bộ chỉ số này có hiệu lực từ ngày %(from_on)s."),
    "risk.set_withdrawn": _("Bộ chỉ số này đã thôi dùng. Chấm lại theo bộ khác."),
    "risk.unknown_component": _("Bộ chỉ số không có chỉ số “%(where)s”."),
    "risk.component_missing": _("Còn %(count)s chỉ số chưa có điểm, trước hết là “%(where)s”."),
    "risk.points_above_maximum": _("Điểm cao hơn điểm tối đa %(maximum)s của “%(where)s”."),
    "risk.points_unreadable": _("Điểm của “%(where)s” cần là số từ 0 trở lên, ví dụ 4 hoặc 4,5."),
    "risk.maximum_missing": _("“%(where)s” cần điểm tối đa, chép từ phiếu đã ký."),
    "risk.other_maximum": _("Điểm tối đa của “%(where)s” là %(maximum)s."),
    "risk.not_an_option": _("“%(where)s” chấm theo phương án của bảng. Chọn một phương án."),
    "risk.outside_table": _("Bảng công bố không có mức cho số liệu này của “%(where)s”."),
    "risk.saved_meanwhile": _(
        "%(name)s đã lưu phiếu này trong lúc bạn điền. Phần bạn điền còn nguyên bên dưới; xem bản mới rồi lưu lại."
    ),
    "risk.figure_changed": _(
        "Số liệu của “%(where)s” vừa thay đổi sang mức điểm khác. Xem lại rồi lưu."
    ),
    "risk.finding_done": _("Việc này đã được ghi là xong."),
    "risk.finding_open": _("Việc này chưa được ghi là xong."),
    "risk.finding_changed": _("Có người vừa sửa việc này. Xem lại bản mới bên dưới rồi làm lại."),
    "risk.not_a_photo": _("Tệp này không phải ảnh JPEG, PNG hoặc WebP đọc được."),
    "risk.photo_too_large": _("Ảnh lớn quá. Mỗi ảnh tối đa %(megabytes)s MB."),
    "risk.too_many_photos": _("Mỗi việc tối đa %(most)s ảnh."),
    "risk.same_set": _("Bộ này giống hệt bản %(version)s đang dùng."),
    "risk.day_ahead": _("Ngày này chưa tới. Chọn hôm nay hoặc một ngày đã qua."),
    "risk.file_unreadable": _("Không đọc được tệp chấm điểm này. %(where)s"),
}

"""Why a record, a unit or an imported row is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "workforce.too_many_cards": _("Mỗi lần in nhiều nhất %(most)s thẻ. Chọn đơn vị nhỏ hơn."),
    "workforce.nobody_for_cards": _(
        "Không có ai để in thẻ. Mở lại trang và chọn ít nhất một người."
    ),
    "workforce.paper_not_drawn": _(
        "Chưa tạo được tệp PDF nên chưa có thẻ nào thay đổi. Hãy thử lại."
    ),
    "workforce.too_many_slips": _("Mỗi lần in nhiều nhất %(most)s phiếu. Chọn đơn vị nhỏ hơn."),
    "workforce.slips_just_issued": _(
        "Phiếu của những người này vừa được cấp. In lại sẽ làm phiếu trước hết dùng được. Nếu vẫn cần, mở lại trang phiếu rồi in."
    ),
    "workforce.badge_taken": _("Mã nhân viên %(badge)s đã có người dùng."),
    "workforce.too_many_data_requests": _(
        "Đã có %(most)s yêu cầu đang chờ trả lời. Chờ trả lời rồi hãy gửi thêm."
    ),
    "workforce.data_request_moved": _(
        "Đã có người khác trả lời trong lúc trang này mở. Xem câu trả lời đó trước."
    ),
    "workforce.same_record": _("Hai hồ sơ này là một. Chọn hai hồ sơ khác nhau."),
    "workforce.kept_not_chosen": _("Chọn hồ sơ được giữ."),
    "workforce.merged_away": _("Hồ sơ này đã được gộp vào hồ sơ khác."),
    "workforce.kept_has_left": _(
        "Hồ sơ được giữ phải là của người đang làm. Chọn giữ hồ sơ kia, hoặc nhận lại người này trước."
    ),
    "workforce.gone_holds_roles": _(
        "Hồ sơ sắp gộp vào đang giữ vai trò trong Tổ an toàn hoặc văn phòng. "
        "Giữ hồ sơ đó, hoặc nhờ quản trị bỏ vai trò trước."
    ),
    "workforce.records_changed": _(
        "Hồ sơ vừa có thay đổi sau khi mở trang này. Xem lại rồi gộp lại."
    ),
    "workforce.not_merged": _("Lần gộp này đã được tách ra rồi."),
    "workforce.later_merge": _(
        "Sau lần gộp này còn một lần gộp khác. Tách lần gộp sau cùng trước."
    ),
    "workforce.used_since": _(
        "Hồ sơ đã gộp có khai báo riêng sau khi gộp nên chưa tách được. Gọi người quản trị hệ thống."
    ),
    "workforce.group_name_taken": _("Công ty đã có nhóm tên %(name)s."),
    "workforce.group_follows_unit": _(
        "Nhóm này theo chuyền hoặc tổ. Muốn đổi người, hãy chuyển đơn vị trong hồ sơ."
    ),
    "workforce.group_closed": _("Nhóm %(name)s đã đóng nên không thêm người được."),
    "workforce.other_kind_of_group": _("Chọn một nhóm khác cùng loại, cùng công ty."),
    "workforce.nobody_chosen": _("Chưa chọn ai. Đánh dấu từng người, hoặc chọn cả danh sách."),
    "workforce.too_late_to_undo": _("Việc này đã hoàn tác rồi, hoặc không phải làm hôm nay."),
    "workforce.too_many_badges": _("Mỗi lần dán nhiều nhất %(most)s mã. Chia làm nhiều lần."),
    "workforce.nobody_to_list": _("Không có ai trong phạm vi đã chọn."),
    "workforce.ends_before_start": _("Ngày cuối ở trước ngày đầu."),
    "workforce.plans_clash": _(
        "Đã có thay đổi khác được ghi trước cho ngày %(on)s. Bỏ thay đổi đó rồi ghi lại."
    ),
    "workforce.day_out_of_reach": _(
        "Chọn ngày trong vòng một năm tới; chuyển đơn vị ghi lùi được 31 ngày, nghỉ việc một năm."
    ),
    "workforce.not_working": _("Người này đã nghỉ việc."),
    "workforce.still_working": _("Người này đang làm việc, không cần nhận lại."),
    "workforce.already_there": _("Người này đang ở đúng đơn vị đó."),
    "workforce.unit_closed": _("Đơn vị này đã đóng. Chọn đơn vị khác."),
    "workforce.plan_not_waiting": _("Thay đổi này đã làm rồi hoặc đã bỏ."),
    "workforce.no_such_shift": _("Không có ca nào mang mã %(shift)s."),
    "workforce.empty_pattern": _("Lịch làm việc cần ít nhất một ngày."),
    "workforce.pattern_name_taken": _("Công ty đã có lịch tên này."),
    "workforce.holiday_stands": _("Ngày này đã là ngày nghỉ."),
    "workforce.no_time_of_day": _("“%(text)s” không phải giờ. Viết như 05:15."),
    "workforce.too_many_departures": _("Một xe có nhiều nhất %(most)s giờ chạy."),
    "workforce.not_a_bus": _("Chỉ nhóm xe đưa đón mới có giờ xe chạy."),
    "workforce.no_such_company": _("Không có công ty nào mang mã %(company)s."),
    "workforce.company_code_taken": _("Mã công ty %(company)s đã có rồi."),
    "workforce.import_outdated": _(
        "Danh sách người lao động đã đổi từ lúc xem trước. Chưa lưu gì, hãy so lại."
    ),
    "workforce.import_running": _(
        "Một tệp khác của công ty đang được lưu. Chờ lưu xong rồi lưu tệp này."
    ),
    "workforce.import_undo_over": _(
        "Không hoàn tác được nữa: đã lưu một tệp khác sau tệp này, hoặc đã quá 30 ngày."
    ),
    "workforce.cells_gone": _("Tệp này không còn được giữ. Hãy nhập lại tệp từ máy của bạn."),
    "workforce.place_in_use": _("Nơi này còn được dùng ở chỗ khác nên không gỡ được."),
    "workforce.import_not_open": _("Tệp này đang được đọc, đang lưu, hoặc đã xong."),
    "workforce.fonts_not_confirmed": _(
        "Tệp dùng phông chữ cũ. Trước khi lưu, cho biết chữ đã đổi có đúng không, ở bước Soát lỗi."
    ),
    "workforce.nothing_to_save": _("Không có gì để lưu: mọi dòng đã giống danh sách hiện có."),
    "workforce.not_a_workbook": _(
        "Tệp này không phải bảng Excel hay CSV. Mở bằng Excel, lưu lại dạng .xlsx rồi chọn lại."
    ),
    "workforce.workbook_locked": _("Tệp có mật khẩu. Bỏ mật khẩu trong Excel rồi chọn lại."),
    "workforce.file_too_large": _(
        "Tệp quá lớn. Chỉ giữ lại trang danh sách, xoá ảnh rồi chọn lại."
    ),
    "workforce.too_many_cells": _(
        "Bảng quá nhiều ô. Xoá các dòng, cột thừa ở cuối trang rồi chọn lại."
    ),
    "workforce.zip_bomb": _(
        "Tệp nén bất thường nên không mở. Lưu danh sách sang một tệp Excel mới rồi chọn lại."
    ),
    "workforce.empty_sheet": _("Tệp không có dữ liệu."),
    "workforce.no_header_row": _(
        "Không thấy dòng tiêu đề trong %(searched)s dòng đầu. Cần ít nhất cột mã nhân viên và họ tên."
    ),
    "workforce.sheets_to_choose": _("Tệp có nhiều trang chứa danh sách. Chọn trang cần đọc."),
    "workforce.no_sheet_chosen": _("Chọn ít nhất một trang."),
    "workforce.no_such_sheet": _("Tệp không có danh sách nào ở trang “%(sheet)s”."),
    "workforce.columns_missing": _(
        "Thiếu cột bắt buộc. Chọn cột mã nhân viên và cột họ tên ở bước Ghép cột."
    ),
    "workforce.read_timed_out": _(
        "Đọc tệp quá %(seconds)s giây nên đã dừng. Chưa lưu gì. Chia danh sách thành tệp nhỏ hơn."
    ),
    "workforce.read_failed": _(
        "Chưa đọc được tệp. Chưa lưu gì. Lưu lại tệp dạng .xlsx rồi thử lại."
    ),
    "workforce.badge_missing": _("Thiếu mã nhân viên"),
    "workforce.badge_too_long": _("Mã nhân viên quá dài"),
    "workforce.badge_digits_lost": _("Excel đã làm tròn mã nhân viên, mất chữ số cuối"),
    "workforce.badge_twice": _("Trùng mã với dòng %(other_row)s"),
    "workforce.badge_merged": _("Mã cũ của người đã gộp hồ sơ, mã đang dùng là %(suggestion)s"),
    "workforce.badge_zeros_lost": _("Mã mất số 0 đầu, khớp với %(suggestion)s"),
    "workforce.name_missing": _("Thiếu họ tên"),
    "workforce.name_has_digits": _("Họ tên có chữ số"),
    "workforce.name_odd_letters": _("Họ tên có ký tự lạ, có thể mất dấu"),
    "workforce.name_one_word": _("Họ tên chỉ có một chữ"),
    "workforce.name_note": _("Đã tách ghi chú khỏi họ tên"),
    "workforce.legacy_font": _("Phông chữ cũ, đã chuyển sang Unicode"),
    "workforce.text_too_long": _("Nội dung quá dài"),
    "workforce.phone_too_short": _("Số điện thoại thiếu chữ số"),
    "workforce.phone_too_long": _("Số điện thoại thừa chữ số"),
    "workforce.phone_unknown_prefix": _("Đầu số không có thật"),
    "workforce.phone_foreign": _("Số điện thoại nước ngoài"),
    "workforce.phone_digits_lost": _("Excel đã làm tròn số điện thoại, mất chữ số cuối"),
    "workforce.phone_two_numbers": _("Có hai số điện thoại, lấy số đầu"),
    "workforce.phone_zero_added": _("Số điện thoại mất số 0 đầu, đã thêm"),
    "workforce.phone_old_prefix": _("Đầu số cũ, đã đổi sang số mới"),
    "workforce.id_wrong_length": _("Số CCCD/CMND không đủ chữ số"),
    "workforce.id_unreadable": _("Số CCCD/CMND có chữ lẫn vào"),
    "workforce.id_digits_lost": _("Excel đã làm tròn số CCCD, mất chữ số cuối"),
    "workforce.id_zero_maybe_lost": _("Số CMND có 8 chữ số, có thể mất số 0 đầu"),
    "workforce.id_zeros_added": _("Số CCCD mất số 0 đầu, đã thêm"),
    "workforce.id_unknown_province": _("Số CCCD có mã tỉnh không có thật"),
    "workforce.id_not_plausible": _("Số CCCD có năm sinh không hợp lý"),
    "workforce.id_sex_differs": _("Số CCCD không khớp giới tính"),
    "workforce.id_birth_year_differs": _("Số CCCD không khớp năm sinh"),
    "workforce.id_twice": _("Trùng số CCCD/CMND với dòng %(other_row)s"),
    "workforce.date_unreadable": _("Không đọc được ngày"),
    "workforce.date_impossible": _("Ngày không có thật"),
    "workforce.date_month_first": _("Tháng viết trước ngày"),
    "workforce.date_maybe_swapped": _("Có thể Excel đã đảo ngày và tháng"),
    "workforce.birth_out_of_range": _("Năm sinh ngoài khoảng cho phép"),
    "workforce.birth_year_differs": _("Năm sinh không khớp ngày sinh"),
    "workforce.last_day_too_far": _("Ngày làm cuối xa hơn một năm, chưa ghi"),
    "workforce.sex_ambiguous": _("Giới tính ghi bằng số %(value)s. Cho biết số này là nam hay nữ"),
    "workforce.sex_unreadable": _("Không đọc được giới tính"),
    "workforce.shift_unknown": _("Không có ca này"),
    "workforce.other_company": _("Tên công ty khác với công ty đang nhập"),
    "workforce.heading_unknown": _("Chưa biết cột này là gì"),
    "workforce.heading_unsure": _("Cột này có thể là %(suggestion)s"),
    "workforce.heading_ambiguous": _("Tên cột này có nhiều nghĩa, cần chọn"),
    "workforce.heading_twice": _("Đã có cột khác cho mục này"),
    "workforce.row_skipped": _("Đã bỏ dòng này theo lựa chọn"),
    "workforce.given_names_only": _("Cột Tên chỉ có tên gọi, không có họ"),
}

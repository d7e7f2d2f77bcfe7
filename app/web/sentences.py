"""The one catalogue of refusals: stable code to what a person is told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _

from app.kernel.clock import local_day
from app.web.filters import clock, day

SENTENCES: Mapping[str, Any] = {
    "digests.not_an_address": _("Chưa đúng địa chỉ e-mail. Ví dụ: ten@congty.vn"),
    "delivery.too_many_tries": _("Đã gửi %(most)s tin thử trong một giờ. Hãy đợi rồi thử lại."),
    "refused": _("Không làm được việc này."),
    "fields.invalid": _("Có mục chưa đúng. Xem từng mục bên dưới."),
    "not_found": _("Không có trang hoặc mục này."),
    "method_not_allowed": _("Địa chỉ này không nhận cách gọi đó."),
    "bad_request": _("Máy chủ không đọc được yêu cầu này."),
    "too_large": _("Dữ liệu gửi lên quá lớn."),
    "too_many_requests": _("Có quá nhiều yêu cầu cùng lúc. Thử lại sau ít phút."),
    "unsupported_media_type": _("Cần gửi dữ liệu dạng JSON."),
    "internal": _("Máy chủ gặp lỗi. Việc đã lưu vẫn còn nguyên."),
    "form.expired": _("Trang mở đã lâu nên chưa gửi được. Mở lại trang rồi gửi lại."),
    "bulletins.not_allowed_now": _("Bản tin này không còn làm được việc đó."),
    "bulletins.changed_since": _(
        "Có người vừa sửa bản tin này. Xem lại rồi làm lần nữa; những gì vừa gõ vẫn còn bên dưới."
    ),
    "bulletins.nothing_changed": _("Bản đã công bố đang đúng như vậy. Soạn bản sửa trước."),
    "bulletins.reason_missing": _("Ghi lý do: người đọc cần biết vì sao sửa hoặc thu hồi."),
    "bulletins.no_channel": _("Chọn ít nhất một kênh nhận."),
    "bulletins.channels_stand": _(
        "Kênh nhận không đổi được sau khi công bố: ai đã nhận thì nhận cả bản sửa."
    ),
    "bulletins.number_taken": _("Trong năm đã có bản tin số %(number)s."),
    "bulletins.identity_in_text": _(
        "Trong lời có dãy số giống số giấy tờ của người. Bỏ số đó rồi lưu lại."
    ),
    "bulletins.total_below_new": _("Số cộng dồn không thể nhỏ hơn số mới."),
    "bulletins.case_list_refused": _("Danh sách ca có chỗ cần sửa."),
    "bulletins.unreadable": _("Bản tin tỉnh gửi không đọc được, hoặc có thông tin của người."),
    "bulletins.rules_unreadable": _("Không đọc được quy tắc tỉnh gửi."),
    "reminders.hotlines_unreadable": _(
        "Dòng %(row)s của danh sách đường dây nóng chưa dùng được: cần tên, số, ngày đúng dạng và nguồn."
    ),
    "checkins.rule_version_taken": _(
        "Bộ quy tắc %(version)s đã có với nội dung khác. Tăng số bản rồi gửi lại."
    ),
    "checkins.rules_not_yet_valid": _("Bộ này chưa tới ngày có hiệu lực nên chưa chấp nhận được."),
    "bulletins.rules_text_unreadable": _(
        "Không đọc được tài liệu: cần YAML hoặc JSON cho quy tắc, CSV cho đường dây nóng."
    ),
    "bulletins.no_park_chosen": _("Chọn gửi cho mọi khu, hoặc chọn ít nhất một khu."),
    "bulletins.already_sent": _("Đã gửi rồi. Muốn đổi thì soạn tài liệu mới."),
    "retention.days_out_of_bounds": _("Số ngày phải từ %(least)s đến %(most)s."),
    "retention.purge_running": _("Đang xoá dữ liệu hết hạn. Đợi xong rồi thử lại."),
    "retention.clock_unsteady": _(
        "Chưa xoá gì: đồng hồ máy chủ có thể vừa nhảy, dữ liệu còn hạn sẽ bị coi là hết hạn. Xem lại "
        "ngày giờ của máy chủ. Giờ đúng và máy chủ chạy đủ một ngày thì xoá được."
    ),
    "retention.breach_in_the_future": _("Lúc phát hiện không thể sau bây giờ."),
    "retention.breach_told_too_early": _(
        "Lúc báo phải sau lúc phát hiện và không thể sau bây giờ."
    ),
    "retention.breach_moved": _("Có người vừa ghi thêm vào vụ việc này. Xem lại rồi ghi lần nữa."),
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
    "node.keys_missing": _(
        "Có dữ liệu mà không có tệp khoá %(file)s. Lấy lại tệp này từ bản sao lưu gần nhất; "
        "đừng tạo khoá mới, vì khoá mới không mở được dữ liệu cũ."
    ),
    "node.keys_unreadable": _(
        "Tệp khoá %(file)s bị hỏng hoặc thiếu. Lấy lại tệp này từ bản sao lưu gần nhất."
    ),
    "node.keys_wrong": _(
        "Bộ khoá trong thư mục không phải bộ khoá của dữ liệu này. Đưa đúng tệp secrets.json đi cùng "
        "dữ liệu, hoặc khôi phục cả hai từ một bản sao lưu."
    ),
    "node.keys_changed": _(
        "Tệp khoá trên đĩa đã mất hoặc khác với khoá máy chủ đang dùng. Đừng tắt máy chủ; lấy lại "
        "secrets.json từ bản sao lưu gần nhất rồi sao lưu lại ngay."
    ),
    "node.folder_not_writable": _(
        "Không ghi được vào thư mục %(folder)s (%(reason)s). Cho tài khoản chạy An Ca quyền ghi thư "
        "mục này rồi khởi động lại."
    ),
    "node.folder_read_only": _(
        "Ổ đĩa của thư mục %(folder)s chỉ cho đọc. Kiểm tra ổ đĩa, gắn lại để ghi được rồi khởi động lại."
    ),
    "node.folder_full": _(
        "Ổ đĩa của thư mục %(folder)s đã đầy. Dọn bớt rồi khởi động lại. Đừng xoá tệp nào trong thư mục này."
    ),
    "node.database_missing": _(
        "Không thấy tệp dữ liệu %(file)s, dù thư mục này từng có dữ liệu. Kiểm tra ổ đĩa đã gắn chưa; "
        "nếu tệp mất thật thì khôi phục bằng: flask --app wsgi backup restore. "
        "Chỉ khi muốn bắt đầu lại với dữ liệu trống mới xoá data-here.txt."
    ),
    "node.database_damaged": _(
        "Tệp dữ liệu %(file)s bị hỏng (%(reason)s). Không sửa hay xoá tệp; đổi tên tệp và tệp -wal bên "
        "cạnh để giữ lại, rồi khôi phục bằng: flask --app wsgi backup restore."
    ),
    "node.database_too_new": _(
        "Dữ liệu do bản chương trình mới hơn tạo ra (%(revision)s). Cài bản mới rồi khởi động lại."
    ),
    "node.log_damaged": _(
        "Sau lần mất điện, đoạn cuối nhật ký ghi bị hỏng: vài khai báo ngay trước đó có thể thiếu. Đối "
        "chiếu danh sách chưa khai báo của ca đó. Bản hỏng được giữ ở %(files)s; xong việc thì cất đi nơi khác."
    ),
    "dashboards.file_under_way": _("Một tệp của bạn đang được viết. Đợi xong rồi lấy tệp mới."),
    "dashboards.nothing_to_write": _("Kỳ này không có số liệu để ghi ra tệp."),
    "dashboards.file_not_written": _("Máy chủ chưa viết được tệp. Hãy thử lại."),
    "sheets.not_a_sheet": _(
        "Tệp này không phải phiếu khai báo của chuyền, tổ bạn phụ trách. Hãy tải phiếu mới rồi điền."
    ),
    "sheets.done": _("Phiếu này đã xong, không còn dòng nào để ghi."),
    "sheets.result_unknown": _("Kết quả không có trong danh sách chọn."),
    "sheets.signs_missing": _("Đã chọn có dấu hiệu (T) mà chưa đánh dấu hiệu nào."),
    "sheets.well_with_signs": _("Đã chọn Khoẻ mà vẫn đánh dấu hiệu."),
    "sheets.result_missing": _("Có nhiệt độ hoặc giờ mà chưa chọn kết quả."),
    "sheets.absent_with_signs": _("Đã chọn Vắng mà vẫn ghi nhiệt độ hoặc dấu hiệu."),
    "sheets.time_unreadable": _("Không đọc được giờ hỏi. Ví dụ: 05:50"),
    "sheets.time_ahead": _("Giờ này chưa tới. Kiểm tra lại giờ, ngày và ca của phiếu."),
    "sheets.time_outside_shift": _(
        "Giờ này không thuộc ca của phiếu: chỉ nhận từ tối hôm trước đến hết ca."
    ),
    "sheets.written_at_missing": _(
        "Ghi giờ trên giấy của phiếu, hoặc giờ riêng cho từng người có kết quả."
    ),
    "sheets.nothing_keyed": _("Chưa có kết quả của ai. Chọn ít nhất một người."),
    "sheets.too_many_to_key": _(
        "Đơn vị này có hơn %(most)s người trong ca. Chọn từng chuyền, tổ để nhập."
    ),
    "database.not_ready": _(
        "Cơ sở dữ liệu chưa sẵn sàng cho phiên bản này. Hãy chạy: flask --app wsgi db upgrade"
    ),
    "cases.closed": _(
        "Ca này đã đóng. Mở lại ca trước rồi làm tiếp; những gì vừa gõ vẫn còn bên dưới."
    ),
    "cases.not_closed": _("Ca này đang mở."),
    "cases.nobody_has_it": _("Chưa ai nhận ca này. Chọn người nhận trước."),
    "cases.no_result_awaited": _("Chưa có mẫu nào đang chờ kết quả. Ghi đã lấy mẫu trước."),
    "cases.level_is_green": _("Mức đã được gỡ."),
    "cases.changed_since": _(
        "Có người vừa làm việc khác trên ca này. Xem lại rồi gửi lần nữa; những gì vừa gõ vẫn còn bên dưới."
    ),
    "cases.level_stands": _(
        "Người này còn ở mức Nguy cơ hoặc Theo dõi. Gỡ mức trước rồi mới đóng ca."
    ),
    "cases.another_open": _("Người này đang có một ca khác mở."),
    "cases.words_needed": _("Cần ghi lý do hoặc nội dung."),
    "cases.task_is_over": _("Việc này đã xong hoặc đã bỏ."),
    "cases.unknown_owner": _("Người này không theo dõi được ca của đơn vị đó."),
    "cases.rule_unverified": _(
        "Quy tắc này chưa kiểm chứng được với văn bản gốc. Hãy tự gỡ mức và ghi lý do."
    ),
    "cases.rule_not_met": _("Chưa đủ điều kiện của quy tắc này."),
    "cases.already_escalated": _("Ca này đã được chuyển lên tỉnh."),
    "cases.no_longer_asked": _("Công ty đã kết thúc theo dõi. Bạn không cần trả lời nữa."),
    "cases.day_not_asked": _("Ngày này không thuộc đợt theo dõi, hoặc chưa tới."),
    "cases.bad_plan": _("Theo dõi từ 1 đến 30 ngày, bắt đầu cách hôm nay không quá 30 ngày."),
    "cases.bad_due_time": _("Hạn phải từ bây giờ và trong vòng 30 ngày."),
    "sealed.unknown_key": _(
        "Kiosk này dùng khoá niêm phong lạ với máy chủ. Hãy khai báo lại và báo người giữ máy chủ."
    ),
    "sealed.unreadable": _("Khai báo niêm phong bị hỏng, máy chủ không mở được. Hãy khai báo lại."),
    "sealed.malformed": _("Khai báo niêm phong thiếu phần cần có. Hãy khai báo lại."),
    "sealed.no_shift": _("Chưa biết khai báo này cho ca nào. Hãy hỏi lại người khai."),
    "sealed.pins_wait": _("Máy chủ đang kiểm tra nhiều mã PIN. Kiosk sẽ tự gửi lại."),
    "kiosk.wrong_code": _("Mã cài đặt chưa đúng hoặc đã hết hạn. Hãy xin mã mới."),
    "kiosk.revoked": _("Kiosk này đã bị thu hồi. Hãy thêm kiosk mới."),
    "accounts.not_allowed": _("Bạn không có quyền làm việc này."),
    "accounts.sign_in_needed": _("Cần đăng nhập trước."),
    "accounts.token_expired": _("Máy này lâu chưa dùng. Hãy đăng nhập lại."),
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
    "keys.field_key_missing": _(
        "Thiếu khoá mã hoá số %(number)s nên không đọc được một số dữ liệu. Lấy lại tệp khoá từ bản sao lưu gần nhất."
    ),
    "keys.being_renewed": _("Đang có một lần thay khoá khác chạy. Đợi xong rồi chạy lại."),
    "keys.ring_full": _("Hết số cho khoá mới. Chạy lại sau khi lần thay khoá trước xong hẳn."),
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
    "workforce.too_many_cards": _("Mỗi lần in nhiều nhất %(most)s thẻ. Chọn đơn vị nhỏ hơn."),
    "workforce.nobody_for_cards": _(
        "Không có ai để in thẻ. Mở lại trang và chọn ít nhất một người."
    ),
    "workforce.paper_not_drawn": _(
        "Chưa tạo được tệp PDF nên chưa có thẻ nào thay đổi. Hãy thử lại."
    ),
    "feedback.closed": _("Phản ánh đã đóng. Mở lại trước nếu cần làm tiếp."),
    "feedback.not_closed": _("Chỉ mở lại được phản ánh đã trả lời hoặc đã đóng."),
    "feedback.answered": _("Phản ánh đã có trả lời. Trả lời thêm, chuyển lên hoặc mở lại."),
    "feedback.moved": _("Có người vừa làm với phản ánh này. Xem lại rồi làm tiếp."),
    "feedback.not_held": _("Phản ánh đang ở nơi khác, bạn chỉ xem được."),
    "feedback.no_further": _("Không còn cấp nào cao hơn để chuyển."),
    "feedback.nothing_to_undo": _("Việc vừa làm không rút lại được: người khác đã biết rồi."),
    "feedback.not_the_same": _(
        "Không gộp được hai phản ánh này: một phản ánh đã gộp, đã xong hoặc đang ở nơi khác."
    ),
    "feedback.no_owner": _("Chọn một người đang phụ trách nơi này."),
    "feedback.words_needed": _("Cần viết vài chữ, nhiều nhất 2.000 ký tự."),
    "feedback.not_a_picture": _("Không đọc được ảnh, hoặc ảnh quá lớn. Gửi lại không kèm ảnh."),
    "feedback.unknown_code": _("Không có phản ánh nào chờ với mã này. Xem lại từng chữ."),
    "feedback.too_many": _("Có quá nhiều phản ánh cùng lúc. Máy tự gửi lại sau ít phút."),
    "feedback.not_kept": _("Máy chủ chưa lưu được. Máy tự gửi lại sau ít phút."),
    "intake.closed": _("Mục này đã đóng. Mở lại trước nếu cần làm tiếp."),
    "intake.not_closed": _("Chỉ mở lại được mục đã trả lời hoặc đã đóng."),
    "intake.answered": _("Mục này đã có trả lời. Trả lời thêm, mở lại hoặc đóng."),
    "intake.not_answered_here": _("Khu được giao việc sẽ trả lời cuộc gọi này."),
    "intake.task_open": _("Khu còn đang làm việc này. Chờ khu trả lời rồi đóng."),
    "intake.moved": _("Có người vừa làm với mục này. Xem lại rồi làm tiếp."),
    "intake.nothing_to_undo": _("Việc vừa làm không rút lại được: người khác đã biết rồi."),
    "intake.no_owner": _("Chọn một đồng nghiệp ở tỉnh, khác người đang phụ trách."),
    "intake.words_needed": _("Cần viết vài chữ, nhiều nhất %(most)s ký tự."),
    "intake.nothing_chosen": _("Chưa chọn mục nào. Đánh dấu ít nhất một dòng."),
    "intake.unknown_act": _("Không có việc này. Tải lại trang rồi thử lại."),
    "intake.unknown_park": _("Chọn một khu đang nối với tỉnh."),
    "intake.content_gone": _("Nội dung chưa tới hoặc đã xoá, nên không trả lời được."),
    "intake.not_an_item": _("Nội dung niêm phong không đọc được: thiếu phần cần có."),
    "intake.not_heard": _("Tới trước khi máy này có hộp thư. Máy tự mở trong vòng một giờ."),
    "intake.nobody_waits": _("Trả lời cho một mục không có ở máy này."),
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
    "demo.not_empty": _("Cơ sở dữ liệu này đã có dữ liệu nên không nạp bản mẫu."),
    "demo.too_small": _("Bản mẫu cần nhiều người hơn."),
    "checkins.shift_too_far": _("Chỉ khai báo cho ca từ 14 ngày trước đến 2 ngày tới."),
    "checkins.consent_needed": _(
        "Cần đồng ý với thông báo về dữ liệu sức khoẻ trước khi khai báo."
    ),
    "checkins.has_left": _("Người này đã nghỉ việc trước ngày của ca."),
    "checkins.nothing_to_clear": _("Người này đang ở mức Bình thường."),
    "checkins.reason_needed": _("Cần ghi lý do."),
    "checkins.already_answered": _("Người này đã khai báo, không thể ghi vắng."),
    "checkins.roll_call_undone": _("Lần điểm danh này đã hoàn tác rồi."),
    "checkins.too_many_people": _("Mỗi phiếu điểm danh nhiều nhất 1000 người."),
    "checkins.badge_twice": _("Mã nhân viên này có hai lần trong phiếu."),
    "checkins.unknown_roll_state": _("Kết quả điểm danh này không có trong danh sách."),
    "checkins.list_wanted": _("Mục này cần một danh sách."),
    "checkins.unknown_rules": _("Không có bộ quy tắc này."),
    "commands.too_many": _("Mỗi lần chỉ gửi tối đa 500 mục."),
    "commands.missing": _("Không thấy danh sách mục cần gửi."),
    "commands.key_missing": _("Mục này thiếu mã riêng nên không nhận được."),
    "commands.key_reused": _("Mã của mục này đã dùng cho một mục khác."),
    "commands.unknown_kind": _("Máy chủ chưa biết loại việc này."),
    "commands.malformed": _("Mục này không đúng dạng."),
    "commands.bad_time": _("Thời điểm của mục này không đọc được."),
    "commands.parcel_unreadable": _("Máy chủ không mở được mục này. Chủ của nó cần đăng nhập lại."),
    "web.unknown_host": _(
        "Máy chủ này không dùng tên đó. Mở bằng địa chỉ người quản trị đã cho; "
        "người quản trị khai thêm tên bằng ANCA_TRUSTED_HOSTS."
    ),
    "payload.not_json": _("Cần gửi một đối tượng JSON."),
    "fields.number_wanted": _("Cần một số."),
    "fields.missing": _("Thiếu mục này."),
    "fields.text_wanted": _("Mục này cần chữ, tối đa 200 ký tự."),
    "fields.choice_wanted": _("Mục này cần một trong các giá trị đã định."),
    "gate.no_pass": _("Đây không phải thẻ vào ca."),
    "fields.object_wanted": _("Mục này không đúng dạng."),
    "fields.id_wanted": _("Mục này cần một mã dạng UUID."),
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
    "fields.day_wanted": _("Cần ngày dạng 2026-11-24 hoặc today."),
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
    "checkins.bad_answers": _("Câu trả lời không đúng dạng. Xem lại mục được đánh dấu."),
    "checkins.unknown_symptom": _("Dấu hiệu này không có trong danh sách."),
    "checkins.unknown_exposure": _("Câu hỏi này không có trong danh sách."),
    "checkins.temperature_out_of_range": _(
        "Nhiệt độ phải từ 34 đến 43 °C. Bạn xem lại số vừa nhập."
    ),
    "checkins.symptoms_required": _("Chưa có câu trả lời về dấu hiệu."),
    "checkins.not_a_number": _("Mục này cần một con số."),
    "checkins.text_too_long": _("Ghi chú dài quá 500 chữ cái."),
    "checkins.broken_rule_set": _("Bộ quy tắc có lỗi ở mục %(where)s."),
    "sync.malformed_entry": _("Mục nhật ký không đúng dạng."),
    "sync.wrong_recipient": _("Mục nhật ký này gửi cho nơi khác."),
    "sync.gap": _("Thiếu các mục trước đó. Máy chủ sẽ gửi lại từ mục còn thiếu."),
    "notices.malformed": _("Thông báo của tỉnh không đọc được, nên chưa gửi cho ai."),
    "notices.of_province": _("Thông báo của tỉnh: khu chỉ dừng gửi được, không sửa hay huỷ."),
    "alerts.no_parks": _("Chưa có khu nào nối vào, nên không gửi được."),
    "alerts.unknown_parks": _("Có khu chưa nối vào hoặc đã bị ngắt. Chọn lại khu."),
    "alerts.companies_need_parks": _("Gửi theo mã công ty thì phải chọn khu, không chọn tất cả."),
    "alerts.bad_company_code": _("Mã công ty “%(given)s” không đúng, hoặc quá 200 mã."),
    "alerts.bad_shift": _("Chọn ca thì chọn cả ngày của ca."),
    "alerts.no_shared_placeholder": _("Ghi thẳng số điện thoại, vì mỗi khu có số {hotline} riêng."),
    "alerts.already_gone": _(
        "Thông báo đã gửi xuống khu. Có chỗ sai thì đính chính, muốn rút thì huỷ."
    ),
    "alerts.still_going": _("Đang gửi xuống các khu. Chờ vài giây rồi làm lại."),
    "alerts.nothing_counting": _("Thông báo này không đang đếm ngược."),
    "alerts.malformed_state": _("Khu báo số người đã đọc nhưng không đọc được."),
    "alerts.unknown_alert": _("Khu báo về một thông báo mà tỉnh chưa gửi cho khu này."),
    "notices.not_asked": _("Chưa ai xin duyệt thông báo này."),
    "notices.asked": _("Thông báo này đang chờ duyệt."),
    "notices.not_approved": _("Thông báo này phải có người thứ hai duyệt rồi mới gửi được."),
    "notices.counting": _("Thông báo đang đếm ngược. Dừng lại trước rồi mới sửa được."),
    "notices.countdown_not_over": _("Chưa hết giờ đếm ngược nên chưa gửi cho ai."),
    "notices.nothing_is_sent": _("Thông báo này không đang gửi, không có gì để dừng."),
    "notices.sending": _("Thông báo đang gửi. Dừng gửi trước."),
    "notices.sent": _("Thông báo đã gửi xong. Nếu có chỗ sai, hãy gửi bản đính chính."),
    "notices.stopped": _("Thông báo đã dừng gửi. Có thể đính chính hoặc huỷ."),
    "notices.cancelled": _("Thông báo này đã huỷ."),
    "notices.expired": _("Thông báo này đã hết hạn. Hãy soạn thông báo mới."),
    "notices.not_sent_yet": _("Chưa ai nhận thông báo này. Cứ sửa thẳng bản nháp."),
    "notices.already_corrected": _("Thông báo này đã có bản đính chính. Hãy làm tiếp trên bản đó."),
    "notices.own_approval": _("Người soạn không tự duyệt được. Cần một người khác có quyền duyệt."),
    "notices.changed_since": _(
        "Có người vừa sửa hoặc vừa làm việc khác với thông báo này. Xem lại rồi bấm lần nữa."
    ),
    "notices.nobody": _("Không có ai trong phạm vi đã chọn, nên không gửi. Chọn lại nơi nhận."),
    "notices.nobody_to_remind": _(
        "Không còn ai để nhắc: mọi người đã đọc, đã giao tổ trưởng báo, hoặc thông báo đã hết hạn."
    ),
    "notices.no_target": _("Chưa chọn gửi cho ai. Chọn ít nhất một nơi, một ca hoặc một nhóm."),
    "notices.outside_reach": _("Có nơi hoặc nhóm bạn không được gửi tới. Chọn lại nơi nhận."),
    "notices.nothing_to_say": _("Thông báo cần tiêu đề và nội dung tiếng Việt."),
    "notices.too_long": _("Dài quá, nhiều nhất %(most)s ký tự."),
    "notices.half_translated": _("Bản tiếng Anh cần đủ tiêu đề và nội dung, hoặc để trống cả hai."),
    "notices.bad_expiry": _("Hết hạn phải sau bây giờ và trong vòng 30 ngày."),
    "notices.reason_needed": _("Cần ghi lý do."),
    "delivery.push_off": _("Khu của bạn chưa dùng cách báo tin này."),
    "delivery.bad_subscription": _(
        "Trình duyệt này dùng một dịch vụ đẩy tin mà máy chủ chưa biết."
    ),
    "delivery.no_token": _(
        "Mã dán vào không đúng dạng. Dán nguyên mã làm mới, không có khoảng trắng."
    ),
    "delivery.consent_stale": _(
        "Câu trả lời của Zalo không khớp với lần xin quyền nào từ trình duyệt này trong 15 phút "
        "qua. Bấm Xin quyền trên Zalo rồi làm lại."
    ),
    "delivery.consent_refused": _(
        "Zalo không cấp quyền gửi (mã %(problem)s). Mỗi lần đồng ý chỉ dùng được một lần, trong "
        "10 phút. Bấm Xin quyền trên Zalo rồi làm lại."
    ),
    "delivery.other_account": _(
        "Không lưu: quyền này của một Official Account khác, hoặc Zalo không cho biết của ai. "
        "Đăng nhập Zalo bằng tài khoản quản trị đúng OA rồi làm lại."
    ),
    "delivery.unknown_signature": _("Chữ ký của lời gọi không đúng."),
    "delivery.message_over": _("Tin này đã hết hạn hoặc đã dừng, không gửi lại được."),
    "reminders.changed_meanwhile": _("Người khác vừa sửa lời nhắc này. So hai bản rồi chọn."),
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
    "reminders.unknown_group": _("Nhóm này không thuộc công ty."),
    "reminders.nothing_to_say": _("Lời nhắc cần tên và nội dung tiếng Việt."),
    "reminders.ends_before_start": _("Ngày cuối trước ngày đầu."),
    "reminders.no_clock_time": _("Nhắc theo giờ thì cần chọn giờ; nhắc theo ca thì không."),
    "reminders.offset_too_long": _("Chỉ nhắc trước hoặc sau tối đa một ngày."),
    "reminders.unknown_weekday": _("Thứ trong tuần không đúng."),
    "reminders.unknown_placeholder": _("Không có gì để điền vào %(placeholder)s."),
    "reminders.misspelt_placeholder": _(
        "Không có gì để điền vào %(placeholder)s. Có phải bạn muốn %(meant)s?"
    ),
    "reminders.placeholder_unfilled": _("Chưa có thông tin để điền vào %(placeholder)s."),
    "reminders.wholly_past": _(
        "Ngày cuối đã qua, lời nhắc sẽ không tới lần nào. Đổi ngày cuối, hoặc tạm dừng rồi lưu."
    ),
    "reminders.unknown_unit": _("Xưởng hoặc chuyền này không thuộc công ty."),
    "reminders.no_text_in_language": _("Chưa có nội dung bằng ngôn ngữ đã chọn."),
    "reminders.no_buses": _(
        "Công ty chưa có nhóm xe đưa đón, nên chưa nhắc theo giờ xe chạy được."
    ),
    "reminders.not_that_day": _("Hôm đó không có lần nhắc này."),
    "reminders.comes_that_day": _("Hôm đó đã có lần nhắc này. Muốn giờ khác thì đổi giờ."),
    "reminders.already_come": _("Lần nhắc này đã tới giờ, không đổi được nữa."),
    "reminders.moment_passed": _("Giờ này đã qua. Chọn một giờ chưa tới."),
    "reminders.too_far_moved": _("Chỉ đổi sớm hoặc muộn tối đa một ngày."),
    "reminders.moment_unread": _("Chọn ngày và giờ, ví dụ 24/11/2026 và 05:30."),
    "reminders.nothing_to_carry": _("Chọn ít nhất một lời nhắc và một công ty khác."),
    "workforce.no_time_of_day": _("“%(text)s” không phải giờ. Viết như 05:15."),
    "workforce.too_many_departures": _("Một xe có nhiều nhất %(most)s giờ chạy."),
    "workforce.not_a_bus": _("Chỉ nhóm xe đưa đón mới có giờ xe chạy."),
    "reminders.nobody_to_nudge": _(
        "Không còn ai để nhắc bằng tin nhắn: mọi người đã khai báo, đã được nhắc, hoặc chưa dùng ứng dụng."
    ),
    "reminders.shift_is_over": _("Ca này đã tan, không nhắc nữa."),
    "hand_over.nothing_written": _("Ghi chú giao ca chưa có nội dung."),
    "hand_over.too_long": _("Ghi chú giao ca dài tối đa %(most)s chữ cái."),
    "reminders.no_such_slot": _("Không có khung giờ %(slot)s."),
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
    "database.too_new": _(
        "Dữ liệu do bản chương trình mới hơn tạo ra (%(revision)s). Hãy cài bản mới rồi chạy lại."
    ),
    "backup.not_a_backup": _("Tệp này không phải bản sao lưu của An Ca, hoặc không có tệp đó."),
    "backup.damaged": _("Bản sao lưu bị hỏng: thiếu hoặc đổi nội dung. Hãy dùng bản khác."),
    "backup.newer_than_program": _(
        "Bản sao lưu do chương trình %(made_by)s tạo ra, mới hơn bản đang chạy. "
        "Hãy cài bản mới trước."
    ),
    "backup.other_database": _(
        "Bản sao lưu lấy từ %(database)s, máy chủ này dùng loại cơ sở dữ liệu khác."
    ),
    "backup.other_role": _("Bản sao lưu của máy chủ vai trò khác (%(role)s)."),
    "backup.folder_not_empty": _(
        "Máy chủ này đã có dữ liệu. Thêm --replace để chuyển dữ liệu cũ sang bên rồi khôi phục."
    ),
    "backup.other_secrets": _(
        "Máy chủ này có dữ liệu dùng bộ khoá khác với bản sao lưu. "
        "Hãy khôi phục vào một thư mục mới."
    ),
    "backup.node_running": _(
        "Có chương trình khác đang mở cơ sở dữ liệu. Hãy dừng máy chủ rồi làm lại."
    ),
    "backup.file_exists": _("Đã có tệp tên này. Hãy chọn tên khác, tệp cũ vẫn còn nguyên."),
    "backup.not_written": _("Máy không đọc hoặc ghi được tệp: %(reason)s."),
    "backup.disk_full": _("Ổ đĩa hết chỗ. Hãy dọn bớt rồi sao lưu lại."),
    "backup.nothing_yet": _("Máy chủ chưa có dữ liệu để sao lưu."),
    "backup.database_damaged": _(
        "Cơ sở dữ liệu đang dùng không qua được kiểm tra. Đừng xoá bản sao lưu cũ; "
        "hãy khôi phục từ bản tốt gần nhất."
    ),
    "backup.not_permitted": _(
        "Tài khoản cơ sở dữ liệu không được tạo lược đồ mới. Hãy cấp quyền CREATE rồi làm lại."
    ),
    "backup.already_running": _("Đang có một lần sao lưu chạy. Hãy chờ xong."),
    "backup.failed": _("Sao lưu không xong. Lý do nằm trong nhật ký máy chủ."),
    "backup.wrong_code": _(
        "Mã gõ vào không phải mã trên tờ khôi phục. Hãy xem lại từng ký tự: 28 chữ và số, bảy nhóm bốn."
    ),
    "backup.code_needed": _(
        "Bản sao lưu này được niêm phong. Cần mã trên tờ khôi phục số %(sheet)s."
    ),
    "backup.other_sheet": _("Mã này của tờ khác. Bản sao lưu cần tờ khôi phục số %(sheet)s."),
    "backup.sheet_exists": _("Đã có tờ khôi phục. Chỉ làm tờ mới khi tờ cũ bị mất hoặc lộ."),
    "backup.no_sheet": _(
        "Chưa có tờ khôi phục nên chưa chép gì sang nơi thứ hai. Hãy mở trang Sao lưu và làm tờ đó."
    ),
    "backup.place_missing": _(
        "Không thấy nơi thứ hai: ổ đĩa chưa cắm hoặc thư mục dùng chung chưa nối. "
        "Hãy cắm hoặc nối lại; An Ca thử lại mỗi giờ."
    ),
    "backup.place_full": _("Nơi thứ hai hết chỗ. Hãy dọn bớt ở đó; An Ca thử lại mỗi giờ."),
    "backup.place_not_written": _(
        "Nơi thứ hai không cho ghi. Hãy xem quyền ghi của thư mục đó; An Ca thử lại mỗi giờ."
    ),
    "backup.place_spoils": _(
        "Đọc lại ở nơi thứ hai thì tệp khác với lúc ghi: ổ đĩa đó có thể sắp hỏng. Hãy thay ổ khác."
    ),
    "backup.same_disk": _(
        "Đã chép, nhưng nơi thứ hai nằm cùng ổ đĩa với máy chủ: hỏng ổ là mất cả hai. "
        "Hãy xem ổ đĩa ngoài đã cắm, thư mục dùng chung đã nối chưa."
    ),
    "upgrade.failed": _(
        "Nâng cấp không xong: %(reason)s. Dữ liệu không đổi gì. Hãy chạy lại bản chương trình cũ và "
        "gửi nhật ký cho người làm phần mềm."
    ),
    "upgrade.undone": _(
        "Nâng cấp không xong: %(reason)s. Dữ liệu đã được trả về như trước. Hãy chạy lại bản chương "
        "trình cũ và gửi nhật ký cho người làm phần mềm. Bản sao trước khi nâng cấp: %(copy)s"
    ),
    "upgrade.stuck": _(
        "Nâng cấp không xong: %(reason)s, và không trả lại được dữ liệu cũ. Đừng chạy máy chủ. Hãy "
        "dùng bản chương trình cũ để khôi phục từ: %(copy)s"
    ),
    "backup.file_gone": _("Tệp không còn ở chỗ cũ."),
    "node.schema_old": _(
        "Dữ liệu chưa được nâng lên phiên bản của chương trình. Hãy chạy: flask db upgrade."
    ),
    "node.disk_low": _(
        "Ổ đĩa chỉ còn %(mebibytes)s MB. Hãy dọn bớt: dưới 200 MB máy chủ báo chưa sẵn sàng."
    ),
    "node.disk_full": _("Ổ đĩa gần hết chỗ. Hãy dọn bớt ngay."),
    "node.writer_stopped": _("Máy chủ không ghi được dữ liệu. Hãy khởi động lại máy chủ."),
    "node.clock_behind": _(
        "Đồng hồ máy chủ chạy sai: đã có việc ghi ở thời điểm sau giờ hiện tại. "
        "Hãy chỉnh lại ngày giờ."
    ),
    "node.clock_unlike_province": _(
        "Đồng hồ máy chủ lệch nhiều so với máy chủ tỉnh nên hai bên không nhận tin của nhau. "
        "Hãy chỉnh lại ngày giờ."
    ),
    "node.clock_behind_phones": _(
        "Đồng hồ máy chủ chậm khoảng %(minutes)s phút so với phần lớn điện thoại. Hãy chỉnh lại ngày giờ."
    ),
    "node.clock_ahead_of_phones": _(
        "Đồng hồ máy chủ có thể đang chạy trước: mọi khai báo gần đây đều tới muộn khoảng %(minutes)s "
        "phút. So với một đồng hồ đúng rồi chỉnh lại ngày giờ."
    ),
    "node.scheduler_stopped": _(
        "Các việc theo giờ (nhắc nhở, gửi tin, sao lưu) đã ngừng %(minutes)s phút. "
        "Hãy khởi động lại máy chủ."
    ),
    "node.not_checked": _(
        "Mấy ngày nay chưa kiểm tra được toàn bộ tệp dữ liệu. Máy chủ tự kiểm tra mỗi đêm, một giờ "
        "sau sao lưu; hãy để máy chạy qua đêm."
    ),
    "node.sync_held_up": _(
        "Có %(entries)s mục chưa gửi được lên tỉnh vì vướng một việc cần người xử lý."
    ),
    "node.sync_behind": _(
        "Đã %(hours)s giờ chưa liên lạc được với tỉnh, còn %(entries)s mục chờ gửi. Kiểm tra mạng, "
        "hoặc mang đi bằng USB."
    ),
    "node.channel_stopped": _(
        "Kênh %(channel)s đang dừng hoặc không gửi được, tin trên kênh này đang chờ. "
        "Xem lý do rồi sửa cài đặt của kênh."
    ),
    "node.no_backup": _(
        "Đã %(days)s ngày chưa có bản sao lưu nào kiểm tra được. Hãy mở trang Sao lưu và làm ngay."
    ),
    "node.backup_old": _(
        "Bản sao lưu tốt gần nhất đã %(days)s ngày. Hãy xem trang Sao lưu vì sao mấy đêm qua không có."
    ),
    "node.no_second_place": _(
        "Bản sao lưu chỉ nằm cùng ổ đĩa với máy chủ. Hãy mở trang Sao lưu xem cách thêm nơi thứ hai."
    ),
    "node.no_sheet": _(
        "Chưa có tờ khôi phục nên chưa có bản nào được chép sang %(folder)s. "
        "Hãy mở trang Sao lưu và làm tờ đó."
    ),
    "node.copy_failed": _(
        "Bản sao lưu mới nhất chưa chép được sang %(folder)s. Hãy mở trang Sao lưu xem vì sao."
    ),
    "node.second_place_same_disk": _(
        "%(folder)s nằm cùng ổ đĩa với máy chủ: hỏng ổ là mất cả hai. "
        "Hãy xem ổ đĩa ngoài đã cắm, thư mục dùng chung đã nối chưa."
    ),
    "node.sqlite_old": _(
        "SQLite %(version)s còn một lỗi hiếm gặp khi nhiều kết nối cùng ghi, đã sửa ở 3.51.3. "
        "An Ca chỉ ghi qua một kết nối nên tránh được; hãy nâng cấp Python hoặc hệ điều hành khi có dịp."
    ),
    "node.certificate_ended": _(
        "Chứng chỉ HTTPS đã hết hạn: máy mới không vào được. Hãy khởi động lại máy chủ, "
        "hoặc đưa chứng chỉ mới vào bằng: flask tls import."
    ),
    "node.certificate_ending_local": _(
        "Chứng chỉ HTTPS còn %(days)s ngày. Khởi động lại máy chủ để tự làm cái mới."
    ),
    "node.certificate_ending_public": _(
        "Chứng chỉ HTTPS còn %(days)s ngày. Hãy xin cái mới và đưa vào bằng: flask tls import."
    ),
    "tls.name_not_internal": _(
        "%(name)s: chứng chỉ tự làm chỉ nhận tên kết thúc bằng .internal, ví dụ anca.congty.internal."
    ),
    "tls.address_not_private": _(
        "%(address)s: chứng chỉ tự làm chỉ nhận địa chỉ mạng nội bộ, ví dụ 192.168.1.10."
    ),
    "tls.unreadable": _("Tệp không có chứng chỉ hoặc khoá dạng PEM đọc được."),
    "tls.key_mismatch": _("Khoá không đi cùng chứng chỉ nào trong tệp."),
    "tls.not_for_servers": _("Chứng chỉ không ghi tên máy chủ nào, hoặc không dành cho máy chủ."),
    "tls.ended": _("Chứng chỉ đã hết hạn ngày %(ended_on)s."),
    "tls.not_begun": _("Chứng chỉ chưa dùng được, bắt đầu từ ngày %(begins_on)s."),
    "tls.set_elsewhere": _(
        "ANCA_TLS_CERT đang trỏ tới %(file)s. Bỏ cài đặt đó trước thì chứng chỉ mới mới được dùng."
    ),
    "tls.not_written": _("Máy không đọc hoặc ghi được tệp: %(reason)s."),
    "accounts.needs_https": _(
        "Kết nối này không được mã hoá nên không đăng nhập tài khoản này được. "
        "Hãy mở địa chỉ bắt đầu bằng https."
    ),
    "node.rules_proposed": _(
        "%(companies)s công ty đang dùng bộ quy tắc chưa ai chấp nhận. "
        "Hãy nhờ cán bộ an toàn xem và chấp nhận."
    ),
    "workforce.pattern_name_taken": _("Công ty đã có lịch tên này."),
    "workforce.holiday_stands": _("Ngày này đã là ngày nghỉ."),
    "notices.cap_too_large": _(
        "Tệp lớn hơn %(kilobytes)s kB. Tệp CAP của một thông báo nhỏ hơn nhiều."
    ),
    "notices.cap_not_xml": _("Tệp không phải XML, hoặc bị hỏng. Hãy chép lại từ nơi gửi."),
    "notices.cap_forbidden_xml": _(
        "Tệp có khai báo DTD hoặc entity. Tệp CAP không cần, nên máy không đọc."
    ),
    "notices.cap_other_format": _("Tệp là XML nhưng không phải CAP 1.2."),
    "notices.cap_missing": _("Tệp CAP thiếu mục %(element)s."),
    "notices.cap_repeated": _("Tệp CAP ghi mục %(element)s nhiều lần."),
    "notices.cap_bad_time": _(
        "Mục %(element)s ghi “%(value)s”. Giờ phải có dạng 2026-11-25T05:40:00+07:00, không có chữ Z."
    ),
    "notices.cap_bad_value": _("Mục %(element)s ghi “%(value)s”, CAP 1.2 không có giá trị này."),
    "notices.cap_bad_name": _(
        "Mục %(element)s có dấu cách, dấu phẩy, ký tự < hoặc &, hoặc dài quá 100 ký tự."
    ),
    "notices.cap_no_addresses": _("Tệp CAP gửi riêng (Private) mà không ghi gửi cho ai."),
    "notices.cap_no_restriction": _("Tệp CAP hạn chế (Restricted) mà không ghi hạn chế gì."),
    "notices.cap_bad_references": _(
        "Mục references ghi “%(value)s”. Mỗi tham chiếu phải là: nơi gửi, mã, giờ gửi."
    ),
    "notices.cap_no_references": _("Tệp sửa, huỷ hoặc trả lời mà không ghi của thông báo nào."),
    "notices.cap_expired": _("Thông báo trong tệp đã hết hạn %(at)s, nên không nhập."),
    "notices.cap_not_a_notice": _("Tệp này chỉ là câu trả lời của máy, không có gì để báo."),
    "notices.cap_cancels_unknown": _("Chưa nhập thông báo mà tệp này huỷ, nên không có gì để huỷ."),
    "notices.no_voice": _("Máy chủ chưa cài espeak-ng nên chưa làm được tệp âm thanh."),
    "notices.voice_busy": _("Đang làm tệp âm thanh khác. Hãy thử lại sau ít giây."),
    "notices.voice_failed": _("Chưa làm được tệp âm thanh. Hãy đọc theo lời trên trang."),
    "workforce.too_many_slips": _("Mỗi lần in nhiều nhất %(most)s phiếu. Chọn đơn vị nhỏ hơn."),
    "reports.unknown_form": _("Không có mẫu báo cáo này."),
    "reports.bad_codes": _(
        "Tệp mã chưa đọc được ở chỗ “%(part)s”. Mã chỉ gồm chữ, số và _ . : -, không trùng nhau."
    ),
    "reports.no_source": _("Ghi nguồn của bảng mã: ai cấp, văn bản nào."),
    "reports.nothing_to_send": _("Không có giá trị nào để gửi. Xem lại ngày và mã của các khu."),
    "reports.too_many_days": _("Mỗi lần nhiều nhất %(most)s ngày."),
    "reports.dhis2_not_set": _("Chưa đặt địa chỉ hoặc tài khoản của hệ thống nhận."),
    "reports.dhis2_unreachable": _("Chưa nối được với hệ thống nhận. Chưa gửi gì, hãy thử lại."),
    "reports.dhis2_no_answer": _(
        "Hệ thống nhận không trả lời kịp. Có thể đã ghi, gửi lại cũng không ghi hai lần."
    ),
    "reports.dhis2_out_of_order": _(
        "Hệ thống nhận đang trục trặc. Có thể đã ghi, gửi lại cũng không ghi hai lần."
    ),
    "reports.dhis2_not_dhis2": _("Địa chỉ này không trả lời như DHIS2. Xem lại ANCA_DHIS2_URL."),
    "reports.dhis2_sign_in": _(
        "Hệ thống nhận không chấp nhận tài khoản này. Xem lại token hoặc mật khẩu."
    ),
    "reports.dhis2_wrong_type": _("Hệ thống nhận không đọc kiểu dữ liệu này."),
    "reports.dhis2_bad_content": _("Hệ thống nhận không đọc được nội dung."),
    "reports.dhis2_conflict": _(
        "Hệ thống nhận không chấp nhận những giá trị nêu dưới đây. Thường là sai mã."
    ),
    "reports.dhis2_ignored": _(
        "Hệ thống nhận bỏ qua một số giá trị mà không nêu lý do: có thể đã có sẵn, hoặc là số 0 mà hệ thống nhận không giữ."
    ),
    "reports.dhis2_uncounted": _("Hệ thống nhận báo số giá trị ít hơn số đã gửi."),
    "demo.too_few_parks": _("Cần ít nhất %(fewest)s khu."),
    "demo.province_only": _("Lệnh này chỉ chạy ở máy chủ tỉnh."),
    "workforce.slips_just_issued": _(
        "Phiếu của những người này vừa được cấp. In lại sẽ làm phiếu trước hết dùng được. Nếu vẫn cần, mở lại trang phiếu rồi in."
    ),
}


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What a person is told, in the language of the request."""
    text = str(SENTENCES.get(code, SENTENCES["refused"]))
    values = {
        name: _written(value) if isinstance(value, date) else value
        for name, value in (params or {}).items()
        if name != "errors"
    }
    return text % values if "%(" in text else text


def _written(on: date) -> str:
    """A day; a moment with its time of day in the park."""
    if not isinstance(on, datetime):
        return day(on)
    zone = current_app.config["SETTINGS"].timezone
    return f"{clock(on, zone)} {day(local_day(on, zone))}"

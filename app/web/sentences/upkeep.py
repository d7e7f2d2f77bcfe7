"""Why a backup, an upgrade or a certificate fails, and what ails the node."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
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
    "backup.file_gone": _("Tệp không còn ở chỗ cũ."),
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
    "keys.being_renewed": _("Đang có một lần thay khoá khác chạy. Đợi xong rồi chạy lại."),
    "keys.ring_full": _("Hết số cho khoá mới. Chạy lại sau khi lần thay khoá trước xong hẳn."),
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
    "node.rules_proposed": _(
        "%(companies)s công ty đang dùng bộ quy tắc chưa ai chấp nhận. "
        "Hãy nhờ cán bộ an toàn xem và chấp nhận."
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
}

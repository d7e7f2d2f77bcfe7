"""The legal notice a worker agrees to before the first answer; a changed text is a new version."""

from flask_babel import lazy_gettext as _

NOTICE_VERSION = "1"
NOTICE_TITLE = _("Trước khi khai báo")
NOTICE_PARAGRAPHS = (
    _(
        "Công ty hỏi về sức khoẻ của bạn trước mỗi ca để phát hiện sớm COVID-19 và giữ an toàn "
        "cho mọi người."
    ),
    _(
        "Chỉ Tổ an toàn và y tế công ty xem được câu trả lời. "
        "Ai đã xem đều được ghi lại, và bạn xem được."
    ),
    _("Khu công nghiệp và tỉnh chỉ nhận số đếm, không có tên."),
    _("Câu trả lời được lưu trên máy chủ của khu."),
    _("Bạn xem lại được câu trả lời của mình, ai đã xem, và thôi đồng ý trong mục Hồ sơ của tôi."),
    _("Nếu không đồng ý, bạn vẫn có thể báo trực tiếp cho Tổ an toàn trước khi vào ca."),
)

"""Forms about what workers ask on their own data."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from app.accounts.forms import PageForm, choices, needed
from app.workforce.rules.data_requests import LONGEST_TEXT, Decision, RequestKind

in_bounds = Length(max=LONGEST_TEXT, message=_("Nhiều nhất %(most)s ký tự", most=LONGEST_TEXT))


class AnswerForm(PageForm):
    """What is answered; `seen` is how many answers the page showed."""

    decision = RadioField(
        _("Quyết định"),
        choices=choices(
            [
                (Decision.DONE, _("Đã làm xong")),
                (Decision.GRANTED, _("Nhận làm, chưa xong")),
                (Decision.PARTLY, _("Chỉ làm được một phần")),
                (Decision.DECLINED, _("Không làm được")),
            ]
        ),
    )
    text = TextAreaField(_("Trả lời và lý do"), [needed, in_bounds])
    seen = HiddenField()


class NoteRequestForm(PageForm):
    """A request that somebody brought on paper or said."""

    kind = RadioField(
        _("Yêu cầu gì"),
        choices=choices(
            [(RequestKind.CORRECT, _("Sửa dữ liệu sai")), (RequestKind.DELETE, _("Xoá dữ liệu"))]
        ),
    )
    text = TextAreaField(_("Nội dung, theo lời người lao động"), [needed, in_bounds])

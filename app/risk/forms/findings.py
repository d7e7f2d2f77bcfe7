"""Forms of findings: noting one, changing what is to be done, noting it mended."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.forms import PageForm, needed, short
from app.workforce.forms.fields import DayField, UnitField, day_needed

MOST_AT_ONCE = 3
long = Length(max=500, message=_("Nhiều nhất 500 ký tự"))


class ChangeForm(PageForm):
    """What is to be done, by whom, until which day."""

    action = TextAreaField(_("Việc cần làm"), [needed, long])
    owner = StringField(_("Ai làm"), [needed, short])
    due_on = DayField(_("Hạn xong"), [day_needed])


class NoteForm(ChangeForm):
    """Something wrong at a place, with pictures."""

    place = UnitField(_("Nơi"))
    component = SelectField(_("Thuộc chỉ số"), validate_choice=True)
    finding = TextAreaField(_("Điều chưa đạt"), [needed, long])
    photos = MultipleFileField(_("Ảnh"))


class SettleForm(PageForm):
    """It is mended: what was done, with pictures."""

    outcome = TextAreaField(_("Đã làm gì"), [needed, long])
    photos = MultipleFileField(_("Ảnh sau khi làm"))


def files_of(field: Any) -> list[bytes]:
    """The content of the files that were chosen, without empty ones."""
    read = [each.read() for each in field.data or () if hasattr(each, "read")]
    return [content for content in read if content]

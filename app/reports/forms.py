"""What the province's staff enter to send reports."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length


class SendForm(FlaskForm):
    """Send, or try, the rows of the period in the address."""


class CodesForm(FlaskForm):
    """A file of codes, and who says that they are right."""

    file = FileField(_("Tệp mã (YAML)"))
    source = StringField(
        _("Nguồn"),
        [Length(max=200, message=_("Nhiều nhất 200 ký tự"))],
        description=_("Ai cấp, văn bản nào, ngày nào"),
    )

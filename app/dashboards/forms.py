"""What the province's staff enter about a park."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from app.kernel.text import squeeze
from app.workforce.queries.reference import get_phone_plan
from app.workforce.rules import clean_phone


class ParkPhoneForm(FlaskForm):
    """Whom to call at a park; empty for nobody."""

    phone = StringField(
        _("Số điện thoại liên hệ của khu"), [Length(max=40, message=_("Nhiều nhất 40 ký tự"))]
    )

    def validate_phone(self, field: StringField) -> None:
        """A number of this country, made a current one."""
        reading = clean_phone(field.data or "", get_phone_plan())
        if squeeze(field.data or "") and reading.value is None:
            raise ValidationError(str(_("Cần đủ 10 chữ số của một số trong nước")))
        field.data = reading.value or ""

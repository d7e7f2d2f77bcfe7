"""Fields that more than one form of this feature has."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, ValidationError

day_needed = InputRequired(_("Chọn một ngày"))


class DayField(DateField):
    """A day, chosen on a calendar or typed as 2021-11-09 or 09/11/2021."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **options)


class UnitField(SelectField):
    """One unit of the company; 0 stands for none chosen yet."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, coerce=_unit_id, **options)

    def pre_validate(self, form: Any) -> None:
        """One of the units offered, and a real one."""
        super().pre_validate(form)
        if not self.data:
            raise ValidationError(str(_("Chọn một đơn vị")))


def _unit_id(value: Any) -> int:
    return int(value) if value else 0

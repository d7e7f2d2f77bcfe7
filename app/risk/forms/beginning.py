"""The form by which an assessment begins: place, set, day."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.accounts.forms import PageForm
from app.workforce.forms.fields import DayField, UnitField, day_needed


class BeginForm(PageForm):
    """A place is assessed by a set on a day."""

    place = UnitField(_("Nơi được chấm"))
    index_set = SelectField(_("Bộ chỉ số"))
    on = DayField(_("Ngày chấm"), [day_needed])

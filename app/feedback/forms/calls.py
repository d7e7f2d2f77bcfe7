"""The form of a call of the hotline."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.forms import PageForm, needed
from app.feedback.rules.notes import LONGEST_TEXT
from app.workforce.forms.fields import UnitField

short = Length(max=120, message=_("Nhiều nhất 120 ký tự"))
long = Length(max=LONGEST_TEXT, message=_("Nhiều nhất 2.000 ký tự"))


class CallForm(PageForm):
    """Somebody phoned: about what, from where, what was said, who sees to it."""

    category = SelectField(_("Về việc gì?"))
    place = UnitField(_("Nơi"))
    text = TextAreaField(_("Người gọi nói gì"), [needed, long])
    caller = StringField(_("Ai gọi, số nào"), [short])
    owner = SelectField(_("Giao cho"))

"""The form of a call of the province's hotline."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.accounts.forms import PageForm, needed, short
from app.feedback.rules.notes import LONGEST_TEXT

company_needed = DataRequired(_("Giao cho công ty thì cần mã công ty"))
code = Length(max=40, message=_("Nhiều nhất 40 ký tự"))
long = Length(max=LONGEST_TEXT, message=_("Nhiều nhất 2.000 ký tự"))


class CallForm(PageForm):
    """Somebody phoned: about which park and company, what was said, and who is to see to it."""

    node = SelectField(_("Khu công nghiệp"), [needed])
    company = StringField(_("Mã công ty, nếu người gọi nói"), [code])
    category = SelectField(_("Về việc gì?"), [needed])
    text = TextAreaField(_("Người gọi nói gì"), [needed, long])
    level = RadioField(_("Giao cho"), [InputRequired(_("Cần điền mục này"))])
    caller = StringField(_("Ai gọi, số nào"), [short])

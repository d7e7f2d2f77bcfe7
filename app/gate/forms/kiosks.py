"""Forms of the gate's pages."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from app.accounts.forms import PageForm, needed, short


class KioskForm(PageForm):
    """A new kiosk: what it is called, where it stands, where it sends whoever feels unwell."""

    name = StringField(_("Tên kiosk"), [needed, short])
    branch = SelectField(_("Thuộc"), coerce=int)
    place = StringField(_("Nơi gặp Tổ an toàn"), [needed, short])

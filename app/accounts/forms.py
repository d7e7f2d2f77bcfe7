"""Forms and payloads of sign-in, secrets and accounts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.rules import Role
from app.accounts.rules.second_factor import OFFERED_TO
from app.kernel.refusals import BadFields
from app.kernel.text import squeeze
from app.web.words import ROLES

LONGEST_TEXT = 200
needed = DataRequired(_("Cần điền mục này"))
short = Length(max=120, message=_("Nhiều nhất 120 ký tự"))

# What WTForms says by itself, in its words, and what this program says instead.
WORDING: Mapping[str, Any] = {
    "Not a valid choice.": _("Chọn một mục trong danh sách"),
    "Invalid Choice: could not coerce.": _("Chọn một mục trong danh sách"),
    "Invalid Choice(s): one or more data inputs could not be coerced.": _(
        "Chọn một mục trong danh sách"
    ),
    "'%(value)s' is not a valid choice for this field.": _("Chọn một mục trong danh sách"),
    "'%(value)s' are not valid choices for this field.": _("Chọn một mục trong danh sách"),
    "Not a valid datetime value.": _("Chưa đúng ngày giờ. Ví dụ: 09/11/2021 18:00"),
    "Not a valid date value.": _("Chưa đúng ngày. Ví dụ: 09/11/2021"),
    "Not a valid time value.": _("Chưa đúng giờ. Ví dụ: 06:00"),
    "Not a valid integer value.": _("Cần một số"),
    "This field is required.": _("Cần điền mục này"),
}


class Wording:
    """The sentences of WTForms in the language of the page."""

    def gettext(self, text: str) -> str:
        """The sentence that stands for one of WTForms."""
        return str(WORDING.get(text, text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The same for a sentence with a number."""
        return self.gettext(one if count == 1 else many)


class PageForm(FlaskForm):
    """A form of a page: carries the token against forged posts and speaks the page's language."""

    class Meta(FlaskForm.Meta):
        """How WTForms finds its words."""

        def get_translations(self, form: Any) -> Wording:
            """Our words for every form."""
            return Wording()


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """What a select field offers, from values and texts."""
    return [SelectChoice(value, text) for value, text in pairs]


def typed(field: StringField) -> str:
    """What was typed into a field, or nothing."""
    return field.data or ""


class BadgeForm(PageForm):
    """A worker signs in: company, badge, PIN."""

    company = StringField(_("Mã công ty"), [needed, short])
    badge = StringField(_("Mã nhân viên"), [needed, short])
    pin = PasswordField(_("Mã PIN"), [needed, short])
    next = HiddenField()
    second_step = HiddenField()


class LoginForm(PageForm):
    """An officer signs in: login, password."""

    login = StringField(_("Tên đăng nhập"), [needed, short])
    secret = PasswordField(_("Mật khẩu"), [needed, short])
    next = HiddenField()
    second_step = HiddenField()


class CodeForm(PageForm):
    """The second proof: the code of a phone, or a printed one."""

    code = StringField(_("Mã xác thực"), [needed, short])


class PasswordForm(PageForm):
    """One's own password or PIN once more, before something grave."""

    current = PasswordField(_("Mật khẩu hoặc mã PIN của bạn"), [needed, short])


class DemandForm(PageForm):
    """Of which roles a second proof is demanded."""

    roles = SelectMultipleField(
        _("Bắt buộc với"),
        choices=choices((role.value, ROLES[role]) for role in OFFERED_TO),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class RecoveryForm(PageForm):
    """Back in with a printed code: login, code, new password."""

    login = StringField(_("Tên đăng nhập"), [needed, short])
    code = StringField(_("Mã khôi phục"), [needed, short])
    secret = PasswordField(_("Mật khẩu mới"), [needed, short])
    again = PasswordField(
        _("Nhập lại mật khẩu mới"),
        [needed, EqualTo("secret", _("Hai mật khẩu chưa giống nhau"))],
    )


class SecretForm(PageForm):
    """Change one's own password."""

    current = PasswordField(_("Mật khẩu hiện tại"), [needed, short])
    secret = PasswordField(_("Mật khẩu mới"), [needed, short])
    again = PasswordField(
        _("Nhập lại mật khẩu mới"),
        [needed, EqualTo("secret", _("Hai mật khẩu chưa giống nhau"))],
    )


class PinForm(PageForm):
    """Change one's own PIN."""

    current = PasswordField(_("Mã PIN hiện tại"), [needed, short])
    pin = PasswordField(_("Mã PIN mới, 6 chữ số"), [needed, short])
    again = PasswordField(
        _("Nhập lại mã PIN mới"), [needed, EqualTo("pin", _("Hai mã PIN chưa giống nhau"))]
    )


class RoleForm(PageForm):
    """A role on a branch."""

    role = SelectField(
        _("Vai trò"),
        choices=choices((role.value, ROLES[role]) for role in Role if role is not Role.WORKER),
    )
    branch = SelectField(_("Thuộc"), coerce=int)


class AccountForm(RoleForm):
    """A user of the office pages: name, login, one role on one branch."""

    name = StringField(_("Họ và tên"), [needed, short])
    login = StringField(_("Tên đăng nhập"), [needed, short])


def text_field(body: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """A short text of a JSON payload."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise BadFields([(f"/{name}", "fields.text_wanted")])
    if needed and not value.strip():
        raise BadFields([(f"/{name}", "fields.missing")])
    return squeeze(value)


def parse_device(body: Mapping[str, Any]) -> tuple[str, str]:
    """The id and label of the device that a sign-in comes from; both may be empty."""
    device = body.get("device") or {}
    if not isinstance(device, dict):
        raise BadFields([("/device", "fields.object_wanted")])
    return text_field(device, "id", needed=False)[:64], text_field(device, "label", needed=False)

"""What comes in from outside: payloads of other nodes, and the forms of the page."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length

from app.accounts.forms import text_field
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields
from app.sync.gateways.signing import Jwk, read_box_key, read_sign_key
from app.sync.rules import MOST_ENTRIES, BadKey, EnrolmentRequest, TooManyEntries

needed = DataRequired(_("Cần điền mục này"))


class EnrolForm(FlaskForm):
    """A park enrols at its province."""

    url = StringField(
        _("Địa chỉ máy chủ tỉnh"),
        [needed, Length(max=200, message=_("Nhiều nhất 200 ký tự"))],
        description=_("Ví dụ https://anca.tinh.example"),
    )
    code = StringField(
        _("Mã mời"),
        [needed, Length(max=60, message=_("Nhiều nhất 60 ký tự"))],
        description=_("Tỉnh cấp, 16 chữ cái và số, dùng một lần"),
    )

    how = RadioField(
        _("Máy này"),
        choices=[
            SelectChoice("no", _("Là máy của khu này, như đang dùng")),
            SelectChoice(
                "take_over",
                _("Nối tiếp máy cũ của khu: máy thay thế, hoặc sau khi phục hồi bản sao"),
            ),
            SelectChoice("new_identity", _("Bắt đầu như một khu mới, tách khỏi máy đã chép sang")),
        ],
        default="no",
    )


class ParkForm(FlaskForm):
    """A park of this province is meant: to replace its machine, to revoke its key, to export."""

    park = HiddenField(validators=[needed, Length(max=36)])


class RevokeForm(ParkForm):
    """Nothing that a park's key signs is to be believed any more."""

    sure = BooleanField(
        _("Máy của khu bị mất hoặc bị chép. Từ nay không nhận gì ký bằng khoá này"), [needed]
    )


class BundleForm(FlaskForm):
    """Take a bundle in."""

    file = FileField(
        _("Tệp gói .zip"),
        description=_("Chọn gói từ USB. Nhận lại gói cũ hoặc nhận sai thứ tự cũng không sao."),
    )


class InviteForm(FlaskForm):
    """A province invites a park."""

    name = StringField(
        _("Tên khu công nghiệp"),
        [needed, Length(max=120, message=_("Nhiều nhất 120 ký tự"))],
    )


class PushForm(FlaskForm):
    """The button that sends now: only the token against forged requests."""


def parse_request(body: Mapping[str, Any]) -> EnrolmentRequest:
    """A park's request as a file has it: an administrator's word stands for the code."""
    return parse_enrolment({**body, "code": "-"})


def parse_enrolment(body: Mapping[str, Any]) -> EnrolmentRequest:
    """A park's request to be taken in."""
    node = body.get("node")
    if node is not None and not is_id(node):
        raise BadFields([("/node", "fields.id_wanted")])
    return EnrolmentRequest(
        code=text_field(body, "code"),
        name=text_field(body, "name", needed=False),
        sign_key=_key(body, "sign_key"),
        box_key=_key(body, "box_key"),
        node=node,
        take_over=body.get("take_over") is True,
    )


def _key(body: Mapping[str, Any], name: str) -> Jwk:
    read = read_sign_key if name == "sign_key" else read_box_key
    try:
        return read(body.get(name))
    except BadKey as refusal:
        raise BadFields([(f"/{name}", refusal.code)]) from None


def parse_entries(body: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The node and the compact entries of one call."""
    node, entries = body.get("node"), body.get("entries")
    if not isinstance(node, str) or not node.isprintable():
        raise BadFields([("/node", "fields.missing")])
    if not isinstance(entries, list) or not entries:
        raise BadFields([("/entries", "fields.missing")])
    wrong = [place for place, each in enumerate(entries) if not isinstance(each, str)]
    if wrong:
        raise BadFields([(f"/entries/{wrong[0]}", "sync.malformed_entry")])
    if len(entries) > MOST_ENTRIES:
        raise TooManyEntries(most=MOST_ENTRIES)
    return node, entries

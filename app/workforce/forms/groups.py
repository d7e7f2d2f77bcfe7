"""Forms about groups: name and kind, and whom among a list is meant."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.forms import PageForm, choices, needed
from app.web.words import GROUP_KINDS
from app.workforce.actions.group_steps import LONGEST_NAME
from app.workforce.rules.groups import FREE_KINDS

name_length = Length(max=LONGEST_NAME, message=_("Nhiều nhất 80 ký tự"))


class GroupForm(PageForm):
    """A new group."""

    kind = SelectField(_("Loại nhóm"), choices=choices([(k, GROUP_KINDS[k]) for k in FREE_KINDS]))
    name = StringField(_("Tên nhóm"), [needed, name_length])


class GroupNameForm(PageForm):
    """Another name for a group."""

    name = StringField(_("Tên nhóm"), [needed, name_length])


class PasteForm(PageForm):
    """Badges straight from a sheet; `confirmed` once the sorted list was looked at."""

    badges = TextAreaField(_("Mã nhân viên"), [needed])
    moves = BooleanField(_("Chuyển cả người đang ở nhóm khác cùng loại"))
    confirmed = HiddenField()


def chosen_workers(values: Any) -> list[str]:
    """The workers ticked in a list."""
    return list(dict.fromkeys(values.getlist("worker")))


def chose_everybody(values: Mapping[str, str]) -> bool:
    """Whether all whom the filter finds are meant, not only those ticked."""
    return values.get("everybody") == "1"

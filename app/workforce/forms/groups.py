"""Forms about groups: name and kind, and whom among a list is meant."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.forms import PageForm, choices, needed, typed
from app.kernel.refusals import Refusal
from app.web.sentences import sentence
from app.web.words import GROUP_KINDS
from app.workforce.actions.group_steps import LONGEST_NAME
from app.workforce.rules.departures import read_departures
from app.workforce.rules.groups import FREE_KINDS

name_length = Length(max=LONGEST_NAME, message=_("Nhiều nhất 80 ký tự"))


class GroupForm(PageForm):
    """A new group."""

    kind = SelectField(_("Loại nhóm"), choices=choices([(k, GROUP_KINDS[k]) for k in FREE_KINDS]))
    name = StringField(_("Tên nhóm"), [needed, name_length])


class GroupNameForm(PageForm):
    """Another name for a group."""

    name = StringField(_("Tên nhóm"), [needed, name_length])


class DeparturesForm(PageForm):
    """When a bus leaves for work."""

    departures = StringField(
        _("Giờ xe chạy đến nhà máy"),
        [Length(max=80, message=_("Nhiều nhất 80 ký tự"))],
        description=_("Ví dụ 05:15, 13:10. Để trống nếu chưa biết."),
    )

    def read(self) -> tuple[str, ...] | None:
        """The times typed, or None with what is wrong at the field."""
        if not self.validate():
            return None
        try:
            return read_departures(typed(self.departures))
        except Refusal as refusal:
            self.departures.errors = [sentence(refusal.code, refusal.params)]
            return None


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

"""The forms of notices: what is said to whom, and reasons."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.forms import PageForm, needed, typed
from app.notices.actions.drafting import Draft
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.wording import LONGEST_TEXT, LONGEST_TITLE, Severity, make_wording
from app.web.words import GROUP_KINDS, SHIFTS

LONGEST_REASON = 500
SEVERITIES: Mapping[Severity, Any] = {
    Severity.EXTREME: _("Rất nghiêm trọng"),
    Severity.SEVERE: _("Nghiêm trọng"),
    Severity.MODERATE: _("Vừa"),
    Severity.MINOR: _("Nhẹ"),
}
not_long_title = Length(max=LONGEST_TITLE, message=_("Nhiều nhất 120 ký tự"))
not_long_text = Length(max=LONGEST_TEXT, message=_("Nhiều nhất 2.000 ký tự"))
not_long_reason = Length(max=LONGEST_REASON, message=_("Nhiều nhất 500 ký tự"))


class BoxesField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NoticeForm(PageForm):
    """What is said, to whom, until when."""

    seen = HiddenField()
    title = StringField(_("Tiêu đề"), [needed, not_long_title])
    text = TextAreaField(_("Nội dung"), [needed, not_long_text])
    title_en = StringField(_("Tiêu đề tiếng Anh"), [not_long_title])
    text_en = TextAreaField(_("Nội dung tiếng Anh"), [not_long_text])
    severity = SelectField(_("Mức độ"), default=Severity.SEVERE.value)
    expires_at = DateTimeLocalField(
        _("Hết hạn lúc"),
        [InputRequired(_("Chọn ngày giờ hết hạn"))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
    )
    whole = BooleanField(_("Tất cả mọi người"))
    companies = SelectMultipleField(_("Công ty"), coerce=int)
    lines = SelectMultipleField(_("Chuyền, tổ, xưởng"), coerce=int)
    groups = SelectMultipleField(_("Nhóm"))
    shifts = BoxesField(_("Người làm ca"))
    shift_on = DateField(_("Ca của ngày"), [Optional()])

    def offer(
        self,
        companies: Sequence[tuple[int, str]],
        lines: Mapping[str, Sequence[tuple[int, str]]],
        groups: Sequence[tuple[str, str, str]],
    ) -> None:
        """Let these places and groups (id, kind, name) be chosen; name all choices."""
        self.severity.choices = [(str(key), str(text)) for key, text in SEVERITIES.items()]
        self.shifts.choices = [(str(key), str(text)) for key, text in SHIFTS.items()]
        self.companies.choices = list(companies)
        self.lines.choices = {company: list(found) for company, found in lines.items()}
        self.groups.choices = {
            str(text): [(each, name) for each, of_kind, name in groups if of_kind == kind]
            for kind, text in GROUP_KINDS.items()
            if any(of_kind == kind for _id, of_kind, _name in groups)
        }

    def fill(self, draft: Draft, owner_id: int, zone: ZoneInfo, seen: int) -> None:
        """Show what is stored."""
        titles, texts = draft.wording.titles, draft.wording.texts
        self.seen.data = str(seen)
        self.title.data, self.text.data = titles.get("vi", ""), texts.get("vi", "")
        self.title_en.data, self.text_en.data = titles.get("en", ""), texts.get("en", "")
        self.severity.data = draft.severity.value
        self.expires_at.data = draft.expires_at.astimezone(zone).replace(tzinfo=None)
        of = draft.targets
        wide = (TargetKind.COMPANY, TargetKind.PARK)
        self.whole.data = any(each.branch_id == owner_id and each.kind in wide for each in of)
        self.companies.data = [
            each.branch_id
            for each in of
            if each.kind is TargetKind.COMPANY and each.branch_id != owner_id
        ]
        self.lines.data = [each.branch_id for each in of if each.kind is TargetKind.LINE]
        self.groups.data = [each.group_id for each in of if each.kind is TargetKind.GROUP]
        shifts = [each for each in of if each.kind is TargetKind.SHIFT]
        self.shifts.data = [each.shift for each in shifts]
        self.shift_on.data = shifts[0].on if shifts else self.shift_on.data

    def draft(self, owner_id: int, *, is_park: bool, zone: ZoneInfo, today: date) -> Draft:
        """What was typed, as the rules take it; raises what they refuse."""
        wording = make_wording(
            typed(self.title), typed(self.text), typed(self.title_en), typed(self.text_en)
        )
        until: Any = self.expires_at.data
        return Draft(
            wording,
            tuple(self._targets(owner_id, is_park, today)),
            Severity(self.severity.data),
            until.replace(tzinfo=zone).astimezone(UTC),
        )

    def _targets(self, owner_id: int, is_park: bool, today: date) -> list[Target]:
        on = self.shift_on.data or today
        whole = Target(TargetKind.PARK if is_park else TargetKind.COMPANY, owner_id)
        return [
            *([whole] if self.whole.data else []),
            *(Target(TargetKind.COMPANY, each) for each in self.companies.data or ()),
            *(Target(TargetKind.LINE, each) for each in self.lines.data or ()),
            *(Target(TargetKind.GROUP, group_id=each) for each in self.groups.data or ()),
            *(Target(TargetKind.SHIFT, owner_id, each, on) for each in self.shifts.data or ()),
        ]


class ReasonForm(PageForm):
    """Why somebody gives back, corrects or withdraws."""

    reason = TextAreaField(_("Lý do"), [needed, not_long_reason])


class SeenForm(PageForm):
    """A press on a button of a page; what the page showed."""

    seen = HiddenField()
    seal = HiddenField()

    @property
    def version(self) -> int:
        """How often the notice had been touched when the page was made; -1 for nonsense."""
        told = self.seen.data or ""
        return int(told) if told.isdecimal() and len(told) < 9 else -1

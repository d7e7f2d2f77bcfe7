"""The forms of the province's notices: what is said to which parks."""

from collections.abc import Sequence
from datetime import UTC
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

from app.accounts.forms import PageForm, needed, typed
from app.alerts.actions.drafting import AlertDraft
from app.alerts.rules.audience import AlertAudience, make_audience, read_codes
from app.notices.forms import SEVERITIES, BoxesField, not_long_text, not_long_title
from app.notices.rules.wording import Severity, make_wording
from app.web.words import SHIFTS


class AlertForm(PageForm):
    """What is said, to which parks, until when."""

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
    whole = BooleanField(_("Tất cả các khu"))
    parks = SelectMultipleField(_("Khu công nghiệp"))
    companies = StringField(
        _("Chỉ các công ty (mã công ty)"),
        [Length(max=2000, message=_("Nhiều nhất 2.000 ký tự"))],
    )
    shifts = BoxesField(_("Chỉ người làm ca"))
    shift_on = DateField(_("Ca của ngày"), [Optional()])

    def offer(self, parks: Sequence[tuple[str, str]]) -> None:
        """Let these parks (node, name) be chosen; name all choices."""
        self.severity.choices = [(str(key), str(text)) for key, text in SEVERITIES.items()]
        self.shifts.choices = [(str(key), str(text)) for key, text in SHIFTS.items()]
        self.parks.choices = list(parks)

    def fill(self, draft: AlertDraft, zone: ZoneInfo, seen: int) -> None:
        """Show what is stored."""
        titles, texts, audience = draft.wording.titles, draft.wording.texts, draft.audience
        self.seen.data = str(seen)
        self.title.data, self.text.data = titles.get("vi", ""), texts.get("vi", "")
        self.title_en.data, self.text_en.data = titles.get("en", ""), texts.get("en", "")
        self.severity.data = draft.severity.value
        self.expires_at.data = draft.expires_at.astimezone(zone).replace(tzinfo=None)
        self.whole.data = not audience.parks
        self.parks.data = list(audience.parks)
        self.companies.data = ", ".join(audience.companies)
        self.shifts.data = list(audience.shifts)
        self.shift_on.data = audience.on or self.shift_on.data

    def draft(self, zone: ZoneInfo) -> AlertDraft:
        """What was typed, as the rules take it; raises what they refuse."""
        wording = make_wording(
            typed(self.title), typed(self.text), typed(self.title_en), typed(self.text_en)
        )
        until: Any = self.expires_at.data
        return AlertDraft(
            wording,
            self._audience(),
            Severity(self.severity.data),
            until.replace(tzinfo=zone).astimezone(UTC),
        )

    def _audience(self) -> AlertAudience:
        return make_audience(
            whole=bool(self.whole.data),
            parks=self.parks.data or (),
            companies=read_codes(typed(self.companies)),
            shifts=self.shifts.data or (),
            on=self.shift_on.data,
        )

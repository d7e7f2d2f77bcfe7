"""Forms of a case: who has it, tasks, days of follow-up, how it ends."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    DateTimeLocalField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.accounts.forms import PageForm, choices, needed
from app.cases.queries.owners import Owner
from app.cases.rules.plans import PersonClass, SampleResult, TaskKind
from app.web.words import SAMPLE_RESULTS, TASK_KINDS

longest = Length(max=1000, message=_("Nhiều nhất 1.000 ký tự"))
WELL, SIGNS = "well", "signs"


class DayField(DateField):
    """A day, chosen on a calendar or typed as 2021-11-09 or 09/11/2021."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **options)


class DegreesField(DecimalField):
    """Degrees Celsius, with a comma or a point."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 38,4 as well as 38.4."""
        super().process_formdata([each.strip().replace(",", ".") for each in valuelist])


class CaseForm(PageForm):
    """Whatever is done to a case; `seen` is the version that the page showed."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """The version that the page showed; None where none was sent."""
        text = str(self.seen.data or "")
        return int(text[:9]) if text.isascii() and text.isdecimal() else None


class WordsForm(CaseForm):
    """One field of words: a note, or why."""

    words = TextAreaField(_("Nội dung"), [needed, longest])


class ReasonForm(CaseForm):
    """Why something is done that others will ask about."""

    words = StringField(_("Lý do"), [needed, longest])


class OwnerForm(CaseForm):
    """Who follows a case up."""

    owner = SelectField(_("Người theo dõi"), [needed])


class HandOverForm(OwnerForm):
    """Who takes a case over, and what there is to know."""

    owner = SelectField(_("Bàn giao cho"), [needed])
    words = TextAreaField(_("Người nhận cần biết gì"), [needed, longest])


class TaskForm(CaseForm):
    """Something to be done by a moment of the park's time."""

    kind = SelectField(
        _("Việc"), choices=choices([(each.value, TASK_KINDS[each]) for each in TaskKind])
    )
    due_at = DateTimeLocalField(
        _("Hạn"),
        [InputRequired(_("Cần điền mục này"))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    note = StringField(
        _("Ghi chú cho người làm"), [Length(max=500, message=_("Nhiều nhất 500 ký tự"))]
    )


class ResultForm(CaseForm):
    """What came back of a sample."""

    result = SelectField(
        _("Kết quả"),
        choices=choices([(each.value, SAMPLE_RESULTS[each]) for each in SampleResult]),
    )


class PlanForm(CaseForm):
    """How the health authority classed the person, and the days of follow-up."""

    person_class = SelectField(
        _("Y tế xếp loại"),
        choices=choices(
            [("", _("Chưa xếp loại")), *[(each.value, each.value) for each in PersonClass]]
        ),
    )
    isolated_on = DayField(_("Ngày bắt đầu cách ly"), [Optional()])
    from_on = DayField(_("Theo dõi từ ngày"), [InputRequired(_("Chọn một ngày"))])
    days = IntegerField(
        _("Số ngày"),
        [
            InputRequired(_("Cần một số")),
            NumberRange(1, 30, message=_("Từ 1 đến 30 ngày")),
        ],
    )

    def validate_isolated_on(self, field: DayField) -> None:
        """Who is classed has been isolated since some day."""
        if self.person_class.data and field.data is None:
            raise ValidationError(str(_("Chọn một ngày")))


class DayForm(CaseForm):
    """What the person said on one day of follow-up; `questions` are set before checking."""

    on = SelectField(_("Ngày"))
    said = RadioField(
        _("Người này nói"),
        [InputRequired(_("Chọn một câu trả lời"))],
        choices=choices([(WELL, _("Không có dấu hiệu nào")), (SIGNS, _("Có dấu hiệu"))]),
    )
    signs = SelectMultipleField(
        _("Dấu hiệu"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    temperature_c = DegreesField(
        _("Nhiệt độ, nếu đã đo"),
        [Optional(), NumberRange(30, 45, message=_("Nhiệt độ từ 30 đến 45 °C"))],
    )
    words = StringField(_("Ghi chú"), [longest])

    def validate_said(self, field: RadioField) -> None:
        """Signs are ticked when there are some, and only then."""
        if field.data == SIGNS and not self.signs.data and self.temperature_c.data is None:
            raise ValidationError(str(_("Đánh dấu ít nhất một dấu hiệu, hoặc ghi nhiệt độ")))
        if field.data == WELL and self.signs.data:
            raise ValidationError(str(_("Đã chọn không có dấu hiệu mà vẫn đánh dấu")))

    def answers(self) -> dict[str, Any]:
        """What was said, as a check-in says it."""
        measured = self.temperature_c.data
        return {
            "symptoms": list(self.signs.data or []),
            "temperature_c": float(measured) if measured is not None else None,
        }


class OpenForm(CaseForm):
    """Why an officer opens a case by hand."""

    words = TextAreaField(
        _("Vì sao cần theo dõi"),
        [needed, longest],
    )


def offer_owners(form: OwnerForm, owners: Iterable[Owner]) -> None:
    """Fill in who may be chosen."""
    form.owner.choices = choices(
        [("", _("Chọn người")), *[(each.id, each.name) for each in owners]]
    )


def offer_days(
    form: DayForm, days: Iterable[tuple[date, str]], signs: Iterable[tuple[str, str]]
) -> None:
    """Fill in the days that may be written down, and the signs there are."""
    form.on.choices = choices([(on.isoformat(), text) for on, text in days])
    form.signs.choices = choices(signs)

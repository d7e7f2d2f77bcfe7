"""The forms of bulletins and of rules for parks."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.accounts.forms import PageForm, choices, needed, typed
from app.bulletins.rules.bulletins import (
    LONGEST_NUMBER,
    LONGEST_REASON,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Channel,
    Content,
    Figure,
    Measure,
)
from app.bulletins.rules.case_lists import CaseRow, read_case_list, spoken_cells, typed_rows
from app.bulletins.rules.rule_documents import LONGEST_SOURCE, RuleKind
from app.kernel.text import nfc, squeeze
from app.notices.forms import BoxesField

CHANNELS: Mapping[Channel, Any] = {
    Channel.WORKERS: _("Người lao động trong các khu"),
    Channel.CITIZENS: _("Người dân"),
    Channel.PUBLIC_SERVICE: _("Dịch vụ hành chính công"),
}
MEASURES: Mapping[Measure, Any] = {
    Measure.F0: _("F0"),
    Measure.F1: _("F1"),
    Measure.F2: _("F2"),
    Measure.RECOVERED: _("Khỏi bệnh"),
    Measure.DIED: _("Tử vong"),
}
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
not_long_number = Length(max=LONGEST_NUMBER, message=_("Nhiều nhất 20 ký tự"))
not_long_title = Length(max=LONGEST_TITLE, message=_("Nhiều nhất 160 ký tự"))
not_long_text = Length(max=LONGEST_TEXT, message=_("Nhiều nhất 8.000 ký tự"))
not_long_source = Length(max=LONGEST_SOURCE, message=_("Nhiều nhất 300 ký tự"))
not_long_reason = Length(max=LONGEST_REASON, message=_("Nhiều nhất 500 ký tự"))
not_below_nothing = NumberRange(0, 10**9, _("Cần một số từ 0 trở lên"))


class _Fields(PageForm):
    """What is said and to whom."""

    seen = HiddenField()
    number = StringField(_("Số bản tin"), [needed, not_long_number])
    on = DateField(_("Ngày"), [InputRequired(_("Chọn ngày"))], format=DAYS)
    title = StringField(_("Tiêu đề"), [needed, not_long_title])
    text = TextAreaField(_("Nội dung"), [needed, not_long_text])
    title_en = StringField(_("Tiêu đề tiếng Anh"), [not_long_title])
    text_en = TextAreaField(_("Nội dung tiếng Anh"), [not_long_text])
    channels = BoxesField(_("Kênh nhận"), choices=choices((str(k), v) for k, v in CHANNELS.items()))
    cases = TextAreaField(_("Danh sách ca"), [Length(max=400_000)])
    file = FileField(_("Hoặc chọn tệp Excel, CSV"))


# Own texts of channels, and the figures: a field for each, named after it.
_more: dict[str, Any] = {}
for _channel, _name in CHANNELS.items():
    _more[f"own_{_channel}"] = TextAreaField(_name, [not_long_text])
    _more[f"own_{_channel}_en"] = TextAreaField(_("Bản tiếng Anh"), [not_long_text])
for _measure in Measure:
    for _part, _words in (("new", _("mới")), ("total", _("cộng dồn"))):
        _more[f"{_measure}_{_part}"] = IntegerField(_words, [Optional(), not_below_nothing])

_WithMore: Any = type("_WithMore", (_Fields,), _more)


class BulletinForm(_WithMore):
    """A bulletin as it is written."""

    def fill(self, content: Content, seen: int) -> None:
        """Show what is stored."""
        self.seen.data, self.number.data, self.on.data = str(seen), content.number, content.on
        self.title.data, self.title_en.data = content.titles["vi"], content.titles.get("en", "")
        self.text.data, self.text_en.data = content.texts["vi"], content.texts.get("en", "")
        self.channels.data = [str(each) for each in content.channels]
        for channel, texts in content.own.items():
            self[f"own_{channel}"].data = texts.get("vi", "")
            self[f"own_{channel}_en"].data = texts.get("en", "")
        for each in content.figures:
            self[f"{each.measure}_new"].data = each.new
            self[f"{each.measure}_total"].data = each.total
        self.cases.data = rows_text(content.cases)

    def content(self, rows: Sequence[Sequence[str]] | None) -> Content:
        """What was typed; `rows` are those of a file, in place of the typed list."""
        told = typed_rows(typed(self.cases)) if rows is None else rows
        return Content(
            number=squeeze(typed(self.number)),
            on=self.on.data,
            titles=_texts(self.title, self.title_en, line=True),
            texts=_texts(self.text, self.text_en),
            channels=tuple(Channel(each) for each in self.channels.data or ()),
            own={
                each: _texts(self[f"own_{each}"], self[f"own_{each}_en"])
                for each in Channel
                if typed(self[f"own_{each}"]).strip()
            },
            figures=tuple(
                Figure(each, self[f"{each}_new"].data, self[f"{each}_total"].data)
                for each in Measure
                if self[f"{each}_new"].data is not None or self[f"{each}_total"].data is not None
            ),
            cases=read_case_list(told),
        )

    @property
    def version(self) -> int:
        """How often it had been touched when the page was made; -1 for nonsense."""
        return seen_of(self.seen.data)


class ReasonForm(PageForm):
    """A press on a button of a page, with what the page showed and why."""

    seen = HiddenField()
    reason = TextAreaField(_("Lý do"), [not_long_reason])

    @property
    def version(self) -> int:
        """How often it had been touched when the page was made; -1 for nonsense."""
        return seen_of(self.seen.data)


def _texts(vi: Any, en: Any, *, line: bool = False) -> dict[str, str]:
    clean = squeeze if line else lambda text: nfc(text).replace("\r\n", "\n").strip()
    told = {"vi": clean(typed(vi)), "en": clean(typed(en))}
    return {language: text for language, text in told.items() if text}


def seen_of(told: str | None) -> int:
    """The number in a hidden field; -1 for nonsense."""
    return int(told) if told and told.isdecimal() and told.isascii() and len(told) < 9 else -1


def rows_text(cases: Sequence[CaseRow]) -> str:
    """Cases as they are typed: a line each, cells parted by semicolons."""
    return "\n".join("; ".join(spoken_cells(each)) for each in cases)


KINDS: Mapping[RuleKind, Any] = {
    RuleKind.HOTLINES: _("Đường dây nóng"),
    RuleKind.TRIAGE: _("Bộ quy tắc xếp mức"),
    RuleKind.RISK: _("Bộ chỉ số nguy cơ"),
}


class RulesForm(PageForm):
    """A document of rules: its kind, from which day, out of what, and the document itself."""

    kind = SelectField(_("Loại"), choices=choices((str(k), v) for k, v in KINDS.items()))
    title = StringField(_("Tên tài liệu"), [needed, not_long_title])
    valid_from_on = DateField(
        _("Có hiệu lực từ ngày"), [InputRequired(_("Chọn ngày"))], format=DAYS
    )
    source = StringField(_("Nguồn: số văn bản, ngày, cơ quan"), [needed, not_long_source])
    text = TextAreaField(_("Nội dung tài liệu"), [Length(max=260_000)])
    file = FileField(_("Hoặc chọn tệp"))

"""What stands in a check-in sheet and beside its lines, in the language of the page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.checkins.gateways import SheetWords
from app.checkins.queries.records import paper_times_of
from app.checkins.queries.rule_sets import rule_data, signs_told
from app.checkins.queries.sheets import OnShift
from app.checkins.rules import DutyState
from app.checkins.rules.sheets import Said, SheetLine, sheet_signs
from app.checkins.rules.triage import RuleSet
from app.kernel.text import fold
from app.web.filters import clock, day, moment
from app.web.language import LOCALES, current_language
from app.web.present import today
from app.web.words import SHIFTS

if TYPE_CHECKING:
    from app.checkins.models import CheckIn


def result_words() -> dict[Said, str]:
    """What is chosen in the column of results."""
    return {Said.WELL: _("Khoẻ"), Said.SIGNS: _("Có dấu hiệu"), Said.ABSENT: _("Vắng")}


def written_words() -> dict[str, Said]:
    """Results in every language of the program, folded, as a sheet may hold them."""
    found: dict[str, Said] = {}
    for locale in LOCALES:
        with force_locale(locale):
            found |= {fold(text): said for said, text in result_words().items()}
    return found


def state_told(row: OnShift | None) -> str:
    """Whether somebody has answered, never what."""
    if row is None:
        return str(_("không có trong ca này ở đây"))
    if row.present.state is DutyState.ANSWERED and row.check_in is not None:
        return str(_("đã khai %(at)s", at=_clock(row.check_in.counted_at)))
    if row.present.state is DutyState.ABSENT:
        return str(_("vắng"))
    return str(_("chưa khai"))


def sign_words(rules: RuleSet) -> list[tuple[str, str]]:
    """The signs that a sheet asks about, in their order: id and short words."""
    language = current_language()
    symptoms = {row["id"]: row[language] for row in rule_data("symptoms")["symptoms"]}
    exposures = {row["id"]: row[f"short_{language}"] for row in rule_data("exposures")["questions"]}
    return [(each, symptoms.get(each) or exposures[each]) for each in sheet_signs(rules)]


def sheet_words(unit: str, on: date, shift: str, rules: RuleSet) -> SheetWords:
    signs = [text for _id, text in sign_words(rules)]
    results = list(result_words().values())
    return SheetWords(
        sheet=_("Phiếu khai báo"),
        title=_(
            "Phiếu khai báo · %(unit)s · %(shift)s · %(day)s",
            unit=unit,
            shift=SHIFTS[shift],
            day=day(on),
        ),
        hint=_(
            "Chọn kết quả. Có dấu hiệu nào thì đánh x. Ghi giờ hỏi. "
            "Người không ghi gì thì giữ nguyên."
        ),
        headings=(
            _("Mã nhân viên"),
            _("Họ và tên"),
            _("Kết quả"),
            _("Nhiệt độ (°C)"),
            *signs,
            _("Dấu hiệu khác"),
            _("Giờ hỏi"),
            _("Lúc làm phiếu"),
        ),
        results=results,
        tick="x",
        wrong_result=_("Chọn một mục trong danh sách"),
    )


def line_told(line: SheetLine) -> str:
    if line.said is None:
        return "–"
    return _answer_told(line.answers) if line.said is Said.SIGNS else result_words()[line.said]


def told_now(row: OnShift) -> str:
    if row.check_in is None:
        return state_told(row)
    return f"{_answer_told(row.check_in.answers)} · {_times_told(row.check_in)}"


def _times_told(check_in: "CheckIn") -> str:
    paper = paper_times_of(check_in)
    if paper is not None:
        zone, on = current_app.config["SETTINGS"].timezone, today()
        return str(
            _(
                "Ghi trên giấy lúc %(written)s, nhập lúc %(entered)s",
                written=moment(paper.written_at, zone, today=on),
                entered=moment(paper.entered_at, zone, today=on),
            )
        )
    return _clock(check_in.counted_at)


def _answer_told(answers: Mapping[str, object]) -> str:
    degrees = answers.get("temperature_c")
    told = [f"{degrees} °C".replace(".", ",")] if degrees else []
    told += signs_told(answers, current_language())
    note = answers.get("note")
    return ", ".join([*told, *([str(note)] if note else [])]) or _("Khoẻ")


def _clock(at: datetime) -> str:
    return clock(at, current_app.config["SETTINGS"].timezone)

"""What pages and files of staff lists ask and say: fields of columns, reasons in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _now
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.kernel.text import squeeze
from app.web.filters import number
from app.web.language import current_language
from app.web.sentences import sentence
from app.workforce.gateways import ProblemRow, write_problems_workbook, write_sample_workbook
from app.workforce.queries.imports import ImportShown
from app.workforce.rules import LeftOutRow, Problem, Severity, Sex
from app.workforce.rules.importing import ImportState

LONGEST_CELL = 200
OPEN = "?"  # a column nobody has decided on yet
PlaceOf = Callable[[int], tuple[str, int]]
# The facts a list can give, in the order in which they are offered.
FIELDS: Mapping[str, Any] = {
    "employee_code": _("Mã nhân viên"),
    "full_name": _("Họ và tên"),
    "family_name": _("Họ và tên đệm"),
    "given_name": _("Tên"),
    "dob": _("Ngày sinh"),
    "birth_year": _("Năm sinh"),
    "gender": _("Giới tính"),
    "phone": _("Số điện thoại"),
    "id_number": _("Số CCCD/CMND"),
    "department": _("Bộ phận"),
    "workshop": _("Phân xưởng"),
    "line": _("Chuyền"),
    "team": _("Tổ"),
    "team_or_line": _("Tổ hoặc chuyền"),
    "position": _("Chức vụ"),
    "shift": _("Ca làm việc"),
    "bus_route": _("Tuyến xe"),
    "meal_slot": _("Ca ăn"),
    "dormitory": _("Ký túc xá, phòng"),
    "safety_team_role": _("Tổ an toàn"),
    "start_date": _("Ngày vào làm"),
    "end_date": _("Ngày làm cuối"),
    "status": _("Tình trạng làm việc"),
    "company": _("Công ty"),
    "row_no": _("Số thứ tự"),
}
# The facts as a change of them is told.
FACTS: Mapping[str, Any] = {
    "name": _("Họ và tên"),
    "born_on": _("Ngày sinh"),
    "birth_year": _("Năm sinh"),
    "sex": _("Giới tính"),
    "phone": _("Số điện thoại"),
    "id_number": _("Số CCCD/CMND"),
    "position": _("Chức vụ"),
    "joined_on": _("Ngày vào làm"),
    "last_on": _("Ngày làm cuối"),
    "workshop": _("Phân xưởng"),
    "line": _("Chuyền"),
    "team": _("Tổ"),
    "shift": _("Ca làm việc"),
    "bus_route": _("Tuyến xe"),
    "meal_slot": _("Ca ăn"),
    "dorm_room": _("Ký túc xá, phòng"),
    "in_safety_team": _("Tổ an toàn"),
    "has_left": _("Đã nghỉ việc"),
}
# By what the changes of a list can be filtered.
CHANGES: Mapping[str, Any] = {"unit": _("Chuyển đơn vị"), **FACTS}
SAMPLE_HEADINGS = (
    "employee_code",
    "full_name",
    "dob",
    "gender",
    "id_number",
    "phone",
    "workshop",
    "line",
    "team",
    "position",
    "shift",
    "bus_route",
    "dormitory",
    "start_date",
)
SAMPLE_ROW = (
    "NV0001",
    "Nguyễn Thị Hoa",
    "05/06/1996",
    "Nữ",
    "024196001234",
    "0900000118",
    "Xưởng 1",
    "Chuyền 3",
    "Tổ 2",
    "Công nhân",
    "Ca 1",
    "Xe 12",
    "A-305",
    "01/02/2021",
)


def only_row(number: int) -> tuple[str, int]:
    """A row of a list with one sheet, which needs no name."""
    return "", number


def row_text(place: tuple[str, int]) -> str:
    """A row as it is called: its number, with its sheet where there are several."""
    name, row = place
    return str(_now("%(row)s trang “%(sheet)s”", row=row, sheet=name)) if name else str(row)


def reason(problem: Problem, place_of: PlaceOf = only_row) -> str:
    """What is wrong, in words."""
    return sentence(
        problem.code,
        {
            "value": problem.value,
            "suggestion": problem.suggestion or "",
            "other_row": row_text(place_of(problem.other_row)) if problem.other_row else "",
        },
    )


def left_out_rows(
    rows: Iterable[LeftOutRow], problems: Iterable[Problem]
) -> list[tuple[LeftOutRow, tuple[Problem, ...]]]:
    """Rows left out with the problems they are left out for."""
    rows = list(rows)
    kept: dict[int, list[Problem]] = {row.row: [] for row in rows}
    for problem in problems:
        if problem.row in kept:
            kept[problem.row].append(problem)
    return [(row, tuple(kept[row.row])) for row in rows]


def write_left_out(
    path: Path,
    header: Sequence[tuple[int, str]],
    rows: Iterable[tuple[LeftOutRow, Sequence[Problem]]],
    place_of: PlaceOf = only_row,
) -> None:
    """Write the rows left out to an .xlsx, with the reason, ready to be mended and read again."""
    headings = dict(header)
    width = max(headings, default=-1) + 1
    write_problems_workbook(
        path,
        [headings.get(place, "") for place in range(width)],
        [
            ProblemRow(
                place_of(row.row)[1],
                row.cells,
                ". ".join(
                    f"{one.column}: {reason(one, place_of)}"
                    for one in problems
                    if one.severity is Severity.MUST_FIX
                ),
                place_of(row.row)[0],
            )
            for row, problems in rows
        ],
        row_heading=_now("Dòng trong tệp gốc"),
        reason_heading=_now("Lý do bị bỏ lại"),
        sheet_heading=_now("Trang trong tệp gốc") if place_of(1)[0] else "",
    )


def write_sample(path: Path) -> None:
    """Write an .xlsx with the headings that are known for sure, and one row as an example."""
    write_sample_workbook(path, [str(FIELDS[field]) for field in SAMPLE_HEADINGS], [SAMPLE_ROW])


def read_columns(values: MultiDict[str, str]) -> dict[str, str | None]:
    """What the selects of the columns say, by letter; nothing for a column not used."""
    return {
        name.removeprefix("column-"): value if value in FIELDS else None
        for name, value in values.items()
        if name.startswith("column-") and name.removeprefix("column-").isalpha() and value != OPEN
    }


def read_sheets(values: MultiDict[str, str]) -> set[int]:
    """The places of the sheets that were ticked."""
    ticked = values.getlist("sheet")
    return {int(place) for place in ticked if place.isascii() and place.isdecimal()}


def read_sexes(values: MultiDict[str, str]) -> dict[str, str]:
    """What 0, 1 and 2 were said to mean."""
    return {
        code: value for code in ("0", "1", "2") if (value := values.get(f"sex-{code}")) in set(Sex)
    }


def read_cell(values: MultiDict[str, str]) -> tuple[int, str, str] | None:
    """The one cell that was put right by hand: row, column letter, text."""
    row, letter = values.get("row", ""), values.get("column", "")
    if not (row.isascii() and row.isdecimal() and letter.isascii() and letter.isalpha()):
        return None
    return int(row[:8]), letter.upper()[:3], squeeze(values.get("value", ""))[:LONGEST_CELL]


def read_last_day(values: MultiDict[str, str], today: date) -> date | None:
    """The last day of work that was chosen, not after today; None for staying."""
    if values.get("stay") == "1":
        return None
    try:
        return min(date.fromisoformat(values.get("last_on", "")), today)
    except ValueError:
        return today


def progress_text(shown: ImportShown) -> str:
    """How far reading, saving or undoing has come."""
    locale = current_language()
    done, total = number(shown.done, locale), number(shown.total, locale)
    if shown.state is ImportState.UNDOING:
        return str(_now("Đã hoàn tác %(done)s trên %(total)s người", done=done, total=total))
    if shown.state is ImportState.APPLYING:
        return str(_now("Đã lưu %(done)s trên %(total)s người", done=done, total=total))
    if shown.total:
        return str(_now("Đã đọc %(done)s trên %(total)s dòng", done=done, total=total))
    return str(_now("Đang mở tệp và đọc từng dòng"))
